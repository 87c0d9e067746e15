import copy

import pytest
import torch

from netspace.form.scene import values_of
from netspace.form.steps import MERGES, STEP_KEYS, check_steps
from tests.netspace.scenes import packed, residual_scene


@pytest.fixture
def scene():
    return copy.deepcopy(residual_scene())


def check(scene, index) -> None:
    check_steps(scene, scene["layers"][index], f"layer {index}", values_of)


def test_steps_of_every_kind_of_wiring_pass(scene) -> None:
    for index in range(8):
        check(scene, index)


def test_a_layer_that_cannot_be_computed_has_none(scene) -> None:
    scene["layers"][2]["steps"] = None
    check(scene, 2)


@pytest.mark.parametrize(
    ("index", "steps", "message"),
    [
        (0, [{"type": "relu"}], "it reads nothing, so it has no steps"),
        (2, [], "steps is empty"),
        (2, [{"type": "dropout"}], "type is 'dropout'; the page computes conv2d"),
        (2, [{}], "type is None"),
        (2, [{"type": "relu", "slope": 1}], "a relu has the keys"),
        (2, [{"type": "leaky_relu"}], r"a leaky_relu has the keys \['type', 'slope'\]"),
        (2, [{"type": "relu"}, {"type": "add"}], "'add' joins what the layer reads"),
        (2, [{"type": "add"}], "it reads 1 layers and its first step is 'add'"),
        (3, [{"type": "relu"}], "it reads 2 layers and its first step is 'relu'"),
    ],
)
def test_steps_that_the_page_could_not_compute_are_refused(scene, index, steps, message) -> None:
    scene["layers"][index]["steps"] = steps
    with pytest.raises(ValueError, match=message):
        check(scene, index)


def test_arrays_are_counted(scene) -> None:
    convolution, normalisation = scene["layers"][1]["steps"][:2]
    convolution["bias"][1] = packed(torch.zeros(5))
    with pytest.raises(ValueError, match="step 0, bias: expected 4 float32 numbers"):
        check(scene, 1)
    convolution["bias"] = convolution["bias"][:1]
    with pytest.raises(ValueError, match="step 0, bias: expected a list of 2 arrays, one for each checkpoint"):
        check(scene, 1)
    convolution["bias"] = None
    normalisation["shift"][0] = packed(torch.zeros(3))
    with pytest.raises(ValueError, match="step 1, shift: expected 4 float32 numbers"):
        check(scene, 1)
    normalisation["scale"] = []
    with pytest.raises(ValueError, match="step 1, scale: expected a list of 2 arrays"):
        check(scene, 1)


def test_merges_are_steps() -> None:
    assert set(MERGES) < set(STEP_KEYS)
