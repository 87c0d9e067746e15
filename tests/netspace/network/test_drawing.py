import numpy as np
import pytest
import torch
from torch import nn

from netspace.network.colours import POSITIVE, ZERO
from netspace.network.drawing import draw_map, draw_scene, draw_shares
from netspace.network.scene import network_scene
from rectified.plotting import style


def test_a_scene_has_a_mesh_with_the_values_of_each_layer(generator):
    _fig, ax = style.new_figure()
    model, digit = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 4)), torch.zeros(1, 1, 6, 6)
    digit[0, 0, 2, 3] = 1.0
    scene = network_scene(model, digit)
    meshes = draw_scene(ax, scene)
    assert [mesh.get_label() for mesh in meshes] == ["input", "conv1", "output"]
    assert np.array_equal(meshes[0].get_array().reshape(6, 6), digit[0, 0].numpy())
    assert meshes[1].get_array().compressed().size == 48  # gaps between maps are no values
    colours = (meshes[0].to_rgba(np.array([0.0, 1.0]))[:, :3] * 255).round()
    assert colours.tolist() == [list(ZERO), list(POSITIVE[-1])]
    words = [text.get_text() for text in ax.texts]
    assert words == ["input\n1$\\times$6$\\times$6", "conv1\n3$\\times$4$\\times$4", "output\n4"]


@pytest.mark.parametrize("labels", [None, ["a", "b", "c", "a rose"], list("0123")])
def test_the_last_layer_and_its_labels_lie_inside(generator, labels):
    fig, ax = style.new_figure(size=style.Size.WIDE)
    network_scene_of_four = network_scene(nn.Linear(3, 4), torch.randn(1, 3, generator=generator), labels=labels)
    (*_, last) = draw_scene(ax, network_scene_of_four)
    fig.canvas.draw()
    inside = ax.get_window_extent()
    assert last.get_window_extent().x1 < inside.x1 - 3.0
    beside = ax.texts[2:]  # after the names of the two layers
    if labels:
        assert sorted(text.get_text().partition(":")[0] for text in beside) == sorted(labels)
        best = beside[int(last.get_array().argmax())]
        assert best.get_weight() == "bold"
        assert best.get_text().endswith(f": {last.get_array().max():.2f}")
    for text in beside:
        assert text.get_window_extent().x1 <= fig.bbox.x1


def test_a_map_keeps_its_pixels():
    _fig, (left, right) = style.new_figure(1, 2)
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3)
    image = draw_map(left, grey, "0 to 5")
    assert np.array_equal(image.get_array(), grey)
    assert image.get_clim() == (0, 255)  # one scale for all maps
    assert left.get_xlabel() == "0 to 5"
    colours = np.full((2, 3, 4), 7, dtype=np.uint8)
    assert np.array_equal(draw_map(right, colours, "").get_array(), colours)


def test_shares_are_medians_within_quartiles(rng):
    _fig, ax = style.new_figure()
    shares = np.sort(rng.uniform(size=(9, 4)), axis=1)
    line, band = draw_shares(ax, [1, 3, 10, 30], shares, 3)
    assert np.allclose(line.get_ydata(), np.sort(shares, axis=0)[4])
    corners = band.get_paths()[0].vertices
    assert corners[:, 1].max() == np.sort(shares, axis=0)[6].max()
    dashed = [drawn for drawn in ax.lines if drawn.get_linestyle() == "--"]
    assert [list(drawn.get_xdata()) for drawn in dashed] == [[3, 3]]
