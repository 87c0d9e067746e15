"""No answer about a layer depends on the lengths of its rows or on how its inputs are turned."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rectified.injectivity.cells import bad_cells, is_injective, layer_cells, smallest_active_count, weakest_cell
from rectified.injectivity.curves import curve_vertices
from rectified.injectivity.depth import halfspace_depth
from rectified.injectivity.gaussian import num_bad_cells, searched_direction
from rectified.injectivity.inverses import layerwise_preimage, preimage
from rectified.injectivity.layers import pair_weight
from rectified.injectivity.programme import programmed_active_count
from rectified.injectivity.spanning import active_rows, is_spanning
from rectified.injectivity.stability import collapsing_pair, inverse_lipschitz, smallest_stretch
from rectified.injectivity.surfaces import surface_separation
from rectified.networks import forward
from rectified.programs import ProgramFailed
from rectified.reference.rational_layers import exact_active_sets, exact_is_injective

LONG_AND_SHORT = torch.tensor([[1e10, 0.0], [-1e10, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=torch.float64)
HUGE_AND_TINY = torch.tensor([[1e200, 0.0], [-1e200, 0.0], [0.0, 1e-200], [0.0, -1e-200]], dtype=torch.float64)
PAIRS = torch.tensor([[2.0, 1.0], [-4.0, -2.0], [1.0, -3.0], [-0.5, 1.5]], dtype=torch.float64)

whole_rows = st.integers(1, 2).flatmap(
    lambda dim: st.lists(st.lists(st.integers(-2, 2), min_size=dim, max_size=dim), min_size=1, max_size=6)
)
exponents = st.lists(st.integers(-500, 500), min_size=6, max_size=6)


def rotation(dim, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.linalg.qr(torch.randn(dim, dim, generator=generator, dtype=torch.float64))[0]


def scaled(rows, powers):
    return torch.from_numpy(np.ldexp(np.array(rows, dtype=np.float64), np.array(powers[: len(rows)])[:, None]))


@pytest.mark.parametrize(
    "weight",
    [
        LONG_AND_SHORT,
        HUGE_AND_TINY,
        1e-300 * PAIRS,
        PAIRS @ torch.diag(torch.tensor([1e150, 1e-150], dtype=torch.float64)),
    ],
)
def test_opposite_rows_of_any_length_are_injective(weight):
    assert is_injective(weight)
    assert len(bad_cells(weight).active) == 0
    assert not is_injective(weight[:3])
    x = torch.tensor([[0.3, 0.7], [-0.2, 0.5]], dtype=torch.float64)
    assert is_spanning(weight, x).all()
    with pytest.raises(ValueError, match="the layer is injective"):
        collapsing_pair(weight)


@settings(max_examples=60, deadline=None)
@given(rows=whole_rows, powers=exponents, seed=st.integers(0, 1000))
def test_layers_of_whole_numbers_are_decided_as_by_rational_arithmetic(rows, powers, seed):
    exact = exact_is_injective(rows)
    weight = torch.tensor(rows, dtype=torch.float64)
    factors = torch.linspace(0.3, 7.0, len(rows), dtype=torch.float64)[:, None]
    assert is_injective(weight) is exact
    assert is_injective(scaled(rows, powers)) is exact
    assert is_injective(factors * weight @ rotation(len(rows[0]), seed)) is exact


@settings(max_examples=40, deadline=None)
@given(rows=whole_rows, offsets=st.lists(st.integers(-2, 2), min_size=6, max_size=6), powers=exponents)
def test_layers_with_biases_are_decided_as_by_rational_arithmetic(rows, offsets, powers):
    exact = exact_is_injective(rows, offsets[: len(rows)])
    together = scaled([[*row, b] for row, b in zip(rows, offsets, strict=False)], powers)
    weight, bias = together[:, :-1].contiguous(), together[:, -1].contiguous()
    assert is_injective(weight, bias) is exact
    turned = is_injective(weight @ rotation(weight.shape[1], powers[0] + 500), bias)
    assert turned is exact


@pytest.mark.parametrize("trial", range(4))
def test_active_sets_do_not_depend_on_lengths(trial):
    generator = torch.Generator().manual_seed(trial)
    rows = torch.randint(-2, 3, (5, 3 - trial % 2), generator=generator).double()
    weight = torch.ldexp(rows, torch.randint(-60, 60, (5, 1), generator=generator))
    if torch.linalg.matrix_rank(rows) < rows.shape[1]:
        rows, weight = rows[:, :1], weight[:, :1]
    assert {tuple(mask) for mask in layer_cells(weight).active.tolist()} == exact_active_sets(rows)
    assert smallest_active_count(weight) == min(map(sum, exact_active_sets(rows)))


@pytest.mark.parametrize("weight", [LONG_AND_SHORT, HUGE_AND_TINY])
def test_the_weakest_cell_is_that_of_the_short_rows(weight):
    cell = weakest_cell(weight)
    assert float(cell.singular_value) == pytest.approx(float(weight[2, 1]), rel=1e-14)
    assert cell.direction.abs().tolist() == pytest.approx([0.0, 1.0])
    assert smallest_stretch(weight, torch.Generator().manual_seed(0), starts=5, steps=3) >= 0.0


def test_the_constant_of_mixed_rows_has_correct_digits():
    """Rows (1e9, 1e9), (0, 3) and their opposites: the direction along (1, -1) is stretched by 3 / root two."""
    half = torch.tensor([[1e9, 1e9], [0.0, 3.0]], dtype=torch.float64)
    assert inverse_lipschitz(torch.cat([half, -half])) == pytest.approx(3.0 / math.sqrt(2.0), rel=1e-12)


@pytest.mark.parametrize("size", [1e-200, 1e10, 1e200])
def test_a_pair_collapses_beside_rows_of_any_length(size):
    weight = torch.tensor([[1.0, 0.5], [-0.5, 1.0], [-0.2, -1.0]], dtype=torch.float64)
    weight[1] *= size
    first, second = collapsing_pair(weight)
    lengths = torch.tensor([1.0, size, 1.0], dtype=torch.float64)
    outputs = torch.relu(weight @ first), torch.relu(weight @ second)
    assert ((outputs[0] - outputs[1]).abs() / lengths).max() < 1e-12
    assert torch.linalg.vector_norm(first - second) > 0.1


def test_a_tiny_layer_has_the_active_rows_of_its_multiple():
    x = torch.tensor([1e-200, -1e-200], dtype=torch.float64)
    assert active_rows(torch.tensor([[1e-200, 3e-200]], dtype=torch.float64), x).tolist() == [False]


def test_a_layer_of_zeros_is_one_piece_and_not_injective():
    zeros, bias = torch.zeros(3, 2, dtype=torch.float64), torch.tensor([1.0, 0.0, -1.0], dtype=torch.float64)
    assert layer_cells(zeros, bias).active.tolist() == [[True, True, False]]
    assert not is_injective(zeros)
    assert weakest_cell(zeros).singular_value == 0.0
    first, second = collapsing_pair(zeros, bias)
    assert torch.linalg.vector_norm(first - second) > 0.1


def test_rows_of_zeros_change_no_answer():
    weight = torch.cat([PAIRS, torch.zeros(2, 2, dtype=torch.float64)])
    generator = torch.Generator().manual_seed(0)
    assert is_injective(weight)
    assert smallest_stretch(weight, generator) == pytest.approx(inverse_lipschitz(PAIRS), rel=0.3)


def stretched(rows, seed):
    """The same layer with rows of lengths from 1e-150 to 1e150."""
    generator = torch.Generator().manual_seed(seed)
    exponents = (
        torch.linspace(-500, 500, len(rows)).round().to(torch.int32)[torch.randperm(len(rows), generator=generator)]
    )
    return torch.from_numpy(np.ldexp(rows.numpy(), exponents.numpy()[:, None]))


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_depth_count_and_programme_do_not_depend_on_lengths(dim):
    rows = torch.randn(6, dim, generator=torch.Generator().manual_seed(dim), dtype=torch.float64)
    expected = min(map(sum, exact_active_sets(rows)))
    columns = torch.logspace(-40, 40, dim, dtype=torch.float64) if dim > 1 else torch.ones(1, dtype=torch.float64)
    for weight in (stretched(rows, 1), rows @ rotation(dim, 3), stretched(rows * columns, 2)):
        assert int(halfspace_depth(weight)) == expected
        assert programmed_active_count(weight) == expected
        assert smallest_active_count(weight) == expected


@pytest.mark.parametrize("seed", range(3))
def test_bad_cells_are_counted_alike_for_rows_of_any_length(seed):
    rows = torch.randn(1, 6, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    assert num_bad_cells(stretched(rows[0], seed)[None]).item() == num_bad_cells(rows).item()


def test_the_programme_refuses_opposite_rows_instead_of_counting_too_few():
    with pytest.raises(ProgramFailed, match="not in general position"):
        programmed_active_count(PAIRS)


def test_bad_cells_of_opposite_rows_are_refused():
    with pytest.raises(ValueError, match="not in general position"):
        num_bad_cells(PAIRS[None])


def test_dependent_rows_in_a_skew_position_have_no_depth():
    """Four rows in a hyperplane of four-space, two of which nearly agree, so that determinants are small."""
    generator = torch.Generator().manual_seed(0)
    flat = torch.randint(-9, 10, (4, 3), generator=generator).double()
    flat[1] = flat[0] + 1e-6 * flat[1]
    rows = torch.cat(
        [torch.cat([flat, flat.sum(dim=1, keepdim=True)], dim=1), torch.randn(3, 4, generator=generator).double()]
    )
    with pytest.raises(ValueError, match="not in general position"):
        halfspace_depth(rows)


@pytest.mark.parametrize("size", [1e-150, 1e-10, 1e10, 1e150])
def test_an_input_is_found_again_whatever_the_lengths_of_rows(size):
    weight = torch.cat([PAIRS, torch.tensor([[1.0, 1.0]], dtype=torch.float64)])
    weight[:2] *= size
    for x in ([0.3, -0.8], [1e-9, 2e-9], [0.0, 0.0], [3.0, 1.0]):
        x = torch.tensor(x, dtype=torch.float64)
        found = preimage(weight, torch.relu(weight @ x))
        assert torch.allclose(found, x, rtol=1e-9, atol=1e-9 * float(x.abs().max()) + 1e-300)


@pytest.mark.parametrize("size", [1e-12, 1.0, 1e12])
def test_what_is_no_output_is_refused_at_every_size(size):
    with pytest.raises(ValueError, match="output is no output of the layer"):
        preimage(size * PAIRS, size * torch.tensor([1.0, 1.0, 1.0, 1.0], dtype=torch.float64))
    with pytest.raises(ValueError, match="output is no output of the layer"):
        preimage(
            size * torch.eye(1, dtype=torch.float64).repeat(2, 1),
            size * torch.tensor([1.0, 1.001], dtype=torch.float64),
        )


def test_a_network_is_inverted_whatever_the_lengths_of_hidden_rows():
    generator = torch.Generator().manual_seed(1)
    bias = torch.zeros(4, dtype=torch.float64)
    last = torch.randn(6, 4, generator=generator, dtype=torch.float64)
    factors = torch.tensor([1e12, 1.0, 1e-12, 1.0], dtype=torch.float64)
    layers = [(factors[:, None] * PAIRS, bias), (last / factors, torch.zeros(6, dtype=torch.float64))]
    x = torch.tensor([0.4, -0.7], dtype=torch.float64)
    found = layerwise_preimage(layers, forward(layers, x[None])[0])
    assert found.tolist() == pytest.approx(x.tolist(), rel=1e-9)


def test_a_basis_of_rows_of_any_length_is_no_singular_one():
    basis = torch.tensor([[1e100, 0.0], [0.0, 1e-100]], dtype=torch.float64)
    assert is_injective(pair_weight(basis, torch.ones(2, dtype=torch.float64)))


def test_a_tiny_curve_has_its_kinks():
    layers = [(torch.tensor([[1e-200]], dtype=torch.float64), torch.tensor([-0.5e-200], dtype=torch.float64))]
    assert curve_vertices(layers, 0.0, 1.0)[0].tolist() == pytest.approx([0.0, 0.5, 1.0])


@pytest.mark.parametrize("size", [1e-13, 1e13])
def test_a_surface_keeps_its_certificate_in_other_units(size):
    """A fold of the plane, (|x|, y): never injective, also where rounding of outputs is larger than the tolerance."""
    hidden = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=torch.float64)
    fold = torch.tensor([[1.0, 1.0, 0.0, 0.0], [0.3, 0.3, 1.0, -1.0], [0.1, 0.1, 0.7, -0.7]], dtype=torch.float64)
    kept = torch.tensor([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0], [0.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    hidden_bias = torch.tensor([0.1, -0.1, 0.2, -0.2], dtype=torch.float64)
    corners = (-1.0, -1.0), (1.0, 1.0)
    for outer, injective in ((fold, False), (kept, True)):
        layers = [(hidden, hidden_bias), (size * outer, size * torch.tensor([0.3, 0.1, 0.7], dtype=torch.float64))]
        assert (surface_separation(layers, *corners) > 0.0) is injective


@pytest.mark.parametrize("unit", [1e-150, 1e-12, 1.0, 1e12, 1e150])
def test_a_gap_is_seen_whatever_the_unit_of_the_inputs(unit):
    """Rows that are on from 1 to the right and up to b to the left, in units that leave one hundredth between them."""
    weight = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    for right, injective in ((1.0, True), (0.99, False)):
        bias = unit * torch.tensor([-1.0, right], dtype=torch.float64)
        assert is_injective(weight, bias) is injective
        assert exact_is_injective(weight, bias) is injective
    first, second = collapsing_pair(weight, bias)
    assert sorted([first.item() / unit, second.item() / unit]) == pytest.approx([0.99, 1.0])


@pytest.mark.parametrize("size", [1e-200, 1e10, 1e200])
def test_the_searched_direction_is_that_of_the_multiple(size):
    rows = torch.randn(20, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = searched_direction(size * rows, steps=20)
    assert found.tolist() == pytest.approx(searched_direction(rows, steps=20).tolist(), rel=1e-6)
