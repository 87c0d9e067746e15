import numpy as np
import pytest

from rectified.reference.steps import step_values


def test_values_distances_and_the_outside_are_those_seen_by_eye() -> None:
    table = [[1.0, 2.0], [3.0, 4.0]]
    found = step_values(
        [0.0, 1.0, 3.0], table, [[0.5, 0.5], [0.5, 2.5], [2.0, 0.9], [2.0, 2.0], [-1.0, 2.0], [2.0, 3.5]]
    )
    assert found.values.tolist() == [1.0, 2.0, 3.0, 4.0, 0.0, 0.0]
    assert found.is_inside.tolist() == [True] * 4 + [False] * 2
    assert found.distances == pytest.approx([0.5, 0.5, 0.1, 1.0, 1.0, 0.5])


def test_every_cell_of_a_grid_in_three_dimensions_has_its_value(rng) -> None:
    edges, table = np.cumsum(rng.uniform(0.5, 1.0, 4)), rng.normal(size=(3, 3, 3))
    centres = (edges[1:] + edges[:-1]) / 2
    for index, value in np.ndenumerate(table):
        assert step_values(edges, table, [centres[list(index)]]).values[0] == value


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="expected increasing numbers"):
        step_values([0.0, 0.0], [1.0], [[0.0]])
    with pytest.raises(ValueError, match="do not fit 2 cells"):
        step_values([0.0, 1.0, 2.0], [1.0], [[0.0]])
