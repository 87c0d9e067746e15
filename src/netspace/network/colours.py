"""Colours of activations, and small pictures of them that go into a text."""

import base64
import struct
import zlib

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor

# Blue is negative, orange positive: told apart by everyone. Zero has a colour that no other number has.
ZERO = (226, 228, 233)
POSITIVE = ((250, 222, 178), (247, 166, 78), (214, 96, 16), (112, 37, 4))
NEGATIVE = ((196, 219, 240), (108, 167, 214), (33, 105, 178), (8, 40, 92))


def coloured(values: Float[Tensor, "rows columns"], largest: float) -> UInt8[np.ndarray, "rows columns 4"]:
    """Red, green, blue and opacity of every value, on a scale that a whole layer shares.

    Args:
        values: Activations; where there is none, not a number, which is drawn as nothing.
        largest: The absolute value that has the strongest colour; positive. Larger ones have it, too.

    Returns:
        Four bytes for each value.

    Raises:
        ValueError: If ``largest`` is not positive.
    """
    if not largest > 0.0:
        raise ValueError(f"largest is {largest}; expected a positive number")
    numbers = values.double().numpy()
    strength = np.clip(np.abs(np.nan_to_num(numbers)) / largest, 0.0, 1.0)
    pixels = np.full((*numbers.shape, 4), 255, dtype=np.uint8)
    pixels[..., :3] = np.where((numbers < 0.0)[..., None], _ramp(NEGATIVE, strength), _ramp(POSITIVE, strength))
    pixels[numbers == 0.0, :3] = ZERO
    pixels[np.isnan(numbers)] = 0
    return pixels


def _ramp(stops: tuple[tuple[int, int, int], ...], strength: np.ndarray) -> np.ndarray:
    places = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(strength, places, channel) for channel in zip(*stops, strict=True)]
    return np.stack(channels, axis=-1).round()


def png(pixels: UInt8[np.ndarray, "rows columns 4"]) -> str:
    """A picture as the text of a ``data:`` address.

    Args:
        pixels: Red, green, blue and opacity, the first row on top.

    Returns:
        The address of a PNG file that it contains.

    Source:
        own; the format is that of ISO/IEC 15948.
    """
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    name, data = part
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
