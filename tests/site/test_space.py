"""A scene in three dimensions as a reader meets it: a page of its own, offline, in a real browser with software GL."""

import base64
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest

from companion.machine import browser
from companion.machine.browser import browsers_shared, chromium_path
from netspace.browser.session import Visit, visited
from netspace.page.standalone import standalone_page
from netspace.viewer.bundle import viewer_bundle
from tests.netspace.scenes import odd_scene, residual_scene, signal_scene

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
NAME = "toy-space"
TEXTS = {"name": NAME, "title": "A toy in space", "alt": "Eight small layers.", "caption": "A toy network."}
PICTURE = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"  # of the screen, the next one
PHONE = Visit(width=390, height=844, touch=True)
AXE = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa"]}}


@pytest.fixture(autouse=True, scope="module")
def one_browser():
    with browsers_shared():
        yield


@pytest.fixture(scope="module")
def scene():
    return residual_scene()


@pytest.fixture(scope="module")
def document(scene):
    bundle = viewer_bundle(ROOT)
    if chromium_path() is None or bundle.script is None:  # under CI nothing may be lacking
        (pytest.fail if os.environ.get("CI") else pytest.skip)(bundle.reason or "there is no Chromium")
    return standalone_page(scene, **TEXTS, bundle=bundle)


def floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def seen(document, work, visit=None):
    """What ``work`` finds once the scene stands; whatever it does, nothing else is asked for and nothing goes wrong."""

    def visiting(page):
        page.wait_for_scene(NAME)
        found = work(page)
        assert page.problems == []
        assert page.requests == []
        return found

    return visited(browser, document, visiting, visit=visit)


def pixels(png):
    from matplotlib.image import imread

    return imread(io.BytesIO(png), format="png")[..., :3]


def middle(page):
    box = page.surface(NAME)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


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


def test_what_a_neuron_is_made_of_adds_up(document):
    """Independent of the forward pass: weights are followed backwards from the neuron, and the bias is picked up."""
    script = """space.layers.flatMap((layer, l) => l === 0 ? [] : [...layer.values].map((_, index) => {
        const parts = space.contributions(l, index, 3);
        return [l, parts.sum, parts.preactivation, parts.share, parts.terms.length];
    }))"""
    for layer, total, expected, share, terms in seen(document, lambda page: page.of_scene(NAME, script)):
        assert total == pytest.approx(expected, abs=1e-5), layer
        assert 0 < share <= 1
        assert 1 <= terms <= 3


def test_the_strongest_contributions_are_those_of_pytorch(document, scene):
    joined, output = scene["layers"][6], scene["layers"][7]
    weight = floats(output["steps"][1]["weight"][1]).reshape(3, 128)
    products = weight[2] * floats(joined["values"][1][0])
    order = np.argsort(-np.abs(products))[:3]
    found = seen(document, lambda page: page.of_scene(NAME, "space.contributions(7, 2, 3)"))
    assert [term["index"] for term in found["terms"]] == order.tolist()
    assert [term["product"] for term in found["terms"]] == pytest.approx(products[order].tolist(), rel=1e-5)
    assert found["share"] == pytest.approx(np.abs(products[order]).sum() / np.abs(products).sum(), rel=1e-5)
    assert found["bias"] == pytest.approx(float(floats(output["steps"][1]["bias"][1])[2]), rel=1e-6)


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


def test_what_is_under_the_pointer_is_the_entry_of_the_array(document):
    def work(page):
        checked = 0
        for layer in range(8):
            count = page.of_scene(NAME, f"space.layers[{layer}].count")
            for index in {0, count // 2, count - 1}:
                place = page.of_scene(NAME, f"space.screenPosition({layer}, {index})")
                found = page.of_scene(NAME, f"space.pick({place['x']}, {place['y']})")
                if found["layer"] == layer:  # another layer may stand before it
                    assert found["index"] == index
                    assert found["value"] == page.of_scene(NAME, f"space.layers[{layer}].values[{index}]")
                    checked += 1
        place = page.of_scene(NAME, "space.screenPosition(0, 27)")
        page.hover((place["x"], place["y"]))
        said = page.browser_page.locator(f"#{NAME} .netspace-value").inner_text()
        page.click((place["x"], place["y"]))
        return checked, said, page.of_scene(NAME, "[space.state.selected, space.layers[0].values[27]]")

    checked, said, (selected, value) = seen(document, work)
    assert checked >= 12
    assert selected == {"layer": 0, "index": 27}
    assert said.startswith("input, row 3, column 3:")
    assert float(said.rsplit(" ", 1)[1]) == pytest.approx(value, rel=1e-3)


def test_who_points_at_nothing_reads_of_the_largest_output_and_its_sum(document, scene):
    """At once, for every input, and again after a press beside the neurons."""
    said = """[document.querySelector('.netspace-value').innerText,
        document.querySelectorAll('.netspace-sum li').length]"""

    def work(page):
        found = [(page.of_scene(NAME, f"space.setInput({which})"), page.evaluate(said))[1] for which in range(2)]
        page.of_scene(NAME, "space.select(1, 0)")
        held = page.evaluate(said)
        box = page.surface(NAME)
        page.click((box["x"] + 5, box["y"] + box["height"] - 5))
        return found, held, page.evaluate(said)

    found, held, after = seen(document, work)
    for which, (text, terms) in enumerate(found):
        values = floats(scene["layers"][-1]["values"][1][which])
        best = int(values.argmax())
        label = scene["labels"][best]
        assert text.startswith(f"output, neuron {best} ({label}), the largest of its layer: {values[best]:.3f}"[:-1])
        assert terms == 3
    assert held[0].startswith("block, map 0")
    assert after == found[1]


def test_negative_outputs_go_left_of_zero_and_long_numbers_stay_on_one_line(scene):
    """Of a network whose last layer is no softmax."""
    changed = json.loads(json.dumps(scene))
    numbers = np.array([-0.0012345, 0.75, -1.0], "<f4")
    output = changed["layers"][-1] | {"scale": "signed", "low": -1.0, "high": 1.0, "steps": None}
    output["values"] = [[base64.b64encode(numbers.tobytes()).decode()] * 2] * 2
    changed |= {"layers": [*changed["layers"][:-1], output], "draw": False}
    page_of_it = standalone_page(changed, **TEXTS, bundle=viewer_bundle(ROOT))
    boxes = """[...document.querySelectorAll('.netspace-bars li')].map((row) => {
        const box = (name) => row.querySelector(`.netspace-${name}`).getBoundingClientRect();
        const [bar, track] = [box("bar"), box("track")];
        const ends = [bar.left, bar.right].map((x) => (x - track.left) / track.width);
        return [...ends, row.lastChild.offsetHeight];
    })"""
    small, positive, negative = seen(page_of_it, lambda page: page.evaluate(boxes), PHONE)
    zero = 1.0 / 1.75
    assert negative[:2] == pytest.approx([0.0, zero], abs=0.01)
    assert positive[:2] == pytest.approx([zero, 1.0], abs=0.01)
    assert small[1] == pytest.approx(zero, abs=0.01)
    assert small[2:] == positive[2:]  # one line high


def test_a_neuron_is_found_by_its_number_without_a_pointer(document):
    def work(page):
        page.browser_page.locator("summary").first.click()
        fields = page.browser_page.locator(".netspace-fields").last
        fields.locator("select").select_option("7")
        fields.locator("input").fill("2")
        fields.locator("input").press("Enter")
        return page.browser_page.locator(".netspace-value").inner_text()

    assert seen(document, work).startswith("output, neuron 2 (blue):")


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


def test_colours_are_shared_by_a_layer_and_zero_has_its_own(document):
    """The colours on the screen, read where each neuron stands, are in the order of the values; zero has its own."""

    def work(page):
        picture = pixels(page.picture(NAME))
        box = page.surface(NAME)
        values = page.of_scene(NAME, "[...space.layers[0].values]")
        places = page.of_scene(NAME, "[...space.layers[0].values].map((_, index) => space.screenPosition(0, index))")
        return values, [picture[round(p["y"] - box["y"]), round(p["x"] - box["x"])] for p in places]

    values, colours = seen(document, work)
    zero = np.array([226, 228, 233]) / 255
    for value, colour in zip(values, colours, strict=True):
        assert (np.abs(colour - zero).max() < 0.005) == (value == 0)
    order = np.argsort(values)
    blues = np.array(colours)[order][:, 2]
    assert (np.diff(blues) <= 0.02).all()  # the larger the number, the less blue: one scale for all


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("log", ["false", "true"])
def test_a_larger_number_never_stands_out_less_than_a_smaller_one(document, theme, log):
    script = f"(space.logMode({log}), space.layers.map((l, at) => [[...l.values], [...space.colours(at)]]))"
    layers, zero = seen(
        document,
        lambda page: (page.of_scene(NAME, script), page.of_scene(NAME, "space.zeroColour")),
        Visit(theme=theme),
    )
    weights = np.array([0.2126, 0.7152, 0.0722])
    for values, colours in layers:
        drawn = np.array(colours).reshape(-1, 3)
        lightness = np.abs((drawn - zero) @ weights)
        for sign in (-1, 1):
            of_sign = np.sign(values) == sign
            order = np.argsort(np.abs(np.array(values)[of_sign]))
            assert (np.diff(lightness[of_sign][order]) >= 0).all()
        assert ((drawn == zero).all(axis=1) == (np.array(values) == 0)).all()


def test_scale_modes_change_the_picture_and_not_the_numbers(document):
    def work(page):
        values = "space.layers.map(l => [...l.values])"
        before, first = page.picture(NAME), page.of_scene(NAME, values)
        pictures = [before]
        for call in ("space.logMode(true)", "space.scaleMode('global')"):
            page.of_scene(NAME, call)
            page.wait_for_scene(NAME)
            pictures.append(page.picture(NAME))
        return (
            len(set(pictures)),
            first == page.of_scene(NAME, values),
            page.of_scene(NAME, "[space.state.scale, space.state.log]"),
        )

    assert seen(document, work) == (3, True, ["global", True])


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


def test_a_page_without_webgl_keeps_the_still_picture_and_says_why(document):
    def work(page):
        still = page.browser_page.locator(".netspace-still")
        still.wait_for(state="visible")
        return (
            page.browser_page.locator(".netspace-note").inner_text(),
            still.evaluate("one => [one.viewBox.baseVal.width, one.checkVisibility()]"),
            page.problems,
        )

    note, width, problems = visited(browser, document, work, visit=Visit(flags=("--disable-3d-apis",)))
    assert "offers no WebGL 2" in note
    assert width == [320, True]
    assert problems == []


def test_the_still_picture_is_drawn_in_the_ink_of_the_theme_and_dark_on_paper(scene):
    from netspace.viewer.bundle import Bundle

    ink = "getComputedStyle(document.querySelector('.netspace-still')).color.match(/\\d+/g).map(Number)"

    def work(page):
        on_screen = page.evaluate(ink)
        page.browser_page.emulate_media(media="print")
        return on_screen, page.evaluate(ink)

    document = standalone_page(scene, **TEXTS, bundle=Bundle(None, "this book was built without three"))
    day, night = (visited(browser, document, work, visit=Visit(theme=theme)) for theme in ("light", "dark"))
    assert max(day[0] + day[1] + night[1]) < 100
    assert min(night[0]) > 200


def test_where_npm_is_missing_the_page_says_so(scene):
    from netspace.viewer.bundle import Bundle

    page = standalone_page(scene, **TEXTS, bundle=Bundle(None, "this book was built without three"))
    note = visited(browser, page, lambda page: page.browser_page.locator(".netspace-note").inner_text())
    assert note == "This is a still picture: this book was built without three."


@pytest.mark.parametrize("visit", [Visit(), Visit(theme="dark"), PHONE, Visit(width=390, theme="dark")], ids=str)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(document, visit):
    from axe_playwright_python.sync_playwright import Axe

    def work(page):
        page.of_scene(NAME, "space.select(7, 1)")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        page.of_scene(NAME, "space.startDrawing()")
        page.wait_for_scene(NAME)
        found = Axe().run(page.browser_page, options=AXE).response["violations"]
        return found, page.evaluate("document.documentElement.scrollWidth")

    found, width = seen(document, work, visit)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []
    assert width <= visit.width


def test_the_theme_changes_while_the_page_is_open(document):
    def work(page):
        day = pixels(page.picture(NAME))[4, 4].mean()
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.browser_page.wait_for_function(f"netspace.get('{NAME}').view.isDark")
        page.wait_for_scene(NAME)
        return day, pixels(page.picture(NAME))[4, 4].mean()

    day, night = seen(document, work)
    assert night < 0.3 < 0.9 < day


def test_a_scene_given_up_returns_as_it_was(document):
    def work(page):
        page.of_scene(NAME, "(space.setInput(1), space.rotate(40, 0), space.close(1), window.before = space.state)")
        page.wait_for_scene(NAME)
        page.evaluate(f"netspace.dispose(document.getElementById('{NAME}'))")
        gone = page.evaluate(f"[netspace.get('{NAME}'), document.querySelectorAll('canvas').length]")
        still = page.browser_page.locator(".netspace-still").is_visible()
        page.evaluate("netspace.mountAll()")
        page.wait_for_scene(NAME)
        return gone, still, page.of_scene(NAME, "[space.state, window.before, space.layers[1].open]")

    gone, still, (after, before, is_open) = seen(document, work)
    assert gone == [None, 0]
    assert still
    assert after == before
    assert not is_open


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


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 390)])
def test_every_scene_of_the_book_stands_and_is_named(read, html, pages, theme, width):
    having = [page for page in pages if '<figure class="netspace"' in (html / page).read_text(encoding="utf-8")]
    if not having:
        pytest.skip("no page of this book has a scene")
    for page in having:
        reader = read(theme, width)
        reader.goto(page)
        for figure in reader.page.locator("figure.netspace").all():
            figure.scroll_into_view_if_needed()
            figure.locator(".netspace-surface").wait_for()
            assert figure.locator(".netspace-surface").get_attribute("aria-label")
            assert not figure.locator(".netspace-still").is_visible()
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
        assert reader.problems == []
