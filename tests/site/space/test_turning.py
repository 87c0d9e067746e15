"""Turning, coming nearer, scrolling past: by mouse, wheel, keyboard and finger."""

import numpy as np
import pytest

from tests.site.space.seeing import NAME, PHONE, middle, pixels, seen

pytestmark = pytest.mark.site


def test_there_is_a_picture_drawn_by_few_calls(document, scene):
    def work(page):
        shown = pixels(page.picture(NAME))
        return (
            shown,
            page.of_scene(NAME, "space.stats"),
            page.of_scene(NAME, "(space.select(7, 1), space.render(), space.stats)"),
        )

    shown, stats, selected = seen(document, work)
    ground = shown[4, 4]
    assert (np.abs(shown - ground).max(axis=-1) > 0.05).mean() > 0.01
    assert stats["drawCalls"] <= selected["drawCalls"] <= len(scene["layers"]) + 2
    assert stats["instances"] == sum(int(np.prod(layer["shape"])) for layer in scene["layers"])
    assert stats["firstFrameMilliseconds"] > 0


def test_turning_changes_the_picture_and_rest_does_not(document):
    def work(page):
        first = page.picture(NAME)
        frames = page.of_scene(NAME, "space.stats.framesRendered")
        page.browser_page.wait_for_timeout(400)
        rested = page.of_scene(NAME, "space.stats.framesRendered") - frames
        again = page.picture(NAME)
        x, y = middle(page)
        page.drag((x, y), (x + 90, y + 20))
        page.wait_for_scene(NAME)
        return first == again, rested, first == page.picture(NAME), page.of_scene(NAME, "space.state.selected")

    assert seen(document, work) == (True, 0, False, None)


def test_the_wheel_comes_nearer_once_the_scene_has_the_focus(document):
    def work(page):
        distance = "space.state.camera.distance"
        before = page.of_scene(NAME, distance)
        page.hover(middle(page))
        page.wheel(-200)
        page.browser_page.wait_for_timeout(200)
        unfocused = page.of_scene(NAME, distance)
        page.browser_page.locator(f"#{NAME} .netspace-surface").focus()
        page.wheel(-200)
        page.browser_page.wait_for_function(f"d => netspace.get('{NAME}').state.camera.distance < d", arg=before)
        return before, unfocused

    before, unfocused = seen(document, work)
    assert before == unfocused


def test_the_keyboard_turns_zooms_and_goes_back(document):
    def work(page):
        camera = "space.state.camera"
        surface = page.browser_page.locator(f"#{NAME} .netspace-surface")
        surface.focus()
        states = [page.of_scene(NAME, camera)]
        for key in ("ArrowLeft", "ArrowUp", "+", "-", "Home"):
            page.press(key)
            states.append(page.of_scene(NAME, camera))
        outline = surface.evaluate("one => getComputedStyle(one).outlineStyle")
        return states, outline

    (first, turned, raised, nearer, farther, home), outline = seen(document, work)
    assert turned["azimuth"] != first["azimuth"]
    assert raised["elevation"] != turned["elevation"]
    assert nearer["distance"] < raised["distance"] < 1.001 * farther["distance"]
    assert home == pytest.approx(first)
    assert outline == "solid"


def test_a_finger_going_up_scrolls_and_one_going_aside_turns(document):
    def work(page):
        action = "document.querySelector('.netspace-surface')"
        before = page.evaluate(f"getComputedStyle({action}).touchAction")
        place = page.of_scene(NAME, "space.screenPosition(0, 0)")
        page.browser_page.touchscreen.tap(place["x"] + 3, place["y"] + 3)
        return (
            before,
            page.evaluate(f"getComputedStyle({action}).touchAction"),
            page.of_scene(NAME, "space.state.selected"),
        )

    assert seen(document, work, PHONE) == ("pan-y", "none", {"layer": 0, "index": 0})
