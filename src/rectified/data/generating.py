"""Data sets that a package generates: always from the registered version and arguments, never from its cache."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from types import SimpleNamespace
from typing import Any

import numpy as np

from rectified.data.errors import DataUnavailable
from rectified.data.registry import DataSet, Generator


def check_generator(data_set: DataSet) -> Generator:
    """The generator of ``data_set``, whose package is installed in the registered version.

    Raises:
        DataUnavailable: If it is not; another version may generate other data.
    """
    generator = data_set.generator
    assert generator is not None
    try:
        found = version(generator.package)
    except PackageNotFoundError:
        raise DataUnavailable(data_set.name, f"{generator.package} is not installed", data_set.ways) from None
    if found != generator.version:
        reason = f"{generator.package} is version {found}, expected {generator.version}"
        raise DataUnavailable(data_set.name, reason, data_set.ways)
    return generator


def generated_signals(data_set: DataSet) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Train signals, train labels, test signals, test labels of MNIST-1D.

    Calls ``make_dataset`` with every argument written out. The package's ``get_dataset`` is not used: it prefers a file
    in the working folder to its arguments.

    Raises:
        DataUnavailable: If the generator is not installed in its registered version.
    Source:
        [greydanus2024scaling], with the arguments in ``data.toml``.
    """
    generator = check_generator(data_set)
    from mnist1d.data import make_dataset

    with _global_randomness_restored():
        made: dict[str, Any] = make_dataset(SimpleNamespace(**generator.arguments))
    labels = [made[key].astype(np.int64) for key in ("y", "y_test")]
    return made["x"], labels[0], made["x_test"], labels[1]


@contextmanager
def _global_randomness_restored() -> Iterator[None]:
    """The generator seeds the global random states; put them back as they were."""
    python_state, numpy_state = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
