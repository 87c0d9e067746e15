# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Measuring a loss surface exactly
#
# Here the claims of [the chapter's page](../book/loss-surface.md) are measured. The networks are tiny and the data sets
# have a few dozen points at most. That is on purpose: what is said about the loss surface is exact for finite data, and
# only on small networks can every cell be visited. First we build bad minima and look at them from all sides. Then we
# cut parameter space into its cells, solve a convex program in each, and compare the result with gradient descent.

# %% imports tags=["setup"]
import itertools

import torch

import companion
from rectified.landscape import cell_minima, cells, curvature, descent, layer_moves, paths, shallow
from rectified.landscape.affine import affine_fit, with_ones
from rectified.landscape.bad_points import bad_points
from rectified.landscape.losses import LOGISTIC, SQUARED
from rectified.landscape.piecewise import ABSOLUTE, HARD_TANH, IDENTITY, LEAKY_RELU, RELU, random_pieces
from rectified.landscape.risk import flattened, unflattened
from rectified.plotting import fields, graphs, moving_cells, scatters, style, trails
from rectified.polytopes import cone_least_squares
from rectified.reference.arrangements import sign_patterns
from rectified.regions.arrangements import cell_rays, central_cells
from rectified.regions.counting import cover_count

# %% [markdown]
# The parameters of a run. A seed changes the data, the random activation, every perturbation and every start. The
# number of perturbations of each bad minimum is smaller at the quick scale.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick (tests), book (published) or paper (more seeds and runs)
seed: int = 0  # of data, random pieces, perturbations and starts
device: str = "auto"  # everything runs on the CPU: the networks have fewer than a hundred parameters
draws: int = 5000  # perturbations of each constructed minimum; a tenth of them at quick scale

# %% [markdown]
# `stream` gives a fresh source of random numbers for each purpose. `gaussian_data` and `two_moons` make the
# data sets. `HIDDEN` lists the hidden widths for networks of two to five layers; the data have two outputs,
# so that each hidden layer is wider than the output.

# %% tools tags=["setup"]
chapter = companion.chapter("loss-surface")
style.use()
HIDDEN = ([4], [4, 3], [4, 3, 5], [4, 3, 5, 3])
SEEDS = companion.by_scale(scale, quick=3, book=3, paper=20)


def stream(number):
    return torch.Generator().manual_seed(1_000 * seed + number)


def gaussian_data(count, d_in, d_out, number):
    source = stream(number)
    return (torch.randn(count, d, generator=source, dtype=torch.float64) for d in (d_in, d_out))


def two_moons(count, noise, number):
    angle = torch.pi * torch.linspace(0, 1, count // 2, dtype=torch.float64)
    first = torch.stack([angle.cos(), angle.sin()], 1)
    points = torch.cat([first, torch.tensor([1.0, 0.5], dtype=torch.float64) - first])
    points += noise * torch.randn(points.shape, generator=stream(number), dtype=torch.float64)
    label = torch.ones(count // 2, 1).double()
    return points, torch.cat([label, -label])


# %% [markdown]
# ## The smallest example
#
# Three points, $(-1, 1)$, $(0, 0)$ and $(1, 1)$, and the activation ReLU. The best affine map is the constant
# $\tfrac23$. Its residuals are $-\tfrac13, \tfrac23, -\tfrac13$, and its risk, half the mean square, is $\tfrac19$. A hinge
# at $\tfrac12$ has the values $0, 0, \tfrac12$. Take its best affine fit away and what is left is
# $\kappa = (\tfrac1{12}, -\tfrac16, \tfrac1{12})$. This is a multiple of the residuals, so one kink removes all of the
# risk: the formula gives $(r \cdot \kappa)^2 / (2n\,\kappa\cdot\kappa) = \tfrac19$.

# %% smallest-example
three = torch.tensor([[-1.0], [0.0], [1.0]]).double()
values = torch.tensor([[1.0], [0.0], [1.0]]).double()
(example,) = bad_points(three, values, SQUARED, RELU, [[2]])
chapter.record("example-risk", example.risk(example.network))
chapter.record("example-decrease", example.kink.decrease)

# %% [markdown]
# ## Bad minima at every depth
#
# The construction puts all hidden units on one linear piece of the activation. Some of them, the carriers, pass the
# best affine map on from layer to layer; the others are idle. The network then *is* the best affine map on the data,
# and so is every network near it an affine map on the data. None of them can be better.
#
# We build it for two to five layers, five activations and two losses, each on several draws of the data: Gaussian
# inputs with unrelated Gaussian labels for the squared loss, two noisy half moons for the logistic one. Then the
# attempt to refute it: thousands of random perturbations, of lengths from $10^{-6}$ to $5 \cdot 10^{-3}$, shortened where they
# leave the cell. If the point is a local minimum, none lowers the risk by more than rounding. Last, one kink: an idle
# unit is moved to a knot of the activation, between two examples, and the risk falls.

# %% constructions
points = []
for number in range(SEEDS):
    labelled = {SQUARED: tuple(gaussian_data(20, 3, 2, 10 + number)), LOGISTIC: two_moons(40, 0.2, 40 + number)}
    activations = [RELU, LEAKY_RELU, ABSOLUTE, HARD_TANH, random_pieces(3, stream(70 + number))]
    for (loss, data), activation in itertools.product(labelled.items(), activations):
        points += bad_points(*data, loss, activation, HIDDEN)
squared = [point for point in points[:40] if point.loss is SQUARED]

# %% [markdown]
# Each of them is put to the test. A perturbation moves all weights and biases at once. At the quick scale there are a
# tenth as many of them.

# %% spurious-exists
parts = {"better-exists": [], "local-minimum": [], "affine-risk": []}
formula = {"computed": [], "expected": []}
trials = companion.by_scale(scale, quick=draws // 10, book=draws, paper=draws)
for number, point in enumerate(points):
    near = cells.perturbed_inside_cell(point.network, point.inputs, point.activation, trials, stream(100 + number))
    here = point.risk(point.network)
    drop = here - point.risk(point.improved)
    parts["better-exists"].append((drop / here).item())
    parts["local-minimum"].append((point.risk(near) - here).min().item())
    parts["affine-risk"].append(abs(here.item() / point.fit.risk - 1.0))
    if point.loss is SQUARED:
        formula["computed"].append(drop.item())
        formula["expected"].append(point.kink.decrease)
chapter.measure("spurious-exists", parts)
chapter.record("smallest-drop", min(parts["better-exists"]))
chapter.record("largest-drop", max(parts["better-exists"]))

# %% [markdown]
# For the squared loss the decrease has a closed form. The forward pass of the improved network knows nothing of it: it
# goes through all layers, with the kink and the carriers in them. So the comparison tests the construction and the
# formula at once.

# %% exact-decrease
chapter.measure("exact-decrease", formula)

# %% [markdown]
# ## A valley, not a pit
#
# The construction leaves much open: how strongly each carrier uses its piece, where on the piece it works, where the
# idle units stand. Move all of these at once and the function that the network computes does not change. Along such a
# path we measure the risk and the activation pattern, and how far apart its ends are. At its start the Hessian has no negative eigenvalue, and at
# least as many zero ones as the path has independent parameters.

# %% valley
parts = {"moves": [], "flat-directions": [], "risk-change": [], "pattern-changes": [], "curvature": []}
for point in squared:
    valley = paths.valley_path(point.fit, point.hidden, point.activation, 50, stream(200))
    ends = flattened(valley)[[0, -1]]
    parts["moves"].append(((ends[1] - ends[0]).norm() / ends[0].norm()).item())
    stays = cells.same_cell(valley, point.network, point.inputs, point.activation)
    hessian = curvature.risk_hessian(point.network, point.inputs, point.targets, point.activation, SQUARED)
    spectrum = torch.linalg.eigvalsh(hessian)
    flat = (spectrum.abs() < 1e-8 * spectrum[-1]).sum().item()
    dimension = paths.valley_dimension(point.fit, point.hidden, point.activation)
    parts["flat-directions"].append(flat - dimension)
    parts["risk-change"].append((point.risk(valley) - point.fit.risk).abs().max().item())
    parts["pattern-changes"].append((~stays).sum().item())
    parts["curvature"].append((spectrum[0] / spectrum[-1]).item())
chapter.measure("valley-of-constructed", parts)
chapter.record("valley-dimension", dimension)
chapter.record("flat-directions", flat)
chapter.record("parameters", len(spectrum))

# %% [markdown]
# ## The way out
#
# Where an idle unit exists, a bad minimum is not a trap. First let the carried signals shrink, so that there is room.
# Then let the idle unit, which nothing reads, walk to the kink. So far the network has computed one and the same
# function. Now let its weight into the output grow: the risk is a convex function of that weight, and falls. Nowhere on
# the path does it rise. We follow 200 points of the path for each depth, activation and loss. The first must be the
# constructed minimum itself, and no step may be a leap.

# %% escapable
heights, parts = [], {"starts-there": [], "no-leap": []}
for point in points[:40]:
    way = paths.escape_path(point.fit, point.kink, point.inputs, point.hidden, point.activation, 200)
    heights.append(point.risk(way))
    parts["starts-there"].append((flattened(way)[0] - flattened(point.network)).abs().max().item())
    lengths = flattened(way).diff(dim=0).norm(dim=1)
    parts["no-leap"].append((lengths.max() / lengths.sum()).item())
parts["ends-lower"] = [1.0 - height[-1] / height[0] for height in heights]
chapter.measure("escapable", parts | {"never-rises": [height.diff().max() for height in heights]})

# %% [markdown]
# The picture shows one of these minima, in a network of four layers with hard tanh. Along random directions the risk
# rises on both sides, slowly at first. Along the escape path it stays level and then falls below everything that
# affine maps can do.

# %% figure-slices tags=["hide-input"] mystnb={"figure": {"name": "loss-surface-slices", "caption": "Risk through a constructed minimum of a four-layer network. Left: along three random directions of length one. Right: along the escape path. Dashed: the risk of the best affine map."}, "image": {"alt": "Left, three bowls that touch the dashed level of the best affine map at zero and rise on both sides. Right, a curve that stays on the dashed level for half of the path and then falls below it."}}
which = next(k for k, point in enumerate(points) if point.activation is HARD_TANH and point.hidden is HIDDEN[2])
point, start = points[which], flattened(points[which].network)
position = torch.linspace(-1.0, 1.0, 201, dtype=torch.float64)
directions = torch.randn(3, len(start), generator=stream(210), dtype=torch.float64)
slices = {}
for number, direction in enumerate(directions / directions.norm(dim=1, keepdim=True), 1):
    moved = unflattened(start + position[:, None] * direction, [3, *point.hidden, 2])
    slices[f"direction {number}"] = position.numpy(), point.risk(moved).numpy()
fig, axes = style.new_figure(1, 2, style.Size.WIDE)
graphs.draw_risk_slices(axes[0], slices, point.fit.risk)
axes[0].set(xlabel="distance from the minimum", ylim=(0.95 * heights[which][-1].item(), 2 * point.fit.risk))
way = {"escape path": (torch.linspace(0, 1, 200, dtype=torch.float64).numpy(), heights[which].numpy())}
graphs.draw_risk_slices(axes[1], way, point.fit.risk)
axes[1].set(xlabel="share of the path")

# %% [markdown]
# ## Inside a cell, and across its boundary
#
# Why was all this so easy to compute? Inside a cell, each layer's parameters enter the predictions linearly once the
# others are fixed. So along a direction that moves one layer only, a second difference of the predictions is zero, and
# a third difference of the squared risk is zero. We take random networks with three hidden layers, random directions in
# one layer, and steps that stay in the cell. With tiny steps everything looks affine. So we do the same with directions
# that move two layers at once, for which a product of two changing factors must show.
#
# For the boundary the direction is followed to its first crossing, and the second difference is centred there with a
# step of a tenth. Directions in the last layer never cross, so they are left out. "Bends" is read as a second
# difference above $10^{-3}$ in some prediction.

# %% multilinear
inputs, targets = gaussian_data(12, 3, 2, 300)
inside, across = companion.by_scale(scale, quick=(100, 1000), book=(400, 4000), paper=(2000, 20000))
widths = [3, 6, 5, 4, 2]
moves = layer_moves.random_layer_moves(widths, [k % 4 for k in range(inside)], stream(301))
inner = layer_moves.differences_inside(moves, inputs, targets, RELU)
control = layer_moves.differences_inside(layer_moves.mixed(moves), inputs, targets, RELU)
moves = layer_moves.random_layer_moves(widths, [k % 3 for k in range(across + 100)], stream(302))
bends = layer_moves.bends_across(moves, inputs, RELU)[:across]  # a few cross nothing: a dead layer below
chapter.record("smallest-step", inner.step.min())
chapter.record("bending-share", (bends > 1e-3).double().mean())

# %% [markdown]
# How many cells are there? With one knot at zero and a bias, a unit sees each example on one side of zero or the other.
# So its parameters, points of $\mathbb{R}^{d_X+1}$, are cut by one hyperplane through the origin for each example. Cover
# counted the pieces: for $n$ examples in general position there are $2\sum_{k=0}^{d_X}\binom{n-1}{k}$. We count them twice
# more, by an enumeration and by adding the hyperplanes one by one with a linear program for each side of each cell.

# %% multilinear-count
small = [(5, 2), (6, 3), (7, 3), (8, 2)]
sizes = companion.by_scale(scale, quick=small, book=[*small, (8, 4), (8, 5)], paper=[*small, (8, 4), (8, 5)])
misses = []
for number, (count, dim) in enumerate(sizes):
    features = with_ones(next(gaussian_data(count, dim - 1, 1, 310 + number)))
    found = len(sign_patterns(features.numpy())), len(central_cells(features).signs)
    misses.append(max(abs(cover_count(count, dim) - cells_found) for cells_found in found))
parts = {"bends-at-boundaries": bends - 1e-3, "affine-inside": inner.second, "smooth-risk": inner.third}
parts["two-layers-bend"] = control.second - 1e-8
chapter.measure("multilinear-cells", parts | {"cover-count": misses})

# %% [markdown]
# ## Every cell, solved
#
# Now one hidden layer of two ReLUs and one output, without output bias. In a cell, unit $j$ contributes
# $v_j w_j \cdot x$ on the examples on which it is active, and nothing on the others (a one is appended to $x$, so that $w_j$
# holds the bias). Only the product $M_j = v_j w_j$ matters, and the
# predictions are linear in the products. In the closed cell $M_j$ lies, up to the sign of $v_j$, in a cone.
# The cone has a few rays, so that each choice of signs is a least-squares problem with non-negative coefficients, which
# a finite algorithm solves exactly. Four such problems for each pair of cells of single units, and the least risk of every
# cell is known; the smallest is the global minimum.
#
# Against this table we run gradient descent from many random starts, with a constant learning rate. What is not yet
# at rest is then led on by damped Gauss-Newton steps that may not leave the cell and may not raise the risk. A linear
# network of the same size gets the same treatment.

# %% runs
count, steps = companion.by_scale(scale, quick=(100, 1500), book=(300, 20000), paper=(3000, 50000))
shapes = {"6 points on a line": (6, 1), "8 points on a line": (8, 1), "7 points in the plane": (7, 2)}
tables, relu_runs, linear_runs, affine, starts, sets = {}, {}, {}, {}, {}, {}
for number, (name, (size, dim)) in enumerate(shapes.items()):
    inputs, targets = gaussian_data(size, dim, 1, 400 + number)
    features, labels = with_ones(inputs), targets[:, 0]
    sets[name], affine[name] = (features, labels), affine_fit(inputs, targets, SQUARED).risk
    tables[name] = cell_minima.enumerated_minima(features, labels, 2, RELU)
    starts[name] = shallow.random_nets(count, 2, dim + 1, stream(410 + number))
    for activation, runs in ((RELU, relu_runs), (IDENTITY, linear_runs)):
        last = descent.descended(starts[name], features, labels, activation, learning_rate=0.05, steps=steps).nets
        runs[name] = descent.settled(last, features, labels, activation)
chapter.record("cells", len(tables["7 points in the plane"].risks))
chapter.record("levels", len(tables["7 points in the plane"].levels()))
chapter.record("all-runs", count * len(shapes))
chapter.record("programs", sum(table.programs for table in tables.values()))
chapter.record("global-minimum", tables["6 points on a line"].least)

# %% [markdown]
# The theorem speaks of local minima inside a cell. So we keep the runs that ended with a gradient below $10^{-8}$ and with
# every pre-activation at least $10^{-4}$ away from zero. Of the others most have slid to the boundary of their cell,
# because the least risk of the closed cell is taken there; an open cell need not hold a local minimum at all. Each
# run that is kept is compared with the convex program of its cell, in its risk and in its predictions. In a cell with a
# minimum inside these are unique; where the least risk lies on the boundary, two choices of outer signs may tie.

# %% cell-minima-global
parts = {"risk-gap": [], "same-predictions": []}
for name, found in relu_runs.items():
    kept = found.is_minimum(1e-8, 1e-4)
    nets = shallow.ShallowNets(found.nets.inner[kept], found.nets.outer[kept])
    cell = tables[name].position(shallow.unit_signs(nets, sets[name][0]))
    outputs = shallow.shallow_predictions(nets, sets[name][0], RELU)
    parts["risk-gap"] += (found.risks[kept] - tables[name].risks[cell]).abs().tolist()
    parts["same-predictions"] += (outputs - tables[name].predictions[cell]).abs().amax(1).tolist()
chapter.measure("cell-minima-global", parts)
chapter.record("kept-runs", len(parts["risk-gap"]))

# %% [markdown]
# With the identity in place of the ReLU there is one cell, and the theorem says that every local minimum is global. On
# our three data sets we measure: no random linear network, and no end of a run, lies below the affine optimum; every
# linear run ends at it; and from the same starts more than half of the ReLU runs miss the global minimum, which the
# table knows exactly. "Misses" means by more than a hundredth of the affine optimum's risk, so that runs which only
# creep do not count. A descent that stops too early would miss too, so we also count the runs that missed although
# they are at rest inside a cell.

# %% linear-contrast
parts, bad_minima = {"relu-misses": [], "linear-reaches": [], "never-below": []}, 0
for number, name in enumerate(shapes):
    random = shallow.random_nets(4000, 2, sets[name][0].shape[1], stream(420 + number))
    ends = torch.cat([shallow.shallow_risk(random, *sets[name], IDENTITY), linear_runs[name].risks])
    parts["never-below"] += (ends - affine[name]).tolist()
    parts["linear-reaches"] += (linear_runs[name].risks - affine[name]).abs().tolist()
    missed = relu_runs[name].risks - tables[name].least - 0.01 * affine[name]
    parts["relu-misses"] += missed.tolist()
    bad_minima += int((relu_runs[name].is_minimum(1e-8, 1e-4) & (missed > 0.0)).sum())
chapter.measure("linear-contrast", parts | {"bad-minima": [bad_minima]})

# %% [markdown]
# The histogram shows where the runs on six points end. The linear networks make one spike, at the affine optimum. The
# ReLU networks make many, and each stands on a line: the exact least risk of some cell.

# %% figure-final-risks tags=["hide-input"] mystnb={"figure": {"name": "loss-surface-final-risks", "caption": "Final risks of runs of gradient descent on six points, for two ReLUs and for two linear units. Dashed: the exact least risks of all cells."}, "image": {"alt": "A histogram with several spikes for the ReLU networks, each on a thin dashed line; the linear networks form one spike at the affine optimum."}}
name = "6 points on a line"
fig, ax = style.new_figure()
ends = {"ReLU": relu_runs[name].risks.numpy(), "linear": linear_runs[name].risks.numpy()}
scatters.draw_final_risks(ax, ends, tables[name].levels().numpy())
chapter.record("bad-minima", bad_minima)
chapter.record("missing-share", sum(missed > 0 for missed in parts["relu-misses"]) / len(parts["relu-misses"]))

# %% [markdown]
# ## Cover's cells
#
# With one input, a unit has a weight and a bias, and its cells are sectors of a plane. To see them well we take six
# examples at equal distances. Each gives a line through the origin: on it the unit is exactly at its knot for that
# example. A sector's colour is the least risk that the network can reach while one unit stays in the sector and the
# other may go anywhere. The black curves are runs of gradient descent, two units each. They cross some lines and stop
# in sectors of different colours.

# %% figure-cells tags=["hide-input"] mystnb={"figure": {"name": "loss-surface-cells", "caption": "The plane of one ReLU's weight and bias, cut by one line for each of six examples. Colour: least risk of the network with a unit in that sector. Curves: four runs of gradient descent, two units each; the marker is where a unit ends."}, "image": {"alt": "A disc cut into twelve coloured sectors by six lines through the origin. Black curves, the ways of hidden units during descent, end in one marker for each unit; the shape of the marker says which run."}}
across = torch.tensor([-1.5, -0.9, -0.3, 0.3, 0.9, 1.5], dtype=torch.float64)
heights_of_six = torch.tensor([0.8, -0.2, -0.9, 0.1, 1.0, -0.4], dtype=torch.float64)
features, labels = with_ones(across[:, None]), heights_of_six
map_of_cells = cell_minima.enumerated_minima(features, labels, 2, RELU)
sectors = [fields.sector(cell_rays(features, row).numpy(), 3.0) for row in map_of_cells.signs]
times = sorted(
    {0, *torch.tensor(float(steps), dtype=torch.float64).pow(torch.arange(30).double() / 29.0).round().int().tolist()}
)
four = shallow.random_nets(4, 2, 2, stream(430))
settings = {"learning_rate": 0.05, "steps": steps, "record_at": tuple(times)}
watched = descent.descended(four, features, labels, RELU, **settings).history
fig, ax = style.new_figure()
named = {"colours": "viridis", "names": ("weight $w$", "bias $b$")}
field = fields.draw_faces(ax, sectors, map_of_cells.least_by_unit.numpy(), **named)
fig.colorbar(field, ax=ax, label="least risk with a unit in this sector")
final = shallow.shallow_risk(watched, features, labels, RELU)[-1].tolist()
shown = {f"run {run + 1}: {final[run]:.3f}": watched.inner[:, run].numpy() for run in range(4)}
trails.draw_trajectories(ax, shown, 3.0)

# %% [markdown]
# The same, to be moved. Choose a run and let time pass. Now a sector's colour is the least risk of the network's cell
# when the first unit is in that sector and the second unit stays where it is. Whenever the second unit crosses a line,
# the colours change: the first unit's landscape is another one.

# %% moving-cells tags=["hide-input"]
table = torch.empty(len(map_of_cells.signs), len(map_of_cells.signs)).double()
first, second = map_of_cells.units.T
table[first, second] = table[second, first] = map_of_cells.risks
grid, recorded = torch.linspace(-2.0, 2.0, 41, dtype=torch.float64), []
for run in range(4):
    nets = shallow.ShallowNets(watched.inner[:, run], watched.outer[:, run])
    signs = shallow.unit_signs(nets, features)[:, 1]
    partner = (signs[:, None] == map_of_cells.signs).all(-1).long().argmax(1)
    curves = shallow.shallow_predictions(nets, with_ones(grid[:, None]), RELU)
    recorded.append(moving_cells.RecordedRun(*(part.numpy() for part in (nets.inner, curves, table[partner]))))
best = final.index(min(final))
moving = moving_cells.cells_in_training(
    sectors, recorded, grid.numpy(), (across.numpy(), labels.numpy()), 3.0, (best, 12)
)
chapter.interactive(
    moving.figure,
    name="loss-surface-cells-moving",
    alt="Left, twelve sectors coloured by risk and the paths of two hidden units. Right, data and the network's function.",
    caption="Gradient descent among Cover's cells: choose a run and a step.",
    controls=[companion.Control("run", "run", (1, 2, 3, 4), best), companion.Control("step", "step", tuple(times), 12)],
    frames=moving.frames,
)

# %% [markdown]
# And the data may be moved. Drag the diamond, one of the six examples. To the left the curve is the best network of
# two ReLUs, a global minimum, found by solving the convex programs of all cells. To the right are the cells of one unit;
# one line turns with the example's input, and the colours change with its label too.

# %% dragged-example tags=["hide-input"]
columns, rows = companion.by_scale(scale, quick=(3, 3), book=(11, 9), paper=(11, 9))
lefts = tuple((torch.linspace(-1.9, 1.9, columns, dtype=torch.float64) + 0.03).round(decimals=2).tolist())
ups, placed = tuple(torch.linspace(-1.6, 1.6, rows, dtype=torch.float64).round(decimals=2).tolist()), []
for place in itertools.product(lefts, ups):
    features, labels = with_ones(across[:, None]), heights_of_six.clone()
    features[2, 0], labels[2] = place
    found = cell_minima.enumerated_minima(features, labels, 2, RELU)
    polygons = [fields.sector(cell_rays(features, row).numpy(), 3.0) for row in found.signs]
    best_network = cell_minima.cell_minimum(features, labels, found.best_signs, RELU).network
    curve = shallow.shallow_predictions(best_network, with_ones(grid[:, None]), RELU)
    placed.append(moving_cells.PlacedExample(place, polygons, found.least_by_unit.numpy(), curve.numpy()))

# %% [markdown]
# The two sliders do the same as dragging. Try this: with the example at height zero the best network fits the three
# examples on the right and gives up the two on the left. Drag the example down. Somewhere on the way the network changes
# its mind at once: now it fits those on the left and gives up those on the right. The least risk is continuous in the
# data; the network that has it is not.

# %% dragging tags=["hide-input"]
still = [part[[0, 1, 3, 4, 5]].numpy() for part in (across, heights_of_six)]
dragging = moving_cells.cells_by_example(placed, grid.numpy(), tuple(still), 3.0, columns // 2 * rows + rows // 4)
along = companion.Control("example-x", "input of the example", lefts, columns // 2)
upward = companion.Control("example-y", "label of the example", ups, rows // 4)
chapter.interactive(
    dragging.figure,
    name="loss-surface-dragged-example",
    alt="Left, six examples and the best network's graph; one example can be dragged. Right, the cells of one unit.",
    caption="The best network of two ReLUs and the cells of one unit, for every place of one example.",
    controls=[along, upward],
    frames=dragging.frames,
    drag=("example-x", "example-y"),
)

# %% [markdown]
# ## A cell in two parts
#
# Are the minima of one cell connected? Take four points in the plane, two ReLUs without bias, and the cell in which both
# units are active on all examples. There $f = (M_1 + M_2) \cdot x$, and the best sum is the least-squares solution $\beta$. Its
# predictions have both signs, so neither $\beta$ nor $-\beta$ lies in the cone. So one outer weight must be positive
# and the other negative. Exchange the two units: the same risk, the same cell. But on any path from one to the other
# the first outer weight passes through zero, and there a single unit must do what it cannot.

# %% disconnected
square = torch.tensor([[1, 0.2], [0.2, 1], [0.8, 0.9], [1, 0.6]], dtype=torch.float64)
labels = torch.tensor([1, -1, 0.3, 0.5], dtype=torch.float64)
beta = torch.linalg.lstsq(square, labels[:, None], driver="gels").solution[:, 0]
inner = torch.stack([beta + 2.0, torch.full((2,), 2.0).double()])
pair = shallow.ShallowNets(torch.stack([inner, inner.flip(0)]), torch.tensor([[1, -1], [-1, 1]]).double())
all_on = torch.ones(2, 4, dtype=torch.int8)

# %% [markdown]
# `pair` holds both minima, one the other with its units exchanged. The bottom of the cell and the height of the wall come
# from convex programs that know nothing of these two networks: the wall is the least risk of a single unit whose weight
# lies in the cone, once with a positive and once with a negative outer weight. Then we check that both networks lie in
# the cell, have the least risk of the cell and a gradient of zero, and that the numbers agree with those of an
# independent calculation.

# %% wall
bottom, risks = cell_minima.cell_minimum(square, labels, all_on, RELU), shallow.shallow_risk(pair, square, labels, RELU)
rays = cell_rays(square, all_on[0]).numpy()
wall = [cone_least_squares(square.numpy(), labels.numpy(), sign * rays).value / 8 for sign in (1, -1)]
gradient = shallow.shallow_gradient(pair, square, labels, RELU)
parts = {"wall": [height - bottom.risk for height in wall], "equal-risks": (risks - bottom.risk).abs()}
parts["one-cell"] = (shallow.unit_signs(pair, square) != all_on).sum()
parts["gradient"] = [part.abs().max().item() for part in gradient]
parts["known-values"] = {"computed": [bottom.risk, min(wall)], "expected": [0.0141361, 0.141363]}
chapter.measure("not-every-cell-connected", parts)
chapter.record("bottom", bottom.risk)
chapter.record("wall", min(wall))
chapter.record("wall-ratio", min(wall) / bottom.risk)

# %% [markdown]
# To draw the wall one must bound the inner weights: a tiny outer weight times a huge inner one is as good as any other.
# (A path is compact, so on each path they are bounded.) For every outer weight of the first unit the picture shows
# the least risk over everything else. The larger the bound, the thinner the wall. Its height does not change.

# %% figure-double-well tags=["hide-input"] mystnb={"figure": {"name": "loss-surface-double-well", "caption": "Least risk inside the cell for a given outer weight of the first unit, for three bounds of its inner weights. Dashed: the least risk of the cell, and that at outer weight zero."}, "image": {"alt": "Three curves, each flat at the bottom on both sides of zero and rising to the same height at zero: a double well with a wall that gets thinner as the bound grows."}}
weights = torch.linspace(-1.0, 1.0, 161, dtype=torch.float64)
wells = {}
for largest in (1.0, 2.0, 4.0):
    height = cell_minima.least_risk_by_outer_weight(square, labels, all_on, RELU, weights, 2.0 * largest)
    wells[f"inner weights at most {2 * largest:.0f}"] = height.numpy()
fig, ax = style.new_figure()
graphs.draw_double_well(ax, weights.numpy(), wells, min(wall), bottom.risk)

# %% [markdown]
# ## Exercises
#
# Try each one before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: loss-surface-ex-skip
#
# Add a connection from the inputs straight to the outputs: $f(x) = W_2\, h(W_1 x + b_1) + b_2 + S x$. Build a bad local
# minimum for this network with two hidden ReLUs, and give its parameters as `W1`, `b1`, `W2` and `B`, where $B$ holds $S$ and,
# in its last row, $b_2$. What do the carriers do now?
# :::

# %% solution-skip tags=["solution"]
inputs, targets = gaussian_data(20, 3, 1, 500)
### BEGIN SOLUTION
W1, b1, W2 = torch.zeros(2, 3).double(), torch.full((2,), 0.5).double(), torch.zeros(2, 1).double()
B = affine_fit(inputs, targets, SQUARED).coefficients
### END SOLUTION
parameters, changed = (W1, b1, W2, B), []


def risk_with_skip(W1, b1, W2, B):
    outputs = RELU.value(inputs @ W1.T + b1) @ W2 + with_ones(inputs) @ B
    return ((outputs - targets) ** 2).sum().item() / 40


for number in range(1000):
    steps = [1e-3 * torch.randn(p.shape, generator=stream(501 + number)).double() for p in parameters]
    changed.append(risk_with_skip(*(p + step for p, step in zip(parameters, steps, strict=True))))
assert min(changed) > risk_with_skip(*parameters) - 1e-12  # a local minimum, as far as a thousand tries can tell
kinked = torch.cat([with_ones(inputs), inputs[:, :1].relu()], dim=1)
better = kinked @ torch.linalg.lstsq(kinked, targets, driver="gels").solution
assert ((better - targets) ** 2).sum() / 40 < risk_with_skip(*parameters)  # a bad one: a kink in one input would help

# %% [markdown] tags=["solution"]
# The carriers have nothing left to do. The connection $S$ with the output's bias is the best affine map, and all hidden
# units may be idle. After a small change of all parameters the hidden units are still on one piece, so the network is
# still affine on the data, and no affine map is better.

# %% [markdown]
# :::{exercise}
# :label: loss-surface-ex-circle
#
# Count the cells of one unit with bias for six points on a straight line in the plane, `on_line`, and for six points on a
# circle, `on_circle`. Which of the two agrees with Cover's formula for $d_X = 2$, and what is the other number?
# :::

# %% solution-circle tags=["solution"]
### BEGIN SOLUTION
angle = 2 * torch.pi * torch.arange(6).double() / 6 + 0.1 * torch.rand(6, generator=stream(510)).double()
circle = torch.stack([angle.cos(), angle.sin()], dim=1)
line = torch.arange(6).double()[:, None] * torch.tensor([[1.0, 2.0]]).double() + 1.0
on_circle, on_line = (len(central_cells(with_ones(points)).signs) for points in (circle, line))
### END SOLUTION
assert {on_line, on_circle} == {cover_count(6, 2), cover_count(6, 3)}

# %% [markdown] tags=["solution"]
# No three points of a circle lie on a line, so those six are in general position and Cover's formula holds:
# $2\,(1 + 5 + 10) = 32$ cells. Points on a straight line are not. Along the line they are like six points with one input,
# for which the formula gives $2\,(1 + 5) = 12$.
