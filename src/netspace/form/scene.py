"""What a scene is, and a check that a dictionary is one.

A scene is a plain dictionary: inputs, checkpoints, layers with their values as base64 of little-endian float32, and for
each layer the steps by which the page can compute it anew::

    {"format": 1, "inputs": [{"name": ...}], "checkpoints": [{"name": ...}], "labels": [...] or None, "draw": bool,
     "still": "<svg ...", "layers": [{"name", "operation", "kind", "shape", "scale", "reads", "low", "high",
                                      "values": [[base64 for each input] for each checkpoint], "steps": [...] or None}]}
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from netspace.form.steps import check_steps

FORMAT = 1
MOST_BYTES = 2_000_000  # of JSON in one scene: with the book's other parts a page stays what a phone can load
MOST_STILL = 80_000  # bytes of the still picture
_FOREIGN = re.compile(r"<(?:script|style|foreignObject)\b|\s(?:id|class|role|on\w+)\s*=", re.IGNORECASE)
KINDS = {"map": 3, "vector": 1}
SCALES = ("signed", "positive", "probability")
_KEYS = ("format", "inputs", "checkpoints", "layers", "labels", "draw", "still")
_LAYER_KEYS = ("name", "operation", "kind", "shape", "scale", "reads", "low", "high", "values", "steps")


def check_scene(scene: Mapping[str, Any], where: str) -> str:
    """The scene as JSON without its still picture, if it is one that a page can show.

    Args:
        scene: The dictionary.
        where: What the messages call it, such as ``figure 'lenet-space'``.

    Returns:
        The JSON text that goes into the page.

    Raises:
        ValueError: If something is missing, of another shape than it says, not finite, or too large for a page.
    """
    _check_keys(scene, _KEYS, where)
    if scene["format"] != FORMAT:
        raise ValueError(f"{where}: format is {scene['format']!r}; this companion shows format {FORMAT}")
    for key in ("inputs", "checkpoints"):
        _check_names(scene[key], f"{where}, {key}")
    if not scene["layers"]:
        raise ValueError(f"{where} has no layers; the first is the input itself")
    for index, layer in enumerate(scene["layers"]):
        _check_layer(scene, layer, index, where)
    _check_labels(scene, where)
    _check_drawing(scene, where)
    check_still(scene["still"], where)
    return _json(scene, where)


def values_of(text: str, count: int, where: str) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """The ``count`` finite numbers that are stored in ``text``.

    Raises:
        ValueError: If it is no base64, holds another number of float32, or one that is not finite.
    """
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise ValueError(f"{where}: expected base64 of little-endian float32, got {str(text)[:20]!r}") from None
    if len(packed) != 4 * count:
        raise ValueError(f"{where}: expected {count} float32 numbers, which are {4 * count} bytes, got {len(packed)}")
    values = np.frombuffer(packed, dtype="<f4")
    if not np.isfinite(values).all():
        raise ValueError(f"{where}: a number is {values[~np.isfinite(values)][0]}; a page draws finite numbers only")
    return values


def check_still(still: Any, where: str) -> str:
    """The still picture, if it is an SVG that can be a part of a page: small, and without what acts beyond it.

    Raises:
        ValueError: If not.
    """
    if not isinstance(still, str) or not still.lstrip().startswith("<svg"):
        raise ValueError(f"{where}: still must be the text of an SVG, from '<svg' on; got {str(still)[:30]!r}")
    if foreign := _FOREIGN.search(still):
        raise ValueError(
            f"{where}: the still picture becomes a part of the page; it may not hold {foreign[0].strip()!r}"
        )
    if len(still.encode()) > MOST_STILL:
        size = len(still.encode()) / 1e3
        raise ValueError(
            f"{where}: the still picture has {size:.0f} kB; at most {MOST_STILL / 1e3:.0f} kB: draw fewer cells"
        )
    return still


def _check_keys(mapping: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
    missing, surplus = [key for key in keys if key not in mapping], sorted(set(mapping) - set(keys))
    if missing or surplus:
        raise ValueError(f"{where}: missing keys: {missing or 'none'}; unknown keys: {surplus or 'none'}")


def _check_names(entries: Any, where: str) -> None:
    if not isinstance(entries, Sequence) or not entries:
        raise ValueError(f"{where}: expected at least one entry with a name")
    for entry in entries:
        if not isinstance(entry, Mapping) or not str(entry.get("name") or "").strip():
            raise ValueError(f"{where}: every entry needs a name that readers see; got {entry!r}")


def _check_layer(scene: Mapping[str, Any], layer: Mapping[str, Any], index: int, where: str) -> None:
    _check_keys(layer, _LAYER_KEYS, f"{where}, layer {index}")
    here = f"{where}, layer {index} ({layer['name']})"
    if layer["kind"] not in KINDS or len(layer["shape"]) != KINDS[layer["kind"]]:
        raise ValueError(f"{here}: a map has shape [C, H, W] and a vector [N]; got {layer['kind']!r} {layer['shape']}")
    if not all(isinstance(side, int) and side > 0 for side in layer["shape"]):
        raise ValueError(f"{here}: shape is {layer['shape']}; expected whole numbers above zero")
    if layer["scale"] not in SCALES:
        raise ValueError(f"{here}: scale is {layer['scale']!r}; expected one of {', '.join(SCALES)}")
    if not _is_range(layer["low"], layer["high"]):
        raise ValueError(f"{here}: low and high are {layer['low']} and {layer['high']}; expected finite, low <= high")
    _check_reads(layer, index, here)
    _check_values(scene, layer, here)
    check_steps(scene, layer, here, values_of)


def _is_range(low: Any, high: Any) -> bool:
    return all(isinstance(v, (int, float)) and math.isfinite(v) for v in (low, high)) and low <= high


def _check_reads(layer: Mapping[str, Any], index: int, here: str) -> None:
    reads = layer["reads"]
    if not all(isinstance(read, int) and 0 <= read < index for read in reads):
        raise ValueError(f"{here}: reads is {list(reads)}; a layer reads earlier layers, of index below {index}")
    if bool(reads) != bool(index):
        raise ValueError(f"{here}: reads is {list(reads)}; only the first layer, the input, reads nothing")


def _check_values(scene: Mapping[str, Any], layer: Mapping[str, Any], here: str) -> None:
    checkpoints, inputs = len(scene["checkpoints"]), len(scene["inputs"])
    sizes = [len(row) for row in layer["values"]]
    if sizes != [inputs] * checkpoints:
        raise ValueError(
            f"{here}: values has rows of {sizes}; expected {checkpoints} (checkpoints) rows of {inputs} (inputs)"
        )
    for checkpoint, row in enumerate(layer["values"]):
        for which, text in enumerate(row):
            values_of(text, math.prod(layer["shape"]), f"{here}, values of checkpoint {checkpoint}, input {which}")


def _check_labels(scene: Mapping[str, Any], where: str) -> None:
    last = scene["layers"][-1]
    if scene["labels"] is not None and len(scene["labels"]) != math.prod(last["shape"]):
        raise ValueError(
            f"{where}: there are {len(scene['labels'])} labels; the last layer has shape {list(last['shape'])}"
        )


def _check_drawing(scene: Mapping[str, Any], where: str) -> None:
    """Refuse what cannot be drawn on: an input of the reader's own needs one channel, and every layer's steps.

    Raises:
        ValueError: If the input has another form, or steps are missing.
    """
    if not scene["draw"]:
        return
    first, *others = scene["layers"]
    if first["kind"] != "map" or first["shape"][0] != 1:
        raise ValueError(f"{where}: draw needs an input of shape [1, H, W]; it has {list(first['shape'])}")
    lacking = [layer["name"] for layer in others if not layer["steps"]]
    if lacking:
        raise ValueError(f"{where}: draw needs the steps of every layer; they are missing for {', '.join(lacking)}")


def _json(scene: Mapping[str, Any], where: str) -> str:
    content = json.dumps({k: v for k, v in scene.items() if k != "still"}, separators=(",", ":"), allow_nan=False)
    if len(content) > MOST_BYTES:
        shares = {layer["name"]: len(json.dumps(layer)) for layer in scene["layers"]}
        heaviest = sorted(shares, key=lambda name: shares[name], reverse=True)[:2]
        raise ValueError(
            f"{where} holds {len(content) / 1e6:.2f} MB; at most {MOST_BYTES / 1e6:.2f} MB go into a page. Most of it "
            f"is in {' and '.join(heaviest)}: show fewer inputs or checkpoints, or a smaller network"
        )
    return content.replace("</", "<\\/")
