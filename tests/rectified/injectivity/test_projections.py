import pytest
import torch

from rectified.injectivity.projections import generic_projection, with_skip
from rectified.networks import forward, random_layers


def test_entries_have_the_stated_variance(generator):
    entries = generic_projection(50, 400, generator)
    assert entries.shape == (50, 400)
    assert float(entries.var()) == pytest.approx(1.0 / 50.0, rel=0.05)
    with pytest.raises(ValueError, match="d_out is 0"):
        generic_projection(0, 3, generator)


@pytest.mark.parametrize("widths", [[2, 5, 3], [2, 5, 4, 3], [1, 3, 3, 3, 2]])
def test_the_skip_adds_a_linear_map(widths, generator):
    layers = [
        (W, torch.randn(len(b), generator=generator, dtype=torch.float64)) for W, b in random_layers(widths, generator)
    ]
    skip = torch.randn(widths[-1], widths[0], generator=generator, dtype=torch.float64)
    x = torch.randn(20, widths[0], generator=generator, dtype=torch.float64)
    assert torch.allclose(forward(with_skip(layers, skip), x), forward(layers, x) + x @ skip.T)


def test_networks_that_have_no_place_for_it_are_refused(generator, unchecked):
    with pytest.raises(ValueError, match="no hidden layer"):
        with_skip(random_layers([2, 3], generator), torch.ones(3, 2).double())
    with pytest.raises(ValueError, match=r"expected \(3, 2\)"):
        unchecked(with_skip)(random_layers([2, 4, 3], generator), torch.ones(2, 2).double())
