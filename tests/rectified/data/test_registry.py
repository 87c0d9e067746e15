from pathlib import Path

import pytest

from rectified.data.registry import project_root, read_registry, registered

TABLE = (
    '[sets.a]\ntitle = "A"\ncitation = "a"\nlicence = "MIT"\nformat = "csv"\nshape = [1]\n'
    "classes = 2\ntrain = 1\ntest = 1\nways = []\n"
)


def write(folder: Path, text: str) -> Path:
    (folder / "data.toml").write_text(text, encoding="utf-8")
    return folder


def test_every_registered_set_has_what_the_book_shows() -> None:
    for data_set in read_registry().values():
        assert data_set.title
        assert data_set.citation
        assert data_set.licence
        assert data_set.ways
        assert all(len(file.sha256) == 64 and file.bytes > 0 for file in data_set.files)
        assert all(mirror.endswith("/") for mirror in data_set.mirrors)


def test_the_sets_of_the_book_are_registered() -> None:
    assert list(read_registry()) == ["mnist", "fashion-mnist", "mnist-small", "digits", "mnist1d"]


def test_an_unknown_key_is_named(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"set a: unknown keys \['licens'\]"):
        read_registry(write(tmp_path, TABLE + 'licens = "MIT"\n'))


def test_a_missing_key_is_named(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"set a: .*citation"):
        read_registry(write(tmp_path, TABLE.replace('citation = "a"\n', "")))


def test_an_unknown_format_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="format is 'tsv'"):
        read_registry(write(tmp_path, TABLE.replace("csv", "tsv")))


def test_an_unknown_set_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"name is 'zebra'; expected one of \['a'\]"):
        registered("zebra", write(tmp_path, TABLE))


def test_the_root_is_the_folder_of_the_registry() -> None:
    assert (project_root() / "data.toml").is_file()
