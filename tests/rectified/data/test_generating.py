import pytest

from rectified.data.errors import DataUnavailable
from rectified.data.generating import check_generator
from rectified.data.registry import read_registry


def test_an_absent_generator_is_lacking_data(monkeypatch) -> None:
    from importlib.metadata import PackageNotFoundError

    def absent(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr("rectified.data.generating.version", absent)
    with pytest.raises(DataUnavailable, match="mnist1d is not installed"):
        check_generator(read_registry()["mnist1d"])


def test_the_arguments_are_those_of_the_package() -> None:
    pytest.importorskip("mnist1d", reason="MNIST-1D's generator is not installed")
    from mnist1d.data import get_dataset_args

    ours = dict(read_registry()["mnist1d"].generator.arguments)
    theirs = get_dataset_args(as_dict=True)
    assert ours == {key: value for key, value in theirs.items() if key != "url"}
