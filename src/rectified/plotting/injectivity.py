"""Pictures of injectivity: phases of Gaussian layers, expected bad cells, and curves that cross or do not."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rectified.plotting.style import MARKERS, theory_line
from rectified.plotting.wedges import MovingFigure


def draw_probabilities(
    ax: Axes,
    shares: Mapping[int, tuple[Sequence[float], Sequence[float]]],
    bounds: Mapping[int, tuple[Sequence[float], Sequence[float]]],
    marks: Mapping[str, float],
) -> list[Line2D]:
    """Share of injective Gaussian layers by expansivity, one line for each n, with first-moment bounds and thresholds.

    Args:
        ax: Where to draw.
        shares: By n: expansivities and shares.
        bounds: By n: expansivities and lower bounds.
        marks: Text to expansivity of vertical lines.

    Returns:
        One line for each n.
    """
    artists = []
    for idx, (dim, (alphas, values)) in enumerate(shares.items()):
        artists += ax.plot(alphas, values, marker=MARKERS[idx], label=f"$n = {dim}$")
    for idx, (alphas, values) in enumerate(bounds.values()):
        theory_line(ax, alphas, values, None if idx else "theory: 1 - expected bad cells")
    for text, alpha in marks.items():
        ax.axvline(alpha, color="0.55", linewidth=0.9, zorder=0)
        ax.text(alpha, 1.03, text, rotation=60, ha="left", va="bottom", fontsize=8.5)
    ax.set(xlabel=r"expansivity $\alpha = m / n$", ylabel="share of injective layers", ylim=(-0.03, 1.03))
    ax.legend(loc="center right")
    return artists


def draw_first_moment(
    ax: Axes, dims: Sequence[int], logs: Mapping[float, Sequence[float]], *, least: float = -30.0
) -> list[Line2D]:
    """Logarithm of the expected number of bad cells by n, one line for each expansivity.

    Args:
        ax: Where to draw.
        dims: The values of n.
        logs: Expansivity to decimal logarithms.
        least: Lower end of the axis.

    Returns:
        The lines.
    """
    artists = []
    for idx, (alpha, values) in enumerate(logs.items()):
        artists += ax.plot(dims, values, marker=MARKERS[idx], label=rf"$\alpha$ = {alpha:g}")
    theory_line(ax, [dims[0], dims[-1]], [0.0, 0.0], "one bad cell expected")
    ax.set(
        xlabel="inputs $n$", ylabel=r"$\log_{10}$ of the expected number of bad cells", xscale="log", ylim=(least, 15.0)
    )
    ax.legend()
    return artists


def draw_planar_curve(
    ax: Axes, vertices: Float[np.ndarray, "points 2"], met: Float[np.ndarray, "meetings 2"]
) -> tuple[Line2D, Line2D]:
    """A polygonal curve in the plane, with rings where it crosses itself.

    Args:
        ax: Where to draw.
        vertices: The curve.
        met: The crossings.

    Returns:
        The curve and the rings.
    """
    (curve,) = ax.plot(*vertices.T, marker=".", label="curve")
    (rings,) = ax.plot(*met.T, linestyle="", marker="o", markersize=13, fillstyle="none", color="C2", label="crossing")
    ax.set(xlabel="first coordinate", ylabel="second coordinate")
    ax.legend()
    return curve, rings


def draw_space_curve(ax: Any, vertices: Float[np.ndarray, "points 3"], floor: float) -> list[Any]:
    """A polygonal curve in space, with its shadow on the floor and threads between both.

    Args:
        ax: Axes with the projection "3d".
        vertices: The curve.
        floor: Height of the shadow.

    Returns:
        The curve and its shadow.
    """
    x, y, z = vertices.T
    artists = [*ax.plot(x, y, z, marker=".", color="C0"), *ax.plot(x, y, np.full_like(z, floor), color="C3", lw=1.0)]
    for point in vertices:
        ax.plot([point[0]] * 2, [point[1]] * 2, [floor, point[2]], color="0.8", linewidth=0.7, zorder=0)
    ax.tick_params(labelsize=7, pad=-2)
    return artists


def crossing_points(
    vertices: Float[np.ndarray, "points 2"], pairs: Sequence[tuple[int, int]]
) -> Float[np.ndarray, "meetings 2"]:
    """Where the given pairs of pieces of a planar curve cross.

    Args:
        vertices: The curve.
        pairs: Indices of pieces that cross in one point.

    Returns:
        One point for each pair.
    """
    found = [np.zeros(2)][:0]
    for first, second in pairs:
        u, v = vertices[first + 1] - vertices[first], vertices[second + 1] - vertices[second]
        s = np.linalg.solve(np.stack([u, -v], axis=1), vertices[second] - vertices[first])[0]
        found.append(vertices[first] + s * u)
    return np.array(found).reshape(-1, 2)


def phase_explorer(
    depths: Mapping[int, Mapping[float, Sequence[int]]], shown: tuple[int, int], *, most: int = 25
) -> MovingFigure:
    """Share of injective layers by expansivity for each n, and for one of them how many rows the emptiest cell has.

    Args:
        depths: By n and expansivity: the fewest active rows of each drawn layer. All n have the same expansivities.
        shown: Indices of n and expansivity that are shown first.
        most: The largest count on the axis; larger ones are put there.

    Returns:
        The figure and its frames: n is the outer loop. Traces: a line for each n, the chosen point, bars of counts at
        which a layer fails, and of those at which it is injective.
    """
    frames: list[list[dict[str, Any]]] = []
    lines: list[dict[str, Any]] = []
    for dim, by_alpha in depths.items():
        shares = {alpha: float(np.mean(np.array(values) >= dim)) for alpha, values in by_alpha.items()}
        lines.append({"x": list(shares), "y": list(shares.values()), "name": f"n = {dim}", "mode": "lines+markers"})
        for alpha, values in by_alpha.items():
            chosen: dict[str, Any] = {"x": [alpha], "y": [shares[alpha]]}
            frames.append([*({} for _ in depths), chosen, *_count_bars(values, dim, most)])
    first = frames[shown[0] * len(next(iter(depths.values()))) + shown[1]]
    data = lines + [kind | trace for kind, trace in zip(_phase_kinds(), first[len(depths) :], strict=True)]
    second = {"domain": [0.57, 1.0], "range": [-0.6, most + 0.6], "anchor": "y2"}
    layout = {
        "xaxis": {"domain": [0.0, 0.46], "title": {"text": "expansivity m / n"}},
        "yaxis": {"range": [-0.04, 1.06], "title": {"text": "share of injective layers"}},
        "xaxis2": second | {"title": {"text": "rows in emptiest cell"}},
        "yaxis2": {"range": [0.0, 1.02], "anchor": "x2", "title": {"text": "share of layers"}},
        "barmode": "overlay",
    }
    return MovingFigure({"data": data, "layout": layout}, frames)


def _count_bars(values: Sequence[int], dim: int, most: int) -> list[dict[str, Any]]:
    """Bars of the counts below n, and of the others."""
    bars = np.round(np.bincount(np.minimum(values, most), minlength=most + 1) / len(values), 4)
    return [
        {"x": list(range(dim)), "y": bars[:dim].tolist()},
        {"x": list(range(dim, most + 1)), "y": bars[dim:].tolist()},
    ]


def _phase_kinds() -> list[dict[str, Any]]:
    bars: dict[str, Any] = {"type": "bar", "xaxis": "x2", "yaxis": "y2"}
    point = {"size": 16, "symbol": "circle-open", "line": {"width": 3}}
    return [
        {"name": "chosen", "mode": "markers", "marker": point},
        bars | {"name": "fewer than n: not injective"},
        bars | {"name": "n or more: injective"},
    ]
