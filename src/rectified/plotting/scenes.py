"""Figures of activations: maps as two programs colour them, and how much a few lines say of a neuron."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes

from rectified.plotting.style import theory_line


def draw_map(ax: Axes, pixels: UInt8[np.ndarray, "rows columns ..."], words: str) -> Any:
    """Draw one feature map in colours that are given, with a line of text below it.

    Args:
        ax: Where to draw; its ticks and grid go.
        pixels: One byte (grey, 255 is white) or four (red, green, blue, opacity) for each cell.
        words: What stands below.

    Returns:
        The image's artist.

    Source:
        own.
    """
    image = ax.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set(xticks=[], yticks=[], xlabel=words)
    ax.grid(False)
    return image


def draw_shares(
    ax: Axes, counts: Sequence[int], shares: Float[np.ndarray, "neurons counts"], shown: int
) -> tuple[Any, Any]:
    """Draw which share of a neuron's sum its largest terms have: median and quartiles over neurons.

    Args:
        ax: Where to draw.
        counts: Numbers of terms, growing.
        shares: For each neuron and number of terms, between 0 and 1.
        shown: The number of lines that the page draws; a black dashed line marks it.

    Returns:
        The line of the median and the band between the quartiles.

    Source:
        own.
    """
    low, middle, high = np.quantile(shares, [0.25, 0.5, 0.75], axis=0)
    (line,) = ax.plot(counts, middle, marker="o", label="median neuron")
    band = ax.fill_between(counts, low, high, alpha=0.25, color=line.get_color(), linewidth=0, label="quartiles")
    theory_line(ax, [shown, shown], [0.0, 1.0], f"{shown} lines, as in the page")
    ax.set(
        xlabel="number of largest terms, k (log)", ylabel="share of the sum of all |w a|", xscale="log", ylim=(0, 1.02)
    )
    ax.legend(loc="lower right")
    return line, band
