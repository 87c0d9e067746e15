"""What every test may ask for: seeded generators, and Matplotlib without a screen and without anybody's settings."""

import inspect
import os
from collections.abc import Callable
from pathlib import Path

from companion.machine.surroundings import own_settings

# Chapters run in this process too: they must see what they see in a kernel.
_OURS = ("MPL", "IPYTHON", "JUPYTER", "DOCUTILS")
os.environ.pop("MATPLOTLIBRC", None)
os.environ.update({k: v for k, v in own_settings(Path(__file__).parents[1]).items() if k.startswith(_OURS)})
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

# The same examples on every machine, and no deadline: a busy machine is no counterexample.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")

SEED = 20_181_104


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker have all tests of a file, which share what it made, unless they name a group of their own."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded NumPy generator."""
    return np.random.default_rng(SEED)


@pytest.fixture
def generator():
    """A seeded torch generator."""
    import torch

    return torch.Generator().manual_seed(SEED)


@pytest.fixture
def unchecked() -> Callable:
    """Strips the shape checks that tests put around a function, to see what a user without them is told."""
    return inspect.unwrap
