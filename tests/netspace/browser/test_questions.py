"""A page answers what a notebook asks, and its answers change when the page is broken."""

import base64
import io

import matplotlib.image
import numpy as np
import pytest

from companion.machine import browser
from companion.machine.browser import chromium_path
from netspace.browser import questions
from netspace.browser.session import Visit, visited
from netspace.viewer.bundle import viewer_bundle
from tests.netspace.scenes import residual_scene

lacking = chromium_path() is None or viewer_bundle().script is None
pytestmark = pytest.mark.skipif(lacking, reason="there is no Chromium, or npm's packages are not installed")
NAME = "residual-space"


@pytest.fixture(scope="module")
def scene():
    return residual_scene()


@pytest.fixture(scope="module")
def answers(scene):
    def look(page):
        return {
            "drawn": questions.drawn_values(page, NAME),
            "computed": questions.computed_values(page, NAME),
            "outputs": questions.outputs_for(page, NAME, [[0.0] * 64, [1.0] * 64]),
            "sums": questions.sums_of(page, NAME, [(1, 5), (7, 0)]),
            "found": questions.found_at(page, NAME, [(0, 0), (7, 2)]),
            "rest": questions.at_rest(page, NAME),
            "drag": questions.reaction_to_drag(page, NAME),
            "wheel": questions.reaction_to_wheel(page, NAME),
        }

    return visited(browser, questions.page_alone(scene, NAME), look)


def stored(scene, k, i, layer):
    return np.frombuffer(base64.b64decode(scene["layers"][layer]["values"][k][i]), dtype="<f4")


def test_all_values_come_by_checkpoint_input_and_layer(scene, answers):
    for how, error in (("drawn", 0.0), ("computed", 1e-5)):
        for k in (0, 1):
            for i in (0, 1):
                for layer in range(8):
                    assert np.abs(np.array(answers[how][k][i][layer]) - stored(scene, k, i, layer)).max() <= error


def test_new_inputs_are_computed(answers):
    first, second = answers["outputs"]
    assert len(first) == len(second) == 3
    assert sum(first) == pytest.approx(1.0)
    assert first != second


def test_sums_add_up(answers):
    for told in answers["sums"]:
        assert told["sum"] == pytest.approx(told["preactivation"], abs=1e-5)
        assert len(told["terms"]) <= 3


def test_what_stands_at_a_place_is_found_with_its_value(answers):
    last = answers["drawn"][1][1][7]
    told = answers["found"][1]
    assert (told["layer"], told["index"]) == (7, 2)
    assert told["value"] == pytest.approx(last[2])


def test_it_rests_and_reacts(answers):
    assert answers["rest"] == (0, 0.0)
    assert answers["drag"] > 0.005
    assert answers["wheel"] > 0.01


def test_a_page_that_draws_without_end_does_not_rest(scene):
    restless = "<script>setInterval(() => netspace.get('residual-space')?.render(), 40);</script>"
    frames, _ = visited(
        browser, questions.page_alone(scene, NAME) + restless, lambda page: questions.at_rest(page, NAME)
    )
    assert frames > 0


def test_keys_reach_the_scene_by_tab_alone(scene):
    html = questions.page_alone(scene, NAME)
    turned, nearer = visited(browser, html, lambda page: questions.reactions_to_keys(page, NAME))
    assert turned > 0.01
    assert nearer > 0.01
    deaf = "<script>addEventListener('keydown', (event) => event.stopImmediatePropagation(), true);</script>"
    assert visited(browser, html + deaf, lambda page: questions.reactions_to_keys(page, NAME)) == (0.0, 0.0)


def test_without_webgl_the_still_picture_is_shown_and_explained(scene):
    html = questions.page_alone(scene, NAME)
    flat = visited(browser, html, questions.still_shown, visit=Visit(flags=("--disable-3d-apis",)))
    assert flat[0] > 0.03
    assert flat[1] >= 1
    with_scene = visited(browser, html, lambda page: (page.wait_for_scene(NAME), questions.still_shown(page))[1])
    assert with_scene == (0.0, 0)


def test_a_page_may_come_from_a_server_and_then_needs_no_network(scene):
    html = questions.page_alone(scene, NAME)

    def look(page):
        questions.open_from_server(page, html + "<script>setTimeout(() => fetch('/more'), 300)</script>")
        first = questions.drawn_values(page, NAME)[0][0][7]
        page.browser_page.wait_for_timeout(400)
        return first, page.browser_page.url, page.requests

    values, address, requests = visited(browser, "<p></p>", look)
    assert values == pytest.approx(stored(scene, 0, 0, 7).tolist())
    assert address.startswith("http://127.0.0.1:")
    assert requests == [address + "more"]


def test_several_scenes_stand_on_one_page(scene):
    html = questions.page_of_all({NAME: scene, "other-space": residual_scene(1)})
    both = visited(
        browser, html, lambda page: [questions.drawn_values(page, name)[0][0][7] for name in (NAME, "other-space")]
    )
    assert both[0] == pytest.approx(stored(scene, 0, 0, 7).tolist())
    assert both[1] == pytest.approx(stored(residual_scene(1), 0, 0, 7).tolist())


def png(array):
    file = io.BytesIO()
    matplotlib.image.imsave(file, array, format="png")
    return file.getvalue()


def test_changed_pixels_are_counted():
    one = np.zeros((4, 5, 3))
    other = one.copy()
    other[1, 2, 0] = 1.0
    assert questions.changed_share(png(one), png(one)) == 0.0
    assert questions.changed_share(png(one), png(other)) == pytest.approx(1 / 20)
    assert questions.changed_share(png(one), png(one[:3])) == 1.0
