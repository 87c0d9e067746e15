import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rectified.data.idx import parse_idx, unpacked


def idx_bytes(array: np.ndarray) -> bytes:
    """The inverse of the parser, written from the format's description."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    return header + array.tobytes()


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)))
def test_parsing_undoes_writing(array: np.ndarray) -> None:
    assert np.array_equal(parse_idx(idx_bytes(array)), array)


def test_typed_bytes_give_the_image_they_spell() -> None:
    raw = bytes.fromhex("00000803 00000001 00000002 00000003 000102 0304ff".replace(" ", ""))
    assert parse_idx(raw).tolist() == [[[0, 1, 2], [3, 4, 255]]]


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_parsed_or_refused(raw: bytes) -> None:
    try:
        array = parse_idx(raw)
    except ValueError:
        return
    assert idx_bytes(array) == raw


@pytest.mark.parametrize("extra", [b"", b"\x00\x00"])
def test_a_wrong_length_is_refused(extra: bytes) -> None:
    raw = idx_bytes(np.zeros((2, 3), np.uint8))[:-1] + extra
    with pytest.raises(ValueError, match=r"expected 18, since its header says shape \(2, 3\)"):
        parse_idx(raw)


def test_another_type_of_entries_is_refused() -> None:
    with pytest.raises(ValueError, match="unsigned bytes"):
        parse_idx(b"\x00\x00\x0d\x01\x00\x00\x00\x00")


def test_unpacking_is_told_by_the_first_two_bytes() -> None:
    assert unpacked(gzip.compress(b"words")) == b"words"
    assert unpacked(b"words") == b"words"
