"""How a layer of a scene is computed from what it reads: the kinds of steps, and a check of their arrays."""

import math
from collections.abc import Callable, Mapping
from typing import Any

_CONVOLUTION = ("weight", "weight_shape", "bias", "stride", "padding", "dilation", "groups")
_WINDOW = ("kernel", "stride", "padding")
STEP_KEYS: dict[str, tuple[str, ...]] = {
    "conv2d": _CONVOLUTION,
    "conv1d": _CONVOLUTION,
    "linear": ("weight", "weight_shape", "bias"),
    "max_pool2d": _WINDOW,
    "avg_pool2d": _WINDOW,
    "relu": (),
    "leaky_relu": ("slope",),
    "sigmoid": (),
    "tanh": (),
    "softmax": (),
    "identity": (),
    "flatten": (),
    "affine": ("scale", "shift"),
    "pad2d": ("padding",),
    "upsample2d": ("factor",),
    "add": (),
    "concatenate": (),
}
MERGES = ("add", "concatenate")

Decoder = Callable[[str, int, str], Any]


def check_steps(scene: Mapping[str, Any], layer: Mapping[str, Any], here: str, decoded: Decoder) -> None:
    """Refuse steps that the page could not compute.

    Args:
        scene: The scene, for the number of its checkpoints.
        layer: One of its layers.
        here: What the messages call the layer.
        decoded: Reads an array of a given number of values out of base64, or refuses it.

    Raises:
        ValueError: If a type is unknown, a key is missing, an array has another size, or a merge is misplaced.
    """
    steps = layer["steps"]
    if steps is None:
        return
    if not layer["reads"]:
        if steps:
            raise ValueError(f"{here}: it reads nothing, so it has no steps; give an empty list or None")
        return
    if not steps:
        raise ValueError(f"{here}: steps is empty; use one of type 'identity', or None if it cannot be computed")
    for position, step in enumerate(steps):
        _check_step(scene, step, f"{here}, step {position}", decoded)
    _check_merge(layer, here)


def _check_step(scene: Mapping[str, Any], step: Mapping[str, Any], here: str, decoded: Decoder) -> None:
    kind = step.get("type")
    if kind not in STEP_KEYS:
        raise ValueError(f"{here}: type is {kind!r}; the page computes {', '.join(STEP_KEYS)}")
    if set(step) != {"type", *STEP_KEYS[kind]}:
        raise ValueError(f"{here}: a {kind} has the keys {['type', *STEP_KEYS[kind]]}; got {sorted(step)}")
    if "weight" in step:
        shape = step["weight_shape"]
        _check_arrays(scene, step["weight"], math.prod(shape), f"{here}, weight", decoded)
        if step["bias"] is not None:
            _check_arrays(scene, step["bias"], shape[0], f"{here}, bias", decoded)
    if kind == "affine":
        _check_affine(scene, step, here, decoded)


def _check_arrays(scene: Mapping[str, Any], arrays: Any, count: int, here: str, decoded: Decoder) -> None:
    expected = len(scene["checkpoints"])
    if not isinstance(arrays, list) or len(arrays) != expected:
        raise ValueError(f"{here}: expected a list of {expected} arrays, one for each checkpoint")
    for array in arrays:
        decoded(array, count, here)


def _check_affine(scene: Mapping[str, Any], step: Mapping[str, Any], here: str, decoded: Decoder) -> None:
    count = _floats_in(step["scale"][0]) if step["scale"] else 0
    for key in ("scale", "shift"):
        _check_arrays(scene, step[key], count, f"{here}, {key}", decoded)


def _floats_in(text: str) -> int:
    """How many float32 a base64 text of this length holds."""
    return (3 * len(text) // 4 - text.count("=")) // 4


def _check_merge(layer: Mapping[str, Any], here: str) -> None:
    first, *rest = [step["type"] for step in layer["steps"]]
    misplaced = [kind for kind in rest if kind in MERGES]
    if misplaced:
        raise ValueError(f"{here}: {misplaced[0]!r} joins what the layer reads, so it is its first step or none")
    if (len(layer["reads"]) > 1) != (first in MERGES):
        raise ValueError(
            f"{here}: it reads {len(layer['reads'])} layers and its first step is {first!r}; "
            "several layers are joined by 'add' or 'concatenate', one is read by any other step"
        )
