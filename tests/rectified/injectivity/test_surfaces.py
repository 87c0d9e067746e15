import pytest
import torch

from rectified.injectivity.projections import with_skip
from rectified.injectivity.surfaces import surface_separation
from rectified.networks import random_layers

SQUARE = (-1.0, -1.0), (1.0, 1.0)


def biased(widths, generator):
    return [
        (W, 0.3 * torch.randn(len(b), generator=generator, dtype=torch.float64))
        for W, b in random_layers(widths, generator)
    ]


def test_a_random_network_to_five_dimensions_is_injective(generator):
    assert surface_separation(biased([2, 8, 5], generator), *SQUARE) > 1e-9


def test_a_network_that_sees_one_input_only_is_not(generator):
    layers = biased([2, 8, 5], generator)
    layers[0][0][:, 1] = 0.0
    assert surface_separation(layers, *SQUARE) < 1e-9
    skip = torch.randn(5, 2, generator=generator, dtype=torch.float64)
    assert surface_separation(with_skip(layers, 0.1 * skip), *SQUARE) > 1e-9


def test_a_network_that_folds_the_square_over_is_not():
    """|x| and y: inputs (x, y) and (-x, y) have one output, though the map has full rank on both halves."""
    one = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]).double(), torch.tensor([0.0, 0.0, 5.0]).double()
    rows = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]).double()
    assert surface_separation([one, (rows, torch.zeros(5).double())], *SQUARE) == 0.0


def test_the_identity_carried_by_pairs_is_injective():
    one = torch.cat([torch.eye(2), -torch.eye(2)]).double(), torch.zeros(4).double()
    two = torch.cat([torch.eye(2), -torch.eye(2)], dim=1).double(), torch.zeros(2).double()
    assert surface_separation([one, two], *SQUARE) == pytest.approx(1.0)


def test_other_numbers_of_inputs_are_refused(generator):
    with pytest.raises(ValueError, match="layers has 3 inputs; expected 2"):
        surface_separation(random_layers([3, 4, 5], generator), *SQUARE)
