"""Figures that the reader moves with sliders or by dragging: all frames are computed in the run and stored in the page.

The page's script finds ``figure.companion-interactive`` and reads the JSON inside it::

    {
      "data":     [trace, ...],          # Plotly traces, drawn first: those of the initial frame
      "layout":   {...},                 # Plotly layout without template: colours are the page's
      "controls": [{"name": "eps", "label": "Radius", "values": [0.1, 0.2], "initial": 0}, ...],
      "frames":   [[{"x": [...], "y": [...]}, ...], ...],
      "drag":     ["centre-x", "centre-y"]   # optional
    }

``initial`` is an index into ``values``. ``frames`` is flat and row-major over the controls, the last one fastest: with
controls of sizes (3, 5) the frame of indices (i, j) is ``frames[5 * i + j]``. A frame has one mapping for each trace;
its keys replace those of the trace. Without controls, ``frames`` is empty. ``drag`` names two controls, whose values
are positions on the x and the y axis: they follow the pointer that is dragged over the figure; their sliders stay.
"""

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from markupsafe import Markup

DIGITS = 5  # significant digits of a coordinate: finer than a pixel of any screen
MOST_BYTES = 400_000  # of JSON in one figure; a page with several must still open on a phone
TRACE_TYPES = ("scatter", "bar", "pie")  # those of the small Plotly, which pages load
PLOTLY_MIME = "application/vnd.plotly.v1+json"

_FIGURE = Markup(
    '<figure class="companion-interactive" id="{name}"><div class="companion-plot" role="img" aria-label="{alt}"></div>'
    "<noscript><p>{alt}</p></noscript><figcaption>{caption}</figcaption>"
    '<script type="application/json">{content}</script></figure>'
)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Control:
    """One slider.

    Attributes:
        name: Kebab-case name.
        label: What the reader sees beside it.
        values: What it steps through: numbers or texts.
        initial: Index of the value shown first.
    """

    name: str
    label: str
    values: tuple[Any, ...]
    initial: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        if not _NAME.fullmatch(self.name) or not self.label.strip():
            raise ValueError(f"a control needs a kebab-case name and a label; got {self.name!r} and {self.label!r}")
        if len(self.values) < 2:
            raise ValueError(f"control {self.name!r} has {len(self.values)} values; a slider needs at least two")
        if not 0 <= self.initial < len(self.values):
            raise ValueError(
                f"control {self.name!r}: initial is {self.initial}; expected an index below {len(self.values)}"
            )


@dataclass(frozen=True)
class InteractiveOutputs:
    """One figure as the page takes it, and as a live notebook does: a bundle of MIME type to content."""

    page: str
    live: dict[str, Any]


def interactive_outputs(
    figure: Any,
    *,
    name: str,
    alt: str,
    caption: str,
    controls: Sequence[Control],
    frames: Sequence[Sequence[Mapping[str, Any]]],
    drag: tuple[str, str] | None = None,
) -> InteractiveOutputs:
    """Both outputs of one figure; the arguments are those of ``Chapter.interactive``.

    Raises:
        ValueError: If a text is empty, a number not finite, the frames are not as many as the controls ask for, what is
            dragged is no pair of controls with numbers, a trace is of a type that pages do not draw, or the whole is
            too large for a page.
    """
    _check_texts(name, alt, caption)
    where = f"figure {name!r}"
    drawn = figure.to_plotly_json() if callable(getattr(figure, "to_plotly_json", None)) else figure
    data = _plain(drawn["data"], f"{where}, data")
    _check_types(where, data)
    layout = {key: value for key, value in _plain(drawn["layout"], f"{where}, layout").items() if key != "template"}
    steps = _plain(frames, f"{where}, frames")
    _check_frames(where, len(data), controls, steps)
    described = [
        {"name": c.name, "label": c.label, "values": _plain(c.values, f"{where}, {c.name}"), "initial": c.initial}
        for c in controls
    ]
    spec = {"data": data, "layout": layout, "controls": described, "frames": steps}
    if drag is not None:
        spec["drag"] = _checked_drag(where, controls, drag)
    page = _markup(name, alt, caption, spec)
    return InteractiveOutputs(page, {PLOTLY_MIME: _live(spec, controls), "text/html": page, "text/plain": alt})


def _check_texts(name: str, alt: str, caption: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"name is {name!r}; expected kebab-case, such as 'crown-relaxation'")
    for argument, text in (("alt", alt), ("caption", caption)):
        if not text.strip():
            raise ValueError(f"figure {name!r}: {argument} is empty; say in a sentence what there is to see")


def _check_types(where: str, data: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what the page's Plotly cannot draw.

    Raises:
        ValueError: If a trace is of another type.
    """
    for index, trace in enumerate(data):
        kind = trace.get("type", "scatter")
        if kind not in TRACE_TYPES:
            raise ValueError(
                f"{where}: trace {index} is of type {kind!r}; pages draw {', '.join(TRACE_TYPES)}. A field can be "
                "drawn as filled polygons, one trace for each shade"
            )


def _check_frames(where: str, traces: int, controls: Sequence[Control], frames: Sequence[Any]) -> None:
    sizes = [len(control.values) for control in controls]
    names = [control.name for control in controls]
    if len(set(names)) < len(names):
        raise ValueError(f"{where}: two controls have one name; the names are {', '.join(names)}")
    expected = math.prod(sizes) if sizes else 0
    if len(frames) != expected:
        raise ValueError(
            f"{where} has {len(frames)} frames; expected {expected}, since its controls have {sizes} values"
        )
    for index, frame in enumerate(frames):
        if len(frame) != traces:
            raise ValueError(f"{where}: frame {index} has {len(frame)} traces; expected {traces}, as the figure has")


def _checked_drag(where: str, controls: Sequence[Control], drag: Sequence[str]) -> list[str]:
    """The names of the two controls that follow the pointer.

    Raises:
        ValueError: If they are not two different controls with numbers as values.
    """
    positions = {c.name for c in controls if all(isinstance(value, (int, float, np.number)) for value in c.values)}
    if len(drag) != 2 or drag[0] == drag[1] or not set(drag) <= positions:
        known = ", ".join(sorted(positions)) or "none"
        raise ValueError(
            f"{where}: drag is {drag!r}; expected the names of two controls with numbers as values ({known})"
        )
    return list(drag)


def _plain(value: Any, where: str) -> Any:
    """``value`` as JSON takes it: arrays and tensors as lists, numbers finite and rounded.

    Raises:
        ValueError: If something is neither a number, a text, a list nor a mapping.
    """
    if isinstance(value, Mapping) and "bdata" in value:
        value = _decoded(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, f"{where}, {key}") for key, item in value.items()}
    if callable(getattr(value, "detach", None)):
        value = value.detach().cpu().numpy()
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(item, where) for item in value]
    if isinstance(value, float):
        return _rounded(value, where)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise ValueError(f"{where}: expected numbers, texts or lists of them, got {type(value).__name__}")


def _decoded(packed: Mapping[str, Any]) -> np.ndarray:
    """The array that Plotly has packed as base64: rounded numbers are shorter, and can be checked."""
    values = np.frombuffer(base64.b64decode(packed["bdata"]), dtype=packed["dtype"])
    shape = packed.get("shape")
    return values if shape is None else values.reshape([int(size) for size in str(shape).strip("()[]").split(",")])


def _rounded(value: float, where: str) -> float | int:
    if not math.isfinite(value):
        raise ValueError(f"{where}: a number is {value}; a page draws finite numbers only (None leaves a gap)")
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e6 else rounded


def _markup(name: str, alt: str, caption: str, spec: Mapping[str, Any]) -> str:
    content = json.dumps(spec, separators=(",", ":")).replace("</", "<\\/")
    if len(content) > MOST_BYTES:
        raise ValueError(
            f"figure {name!r} holds {len(content) / 1e3:.0f} kB of numbers; at most {MOST_BYTES / 1e3:.0f} kB go into "
            "a page: take fewer points in a curve, or fewer values in a control"
        )
    return str(_FIGURE.format(name=name, alt=alt, caption=caption, content=Markup(content)))


def _live(spec: Mapping[str, Any], controls: Sequence[Control]) -> dict[str, Any]:
    """The same figure for a live notebook: Plotly itself knows one slider, so it steps through all combinations."""
    combinations = list(product(*(c["values"] for c in spec["controls"]))) if controls else []
    frames = [{"name": str(index), "data": frame} for index, frame in enumerate(spec["frames"])]
    layout = dict(spec["layout"])
    if combinations:
        layout["sliders"] = [{"active": _initial(controls), "steps": _steps(controls, combinations)}]
    return {"data": spec["data"], "layout": layout, "frames": frames}


def _initial(controls: Sequence[Control]) -> int:
    """Position of the initial combination in the flat list of frames."""
    position = 0
    for control in controls:
        position = position * len(control.values) + control.initial
    return position


def _steps(controls: Sequence[Control], combinations: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    mode = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    labels = [", ".join(f"{c.label}: {v}" for c, v in zip(controls, values, strict=True)) for values in combinations]
    return [{"label": label, "method": "animate", "args": [[str(index)], mode]} for index, label in enumerate(labels)]
