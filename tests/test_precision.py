"""Which calls make tensors of an unstated precision: the scan itself, and our sources."""

from pathlib import Path

import pytest

from tests.precision import GRIDS, of_unstated_precision

SOURCES = sorted((Path(__file__).parents[1] / "src").rglob("*.py"))
SINGLE = [
    "torch.tensor(list(four.values()))",
    "torch.tensor(rows).double()",
    "torch.tensor([0.1, 0.5]).double()",
    "torch.tensor([1.0, 0.5]) - first",
    "torch.linspace(-1.0, 1.0, 5).double()",
    "torch.logspace(0, 3, 4)",
    "torch.full((2,), 0.1).double()",
    "torch.arange(0, 1, 0.1).double()",
    "torch.as_tensor(found)",
    "torch.zeros(3)",
    "torch.randn(2, 2, generator=generator) @ x",
]
DOUBLE = [
    "torch.tensor(list(four.values()), dtype=torch.float64)",
    "torch.tensor([[1.0, -0.5]]).double()",
    "torch.tensor([True, False])",
    "torch.tensor([1, 2])",
    "torch.tensor([0.0, 9.0]).float()",
    "torch.arange(6).double() / 7",
    "torch.zeros(3, **options)",
    "(0.3 * x + torch.randn(2, generator=g).double())",
    "torch.zeros_like(x)",
]


@pytest.mark.parametrize("source", SINGLE)
def test_found(source):
    assert len(of_unstated_precision(source)) == 1


@pytest.mark.parametrize("source", DOUBLE)
def test_not_found(source):
    assert of_unstated_precision(source) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_sources_state_the_precision_of_numbers(path):
    """What is filled or drawn may be single in training; numbers are not."""
    numbers = GRIDS | {"tensor", "as_tensor", "full"}
    assert of_unstated_precision(path.read_text(encoding="utf-8"), numbers) == []
