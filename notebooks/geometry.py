# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Measuring what the six chapters share
#
# The [page of this part](../book/geometry.md) says that six papers speak of one object: the pieces on which a ReLU
# network is affine. If that is so, a statement of one chapter can be checked with the tools of another. That is done
# here. Each claim below needs code of at least two chapters, written apart from each other, and they must agree.

# %% imports tags=["setup"]
import numpy as np
import torch

import companion
from netspace.network.scene import network_scene
from netspace.page.figure import SceneFigure
from rectified.depth.affine_form import explicit_affine
from rectified.identification.kinks import kinks_on_segments
from rectified.injectivity.cells import is_injective
from rectified.networks import as_sequential, forward, random_layers
from rectified.plotting import fields, style, trails
from rectified.reference.breakpoints import segment_breakpoints
from rectified.regions import boundaries, counting, local_bound, patterns, planar
from rectified.regions.arrangements import central_cells
from rectified.residual.conversion import relu_layers_of_residual
from rectified.residual.networks import ResidualNetwork, residual_forward, residual_states

# %% [markdown]
# The only size that a reader may want to change is the number of layers for which injectivity is decided twice.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick (tests), book (published) or paper (larger samples)
seed: int = 0  # of every random network, segment and disc
device: str = "auto"  # unused: everything here is small and in double precision
pairs: int = 200  # layers that are decided in two ways, a quarter of each of four kinds

# %% [markdown]
# `stream` gives a fresh source of random numbers for each purpose. `random_network` draws a ReLU network with biases;
# `RESOLUTION` is the distance below which two kinks count as one, whoever counts them.

# %% tools tags=["setup"]
chapter = companion.chapter("geometry")
style.use()
RESOLUTION = 1e-4
LOW, HIGH = (-3.0, -3.0), (3.0, 3.0)


def stream(number):
    return torch.Generator().manual_seed(1_000 * seed + number)


def random_network(widths, number):
    generator = stream(number)
    return [(W, 0.5 * torch.randn(len(b), generator=generator).double()) for W, b in random_layers(widths, generator)]


# %% [markdown]
# ## One picture
#
# A network with two inputs, two hidden layers of six neurons and one output cuts the plane into polygons. On each of
# them it is affine, so its gradient is one vector there. An attacker walks along the segment and sees a kink exactly
# where it leaves a polygon. The disc that has the segment as a diameter meets these polygons and more, and the local
# bound must not say fewer than it meets.
# The dotted circle around the segment's middle is the largest one without a boundary in it.

# %% example
layers = random_network([2, 6, 6, 1], 10)
partition = planar.planar_partition(layers, LOW, HIGH)
ends = np.array([[-1.6, -0.7], [1.4, 1.1]])
middle, radius = ends.mean(0), 0.5 * float(np.linalg.norm(ends[1] - ends[0]))
seen = kinks_on_segments(lambda x: forward(layers, torch.from_numpy(x)).numpy(), ends[:1], ends[1:])
unit = (ends[1] - ends[0]) / (2.0 * radius)
kinks = ends[0] + seen.position[:, None] * unit
met = planar.faces_in_disc(partition, tuple(middle), radius)
free = boundaries.boundary_distance(layers, torch.from_numpy(middle), 2.0).item()
chapter.record("example-regions", int(met.sum()))
chapter.record("example-pieces", len(seen.position) + 1)
chapter.record(
    "example-bound", local_bound.local_region_bound(layers, torch.from_numpy(middle)[None], radius).counts()[0]
)

# %% figure-pieces tags=["hide-input"] mystnb={"figure": {"name": "geometry-pieces", "caption": "Left: the exact partition, coloured by the length of the network's gradient; a segment with the kinks found by queries, the disc around it, and the largest empty circle around its middle (dotted). Right: the network along the segment, with the same kinks."}, "image": {"alt": "Left, a square cut into coloured polygons. A segment crosses them, with a dot at each side that it crosses; a circle around it touches both its ends, and a small dotted circle in the middle crosses no side. Right, a line of straight pieces with a dot at each corner."}}
fig, (left, right) = style.new_figure(1, 2, style.Size.WIDE)
slopes = patterns.pattern_affine_map(layers, partition.patterns).slope[:, 0].norm(dim=1).numpy()
faces = fields.draw_faces(left, partition.polygons(), slopes)
fig.colorbar(faces, ax=left, label="length of the gradient")
fig.get_layout_engine().set(wspace=0.08)  # so that its words and those of the next axis stand apart
trails.draw_walk(left, ends, kinks, [(middle, radius, "-"), (middle, free, ":")])
along = np.linspace(0.0, 2.0 * radius, 400)
values = forward(layers, torch.from_numpy(ends[0] + along[:, None] * unit)).numpy()[:, 0]
trails.draw_along(right, along, values, seen.position)

# %% [markdown]
# The same walk from inside. The network stands in space, two inputs in front and its two hidden layers behind them, and the reader
# chooses a piece of the segment: the input is the middle of that piece. A neuron that is off is grey. From each piece to the next
# some neuron goes on or off: it owns the wall that was crossed. Touch it to see which sum has just changed its sign.

# %% walk-inside tags=["hide-input"]
edges = np.array([0.0, *seen.position, 2.0 * radius])
middles = ends[0] + ((edges[1:] + edges[:-1]) / 2)[:, None] * unit
on = patterns.activation_pattern(layers, torch.from_numpy(middles))
chapter.record("example-most-switches", int((on[1:] != on[:-1]).sum(1).max()))
chapter.show(
    SceneFigure(
        network_scene(
            as_sequential(layers),
            torch.from_numpy(middles),
            input_names=[f"piece {k + 1}" for k in range(len(middles))],
        )
    ),
    name="geometry-space",
    alt="Two inputs, two columns of six neurons and one output stand in a row in space. From one piece of the segment to the next a single neuron of the twelve goes on or off.",
    caption="The network of the picture above, at the middle of each piece of the segment. From piece to piece one neuron switches.",
)

# %% [markdown]
# ## Injective layers, read off the regions
#
# The chapter on [injective layers](injective-relu.ipynb) enumerates the cells of a layer's hyperplanes and looks for one
# whose active rows do not span the space. The partition of the plane is another way to the same cells: cut a rectangle
# that holds every crossing of two lines, and take the rank of the affine map on each face. The rectangle is drawn ten times as large
# as the farthest crossing, so no cell is missed: an unbounded one reaches every large rectangle.
#
# Four kinds of layers are tried, with five or eight rows, with and without biases. Some are injective and some are not;
# the share of the injective ones is recorded.


# %% ranks
def ranks(W, b):
    """The smallest rank of the layer's affine map on any region of the plane."""
    i, j = np.triu_indices(len(b), 1)
    couples = torch.from_numpy(np.stack([i, j], axis=1))
    crossings = torch.linalg.pinv(W[couples], rtol=1e-15) @ b[couples][..., None]
    far = 10.0 * max(1.0, crossings.abs().max().item())
    shallow = [(W, b), (torch.eye(len(b)).double(), torch.zeros(len(b)).double())]
    faces = planar.planar_partition(shallow, (-far, -far), (far, far))
    slopes = patterns.pattern_affine_map(shallow, faces.patterns).slope
    return torch.linalg.matrix_rank(slopes, rtol=1e-9).min().item()  # the tolerance of is_injective


# %% [markdown]
# Both answers are exact, and they come from different geometry. `is_injective` works with cones around the origin, one dimension
# higher where there are biases, and never sees a rectangle. `ranks` works with polygons of the plane, and never sees a ray.
# If one of them forgot the bounded cells in the middle, which exist only with biases, the layers of the last two kinds
# would tell.

# %% injective-regions
decided, read = [], []
generator = stream(100)
for rows, spread in ((5, 0.0), (8, 0.0), (5, 0.3), (8, 0.3)):
    for _ in range(pairs // 4):
        W = torch.randn(rows, 2, generator=generator).double()
        b = spread * torch.randn(rows, generator=generator).double()
        decided.append(float(is_injective(W, b)))
        read.append(float(ranks(W, b) == 2))
chapter.measure("injective-regions", {"computed": decided, "expected": read})
chapter.record("injective-share", sum(decided) / len(decided))

# %% [markdown]
# ## What queries meet, and what the bound allows
#
# The attack of [reverse-engineering](reverse-engineering.ipynb) begins by walking along segments and finding every kink
# from answers alone. Each kink is the end of a linear piece. Three things must be true. The local bound of
# [linear-regions](linear-regions.ipynb), taken in the ball that has the segment as a diameter, is at least the number of
# pieces. The number of pieces is the one that an exact walk through the network gives. And at each kink the distance to
# the nearest boundary is zero.
#
# `visible_pieces` is the exact walk. A neuron that nothing active reads is left out, since it leaves no trace in the output
# and no query can show it. `pieces_apart` counts pieces from kinks. It takes kinks nearer than `RESOLUTION` as one, and it is
# applied to the exact kinks and to those found by queries alike.


# %% visible-pieces
def pieces_apart(places):
    return 1 + (np.diff(places, prepend=-np.inf) > RESOLUTION).sum()


def visible_pieces(layers, start, end):
    exact = segment_breakpoints(layers, start, end)
    return pieces_apart(np.linalg.norm(end - start) * exact.positions[exact.jump > 1e-9])


# %% [markdown]
# The networks have two and ten inputs. In the plane one could count all regions of the ball too; in ten dimensions there are
# far too many, and the bound is all there is. A segment meets few of them. It has one dimension: behind one layer its
# pieces are at most one more than the neurons, while those of the ball grow like a power of that number. So the bound is
# far from tight here. What is asked is only that it is never below.

# %% queries
parts = {"within-bound": [], "same-count": {"computed": [], "expected": []}, "on-boundaries": []}
admitted = []  # walks on which the search itself says that it could not resolve some place
count = companion.by_scale(scale, quick=20, book=100, paper=1000)
for widths in ([2, 8, 8, 1], [10, 8, 6, 1]):
    layers = random_network(widths, 200 + widths[0])
    ends = torch.randn(2, count, widths[0], generator=stream(210 + widths[0])).double().numpy()
    found = kinks_on_segments(lambda x, layers=layers: forward(layers, torch.from_numpy(x)).numpy(), *ends)
    lengths = np.linalg.norm(ends[1] - ends[0], axis=1)
    points = ends[0][found.line] + (found.position / lengths[found.line])[:, None] * (ends[1] - ends[0])[found.line]
    parts["on-boundaries"] += boundaries.boundary_distance(layers, torch.from_numpy(points), 2.0).tolist()
    pieces = np.array([pieces_apart(found.position[found.line == k]) for k in range(count)])
    allowed = local_bound.local_region_bound(layers, torch.from_numpy(ends.mean(0)), torch.from_numpy(lengths / 2))
    parts["within-bound"] += (allowed.log10 - torch.from_numpy(np.log10(pieces))).tolist()
    admitted += (found.unresolved > 0).tolist()
    parts["same-count"]["computed"] += pieces.tolist()
    parts["same-count"]["expected"] += [visible_pieces(layers, *pair) for pair in ends.transpose(1, 0, 2)]
chapter.measure("queries-count-regions", parts)
wrong = np.not_equal(*parts["same-count"].values())
chapter.record("walks", len(wrong))
chapter.record("wrong-walks", int(wrong.sum()))
chapter.record("wrong-walks-admitted", int((wrong & np.array(admitted)).sum()))
chapter.record("most-pieces", max(parts["same-count"]["computed"]))
chapter.record("median-excess", float(np.median(parts["within-bound"])))

# %% [markdown]
# The search asks for slopes by steps of $10^{-5}$. Such a step may end on a kink, and kinks may lie as close as ten of them.
# Then no two tangents explain an interval, however short it is cut. An earlier version of the search gave up there, lost
# kinks on some walks, and with it this claim did not hold. Now the search looks again there, by steps that shrink with the
# interval.
#
# ## The product formula on every face
#
# The chapter on [deep networks](deep-relu-convergence.ipynb) writes the network on an activation domain as one product of
# switched-on layers. Take the formula at a point inside each face of the exact partition, and evaluate it at the
# face's corners. A corner belongs to several faces, so it is checked from each of them.
#
# This tests two things at once. If a face were cut wrongly, so that some neuron changed its sign inside, the affine map of the
# centre would be wrong at some corner. And if the product had a layer too many or in the wrong order, it would be wrong
# everywhere. Corners are the worst place to ask: a continuous function that is affine on a polygon is known from them.

# %% explicit-map
computed, expected = [], []
for number, widths in enumerate(([2, 8, 8, 3], [2, 6, 6, 6, 6, 2], [2, 12, 4, 1])):
    layers = random_network(widths, 300 + number)
    partition = planar.planar_partition(layers, LOW, HIGH)
    maps = explicit_affine(partition.centres, layers[:-1])
    W, b = layers[-1]
    for idx, polygon in enumerate(partition.polygons()):
        corners = torch.from_numpy(polygon)
        computed.append((corners @ (W @ maps.slope[idx]).T + W @ maps.offset[idx] + b).flatten())
        expected.append(forward(layers, corners).flatten())
chapter.measure("explicit-map-on-faces", {"computed": torch.cat(computed), "expected": torch.cat(expected)})

# %% [markdown]
# ## A residual network is a plain one
#
# A block $x \mapsto x + V \max(U x + u, 0)$ of the chapter on [one-neuron residual
# networks](one-neuron-resnet.ipynb) becomes a plain layer if the state is first made positive, which on a box is a shift.
# The plain network has $d + 1$ neurons per layer, of which only one can change its sign. So there are at most two regions
# per region and block, and the local bound applies as it stands.
#
# Networks with two to eight blocks are drawn, with two coordinates, and counted exactly in a disc. The bound need not be
# better than doubling: in the disc it may or may not see that a block's neuron keeps its sign. Nor may the count be too
# small: the blocks' own neurons are watched at two thousand points of the disc, and every pattern that they show is a
# region.

# %% residual
parts = {"within-bound": [], "at-most-doubling": [], "no-fewer": [], "same-function": {"computed": [], "expected": []}}
angle = 2.0 * torch.pi * torch.rand(2_000, generator=stream(399)).double()
disc = (
    torch.stack([angle.cos(), angle.sin()], dim=1)
    * torch.linspace(0.0, 3.99, 2_000, dtype=torch.float64).sqrt()[:, None]
)
box = torch.tensor([LOW, HIGH], dtype=torch.float64)
for number in range(companion.by_scale(scale, quick=40, book=200, paper=1000)):
    generator = stream(400 + number)
    blocks = 2 + number % 7
    V, U, u = torch.randn(5, blocks, 2, generator=generator).double().split([2, 2, 1])
    network = ResidualNetwork(V[0], U[0], u[0, :, 0], torch.ones(1, 2).double(), torch.zeros(1).double())
    plain = relu_layers_of_residual(network, (box[0], box[1]))
    x = 6.0 * torch.rand(100, 2, generator=generator).double() - 3.0
    parts["same-function"]["computed"].append(forward(plain, x))
    parts["same-function"]["expected"].append(residual_forward(network, x))
    regions = planar.faces_in_disc(planar.planar_partition(plain, LOW, HIGH), (0.0, 0.0), 2.0).sum()
    bound = local_bound.local_region_bound(plain, torch.zeros(1, 2).double(), 2.0)
    parts["within-bound"].append(bound.log10.item() - np.log10(regions))
    parts["at-most-doubling"].append(blocks - np.log2(regions))
    states = torch.stack(residual_states(network, disc)[:-1], dim=1)
    parts["no-fewer"].append(regions - len(((states * U[0]).sum(2) + u[0, :, 0] > 0).unique(dim=0)))
parts["same-function"] = {key: torch.cat(values) for key, values in parts["same-function"].items()}
chapter.measure("residual-blocks-are-layers", parts)

# %% [markdown]
# ## Two readings of one arrangement
#
# In the chapter on [loss surfaces](loss-surface.ipynb), each data point $x_i$ is a line $w x_i + b = 0$ in the plane of a
# unit's parameters $(w, b)$, and a cell is a set of parameters for which the same points are switched on. Now read the
# points $(x_i, 1)$ as the rows of a layer and $(w, b)$ as its input. Then the cell is an activation region. So the
# patterns of signs are found twice: from the rays that bound the cells, and in the planar partition. Those found both ways
# must be twice as many as there are points, and each of the two counts must be Cover's formula.

# %% two-readings
computed, expected = [], []
for n in range(2, 22):
    rows = torch.stack([torch.randn(n, generator=stream(500 + n)).double(), torch.ones(n).double()], dim=1)
    silent = [(rows, torch.zeros(n).double()), (torch.ones(1, n).double(), torch.zeros(1).double())]
    faces = {tuple(row) for row in planar.planar_partition(silent, LOW, HIGH).patterns.tolist()}
    cells = {tuple(row) for row in (central_cells(rows).signs > 0).tolist()}
    computed += [len(faces & cells), len(faces), len(cells)]
    expected += [2 * n, counting.cover_count(n, 2), counting.cover_count(n, 2)]
chapter.measure("two-readings", {"computed": computed, "expected": expected})

# %% [markdown]
# ## Exercise
#
# Try it before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: geometry-ex-four-rows
#
# In the plane a layer needs four rows to be injective, and the rows $b_1, b_2, -b_1, -b_2$ do it. Write
# `injective_by_ranks(weight)`, which lets the partition decide whether a layer without biases is injective. Then draw random
# layers with four rows, and call the share of injective ones `share`. Explain the number that you find.
# :::


# %% solution-four-rows tags=["solution"]
### BEGIN SOLUTION
def injective_by_ranks(weight):
    return ranks(weight, torch.zeros(len(weight)).double()) == 2


share = np.mean([injective_by_ranks(W) for W in torch.randn(200, 4, 2, generator=stream(600)).double()])
### END SOLUTION
b_1, b_2 = torch.randn(2, 2, generator=stream(601)).double()
assert injective_by_ranks(torch.stack([b_1, b_2, -b_1, -b_2]))
assert not injective_by_ranks(torch.stack([b_1, b_2, -b_1]))
chapter.record("four-rows-injective", share)

# %% [markdown] tags=["solution"]
# Of the random layers {glue:text}`four-rows-injective:.0%` are injective. Turn the input once around: each time it passes the line of
# one row, the number of active rows changes by one. An injective layer needs two active rows for $x$ and two for $-x$, so
# of its four rows always exactly two. Only rows that pass their lines in pairs, one coming and one going, allow that. These
# are opposite rows, as in the pair layer, and random rows are opposite with probability zero.
