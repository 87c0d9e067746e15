from pathlib import Path

from rectified.data.errors import CorruptData, DataUnavailable


def test_unavailable_data_is_told_in_one_sentence() -> None:
    error = DataUnavailable("mnist", "no network", ("asking", "buying"))
    assert str(error) == (
        "The data set mnist is not available (no network): get it by asking, or by buying, "
        "or by putting its files into $RECTIFIED_DATA/mnist, a folder of your choice."
    )


def test_corrupt_data_names_the_file_and_both_contents() -> None:
    error = CorruptData(Path("a/b"), "one", "two")
    assert str(error) == "The data file a/b is corrupt: expected one, found two. Remove it or replace it."
    assert (error.file, error.expected, error.found) == (Path("a/b"), "one", "two")
