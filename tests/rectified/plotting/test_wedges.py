import math

import matplotlib as mpl
import numpy as np
import pytest
import torch

from rectified.injectivity.cells import is_injective, layer_cells
from rectified.plotting.wedges import draw_collapse, draw_wedges, moving_wedges, wedges

mpl.use("agg")

CROSS = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=torch.float64)


def area(outline):
    x, y = outline.T
    return 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))


def test_wedges_are_the_cells_and_fill_the_disc(generator):
    weight = torch.randn(7, 2, generator=generator, dtype=torch.float64)
    found = wedges(weight)
    assert sorted(cell.num_active for cell in found) == sorted(layer_cells(weight).active.sum(dim=1).tolist())
    assert sum(area(cell.outline) for cell in found) == pytest.approx(math.pi, rel=0.05)


def test_opposite_rows_share_their_borders():
    assert [cell.num_active for cell in wedges(CROSS)] == [2, 2, 2, 2]
    assert min(cell.singular_value for cell in wedges(CROSS)) == pytest.approx(1.0)


def test_three_inputs_are_refused(unchecked):
    with pytest.raises(ValueError, match=r"weight has shape \(2, 3\)"):
        unchecked(wedges)(torch.ones(2, 3).double())


def test_bad_wedges_are_hatched(ax):
    patches = draw_wedges(ax, torch.eye(2).double())
    assert sorted(str(patch.get_hatch()) for patch in patches) == ["///", "///", "///", "None"]


def test_collapsing_sets_lie_in_one_output(ax):
    weight = torch.tensor([[1.0, 0.0], [0.3, 1.0], [-0.7, 0.6]], dtype=torch.float64)
    cells, lines = draw_collapse(ax, weight, 1.0)
    assert (np.asarray(cells.get_array()) < 1e-9).sum() == 3
    for line in lines.get_segments():
        outputs = torch.relu(torch.from_numpy(np.array(line)) @ weight.T)
        assert (outputs - outputs[0]).abs().max() < 1e-9
    assert len(draw_collapse(ax, CROSS, 1.0)[1].get_segments()) == 0


def test_the_moving_verdict_is_the_exact_one():
    degrees = (10.0, 100.0, 288.0)
    moving = moving_wedges((4, 5), degrees, (1, 2))
    assert len(moving.frames) == 6
    for frame, (count, angle) in zip(moving.frames, [(c, a) for c in (4, 5) for a in degrees], strict=True):
        angles = torch.arange(count).double() * 2.0 * math.pi / count
        angles[-1] = math.radians(angle)
        expected = is_injective(torch.stack([angles.cos(), angles.sin()], dim=1))
        assert frame[-1]["text"] == ["injective" if expected else "not injective"]
        assert bool(frame[2]["x"]) is not expected
    assert moving.figure["data"][-1]["text"] == ["injective"]
    assert all(len(frame) == len(moving.figure["data"]) for frame in moving.frames)
