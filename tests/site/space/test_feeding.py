"""Other weights, inputs that are drawn, and the data that run through."""

import numpy as np
import pytest

from companion.machine import browser
from netspace.browser.session import Visit, visited
from tests.site.space.seeing import NAME, PICTURE, floats, pixels, seen

pytestmark = pytest.mark.site


def test_the_slider_of_weights_shows_the_other_weights(document, scene):
    def work(page):
        slider = page.browser_page.locator(".netspace-controls input[type=range]").first
        slider.focus()
        slider.press("ArrowLeft")
        return slider.get_attribute("aria-valuetext"), page.of_scene(NAME, "[...space.layers[7].values]")

    name, values = seen(document, work)
    assert name == "before"
    np.testing.assert_array_equal(np.float32(values), floats(scene["layers"][7]["values"][0][0]))


def test_a_drawing_runs_the_network(document):
    def work(page):
        page.browser_page.locator(".netspace-controls select").first.select_option("own")
        sheet = page.browser_page.locator(".netspace-sheet")
        sheet.scroll_into_view_if_needed()
        empty = page.of_scene(NAME, "[...space.layers[7].values]")
        box = sheet.bounding_box()
        page.drag((box["x"] + 30, box["y"] + 30), (box["x"] + 120, box["y"] + 120))
        page.browser_page.wait_for_function(f"e => netspace.get('{NAME}').layers[7].values[0] !== e", arg=empty[0])
        page.evaluate(PICTURE)  # of the whole stroke: it runs the network at most once for each picture
        both = "[space.layers.map(l => l.values), space.forward(space.layers[0].values, 1)]"
        drawn, again = page.of_scene(NAME, f"{both}.map(all => all.map(v => [...v]))")
        sheet.focus()
        page.press("ArrowDown")
        page.press(" ")
        page.browser_page.wait_for_function(f"e => netspace.get('{NAME}').layers[7].values[0] !== e", arg=drawn[7][0])
        # in one step: each run of the network puts other rows in the place of these
        rows = page.evaluate("[...document.querySelectorAll('.netspace-bars li')].map(row => row.innerText)")
        return drawn, again, rows

    drawn, again, rows = seen(document, work)
    assert max(drawn[0]) > 0.9
    assert drawn == again
    assert sum(drawn[7]) == pytest.approx(1, abs=1e-6)
    assert [row.split()[0] for row in rows] == ["red", "green", "blue"]


def test_the_data_flow_layer_by_layer(document):
    def work(page):
        whole = page.picture(NAME)
        page.of_scene(NAME, "space.step(2)")
        page.wait_for_scene(NAME)
        held = page.picture(NAME)
        said = page.browser_page.locator(".netspace-flow output").inner_text()
        page.browser_page.get_by_role("button", name="Let the data flow").click()
        moving = page.of_scene(NAME, "space.stats.isAtRest")
        page.wait_for_scene(NAME)
        again = np.abs(pixels(page.picture(NAME)) - pixels(whole)).max() < 0.02
        return whole != held, said, moving, again

    assert seen(document, work) == (True, "inner", False, True)
    assert seen(document, work, Visit(moves=True))[1:3] == ("inner", False)


def test_the_data_run_through_once_when_the_scene_is_first_seen(document):
    """Not while it is below the window, and not for readers who asked for no motion."""
    low = document.replace("<main>", '<main><div style="height: 3000px"></div>')
    frames = "space.stats.framesRendered"

    def work(page):
        page.browser_page.wait_for_function(f"netspace.get('{NAME}').stats.isAtRest")
        page.browser_page.wait_for_timeout(300)
        unseen = page.of_scene(NAME, frames)
        page.wait_for_scene(NAME)
        return unseen

    def run(page):
        unseen = work(page)
        page.browser_page.wait_for_function(
            "([name, n]) => netspace.get(name).stats.framesRendered > n", arg=[NAME, unseen + 5]
        )
        return unseen

    def rest(page):
        unseen = work(page)
        page.browser_page.wait_for_timeout(300)
        page.wait_for_scene(NAME)
        return unseen, page.of_scene(NAME, frames)

    assert visited(browser, low, run, visit=Visit(moves=True)) <= 3
    still, after = visited(browser, low, rest)
    assert after == still
