"""The IDX format of MNIST: a header with the lengths of the axes, then bytes."""

import gzip

import numpy as np
from jaxtyping import UInt8

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 8


def unpacked(raw: bytes) -> bytes:
    """The content of ``raw``: decompressed if its first two bytes say gzip, else as it is.

    Raises:
        EOFError: If a gzip stream ends too early.
        BadGzipFile: If a gzip stream is damaged.
    """
    return gzip.decompress(raw) if raw[:2] == GZIP_MAGIC else raw


def parse_idx(raw: bytes) -> UInt8[np.ndarray, "..."]:
    """The array in an IDX file of unsigned bytes, read-only and without a copy.

    Byte 2 is the type (8: unsigned byte), byte 3 the number of axes; then one big-endian 32-bit length per axis, then
    the entries, last axis fastest.

    Args:
        raw: The unpacked file.

    Returns:
        The entries in the shape of the header.

    Raises:
        ValueError: If the header is no IDX header of unsigned bytes, or the length does not fit it.
    Source:
        [lecun1998gradient], the file format as the data's authors describe it beside the files.
    """
    if len(raw) < 4 or raw[:2] != b"\x00\x00" or raw[2] != UNSIGNED_BYTE:
        raise ValueError(f"raw starts with {raw[:4]!r}; expected an IDX header of unsigned bytes, 00 00 08 and axes")
    start = 4 + 4 * raw[3]
    shape = [int.from_bytes(raw[k : k + 4], "big") for k in range(4, start, 4)]
    expected = start + int(np.prod(shape, dtype=np.int64))
    if len(raw) != expected:
        raise ValueError(f"raw has {len(raw)} bytes; expected {expected}, since its header says shape {tuple(shape)}")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)
