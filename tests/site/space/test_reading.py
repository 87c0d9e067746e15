"""What a reader learns of one neuron: by pointing, by its number, or without asking."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from netspace.page.standalone import standalone_page
from netspace.viewer.bundle import viewer_bundle
from tests.site.space.seeing import NAME, PHONE, TEXTS, floats, seen

pytestmark = pytest.mark.site
ROOT = Path(__file__).parents[3]


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
