"""The arrays of a scene, and what its network computes of them in the page."""

import base64
from pathlib import Path

import numpy as np
import pytest

from netspace.page.standalone import standalone_page
from netspace.viewer.bundle import viewer_bundle
from tests.netspace.scenes import odd_scene, signal_scene
from tests.site.space.seeing import NAME, TEXTS, floats, seen

pytestmark = pytest.mark.site
ROOT = Path(__file__).parents[3]


def test_the_arrays_drawn_are_those_of_the_scene_for_every_input_and_checkpoint(document, scene):
    def work(page):
        found = {}
        for checkpoint in range(2):
            for which in range(2):
                page.of_scene(NAME, f"(space.setCheckpoint({checkpoint}), space.setInput({which}))")
                found[checkpoint, which] = page.of_scene(
                    NAME, "space.layers.map(l => [l.name, l.shape, [...l.values]])"
                )
        return found

    for (checkpoint, which), layers in seen(document, work).items():
        for drawn, stored in zip(layers, scene["layers"], strict=True):
            assert drawn[:2] == [stored["name"], stored["shape"]]
            np.testing.assert_array_equal(np.float32(drawn[2]), floats(stored["values"][checkpoint][which]))


def test_the_network_computed_in_the_page_agrees_with_pytorch(document, scene):
    def work(page):
        return [
            page.of_scene(
                NAME,
                f"(space.setCheckpoint({k}), space.setInput(1), "
                f"space.forward(space.layers[0].values, {k}).map(v => [...v]))",
            )
            for k in range(2)
        ]

    for checkpoint, layers in enumerate(seen(document, work)):
        for computed, stored in zip(layers, scene["layers"], strict=True):
            expected = floats(stored["values"][checkpoint][1])
            assert np.abs(np.float32(computed) - expected).max() <= 1e-5 * max(1, np.abs(expected).max())
    assert len(layers) == 8


@pytest.mark.parametrize("made", [odd_scene, signal_scene])
def test_unusual_steps_agree_with_pytorch_and_add_up(made):
    scene = made()
    document = standalone_page(scene, **TEXTS, bundle=viewer_bundle(ROOT))
    sums = """space.layers.flatMap((layer, l) => l === 0 ? [] : [...layer.values].map((_, index) => {
        const parts = space.contributions(l, index);
        return [parts.sum, parts.preactivation];
    }))"""

    def work(page):
        layers = page.of_scene(NAME, "space.forward(space.layers[0].values).map(v => [...v])")
        return layers, page.of_scene(NAME, sums)

    layers, added = seen(document, work)
    for computed, stored in zip(layers, scene["layers"], strict=True):
        np.testing.assert_allclose(computed, floats(stored["values"][0][0]), atol=1e-5)
    np.testing.assert_allclose(*zip(*added, strict=True), atol=1e-5)


def test_a_weight_that_is_wrong_is_noticed(scene):
    """The comparison above can fail: with one channel of a batch norm scaled, the layer and what reads it differ."""
    import copy

    broken = copy.deepcopy(scene)
    step = broken["layers"][1]["steps"][1]
    step["scale"] = [
        base64.b64encode((floats(text) * [1, 1, 1, 1.5]).astype("<f4").tobytes()).decode() for text in step["scale"]
    ]
    page = standalone_page(broken, **TEXTS, bundle=viewer_bundle(ROOT))
    layers = seen(page, lambda page: page.of_scene(NAME, "space.forward(space.layers[0].values, 1).map(v => [...v])"))
    stored = [floats(layer["values"][1][0]) for layer in scene["layers"]]
    differs = [np.abs(np.float32(a) - b).max() > 1e-3 for a, b in zip(layers, stored, strict=True)]
    assert differs[:3] == [False, True, True]
