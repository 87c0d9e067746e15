"""From the artists of a Matplotlib panel to series of numbers in the coordinates of its axes."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, QuadMesh
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.contour import ContourSet
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.text import Annotation, Text
from mpl_toolkits.mplot3d.art3d import Line3D  # type: ignore[import-untyped]

MOST_POINTS = 5_000  # of one series: about 300 kB of CSV; beyond that points are left out, and the note says so


@dataclass(frozen=True)
class Series:
    """What one artist shows.

    Attributes:
        kind: What sort of mark it is.
        rows: Shape (points, 3): x, y and value; nan where there is nothing.
        name: Its label.
        note: What a reader of the numbers must know.
    """

    kind: str
    rows: np.ndarray
    name: str = ""
    note: str = ""


def series_of_panel(ax: Axes) -> Iterator[Series]:
    """Everything that is drawn in ``ax`` in its own coordinates; what stands beside it (ticks, legend) is left out.

    Yields:
        The series, each with a name: its label, or its kind and a number.
    """
    counts: dict[str, Iterator[int]] = {}
    bars = [container for container in ax.containers if isinstance(container, BarContainer)]
    names, left_out = _of_containers(ax)
    for container in bars:
        # a histogram has its label at its first bar
        labels = [str(container.get_label()), *(str(bar.get_label()) for bar in container.patches[:1])]
        yield _named(_bars(container), next((one for one in labels if not one.startswith("_")), ""), counts)
    for artist in (*ax.lines, *ax.collections, *ax.patches, *ax.images, *ax.texts):
        if not artist.get_visible() or id(artist) in left_out or artist.axes is not ax:
            continue
        for one in series_of(artist, ax):
            label = one.name or names.get(id(artist), str(artist.get_label()))
            yield _named(_with_colour_bar(one, artist), label, counts)


@singledispatch
def series_of(artist: Artist, ax: Axes) -> Iterator[Series]:
    """The series of one artist; of a kind that is not known here, a series without points whose note says so.

    Yields:
        One series, or several, or none where the artist is placed beside the axes' own coordinates.
    """
    yield Series("other", _rows(), note=f"{type(artist).__name__}: its numbers are not in this table")


@series_of.register
def _(artist: Line2D, ax: Axes) -> Iterator[Series]:
    x, y = artist.get_data(orig=False)
    yield from _placed(artist, ax, "points" if artist.get_linestyle() == "None" else "line", [_rows(x, y)])


@series_of.register
def _(artist: Line3D, ax: Axes) -> Iterator[Series]:
    yield _thinned("line", _rows(*artist.get_data_3d()), "value: third coordinate")


@series_of.register
def _(artist: PathCollection, ax: Axes) -> Iterator[Series]:
    yield from _offsets(artist, ax)


@series_of.register
def _(artist: LineCollection, ax: Axes) -> Iterator[Series]:
    segments: list[Any] = [np.asarray(one) for one in artist.get_segments()]
    values = _values(artist, len(segments))
    yield from _placed(
        artist, ax, "segments", [_rows(one[:, 0], one[:, 1], v) for one, v in zip(segments, values, strict=True)]
    )


@series_of.register
def _(artist: ContourSet, ax: Axes) -> Iterator[Series]:
    levels: Any = artist.layers if artist.filled else artist.levels  # type: ignore[attr-defined]
    for level, path in zip(levels, artist.get_paths(), strict=True):
        yield from _placed(
            artist, ax, "contour", [_rows(piece[:, 0], piece[:, 1], level) for piece in pieces(path, ax)]
        )


@series_of.register
def _(artist: QuadMesh, ax: Axes) -> Iterator[Series]:
    corners: Any = artist.get_coordinates()
    values = _numbers(artist.get_array())
    if values.size != corners[..., 0].size:
        corners = (corners[1:, 1:] + corners[1:, :-1] + corners[:-1, 1:] + corners[:-1, :-1]) / 4.0
    yield _grid("mesh", corners[..., 0], corners[..., 1], values.reshape(corners.shape[:2]))


@series_of.register
def _(artist: AxesImage, ax: Axes) -> Iterator[Series]:
    values = _numbers(artist.get_array())
    if values.ndim != 2:
        yield Series("image", _rows(), note="a picture in colours, not in numbers")
        return
    left, right, bottom, top = artist.get_extent()
    first, last = (top, bottom) if artist.origin == "upper" else (bottom, top)
    height, width = ((np.arange(size) + 0.5) / size for size in values.shape)
    x, y = np.meshgrid(left + (right - left) * width, first + (last - first) * height)
    yield _grid("image", x, y, values)


@series_of.register
def _(artist: Collection, ax: Axes) -> Iterator[Series]:
    if np.any(np.asarray(artist.get_offsets()) != 0.0):
        yield from _offsets(artist, ax)
        return
    found = [pieces(path, ax) for path in artist.get_paths()]
    values = _values(artist, len(found))
    parts = [
        _rows(piece[:, 0], piece[:, 1], value)
        for several, value in zip(found, values, strict=True)
        for piece in several
    ]
    yield from _placed(artist, ax, "area", parts)


@series_of.register
def _(artist: Patch, ax: Axes) -> Iterator[Series]:
    path = artist.get_patch_transform().transform_path(artist.get_path())
    yield from _placed(artist, ax, "area", [_rows(piece[:, 0], piece[:, 1]) for piece in pieces(path, ax)])


@series_of.register
def _(artist: Text, ax: Axes) -> Iterator[Series]:
    if artist.get_text().strip():
        x, y = artist.get_unitless_position()
        yield from (replace(one, name=artist.get_text()) for one in _placed(artist, ax, "text", [_rows([x], [y])]))


@series_of.register
def _(artist: Annotation, ax: Axes) -> Iterator[Series]:
    if artist.xycoords != "data":
        return
    (x, y), (from_x, from_y) = artist.xy, artist.xyann
    if artist.get_text().strip():
        yield Series("text", _rows([x], [y]), artist.get_text())
    elif artist.anncoords == "data":
        yield Series("arrow", _rows([from_x, x], [from_y, y]), note="from the first point to the second")


def pieces(path: Any, ax: Axes) -> list[Any]:
    """The connected pieces of a path, each a closed or open polygon; curves as the screen draws them."""
    codes = path.codes
    if codes is None:
        return [path.vertices] if len(path.vertices) else []
    if np.isin(codes, (Path.CURVE3, Path.CURVE4)).any():
        drawn = path.to_polygons(ax.transData, closed_only=False)
        return [ax.transData.inverted().transform(one) for one in drawn]
    starts = [*np.flatnonzero(codes == Path.MOVETO), len(codes)]
    return [_closed(path.vertices[a:b], codes[a:b]) for a, b in itertools.pairwise(starts)]


def _closed(vertices: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return np.where((codes == Path.CLOSEPOLY)[:, None], vertices[:1], vertices)


def _numbers(values: Any) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(values).astype(float), np.nan)


def _values(artist: Collection, length: int) -> np.ndarray:
    """What the colours of a collection say, if there is one number for each part."""
    values = artist.get_array()
    return np.full(length, np.nan) if values is None or np.size(values) != length else _numbers(values).ravel()


def _rows(x: Any = (), y: Any = (), value: Any = np.nan) -> np.ndarray:
    columns = np.broadcast_arrays(_numbers(x), _numbers(y), _numbers(value))
    return np.stack(columns, axis=1)


def _offsets(artist: Collection, ax: Axes) -> Iterator[Series]:
    at: Any = _numbers(artist.get_offsets())
    known = artist.get_offset_transform().contains_branch_seperately(ax.transData)
    if any(known):
        rows = _rows(at[:, 0], at[:, 1], _values(artist, len(at)))
        rows[:, :2][:, ~np.asarray(known, dtype=bool)] = np.nan
        yield _thinned("points", rows)


def _placed(artist: Artist, ax: Axes, kind: str, parts: Sequence[np.ndarray]) -> Iterator[Series]:
    """One series of all parts, with gaps between them; a coordinate that is not the axes' own is left empty.

    Yields:
        The series; none where neither coordinate is the axes' own.
    """
    known = artist.get_transform().contains_branch_seperately(ax.transData)
    if not any(known) or not parts:
        return
    if not all(known):  # such as a line from edge to edge: only one of its coordinates is a number of the figure
        one = np.unique(np.concatenate(list(parts))[:, 0 if known[0] else 1])
        yield _thinned(kind, _rows(one, np.nan) if known[0] else _rows(np.nan, one))
    elif len(parts) == 1:
        yield _thinned(kind, parts[0])
    else:
        yield _with_gaps(kind, parts)


def _with_gaps(kind: str, parts: Sequence[np.ndarray]) -> Series:
    step = math.ceil(sum(len(part) + 1 for part in parts) / MOST_POINTS)
    gap = np.full((1, 3), np.nan)
    joined = np.concatenate([row for part in parts[::step] for row in (part, gap)])[:-1]
    note = "an empty row parts two pieces" + (f"; every {_nth(step)} piece" if step > 1 else "")
    return Series(kind, joined, note=note)


def _thinned(kind: str, rows: np.ndarray, note: str = "") -> Series:
    step = max(1, math.ceil(len(rows) / MOST_POINTS))
    thinned = f"every {_nth(step)} point" if step > 1 else ""
    return Series(kind, rows[::step], note="; ".join(filter(None, [note, thinned])))


def _grid(kind: str, x: np.ndarray, y: np.ndarray, values: np.ndarray) -> Series:
    step = max(1, math.ceil(math.sqrt(values.size / MOST_POINTS)))
    note = f"every {_nth(step)} row and column" if step > 1 else ""
    return Series(kind, _rows(*(one[::step, ::step].ravel() for one in (x, y, values))), note=note)


def _nth(step: int) -> str:
    return f"{step}{ {2: 'nd', 3: 'rd'}.get(step, 'th') }"


def _bars(container: BarContainer) -> Series:
    """Bars by their middle and their end; the width of each is its value."""
    boxes = [(bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height()) for bar in container.patches]
    x, y, width, height = np.array(boxes, dtype=float).reshape(-1, 4).T
    is_flat = container.orientation == "horizontal"
    rows = _rows(x + width, y + height / 2.0, height) if is_flat else _rows(x + width / 2.0, y + height, width)
    starts = np.unique(x if is_flat else y)
    note = "middle and end of each bar; value: its width"
    if np.any(starts != 0.0):
        note += f"; starts at {', '.join(f'{start:.6g}' for start in starts[:20])}"
    return _thinned("bars", rows, note)


def _of_containers(ax: Axes) -> tuple[dict[int, str], set[int]]:
    """Labels that artists have from their container, and the artists that it says already."""
    labels: dict[int, str] = {}
    left_out: set[int] = set()
    for container in ax.containers:
        if isinstance(container, BarContainer):
            left_out |= {id(bar) for bar in container.patches}
        if isinstance(container, ErrorbarContainer):
            line, caps, bars = container.lines
            name = str(container.get_label())
            labels |= {id(one): name for one in (line, *bars) if one is not None}
            left_out |= {id(cap) for cap in caps}
    return labels, left_out


def _with_colour_bar(one: Series, artist: Artist) -> Series:
    bar = getattr(artist, "colorbar", None)
    label = "" if bar is None else bar.ax.get_ylabel() or bar.ax.get_xlabel()
    return replace(one, note="; ".join(filter(None, [f"value: {label}" if label else "", one.note])))


def _named(one: Series, label: str, counts: dict[str, Iterator[int]]) -> Series:
    if label and not label.startswith("_"):
        return replace(one, name=label)
    return replace(one, name=f"{one.kind} {next(counts.setdefault(one.kind, itertools.count(1)))}")
