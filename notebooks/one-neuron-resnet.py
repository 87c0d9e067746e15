# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # One neuron at a time
#
# Here the claims of [the chapter's page](../book/one-neuron-resnet.md) are measured. First what a single block can do,
# then a network that is written down, not trained, and equals any step function. After that the other side: fully
# connected networks that are too narrow, the same comparison with training, and what the construction cannot do or
# can do only at a price.

# %% imports tags=["setup"]
import torch

import companion
from rectified.networks import random_layers
from rectified.plotting import fields, graphs, moving_graphs, scaling, style, trails
from rectified.reference.rationals import exact_outputs
from rectified.reference.steps import step_values
from rectified.regions.planar import planar_partition
from rectified.residual import blocks, networks, polylines, recession, staircase
from rectified.residual.breakpoints import residual_function, states_of_scalar
from rectified.residual.networks import ResidualNetwork, random_residual_network, residual_forward
from rectified.residual.polylines import Polyline, l1_distance, sup_distance
from rectified.residual.quadrature import l1_error_on_grid
from rectified.residual.tasks import disc_and_ring
from rectified.stacks.networks import stack_forward, stacked_networks, unstacked_networks
from rectified.stacks.starts import uniform_stack
from rectified.stacks.training import sign_losses, train_together

# %% [markdown]
# The parameters of a run. A seed changes every random value, network and point. `transition` says how narrow the strips
# are in which the constructed network climbs from one value to the next, as a share of a cell. Narrow strips need
# steep slopes, and steep slopes magnify rounding.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick (tests), book (published) or paper (more networks and finer grids)
seed: int = 0  # of values, networks and points
device: str = "auto"  # accepted for the sake of uniformity; all networks here are tiny and live on the CPU
transition: float = 1e-3  # width of the strips along the edges of cells, as a share of a cell

# %% [markdown]
# `stream` gives a fresh source of random numbers for each purpose, so that one experiment does not depend on another
# having run. `numbers` makes float64 tensors.

# %% tools tags=["setup"]
chapter = companion.chapter("one-neuron-resnet")
style.use()


def stream(number):
    return torch.Generator().manual_seed(1_000 * seed + number)


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


# %% [markdown]
# ## What one block can do
#
# A block adds $V \max(Ux + u, 0)$ to the state $x$, where $Ux + u$ is a single number. On one side of a hyperplane it
# does nothing. On the other side it pushes the state along one fixed direction. The table of the page lists eight
# things that can be said with that. The smallest example is the maximum with a constant: $r + \max(c - r, 0)$ is
# $\max(r, c)$.
#
# Each operation gets random numbers, acts on a random coordinate of a state with three, and is compared with its closed
# form. The other coordinates must not change. That the hidden layer is one neuron is checked from the outside: the
# Jacobian minus the identity, from automatic differentiation, may have rank one at most. (For a shift it is zero. The
# neuron is constant there, which is easily forgotten.) The sum of coordinates comes last, on those states where the
# sum of the others is not negative.


# %% operations
def closed_forms(e, a, c):
    return [
        (blocks.shift(e, c), lambda r: r + c),
        (blocks.maximum(e, c), lambda r: r.clamp(min=c)),
        (blocks.minimum(e, c), lambda r: r.clamp(max=c)),
        (blocks.maximum(e, c, a), lambda r: torch.maximum(r, a * r + c)),
        (blocks.minimum(e, c, a), lambda r: torch.minimum(r, a * r + c)),
        (blocks.flip(e, abs(a)), lambda r: torch.maximum(r, -abs(a) * r)),
        (blocks.fold(e, c, a), lambda r: torch.where(r > c, c - a * (r - c), r)),
    ]


# %% blocks
generator, parts = stream(1), {"value": [], "rank": []}
for _ in range(20):
    x = 20.0 * torch.rand(10_000, 3, generator=generator).double() - 10.0
    k = torch.randint(3, (1,), generator=generator).item()
    slope, level = (3.0 * torch.randn(2, generator=generator).double()).tolist()
    cases = [(*pair, x) for pair in closed_forms(blocks.unit_vector(3, k), slope, level)]
    total = x.sum(1)[:, None]
    summed = (blocks.gather(3, k), lambda r, total=total[total >= x[:, [k]]]: total[:, None])
    cases.append((*summed, x[total[:, 0] >= x[:, k]]))
    for block, form, states in cases:
        expected = torch.where(torch.arange(3) == k, form(states), states)
        parts["value"].append((blocks.apply_block(block, states) - expected).abs().max())
        parts["rank"].append(blocks.update_rank(block, states[:50]))
chapter.measure("blocks", parts)

# %% [markdown]
# ## Watching it build a staircase
#
# Now put such blocks behind one another. The input has one coordinate, and the state is one number, so the state after
# each block is a function of the input that can be drawn. Three cells get the values 1, -0.5 and 0.5; the strips are
# wide here, so that something is to be seen.
#
# Step through the blocks. A ray is *folded* to a triangle, *cut* at the top, and what hangs below zero is *flipped* up to
# the next, steeper ray. After three rounds there are three trapezoids of increasing heights, which *number* the cells.
# Then one block for each cell, the highest first, *sends* a trapezoid to its value minus a constant, below zero, where no
# later block reaches it. The last blocks add the constant and fold the background back to zero.

# %% staircase tags=["hide-input"]
stairs = states_of_scalar(
    staircase.step_network(numbers(0.0, 1.0, 2.0, 3.0), numbers(1.0, -0.5, 0.5), 0.15), -0.4, 3.4
)[:-1]
rounds = [f"{name} {cell}" for cell in (1, 2, 3) for name in ("fold", "cut", "flip")]
middle = ["shift", "max(r, 0)", "steepen", *rounds[:-1], "max(r, 0)", "shift", "max(r, 0)"]
names = ["input", *middle, "send 3", "send 2", "send 1", "add constant", "fold"]
steps = Polyline(numbers(-0.4, 0, 0, 1, 1, 2, 2, 3, 3, 3.4), numbers(0, 0, 1, 1, -0.5, -0.5, 0.5, 0.5, 0, 0))
shown = moving_graphs.building_steps(stairs, steps, (-6.0, 6.0), 11)
chapter.interactive(
    shown.figure,
    name="one-neuron-resnet-building",
    alt="The state as a function of the input. Block by block a ray becomes three trapezoids, then a step function.",
    caption="The state before and after each block of the network that builds a step function with three values.",
    controls=[companion.Control("block", "block", tuple(f"{k}: {name}" for k, name in enumerate(names)), 11)],
    frames=shown.frames,
)

# %% [markdown]
# The same for paper, in twelve of the nineteen blocks.

# %% figure-staircase tags=["hide-input"] mystnb={"figure": {"name": "one-neuron-resnet-staircase", "caption": "The state after twelve of the nineteen blocks (blue) and before each of them (grey, dashed). Values beyond 6 and -6 are cut."}, "image": {"alt": "Twelve small panels. A ray is folded into a triangle, cut to a trapezoid, and its negative rest flipped up to the next ray. Three trapezoids of growing height arise; then they are sent below zero one by one, and raised to their values 1, -0.5 and 0.5."}}
fig, axes = style.new_figure(3, 4, style.Size.WIDE, sharex=True, sharey=True)
drawn = [2, 3, 4, 5, 6, 7, 8, 12, 15, 17, 18, 19]
for ax, number in zip(axes.flat, drawn, strict=True):
    graphs.draw_states([ax], stairs[number - 1 : number + 1], [f"{number}: {names[number]}"], (-6.0, 6.0))
for ax in axes[-1]:
    ax.set_xlabel("input $x$")

# %% [markdown]
# ## In any dimension, exactly
#
# With several coordinates each one gets its own trapezoids, at heights $1 + j M^k / M^d$ for cell $j$ of coordinate $k$.
# One block adds all coordinates to the first, and after a shift the state is the number of the cell divided by
# $M^d$: digits in base $M$. Points with some coordinate outside the grid fall to zero or below, where a maximum
# collects them. The numbers are then sent to their values as before. That makes
# $d(3M + 3) + [d > 1] + 2 + M^d + 2$ blocks.
#
# The comparison is with a look-up in the table of values, which shares no code with the network. Points must be at
# least a strip away from all edges. Most are drawn from a box that is a little larger than the grid, and a thousand
# come from far away. Edges and values are random. An indexing error, a wrong power of $M$ or two exchanged axes would show
# as an error of size one.

# %% step-exact
count, generator = companion.by_scale(scale, quick=10_000, book=100_000, paper=100_000), stream(2)
parts = {"plateau": [], "outside": [], "blocks": []}
for dim, cells in [(1, 8), (1, 16), (2, 4), (2, 8), (3, 3)]:
    edges = torch.cumsum(0.5 + torch.rand(cells + 1, generator=generator).double(), 0) - cells / 2
    values = torch.randn((cells,) * dim, generator=generator).double()
    width = transition * edges.diff().min().item()
    network = staircase.step_network(edges, values, width)
    near = torch.lerp(edges[0], edges[-1], 1.4 * torch.rand(count, dim, generator=generator).double() - 0.2)
    x = torch.cat([near, 1_000.0 * torch.randn(1_000, dim, generator=generator).double()])
    expected, inside, distance = map(torch.from_numpy, step_values(edges, values, x))
    error = (residual_forward(network, x)[:, 0] - expected).abs()
    parts["plateau"].append(error[inside & (distance > width)].max())
    parts["outside"].append(error[~inside & (distance > width)].max())
    formula = dim * (3 * cells + 3) + (dim > 1) + 2 + cells**dim + 2
    parts["blocks"].append(abs(len(network.offsets) - formula))
chapter.measure("step-exact", parts)
edges, values = numbers(*range(9)) / 8, torch.randn(8, generator=stream(3)).double()
for key, make in (("all-at-the-end", staircase.step_network), ("one-pass", staircase.one_pass_network)):
    chapter.record(f"pieces-{key}", len(residual_function(make(edges, values, transition / 8), 0.0, 1.0).knots) - 1)

# %% [markdown]
# ## Inside the strips
#
# What happens where the network climbs? Each block that sends a trapezoid to its value bends everything above it, the
# climbing parts of all higher trapezoids too. So a strip is folded again and again, and the number of its pieces doubles
# with each block. For one coordinate all pieces can be listed: knots are pushed through the blocks, and a new knot
# appears wherever the next neuron changes its sign between two of them. The last lines of the cell above count them for
# eight cells. That there are very many does not matter for the $L^1$ distance, because the strips are narrow and values in
# them stay bounded.
#
# For one coordinate there is a better order. Send each trapezoid to its value at once, and let the ray turn at a level
# below all of these. Then nothing is folded twice, and a strip has at most six pieces. `one_pass_network` does this, with
# one block fewer. It is what the exact integrals below are computed with.

# %% [markdown]
# ## From step functions to all integrable ones
#
# Step functions are dense in $L^1$, so the theorem follows. How fast does the error fall? In one dimension the target
# jumps twice, at places that no grid here contains. Each cell gets the mean of the target, and $\int |f - R|$ is exact: both
# functions are linear between the knots of both. In two dimensions the target is the indicator of a disc, each cell
# gets the value at its centre, and the integral is a product of midpoint rules that has points of its own in the strips.
# Rounding is no concern here, so the strips are a hundred times narrower than before.


# %% universal-l1
def error_on_grid(target, edges, dim, inner, strip):
    width = transition / 100 * (edges[1] - edges[0]).item()
    network = staircase.sampled_step_network(target, edges, dim, width)
    return l1_error_on_grid(network, target, edges, width, inner=inner, strip=strip)


inner = companion.by_scale(scale, quick=16, book=36, paper=100)
jumps = Polyline(numbers(-1, -1 / 3, -1 / 3, 0.3, 0.3, 1), numbers(0, 1, -1, 0, 1, 0.2))
errors = {"1": [], "2": []}
for cells in (4, 8, 16, 32):
    edges = torch.linspace(-1.0, 1.0, cells + 1, dtype=torch.float64)
    if cells < 32:
        errors["2"].append(error_on_grid(lambda x: (x.square().sum(1) <= 0.6).double(), edges, 2, inner, 2))
    network = staircase.one_pass_network(edges, polylines.cell_means(jumps, edges), transition / 50 / cells)
    errors["1"].append(l1_distance(residual_function(network, -1.0, 1.0), jumps))
ratios = torch.cat(
    [torch.tensor(e[1:], dtype=torch.float64) / torch.tensor(e[:-1], dtype=torch.float64) for e in errors.values()]
)
chapter.measure("universal-l1", {"final": [e[-1] / e[0] for e in errors.values()], "each-doubling": ratios})
for dim, found in errors.items():
    chapter.record(f"error-first-{dim}", found[0])
    chapter.record(f"error-last-{dim}", found[-1])

# %% [markdown]
# ## What depth costs
#
# The theorem says nothing about the number of blocks. A grid has $M^d$ cells, and each cell takes a block. For a target
# without jumps the error of a step function is proportional to $1/M$, so an error $\varepsilon$ takes about
# $\varepsilon^{-d}$ blocks. The target is the pyramid $\max(0, 1 - 2\|x - \tfrac12\|_\infty)$. The networks are built and
# evaluated; the exponent is the slope of a straight line through the logarithms. The parts of the count that are linear in
# $M$ pull it below $d$ on small grids.

# %% depth-cost
few = {1: (16, 32, 64), 2: (32, 48), 3: (9, 12)}
more = {1: (16, 32, 64, 128), 2: (32, 48, 64, 96), 3: (8, 10, 12, 16)}
costs, distances = {}, []
for dim, sizes in companion.by_scale(scale, quick=few, book=more, paper=more).items():
    grids = [torch.linspace(0.0, 1.0, cells + 1, dtype=torch.float64) for cells in sizes]
    errors = [error_on_grid(lambda x: (1 - 2 * (x - 0.5).abs().amax(1)).clamp(min=0), g, dim, 2, 1) for g in grids]
    costs[dim] = [staircase.num_step_blocks(cells, dim) for cells in sizes], errors
    logs = torch.tensor(costs[dim], dtype=torch.float64).log()
    exponent = -(torch.cov(logs)[0, 1] / logs[1].var()).item()
    chapter.record(f"exponent-{dim}", exponent)
    distances.append(abs(exponent - dim))
chapter.measure("depth-cost", distances)

# %% figure-cost tags=["hide-input"] mystnb={"figure": {"name": "one-neuron-resnet-cost", "caption": "The L1 error of the constructed network for a pyramid in one, two and three dimensions, against its number of blocks. Dashed: the slopes -1, -1/2 and -1/3, through the last point of each series."}, "image": {"alt": "Three falling series on logarithmic axes. The one-dimensional falls steeply, the three-dimensional hardly; each follows its dashed line."}}
fig, ax = style.new_figure()
scaling.draw_error_by_blocks(ax, costs)

# %% [markdown]
# ## Too narrow, without the skip
#
# Now fully connected ReLU networks with two inputs and hidden layers of two neurons. The claim is that the set where such
# a network is positive has measure zero or infinite measure. The page proves more: every connected piece of it
# reaches to infinity, and one can say where. `escape_path` follows the proof. It starts at a point where the network is
# positive and returns a polygon that ends in a ray, on which the network never falls. Floats are rational
# numbers, and so are all numbers of the path. Nothing is rounded, and the network is evaluated on the path in
# rational arithmetic too, straight from its definition.
#
# The networks are random ones of depths 1 to 10, and networks trained to be positive in the unit disc and negative in a
# ring of radii 2 and 3 around it, with twice as many points in the ring. Many networks of one depth are trained at the
# same time: their weights have a leading axis, and each layer is one batched product. The loss is the sum of all their
# losses, so each one goes its own way. `on_many` evaluates a single network at many points.


# %% tasks
def trained_narrow(depth, nets, number, steps):
    stack = uniform_stack([2, *[2] * depth, 1], nets, stream(number), torch.float32)

    def losses():
        return sign_losses(stack_forward(stack, points), is_inside)

    train_together(stack.parameters, losses, steps=steps, learning_rate=0.01)
    return stack


def on_many(layers, x):
    return stack_forward(stacked_networks([layers]), x)[0, :, 0]


points, is_inside = disc_and_ring(300, stream(4))

# %% narrow-networks
generator, per_depth = stream(5), companion.by_scale(scale, quick=10, book=50, paper=200)
random_ones, trained_ones = [], []
for depth in range(1, 11):
    for _ in range(per_depth):
        layers = random_layers([2, *[2] * depth, 1], generator)
        random_ones.append([(W, torch.randn(len(b), generator=generator).double() / 2) for W, b in layers])
    stack = trained_narrow(depth, 10, 100 + depth, companion.by_scale(scale, quick=100, book=1_200, paper=1_200))
    trained_ones += unstacked_networks(stack)

# %% [markdown]
# Where is a network positive? On each of its linear pieces inside the square $[-3, 3]^2$ the largest value is at a corner, so
# the corners of the exact partition decide whether there is a positive piece. If there is none, the claim has
# nothing to say about the square. If there is one, the path starts at the largest value. Two things are measured: the
# smallest value far out on the ray, at distances up to a million, and the value where the path crosses the circle of
# radius 100; both divided by the value at the start. A ratio below one would refute the theorem.


# %% fc-fails
def value(layers, point):
    return exact_outputs(layers, point)[0]


def ratios_on_path(layers, start):
    path = recession.escape_path(layers, start)
    far = [recession.point_at_radius(path, radius) for radius in (1e2, 1e4, 1e6)]
    return [float(value(layers, point) / value(layers, start.tolist())) for point in far]


starts = []
for layers in random_ones + trained_ones:
    corners = planar_partition(layers, (-3.0, -3.0), (3.0, 3.0)).vertices
    best = max(corners.tolist(), key=lambda corner: value(layers, corner))
    starts += [(layers, numbers(*best))] if value(layers, best) > 0 else []
ratios = [ratios_on_path(*pair) for pair in starts]
chapter.measure("fc-fails", {"beyond": [min(far) for far in ratios], "circle": [far[0] for far in ratios]})
chapter.record("narrow-networks", len(random_ones) + len(trained_ones))
chapter.record("narrow-positive", len(starts))

# %% [markdown]
# Two cheaper checks, to see what they would have missed. The first looks at many directions on the circle of radius 100: a
# strip thinner than their spacing can be overlooked. The second drops all biases, which leaves the *recession
# function* $f_\infty(v) = \lim f(x + tv)/t$. Where it is positive, the network is positive far out. But on a strip of
# constant width the network stays bounded, and the recession function is zero there.

# %% cheaper-checks
directions = companion.by_scale(scale, quick=2_000, book=200_000, paper=200_000)
turn = 2.0 * torch.pi * torch.arange(directions).double() / directions
circle, coarse = torch.stack([turn.cos(), turn.sin()], 1), directions // 2_000
seen = [bool((on_many(layers, 100.0 * circle) > 0).any()) for layers, _ in starts]
growing = [bool((on_many(recession.recession_layers(layers), circle[::coarse]) > 0).any()) for layers, _ in starts]
chapter.record("missed-by-circle", seen.count(False))
chapter.record("missed-by-recession", growing.count(False))

# %% [markdown]
# The figure shows such a path, for the trained network that was best at its task; it starts in the middle. The network
# had to let its positive region run out through the ring, and the path leaves there.

# %% figure-escape tags=["hide-input"] mystnb={"figure": {"name": "one-neuron-resnet-escape", "caption": "Where a trained fully connected network of width two is positive (blue), and the path to infinity from the origin on which it never falls (red). Dotted: the circle of radius 3, which bounds the ring of negative training points."}, "image": {"alt": "A blue region covers the middle of a dotted circle and runs out of it without end; a red path leads from the middle along the region to the border of the picture."}}
field = torch.linspace(-6.0, 6.0, 241, dtype=torch.float64)
grid = torch.stack(torch.meshgrid(field, field, indexing="xy"), dim=-1).reshape(-1, 2)
layers = max(trained_ones, key=lambda layers: ((on_many(layers, points.double()) > 0) == is_inside).sum())
path = recession.escape_path(layers, numbers(0.0, 0.0))
corners = numbers(*([float(value) for value in corner] for corner in [*path.points, path.direction])).numpy()
fig, ax = style.new_figure(1, 1, style.Size.SMALL)
values = on_many(layers, grid).reshape(len(field), -1)
trails.draw_escape(ax, field.numpy(), values.numpy(), corners[:-1], corners[-1], 3.0)

# %% [markdown]
# ## The same comparison, trained
#
# This is the paper's experiment, with many seeds. Adam with rate 0.01 takes full-batch steps on 300 points; the accuracy is
# measured on 6000 others. All seeds of one depth are trained together. Each model has one logit, whose sign is the decision.
# The residual networks have state two and one neuron per block, the fully connected ones layers of two neurons.


# %% ball
def trained_residual(depth, nets, number, steps):
    network = random_residual_network(2, depth, stream(number), nets=nets, strength=0.1, dtype=torch.float32)

    def losses():
        return sign_losses(residual_forward(network, points), is_inside)

    train_together(list(network), losses, steps=steps, learning_rate=0.01)
    return network


test_points, test_inside = disc_and_ring(6_000, stream(6))
nets, updates = companion.by_scale(scale, quick=(200, 300), book=(200, 900), paper=(1_000, 1_200))
depths = companion.by_scale(scale, quick=(3,), book=(1, 3, 5, 10), paper=(1, 3, 5, 10))
trained = {"residual": {depth: trained_residual(depth, nets, 200 + depth, updates) for depth in depths}}
trained["narrow"] = {depth: trained_narrow(depth, nets, 300 + depth, updates) for depth in depths}
evaluate = {"residual": residual_forward, "narrow": stack_forward}
right = {kind: {} for kind in trained}
for kind, depth in ((kind, depth) for kind in trained for depth in depths):
    logits = evaluate[kind](trained[kind][depth], test_points)[..., 0]
    right[kind][depth] = ((logits > 0) == test_inside).double().mean(1)
    chapter.record(f"{kind}-accuracy-{depth}", right[kind][depth].mean())

# %% ball-claim
parts = {kind: {f"depth {depth}": found[depth] for depth in depths if depth >= 3} for kind, found in right.items()}
chapter.measure("ball", {**parts, "best-narrow": parts["narrow"]})
every_narrow = torch.cat(list(parts["narrow"].values()))
chapter.record("residual-least-mean", min(found.mean().item() for found in parts["residual"].values()))
chapter.record("narrow-runs", len(every_narrow))
chapter.record("narrow-runs-above", int((every_narrow > 0.93).sum()))
chapter.record("narrow-best", every_narrow.max())
chapter.record("narrow-majority", (right["narrow"][depths[-1]] < 0.67).double().mean())

# %% [markdown]
# The figure shows the best network of each depth, far beyond the ring. The upper regions cannot close, by the theorem. The
# lower ones can. Look closely at the best narrow network of depth 3: a strip that leads out through the ring may be
# thin, and then it costs hardly any points.

# %% figure-ball tags=["hide-input"] mystnb={"figure": {"name": "one-neuron-resnet-ball", "caption": "Where the best of all seeds is positive (blue), with the training points: disc (red) and ring (grey). Above: fully connected of width two. Below: residual with one neuron per block. From left to right: growing depth."}, "image": {"alt": "Two rows of panels, one column for each depth, with a disc of red points in a ring of grey ones. In the upper row blue runs out of the picture, through the ring. In the lower row, where the network is deep enough, blue is a closed region around the disc."}}
columns, rows = torch.linspace(-6.0, 6.0, 241, dtype=torch.float64), torch.linspace(-9.0, 9.0, 361, dtype=torch.float64)
grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1).reshape(-1, 2)
fig, axes = style.new_figure(2, len(depths), style.Size.WIDE, squeeze=False)
for (upper, lower), depth in zip(axes.T, depths, strict=True):
    best = {kind: found[depth].argmax() for kind, found in right.items()}
    closed = ResidualNetwork(*(part[best["residual"]].double() for part in trained["residual"][depth]))
    outputs = (
        on_many(unstacked_networks(trained["narrow"][depth])[best["narrow"]], grid),
        residual_forward(closed, grid),
    )
    for ax, values in zip((upper, lower), outputs, strict=True):
        field = (columns.numpy(), rows.numpy()), values.reshape(len(rows), -1).numpy()
        fields.draw_decision(ax, *field, points.numpy(), is_inside.numpy())
    upper.text(0.04, 0.97, f"depth {depth}", transform=upper.transAxes, va="top")

# %% [markdown]
# ## In $L^1$, not uniformly
#
# The abstract says "uniformly approximate any Lebesgue integrable function". Read literally that is too much: for
# $d = 1$ the page proves that no such network comes nearer than $1/4$ to the function that goes from $0$ up to $1$, down
# to $\tfrac12$ and up to $2$, in the largest error. Here 200 random networks are tried, with the read-out that fits best
# in the mean square, and networks with 8 and 20 blocks, trained from many seeds to make the tenth power of the error small on
# 301 points.
#
# Beware of grids. A network can fold between two grid points, and the largest error *on the grid* can be anything. The
# error is therefore evaluated at all knots, where a piecewise linear difference has its extremes. To see the trap, the
# construction is also looked at on 300 equidistant points: they all miss its strips, and on them it seems to
# refute the claim.


# %% letter-n
def trained_on_n(network):
    def losses():
        return (residual_forward(network, x)[..., 0] - y).pow(10).mean(1).pow(0.1)

    steps = companion.by_scale(scale, quick=100, book=1_000, paper=20_000)
    train_together(list(network), losses, steps=steps, learning_rate=0.01)
    return network


letter = Polyline(numbers(0, 1, 2, 3), numbers(0, 1, 0.5, 2))
x = torch.linspace(0.0, 3.0, 301, dtype=torch.float64)[:, None]
y, tried = polylines.value_at(letter, x[:, 0]), {}
for k in (8, 20):
    fresh = random_residual_network(1, k, stream(400 + k), nets=100)
    tried[f"random, {k}"] = networks.fitted_readout(fresh, x, y)
    tried[f"trained, {k}"] = trained_on_n(random_residual_network(1, k, stream(500 + k), nets=32))

# %% [markdown]
# Besides these, two networks are written down. One is the construction. Its mean error is small, its largest is not. The
# other has two blocks and is monotone: it rises with slope 1 to $\tfrac34$, is almost flat up to $13/6$, and then
# rises with slope $\tfrac32$. Its largest error is $1/4$ and a little more, because its middle part may not be quite
# flat. So $1/4$ is the best constant.
#
# Two claims are measured here. The abstract's word is "uniformly", and whoever approximates uniformly gets below every number: so
# the first takes the best of all networks. The second is ours and says that none comes nearer than $1/4$.

# %% not-uniform
singles = {key: [ResidualNetwork(*parts) for parts in zip(*many, strict=True)] for key, many in tried.items()}
functions = {key: [residual_function(net, 0.0, 3.0) for net in nets] for key, nets in singles.items()}
sups = {key: [sup_distance(function, letter) for function in found] for key, found in functions.items()}
every = [sup for found in sups.values() for sup in found]
edges, (e, flat) = torch.linspace(0.0, 3.0, 33, dtype=torch.float64), (numbers(1.0), 1e-4)
network = staircase.one_pass_network(edges, polylines.cell_means(letter, edges), transition / 32)
explicit = residual_function(network, 0.0, 3.0)
bends = [blocks.fold(e, 0.75, -flat), blocks.fold(e, 0.75 + flat * (13 / 6 - 0.75), -1.5 / flat)]
parts = {
    "every-network": every,
    "attained": [sup_distance(residual_function(blocks.stacked(bends, e), 0.0, 3.0), letter)],
}
written = {"construction-sup": sup_distance(explicit, letter), "construction-mean": l1_distance(explicit, letter) / 3}
chapter.measure("uniform", [min(*every, *parts["attained"], written["construction-sup"])])
chapter.measure("not-uniform", parts | {key: [number] for key, number in written.items()})
inside = torch.linspace(0.0, 3.0, 302, dtype=torch.float64)[1:-1]
on_grid = (polylines.value_at(explicit, inside) - polylines.value_at(letter, inside)).abs().max().item()
for key, number in (written | {"smallest-sup": min(every), "construction-on-grid": on_grid}).items():
    chapter.record(key, number)

# %% [markdown]
# Left in the picture are the trained networks with the smallest largest error. In the middle is the explicit construction on
# sixteen cells. It follows the target except in the strips, where it leaves it for a short while and by much.
# The right panel widens one strip.

# %% figure-letter tags=["hide-input"] mystnb={"figure": {"name": "one-neuron-resnet-letter", "caption": "The target is dashed. Left: for 8 and for 20 blocks the trained network with the smallest largest error. Middle: the construction on sixteen cells. Right: the construction near one edge between two cells; delta is the width of a strip."}, "image": {"alt": "Left, a dashed letter N; trained networks follow its outer parts, but not its peak at 1 and its valley at one half. Middle, small steps along the N and a thin spike at each edge, far above and below. Right, one spike in close-up is an oscillation between two flat parts."}}
fig, axes = style.new_figure(1, 3, style.Size.WIDE)
best = {k: functions[k][min(range(32), key=sups[k].__getitem__)] for k in functions if k.startswith("trained")}
graphs.draw_functions(axes[0], {f"{k[9:]} blocks": function for k, function in best.items()}, letter, (-0.5, 2.5))
edges, strip = torch.linspace(0.0, 3.0, 17, dtype=torch.float64), transition / 16
network = staircase.one_pass_network(edges, polylines.cell_means(letter, edges), strip)
spiked = {"construction": residual_function(network, 0.0, 3.0)}
graphs.draw_functions(axes[1], spiked, letter, (-5.0, 2.5), linewidth=0.8)
graphs.draw_functions(axes[2], spiked, letter, (-5.0, 2.5))
axes[2].set(xlim=(1.5 - 2 * strip, 1.5 + 2 * strip))
axes[2].set_xticks([1.5 - strip, 1.5, 1.5 + strip], [r"edge $-\delta$", "edge", r"edge $+\delta$"])

# %% [markdown]
# ## Exercises
#
# Try each one before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: one-neuron-resnet-ex-construction
#
# Write the construction for $d = 1$ yourself: `triples_for(ends, values, width)` gives a list of triples $(V, U, u)$, whose
# network takes `values[j]` between `ends[j]` and `ends[j + 1]`, away from the ends by `width`, and zero outside. Count the
# blocks. (The numbers of the cells may be $1, \dots, M$ with heights $M + 1, \dots, 2M$, whatever you find easiest.)
# :::


# %% solution-construction tags=["solution"]
def evaluated(triples, r):
    for V, U, u in triples:
        r = r + V * max(U * r + u, 0.0)
    return r


### BEGIN SOLUTION
def triples_for(ends, values, width):
    M, H = len(values), max(map(abs, values))
    K, heights = 2 * H + 1, [M + 1 + j for j in range(M)]
    s = heights[0] / width
    triples = [(1.0 if ends[0] < 0 else -1.0, 0.0, abs(ends[0])), (1.0, -1.0, 0.0), (s - 1, 1.0, 0.0)]
    for j, height in enumerate(heights):
        s = height / width
        triples += [(-2.0, 1.0, -s * (ends[j + 1] - ends[j]) / 2), (-1.0, 1.0, -height)]
        triples += [(1 + heights[j + 1] / height, -1.0, 0.0)] if j < M - 1 else [(1.0, -1.0, 0.0)]
    triples += [(-1.0, 0.0, M), (1.0, -1.0, 0.0)]
    triples += [(2 * (values[i - 1] - K - i), 1.0, -(i - 0.5)) for i in range(M, 0, -1)]
    return [*triples, (1.0, 0.0, K), (-(1 + H / (K - H)), 1.0, -H)]


### END SOLUTION
triples = triples_for([-1.0, 0.0, 0.5, 2.0], [3.0, -1.0, 2.0], 1e-3)
assert [round(evaluated(triples, r), 6) for r in (-5.0, -0.5, 0.2, 1.0, 9.0)] == [0.0, 3.0, -1.0, 2.0, 0.0]
chapter.record("own-blocks", len(triples))

# %% [markdown] tags=["solution"]
# The trapezoids take $3M + 3$ blocks, their numbers two (a shift and a maximum), the values $M$, the return two: $4M + 7$.
# For the three cells of the test these are {glue:text}`own-blocks`.

# %% [markdown]
# :::{exercise}
# :label: one-neuron-resnet-ex-width-one
#
# Show that a fully connected ReLU network whose layers have one neuron is monotone, and constant outside one interval at
# most. So it cannot be a hat. Then look at a thousand random ones on a grid of their inputs, and call the differences of their
# values from point to point `steps`, one row for each network.
# :::

# %% solution-width-one tags=["solution"]
### BEGIN SOLUTION
line = torch.linspace(-5.0, 5.0, 2_001, dtype=torch.float64)[:, None]
steps = stack_forward(uniform_stack([1, 1, 1, 1, 1], 1_000, stream(7)), line)[..., 0].diff(dim=1)
### END SOLUTION
assert len(steps) == 1_000
assert steps.abs().max() > 1e-3
assert bool(((steps >= -1e-12).all(1) | (steps <= 1e-12).all(1)).all())

# %% [markdown] tags=["solution"]
# Each layer is a monotone map, and so is their composition. A ReLU makes the state constant on one side. What it leaves
# is an interval, on which the network is affine. A hat rises and falls, so it is not among these networks.

# %% [markdown]
# :::{exercise}
# :label: one-neuron-resnet-ex-two-coordinates
#
# Give the state a second coordinate, which starts at zero. Now the input can be kept in the first and the output be summed
# in the second. Write the letter N as such a network, `wide`, without any error. How many blocks does a piecewise linear
# function with $n$ breaks take?
# :::

# %% solution-two-coordinates tags=["solution"]
### BEGIN SOLUTION
first, second = numbers(1.0, 0.0), numbers(0.0, 1.0)
ramps = [blocks.Block(change * second, first, -at) for at, change in [(0.0, 1.0), (1.0, -1.5), (2.0, 2.0)]]
wide = blocks.stacked(ramps, second)  # one block for each break, and one for the slope at the left end
### END SOLUTION
inputs = torch.cat([x, torch.zeros_like(x)], 1)
assert (residual_forward(wide, inputs)[:, 0] - y).abs().max() < 1e-14

# %% [markdown] tags=["solution"]
# The letter N has slope 1 from the left end on, and its slope changes by $-\tfrac32$ at 1 and by 2 at 2. Each of these is
# a ramp that one block adds to the second coordinate: three blocks. In general it takes $n + 1$ blocks for $n$ breaks, and
# one more, a constant neuron, if the value at the left end is not zero.
