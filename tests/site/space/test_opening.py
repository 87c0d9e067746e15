"""Layers that close into their aggregate and open again."""

import numpy as np
import pytest

from netspace.browser.session import Visit
from tests.site.space.seeing import NAME, floats, seen

pytestmark = pytest.mark.site


@pytest.mark.parametrize("moves", [False, True])
def test_a_layer_closes_into_its_aggregate_and_opens_again(document, scene, moves):
    def work(page):
        label = page.browser_page.locator(".netspace-labels button", has_text="block")
        before = page.picture(NAME)
        label.click()
        page.wait_for_scene(NAME)
        closed = page.of_scene(NAME, "[space.layers[1].open, [...space.layers[1].aggregate], space.stats.instances]")
        words, expanded = label.inner_text(), label.get_attribute("aria-expanded")
        changed = page.picture(NAME) != before
        page.of_scene(NAME, "space.aggregate('max')")
        largest = page.of_scene(NAME, "[...space.layers[1].aggregate]")
        label.click()
        page.wait_for_scene(NAME)
        return closed, words, expanded, changed, largest, page.of_scene(NAME, "space.layers[1].open")

    closed, words, expanded, changed, largest, reopened = seen(document, work, Visit(moves=moves))
    values = np.abs(floats(scene["layers"][1]["values"][1][0])).reshape(4, 64)
    assert closed[0] is False
    np.testing.assert_allclose(closed[1], values.mean(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(np.float32(largest), values.max(axis=0))
    assert closed[2] == sum(int(np.prod(layer["shape"])) for layer in scene["layers"]) - 3 * 64
    assert "mean of |block|" in words
    assert (expanded, changed, reopened) == ("false", True, True)
