"""The numbers of a figure as a table that readers take away: CSV, one row for each point."""

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

_COLUMNS = ("panel", "series", "kind", "x_label", "y_label", "x", "y", "value", "note")
_EVERY = "every"  # stands in the column of a control where a trace does not depend on it


def drawn_table(data: Mapping[str, Any]) -> str:
    """The numbers of a figure that Matplotlib drew.

    Args:
        data: What :mod:`companion.notebook.figure_data` stored beside the drawing.

    Returns:
        CSV with the columns panel, series, kind, x_label, y_label, x, y, value and note.
    """
    rows = []
    for one in data["series"]:
        head = [one[name] for name in _COLUMNS[:5]]
        points = list(zip(one["x"], one["y"], one["value"], strict=True)) or [(None, None, None)]
        rows += [[*head, *point, one["note"]] for point in points]
    return _csv(_COLUMNS, rows)


def moving_table(spec: Mapping[str, Any]) -> str:
    """The numbers of all frames of a figure that moves.

    Args:
        spec: The figure as :mod:`companion.notebook.interactive` describes it.

    Returns:
        CSV with a column for each control, then series, x_label, y_label, x, y, value and text; a trace that does not
        move stands there once, with "every" for the controls.
    """
    controls = spec["controls"]
    rows: list[Sequence[Any]] = []
    for k, trace in enumerate(spec["data"]):
        head = [trace.get("name", f"trace {k + 1}"), *_axis_labels(spec["layout"], trace)]
        if not any(frame[k] for frame in spec["frames"]):
            rows += [[*(_EVERY for _ in controls), *head, *point] for point in _points(trace)]
            continue
        for values, frame in zip(product(*(c["values"] for c in controls)), spec["frames"], strict=True):
            rows += [[*values, *head, *point] for point in _points({**trace, **frame[k]})]
    columns = [*(control["name"] for control in controls), "series", "x_label", "y_label", "x", "y", "value", "text"]
    return _csv(columns, rows)


def _points(trace: Mapping[str, Any]) -> list[tuple[Any, Any, Any, Any]]:
    """Rows of x, y, value and text; what a trace gives once for all of its points stands in each."""
    columns = [trace.get(name) for name in ("x", "y", "z", "text")]
    length = max((len(values) for values in columns if isinstance(values, list)), default=0)
    return [tuple(_at(values, k) for values in columns) for k in range(length)]


def _at(values: Any, k: int) -> Any:
    return (values[k] if k < len(values) else None) if isinstance(values, list) else values


def _axis_labels(layout: Mapping[str, Any], trace: Mapping[str, Any]) -> list[str]:
    titles = [
        layout.get(f"{letter}axis{trace.get(f'{letter}axis', letter)[1:]}", {}).get("title", "") for letter in "xy"
    ]
    return [title if isinstance(title, str) else title.get("text", "") for title in titles]


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return text.getvalue()
