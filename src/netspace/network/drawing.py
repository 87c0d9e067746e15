"""Figures of activations: a scene on paper, maps as two programs colour them, how much a few lines say of a neuron."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap

from netspace.network.colours import NEGATIVE, POSITIVE, ZERO
from netspace.network.planes import ACROSS, DOWN, MOST_LABELS, Plane, planes_of

MARGIN, LABELS = 12.0, 52.0  # left and right of the planes; for labels right of the last one


def draw_scene(ax: Axes, scene: Mapping[str, Any]) -> list[Any]:
    """Draw the layers of a scene as slanted planes from left to right: first input, last checkpoint, and its labels.

    Args:
        ax: Where to draw; its axes go.
        scene: What ``network_scene`` makes.

    Returns:
        One mesh for each layer; its array holds the activations.

    Source:
        own; the same picture as ``netspace.network.still``.
    """
    planes = planes_of(scene["layers"])
    lowest = max(plane.corners()[2][1] for plane in planes)
    meshes = [_draw_plane(ax, plane) for plane in planes]
    for plane in planes:
        middle = plane.x + ACROSS * plane.wide / 2
        size = r"$\times$".join(map(str, plane.layer["shape"]))
        ax.text(middle, lowest + 14.0, f"{plane.layer['name']}\n{size}", ha="center", va="top", fontsize="x-small")
        for source in plane.layer["reads"]:
            for start, end in ((1, 0), (2, 3)):
                xs, ys = zip(planes[source].corners()[start], plane.corners()[end], strict=True)
                ax.plot(xs, ys, color="0.6", linewidth=0.5, linestyle=":")
    if scene["labels"] is not None and len(scene["labels"]) <= MOST_LABELS:
        _write_labels(ax, planes[-1], scene["labels"])
    last = planes[-1].corners()[1][0]
    ax.set(xlim=(-MARGIN, last + (LABELS if scene["labels"] else MARGIN)), aspect="equal")
    ax.invert_yaxis()
    ax.axis("off")
    return meshes


def _write_labels(ax: Axes, plane: Plane, labels: Sequence[str]) -> None:
    """The names of the last layer's neurons right of them, the largest in bold with its value."""
    values = plane.picture.flatten()
    (x, top), cell = plane.corners()[1], plane.tall / len(labels)
    for number, label in enumerate(labels):
        is_best = number == int(values.argmax())
        words, weight = (f"{label}: {values[number]:.2f}", "bold") if is_best else (label, "normal")
        ax.text(x + 6.0, top + cell * (number + 0.5), words, va="center", fontsize="x-small", weight=weight)


def _draw_plane(ax: Axes, plane: Plane) -> Any:
    rows, columns = plane.picture.shape
    right, down = np.meshgrid(np.linspace(0.0, plane.wide, columns + 1), np.linspace(0.0, plane.tall, rows + 1))
    x, y = plane.x + ACROSS * right, plane.top + DOWN * right + down
    values, high = np.ma.masked_invalid(plane.picture.numpy()), plane.layer["high"]
    low = -high if plane.layer["scale"] == "signed" else 1e-9 * high  # what is below the scale is zero
    mesh = ax.pcolormesh(x, y, values, cmap=_colours(plane.layer["scale"]), vmin=low, vmax=high, rasterized=True)
    mesh.set_label(plane.layer["name"])
    corners = np.array([*plane.corners(), plane.corners()[0]])
    ax.plot(*corners.T, color="0.5", linewidth=0.6)
    return mesh


def _colours(scale: str) -> Colormap:
    stops = [*NEGATIVE[::-1], ZERO, *POSITIVE] if scale == "signed" else list(POSITIVE)
    scaled = [(red / 255.0, green / 255.0, blue / 255.0) for red, green, blue in (ZERO, *stops)]
    return LinearSegmentedColormap.from_list(scale, scaled[1:], N=1024).with_extremes(under=scaled[0])


def draw_map(ax: Axes, pixels: UInt8[np.ndarray, "rows columns ..."], words: str) -> Any:
    """Draw one feature map in colours that are given, with a line of text below it.

    Args:
        ax: Where to draw; its ticks and grid go.
        pixels: One byte (grey, 255 is white) or four (red, green, blue, opacity) for each cell.
        words: What stands below.

    Returns:
        The image's artist.
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
    """
    low, middle, high = np.quantile(shares, [0.25, 0.5, 0.75], axis=0)
    (line,) = ax.plot(counts, middle, marker="o", label="median neuron")
    band = ax.fill_between(counts, low, high, alpha=0.25, color=line.get_color(), linewidth=0, label="quartiles")
    label = f"{shown} lines, as on the page"
    ax.plot([shown, shown], [0.0, 1.0], color="black", linestyle="--", linewidth=1.4, zorder=5, label=label)
    ax.set(
        xlabel="number of largest terms, $k$ (log)",
        ylabel="share of the sum of all $|w_i a_i|$",
        xscale="log",
        ylim=(0, 1.02),
    )
    ax.legend(loc="lower right")
    return line, band
