"""The numbers behind a figure that Matplotlib draws in a run: one more form of its output, beside the drawing.

They are read off the artists themselves when the figure is shown, so that they cannot differ from what is drawn.
In the output they stand as ``{"series": [one, ...]}``, where each has ``panel``, ``series``, ``kind``, ``x_label``,
``y_label``, ``note``, and ``x``, ``y``, ``value``: lists of one length, in which ``null`` leaves a gap.
"""

import math
import sys
from collections.abc import Callable
from typing import Any

from IPython.core.formatters import JSONFormatter
from traitlets import ObjectName, Unicode

FIGURE_DATA_MIME = "application/vnd.companion.figure-data+json"
DIGITS = 6  # significant digits of a number

_COLUMNS = ("x", "y", "value")


class FigureDataFormatter(JSONFormatter):
    """What gives a Matplotlib figure its numbers; it imports no Matplotlib, for then there is no figure either."""

    format_type = Unicode(FIGURE_DATA_MIME)
    print_method = ObjectName("_repr_companion_figure_data_")  # asked of other objects, and none has it

    def lookup(self, obj: Any) -> Callable[[Any], Any]:
        """The function that describes ``obj``; not kept by type, since the inline backend forgets all it finds there.

        Raises:
            KeyError: If ``obj`` is no figure.
        """
        module = sys.modules.get("matplotlib.figure")
        if module is None or not isinstance(obj, module.Figure):
            raise KeyError(type(obj))
        return figure_data


def register(display_formatter: Any) -> None:
    """Let IPython's ``display_formatter`` give every Matplotlib figure its numbers."""
    display_formatter.formatters[FIGURE_DATA_MIME] = FigureDataFormatter(parent=display_formatter)


def figure_data(figure: Any) -> dict[str, Any]:
    """What ``figure`` shows, as JSON takes it.

    Args:
        figure: A Matplotlib figure.

    Returns:
        ``{"series": [...]}`` as the head of this module says, in the order of the panels.
    """
    # not above: a kernel without figures does not load Matplotlib
    from matplotlib.axes import Axes

    from companion.notebook.figure_artists import series_of_panel

    panels = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    panels += [inset for ax in panels for inset in ax.child_axes if isinstance(inset, Axes)]
    return {"series": [_described(ax, index, one) for index, ax in enumerate(panels, 1) for one in series_of_panel(ax)]}


def _described(ax: Any, index: int, one: Any) -> dict[str, Any]:
    title = ax.get_title()
    return {
        "panel": f"{index}: {title}" if title else str(index),
        "series": one.name,
        "kind": one.kind,
        "x_label": _axis_label(ax, "x"),
        "y_label": _axis_label(ax, "y"),
        "note": one.note,
        **{name: [_rounded(value) for value in column] for name, column in zip(_COLUMNS, one.rows.T, strict=True)},
    }


def _axis_label(ax: Any, letter: str) -> str:
    """The axis's own label, or that of a panel that shares the axis, or of the whole figure."""
    shared = getattr(ax, f"get_shared_{letter}_axes")().get_siblings(ax)
    labels = [getattr(one, f"get_{letter}label")() for one in (ax, *shared)]
    labels.append(getattr(ax.get_figure(), f"get_sup{letter}label")())
    return next(filter(None, labels), "")


def _rounded(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
