import copy
import json

import numpy as np
import pytest

from netspace.form import scene as module
from netspace.form.scene import check_scene, values_of
from tests.netspace.scenes import packed, residual_scene

WHERE = "figure 'toy'"


@pytest.fixture(scope="module")
def whole():
    return residual_scene()


@pytest.fixture
def scene(whole):
    return copy.deepcopy(whole)


def test_a_whole_scene_becomes_json_without_its_still_picture(scene) -> None:
    text = check_scene(scene, WHERE)
    assert json.loads(text) == {key: value for key, value in scene.items() if key != "still"}
    assert "</" not in text


def test_text_that_would_end_the_script_is_escaped(scene) -> None:
    scene["inputs"][0]["name"] = "</script>"
    assert "</script>" not in check_scene(scene, WHERE)
    assert json.loads(check_scene(scene, WHERE))["inputs"][0]["name"] == "</script>"


def at(path, value):
    """A change of one entry of a scene: ``at("layers.1.low", 2)``."""

    def change(scene) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            scene = scene[part]
        scene[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (at("format", 2), "format is 2; this companion shows format 1"),
        (at("extra", 1), r"unknown keys: \['extra'\]"),
        (at("inputs", []), "inputs: expected at least one entry"),
        (at("checkpoints.0", {"name": " "}), "checkpoints: every entry needs a name"),
        (at("layers", []), "has no layers"),
        (at("layers.1.kind", "vector"), r"layer 1 \(block\): a map has shape"),
        (at("layers.1.shape", [4, 0, 8]), "whole numbers above zero"),
        (at("layers.1.scale", "rainbow"), "expected one of signed, positive, probability"),
        (at("layers.1.low", float("nan")), "low and high are nan"),
        (at("layers.1.high", -1.0), "expected finite, low <= high"),
        (at("layers.1.reads", [1]), "a layer reads earlier layers, of index below 1"),
        (at("layers.1.reads", []), "only the first layer, the input, reads nothing"),
        (at("layers.0.reads", [0]), "of index below 0"),
        (at("layers.1.values", [[]]), r"values has rows of \[0\]; expected 2 \(checkpoints\) rows of 2 \(inputs\)"),
        (at("layers.1.values.1.0", "no base64!"), "values of checkpoint 1, input 0: expected base64"),
        (at("labels", ["red"]), "there are 1 labels; the last layer has shape"),
        (at("layers.3.steps", None), "draw needs the steps of every layer; they are missing for sum"),
        (at("still", "<p>"), "still must be the text of an SVG"),
        (at("still", "<svg" + "x" * module.MOST_STILL), "at most 80 kB"),
        (at("still", "<svg><STYLE>p {}</STYLE></svg>"), "it may not hold '<STYLE'"),
        (at("still", '<svg><g id="main"/></svg>'), "it may not hold 'id='"),
        (at("still", None), "still must be the text of an SVG"),
    ],
)
def test_what_is_no_scene_is_refused(scene, change, message) -> None:
    change(scene)
    with pytest.raises(ValueError, match=message):
        check_scene(scene, WHERE)


def test_drawing_needs_a_sheet_of_one_channel(scene) -> None:
    first = scene["layers"][0]
    first["shape"] = [2, 4, 8]
    with pytest.raises(ValueError, match=r"draw needs an input of shape \[1, H, W\]"):
        check_scene(scene, WHERE)


def test_steps_may_be_missing_where_nothing_is_drawn(scene) -> None:
    scene["layers"][3]["steps"], scene["draw"] = None, False
    check_scene(scene, WHERE)


def test_a_scene_too_large_for_a_page_says_what_is_large(scene, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 20_000)
    with pytest.raises(ValueError, match="Most of it is in inner and block: show fewer inputs or checkpoints"):
        check_scene(scene, WHERE)


def test_numbers_are_read_and_counted() -> None:
    import torch

    text = packed(torch.tensor([0.5, -2.0]))
    np.testing.assert_array_equal(values_of(text, 2, "here"), [0.5, -2.0])
    with pytest.raises(ValueError, match="here: expected 3 float32 numbers, which are 12 bytes, got 8"):
        values_of(text, 3, "here")
    with pytest.raises(ValueError, match="here: a number is inf"):
        values_of(packed(torch.tensor([1.0, float("inf")])), 2, "here")
    with pytest.raises(ValueError, match="expected base64"):
        values_of(None, 2, "here")
