import math

import pytest
import torch

from rectified.injectivity.cells import layer_cells
from rectified.injectivity.gaussian import (
    first_moment_threshold,
    log10_expected_bad_cells,
    num_bad_cells,
    searched_direction,
    witness_direction,
    witness_fraction,
    witness_threshold,
)


def gaussian(*shape, generator):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("rows", "dim"), [(6, 2), (10, 2), (14, 3), (40, 5), (7, 7), (3, 1), (300, 40)])
def test_the_expectation_is_that_of_exact_whole_numbers(rows, dim):
    cells = 2 * sum(math.comb(rows - 1, k) for k in range(dim))
    bad = sum(math.comb(rows, k) for k in range(dim))
    assert log10_expected_bad_cells(rows, dim) == pytest.approx(math.log10(cells * bad) - rows * math.log10(2.0))


@pytest.mark.parametrize("dim", [2, 5, 20])
def test_at_the_least_expansivity_there_is_a_closed_form(dim):
    expected = 4.0 ** (dim - 1) * (1.0 - math.comb(2 * dim, dim) / 4.0**dim)
    assert 10.0 ** log10_expected_bad_cells(2 * dim, dim) == pytest.approx(expected)


def test_impossible_sizes_are_refused():
    with pytest.raises(ValueError, match="num_rows is 2 and dim is 3"):
        log10_expected_bad_cells(2, 3)


def test_the_first_moment_threshold_solves_its_equation_and_separates():
    alpha = first_moment_threshold()
    p = 1.0 / alpha
    assert -p * math.log2(p) - (1 - p) * math.log2(1 - p) == pytest.approx(0.5)
    grows = [log10_expected_bad_cells(round(9.0 * n), n) for n in (400, 800, 1600)]
    falls = [log10_expected_bad_cells(round(9.2 * n), n) for n in (400, 800, 1600)]
    assert grows == sorted(grows)
    assert falls == sorted(falls, reverse=True)


def test_the_witness_fraction_is_one_at_its_threshold():
    assert witness_fraction(witness_threshold()) == pytest.approx(1.0)
    assert witness_threshold() == pytest.approx(3.4028, abs=1e-4)
    with pytest.raises(ValueError, match="alpha is 0"):
        witness_fraction(0.0)


def test_the_witness_direction_has_that_fraction_of_active_rows(generator):
    rows = gaussian(40, 600, 200, generator=generator)
    active = torch.einsum("bmd,bd->bm", rows, witness_direction(rows)) > 0
    assert float(active.sum(dim=1).double().mean()) / 200 == pytest.approx(witness_fraction(3.0), abs=0.05)


def test_the_search_beats_the_sum(generator):
    rows = gaussian(400, 100, generator=generator)
    start, found = ((rows @ x > 0).sum() for x in (witness_direction(rows), searched_direction(rows)))
    assert found < 0.8 * start
    with pytest.raises(ValueError, match="steps is 0"):
        searched_direction(rows, steps=0)


@pytest.mark.parametrize(("planes", "dim"), [(5, 2), (8, 3), (8, 4)])
def test_bad_cells_are_counted_as_the_enumeration_does(planes, dim, generator):
    rows = gaussian(10, planes, dim, generator=generator)
    expected = [int((layer_cells(each).active.sum(dim=1) < dim).sum()) for each in rows]
    assert num_bad_cells(rows).tolist() == expected


def test_too_many_rows_for_the_bits_are_refused(unchecked):
    with pytest.raises(ValueError, match="planes <= 62"):
        unchecked(num_bad_cells)(torch.ones(1, 63, 2).double())
