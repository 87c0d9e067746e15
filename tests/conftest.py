"""What every test may ask for: seeded generators, and Matplotlib without a screen."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest

SEED = 20_181_104


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded NumPy generator."""
    return np.random.default_rng(SEED)


@pytest.fixture
def generator():
    """A seeded torch generator."""
    import torch

    return torch.Generator().manual_seed(SEED)
