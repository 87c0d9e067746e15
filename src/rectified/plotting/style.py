"""The look that all figures share: one style file, three sizes, one way to draw theory."""

from enum import Enum
from importlib.resources import as_file, files
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from IPython import get_ipython
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter
from matplotlib_inline.backend_inline import set_matplotlib_formats


class Size(Enum):
    """Width and height in inches of one panel."""

    SMALL = (3.6, 2.9)
    TEXT = (6.4, 3.8)
    WIDE = (9.2, 4.0)


DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")


def use() -> None:
    """Switch the session to the book's style, and Jupyter to vector figures without a date in them.

    Source:
        own; the colour cycle is petroff10 [petroff2021accessible].
    """
    with as_file(files("rectified.plotting") / "rectified.mplstyle") as path:
        mpl.style.use(path)
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})  # type: ignore[no-untyped-call]


def new_figure(rows: int = 1, columns: int = 1, size: Size = Size.TEXT, **subplots: Any) -> tuple[Figure, Any]:
    """A figure of ``rows`` by ``columns`` panels whose outer size is ``size``.

    Args:
        rows: Number of rows of panels; each further row adds 80 % of the height.
        columns: Number of panels in a row; they share the width.
        size: Outer size of a figure with one row.
        **subplots: Passed on to ``matplotlib.pyplot.subplots``, for example ``sharey=True``.

    Returns:
        The figure and its axes: one ``Axes``, or an array of them as Matplotlib gives it.

    Raises:
        ValueError: If ``rows`` or ``columns`` is not positive.
    """
    if rows < 1 or columns < 1:
        raise ValueError(f"rows and columns must be at least 1; got {rows} and {columns}")
    width, height = size.value
    return plt.subplots(rows, columns, figsize=(width, height * (1 + 0.8 * (rows - 1))), **subplots)


def plain_numbers(axis: Axis) -> None:
    """Label a logarithmic axis of few decades by 0.5, 1, 2, 5 instead of powers of ten, and by nothing between.

    Args:
        axis: ``ax.xaxis`` or ``ax.yaxis``, already logarithmic.
    """
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_locator(NullLocator())


def theory_line(ax: Axes, x: Any, y: Any, label: str | None = "theory") -> Any:
    """Draw a prediction as every chapter does: black and dashed, above the measurement.

    Args:
        ax: Where to draw.
        x: Abscissae, shape (samples,).
        y: Predicted values, shape (samples,).
        label: Text of the legend, or None for a further line of the same theory.

    Returns:
        The line's artist.
    """
    (line,) = ax.plot(x, y, color="black", linestyle="--", linewidth=1.4, zorder=5, label=label)
    return line
