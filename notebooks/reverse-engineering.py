# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Asking a network for its weights
#
# Here the claims of [the chapter's page](../book/reverse-engineering.md) are measured. A network is hidden in another
# process. An attack may ask it for outputs, at points of its choice, and nothing else. First come the two facts on
# which everything rests: how a gradient jumps where a neuron changes its sign, and how a boundary bends. Then first
# layers are recovered, then whole networks. The last part asks where this ends: neurons that cannot be told apart, and
# answers that are rounded.

# %% imports tags=["setup"]
from functools import partial

import numpy as np
import torch
from scipy.stats import somersd

import companion
from rectified.identification import bends, first_layer, imitation, kinks, matching, network, normals, survey
from rectified.identification.hyperplanes import layer_planes, plane_errors
from rectified.identification.targets import normal_layers
from rectified.networks import forward
from rectified.oracles import serving
from rectified.oracles.hosting import NetworkHost
from rectified.plotting import fields, moving_planes, scaling, style, trails
from rectified.reference.breakpoints import segment_breakpoints
from rectified.regions.patterns import pre_activations
from rectified.regions.planar import planar_partition

# %% [markdown]
# The parameters of a run. The seed changes every hidden network, and every point at which one is asked.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick (tests), book (published) or paper (more networks)
seed: int = 0  # of hidden networks, and of the points at which they are asked
device: str = "auto"  # everything here runs on the CPU

# %% [markdown]
# The host is a second Python process. It draws a network when told to, and keeps it. What comes back is an *oracle*: a
# function of points that holds one end of a socket and nothing else. On that socket the other side answers queries; it
# understands no other request. The order to *reveal* a network travels on a second socket, which the oracle does not
# know, and a network that was revealed answers no more. So an attack cannot look and then ask, and every query is
# counted on the side of the host. (A test of the library walks through all objects of the attacking process while an
# attack runs, and finds no weight among them.)
#
# `hidden` orders a random network with the paper's initialisation: normal weights of variance two over the number of
# inputs, and normal biases of variance one. `attacked` recovers the first layer, has the network revealed, and returns
# the error of each true neuron, the number of hyperplanes that belong to no neuron, and the number of queries.

# %% tools tags=["setup"]
chapter = companion.chapter("reverse-engineering")
style.use()
host = NetworkHost()
NORMAL = "rectified.identification.targets:normal_layers"
FOUND = 1e-4  # largest difference of an entry of unit normal and offset


def stream(number):
    return np.random.default_rng([seed, number])


def hidden(widths, number, rounding=0.0):
    return host.make(NORMAL, rounding=rounding, widths=widths, rng=stream(number))


def attacked(oracle, number, **options):
    planes = first_layer.recover_first_layer(oracle, oracle.d_in, stream(1_000_000 + number), **options)
    secret = host.reveal(oracle)
    errors, spurious = plane_errors(layer_planes(*secret.layers[0]), planes, FOUND)
    return errors, spurious, secret.queries


def tensors(layers):
    return [(torch.from_numpy(W), torch.from_numpy(b)) for W, b in layers]


# %% [markdown]
# ## The smallest example
#
# Two inputs, two neurons that just pass them on, $z_1 = x_1$ and $z_2 = x_2$, and one neuron behind them,
# $z = \mathrm{ReLU}(x_1) + 2\,\mathrm{ReLU}(x_2) - 1$. The output is $\mathrm{ReLU}(z)$. The boundaries of the first layer
# are the two axes, and they are straight. The boundary of $z$ comes up along $x_1 = 1$, with normal $(1, 0)$. At $(1, 0)$
# the neuron $z_2$ switches on, and the normal becomes $(1, 2)$: the change is $2 \cdot (0, 1)$, the weight times the
# normal of the line that was crossed. At $(0, \tfrac12)$ the neuron $z_1$ switches off, and the normal loses $(1, 0)$.
#
# From outside only directions are seen, no lengths. Still the bend gives the weight: $\lambda\,(1, 2)/\sqrt5 - (1, 0)$ must
# be a multiple of $(0, 1)$, and that fixes $\lambda = \sqrt5$ and the multiple, 2.

# %% toy mystnb={"figure": {"name": "reverse-engineering-toy", "caption": "Boundaries of the smallest example: first layer (straight, solid) and second layer (bent, dashed)."}, "image": {"alt": "A plane with two straight lines, the axes, and a dashed path of three pieces. The path comes from below, turns left where it meets the horizontal axis, and turns again where it meets the vertical one."}}
toy = [(np.eye(2), np.zeros(2)), (np.array([[1.0, 2.0]]), np.array([-1.0])), (np.ones((1, 1)), np.zeros(1))]
fig, ax = style.new_figure(size=style.Size.SMALL)
plane = planar_partition(tensors(toy), (-2.0, -2.0), (2.0, 2.0))
fields.draw_boundaries(ax, plane, [2, 1], ["first layer", "second layer"])
bend = bends.bend_weights(np.array([[1.0, 0.0]]), np.array([[1.0, 2.0]]) / 5**0.5, np.array([[0.0, 1.0]]))
chapter.record("toy-weight", bend.weight[0])
chapter.record("toy-growth", bend.growth[0])

# %% [markdown]
# Move the weight and watch the bend. With three lines in the first layer the boundary of the second-layer neuron turns
# at each of them. The slider changes its weight to the second neuron, whose line is dotted. On the side where that
# neuron is off nothing moves. On the other side the boundary turns, more for a larger weight, to the other side for a
# negative one, and not at all for weight 0. The second slider shifts the bias: all pieces move in parallel.

# %% moving-bend tags=["hide-input"]
first = np.array([[1.0, 0.2], [-0.3, 1.0], [0.8, -0.9]]), np.array([0.4, -0.2, 1.1])
weights, biases = tuple(k / 4 for k in range(-8, 9)), tuple(k / 2 - 3 for k in range(6))
moving = moving_planes.moving_bend(first, np.array([1.0, 1.5, -0.8]), 1, weights, biases, shown=(14, 3))
chapter.interactive(
    moving.figure,
    name="reverse-engineering-bend-moving",
    alt="Three straight lines and a bent one, which turns at each straight line. Sliders change how much.",
    caption="Boundary of a second-layer neuron over three first-layer lines; move one weight, or the bias.",
    controls=[
        companion.Control("weight", "weight to neuron 2", weights, 14),
        companion.Control("bias", "bias", biases, 3),
    ],
    frames=moving.frames,
)

# %% [markdown]
# ## Gradients jump along one vector
#
# Take a point at which exactly one neuron $z$ changes its sign, anywhere in the network. Just before and just after it
# every output is linear, and the two gradients differ by
# $\nabla f_o^+ - \nabla f_o^- = (\partial f_o / \partial z)\, \nabla z$. That is the chain rule: behind the neuron nothing
# else changes. So the jumps of all outputs are multiples of one vector, the neuron's own gradient. For a neuron of the
# first layer that gradient is its row of weights.
#
# The check shares no code with the attack. A network with three hidden layers and two outputs is followed exactly along
# random lines, which gives all sign changes. In the middle of the pieces before and after each one, automatic
# differentiation gives the gradients of outputs and of neurons.

# %% gradient-jump
layers, rng = normal_layers([10, 10, 10, 10, 2], stream(1)), stream(2)
outputs = torch.func.vmap(torch.func.jacrev(lambda x: forward(tensors(layers), x)))
neurons = torch.func.vmap(torch.func.jacrev(lambda x: pre_activations(tensors(layers), x)))
off_direction, off_rank = [], []
for _ in range(companion.by_scale(scale, quick=40, book=60, paper=200)):
    start, end = 4.0 * rng.standard_normal((2, 10))
    path = segment_breakpoints(layers, start, end)
    knots = np.r_[0.0, path.positions, 1.0]
    middles = torch.from_numpy(start + ((knots[1:] + knots[:-1]) / 2)[:, None] * (end - start))
    gradients, own = outputs(middles).numpy(), neurons(middles).numpy()
    direction, jump, ratio = normals.jump_directions(np.diff(gradients, axis=0))
    owner = own[np.arange(len(jump)), 10 * path.layer + path.neuron]
    cosine = np.abs((direction * owner).sum(axis=1)) / np.linalg.norm(owner, axis=1)
    seen = jump > 1e-4 * np.linalg.norm(gradients, axis=(1, 2))[1:]
    off_direction += [*(1.0 - cosine[seen])]
    off_rank += [*ratio[seen]]
chapter.measure("gradient-jump", {"parallel": off_direction, "rank-one": off_rank})

# %% [markdown]
# ## Finding kinks
#
# The attack begins on lines. Along a line the output is piecewise linear in one variable. At both ends of an interval two
# queries give value and slope, that is, a tangent. If the two tangents are one line there is no kink. If they meet inside
# the interval, there may be one kink, where they meet: two more queries just beside that place decide it. Otherwise the
# interval is cut in two. All intervals of all lines go in step, so that each round is one batch of queries.
#
# The picture shows the rounds on one line through a network with two hidden layers. Where kinks are far apart a few
# questions are enough. Where they crowd the search goes on halving. The last round asks each piece at two far points,
# which gives the slopes, and so the place of each kink, to the last digits.

# %% figure-search tags=["hide-input"] mystnb={"figure": {"name": "reverse-engineering-search", "caption": "Above, the output along a line, and the kinks that were found. Below, where each round of the search asked."}, "image": {"alt": "Above, a curve of straight pieces with a point at every corner. Below, rows of short marks, one row for each round; from row to row the marks gather around the corners."}}
oracle, rounds = hidden([10, 8, 6, 1], 3), []
start = np.linspace(-3.0, 3.0, 10)
step = np.where(np.arange(10) % 3 == 0, 1.0, -1.0) / 10**0.5


def watched(points):
    rounds.append((points - start) @ step)
    return oracle(points)


length = 12.0
found = kinks.kinks_on_segments(watched, start[None], (start + length * step)[None])
along = np.linspace(0.0, length, 600)
fig, axes = style.new_figure(2, 1, sharex=True)
trails.draw_search(*axes, (along, oracle(start + along[:, None] * step)[:, 0]), found.position, rounds)
chapter.record("search-queries", sum(len(asked) for asked in rounds))
chapter.record("search-kinks", len(found.position))

# %% [markdown]
# ## The first layer
#
# From a kink to a neuron: gradients before and after it by finite differences, which are exact inside a linear piece up to
# rounding, and their jump is a multiple of the normal. Then the decisive test. The boundary of a first-layer neuron is a whole
# hyperplane. So go to far points of that hyperplane, scattered around the origin and not around the kink, and ask three
# times across it. A first-layer neuron shows a kink there nearly always, a deeper one nearly never, since its boundary
# has bent away. Eight kinks at twelve points are asked for. (All twelve would be too many: in the smallest example the
# axis $x_1 = 0$ is visible only where the neuron behind it is on.)
#
# Later kinks on a hyperplane that is known cost nothing more, and lines are drawn until twice as many have been asked as it took
# to find the last new neuron. So the width need not be told. Networks with one, two and three hidden layers:

# %% small-layers
shapes = [[10, *[width] * depth, 1] for depth in (1, 2, 3) for width in (10, 20)]
repeats, queries = companion.by_scale(scale, quick=2, book=10, paper=50), {}
parts = {"found": [], "error": [], "spurious": []}
for shape in shapes:
    for number in range(repeats):
        errors, spurious, asked = attacked(hidden(shape, 100 + number), number)
        parts["found"] += [*(FOUND - errors)]
        parts["error"].append(np.median(errors))
        parts["spurious"].append(spurious)
        queries.setdefault("-".join(map(str, shape)), []).append(asked)

# %% [markdown]
# The claim has three parts: the share of neurons that are found, the median error in each network, and the number of
# hyperplanes that belong to no neuron. Beside the claim, the queries are recorded for each shape of network.

# %% first-layer
chapter.measure("first-layer", parts)
chapter.record("first-layer-error", np.median(parts["error"]))
for shape, asked in queries.items():
    chapter.record(f"queries-{shape}", int(np.median(asked)))

# %% [markdown]
# How wide may the layer be, and what does a neuron cost? From 10 to 80 neurons, always with ten inputs, one network for
# each width and seed. The slope of log queries against log width is the exponent of growth. The widest networks also
# answer the question whether a layer of 80 neurons is found as completely as one of ten: there a line meets dozens of
# boundaries, and the pieces between them are short.

# %% query-scaling
sizes, wide = (10, 20, 40, 80), {"found": [], "spurious": []}
exponents, costs = [], []
for number in range(companion.by_scale(scale, quick=8, book=20, paper=50)):
    counts = []
    for size in sizes:
        errors, spurious, asked = attacked(hidden([10, size, 1], 300 + number), number)
        counts.append(asked)
        if size == sizes[-1]:
            wide["found"] += [*(FOUND - errors)]
            wide["spurious"].append(spurious)
    exponents.append(np.polyfit(np.log(sizes), np.log(counts), 1)[0])
    costs.append(np.array(counts) / sizes)
chapter.measure("query-scaling", exponents)
chapter.measure("wide-first-layer", wide)
chapter.record("queries-per-neuron", np.mean(costs))

# %% [markdown]
# The width is an answer of the attack, not an input to it. For the claim networks of random width, from 5 to 25 neurons
# (15 at quick scale), with one or two hidden layers, are attacked; the answer is right if the number of hyperplanes is the true width. At
# most four lines are drawn for each neuron of the widest network.

# %% architecture
right, widest = [], companion.by_scale(scale, quick=15, book=25, paper=40)
for number in range(companion.by_scale(scale, quick=160, book=300, paper=1000)):
    width, depth = stream(400 + number).integers((5, 1), (widest + 1, 3))
    errors, spurious, _ = attacked(
        hidden([10, *[int(width)] * int(depth), 1], 5_000 + number), number, most_lines=4 * widest
    )
    right.append(0.5 if (errors < FOUND).all() and spurious == 0 else -0.5)
chapter.measure("architecture", right)

# %% [markdown]
# ## Bends
#
# Where the boundary of a second-layer neuron crosses the hyperplane of neuron $j$, its normal changes by $\pm v_j w_j$.
# Only unit normals are measured, so $\lambda \hat n_+ - \hat n_- = \mu w_j$ has two unknowns, and as many equations
# as inputs. The solution $\mu$ is the weight in units of the length of the normal before. It works with three inputs and six
# neurons as well as with ten and eight.
#
# The crossings are computed from the true network here, so that every pair of neurons can be tested. First with exact
# normals from automatic differentiation, then with normals that are measured by queries a little before and behind the
# crossing. An attack can do the same: a crossing is computed from the part of the neuron that is already known.


# %% crossing-tools
def normals_beside(layers, spots, row, neuron):
    """The neuron's gradients a little before and behind the hyperplane with this row of weights."""
    aside = 1e-6 * row / np.linalg.norm(row)
    slopes = torch.func.vmap(torch.func.jacrev(lambda x: pre_activations(tensors(layers), x)))
    return [slopes(torch.from_numpy(spots + side * aside)).numpy()[:, neuron] for side in (-1, 1)]


def lengths(vectors):
    return np.linalg.norm(vectors, axis=1, keepdims=True)


# %% [markdown]
# For each pair of a second-layer neuron $i$ and a first-layer neuron $j$ one crossing is taken, if there is one. The
# relative error of the weight is measured in both ways: with exact normals, and with measured ones. A crossing counts as
# measured where on both short segments exactly one kink is seen, and the two normals satisfy all equations of a bend.

# %% bend
exact, measured = [], []
for number in range(companion.by_scale(scale, quick=2, book=10, paper=40)):
    for widths in ([10, 8, 6, 1], [3, 6, 4, 1]):
        layers = normal_layers(widths, stream(600 + number))
        (W, b), (V, c) = layers[0], layers[1]
        for i, j in np.ndindex(V.shape):
            spots, aims = bends.crossing_points(W, b, V[i], float(c[i]), j, rng=stream(700 + number))
            if len(spots) == 0:
                continue
            before, after = normals_beside(layers, spots, W[j], len(b) + i)
            size = lengths(before)
            turned = bends.bend_weights(before / size, after / lengths(after), W[[j]])
            exact += [*(np.abs(turned.weight * size[0] - V[i, j]) / abs(V[i, j]))]
            seen, usable = bends.measured_bends(partial(serving.relu_outputs, layers), spots, aims, W[[j]], 0.01)
            measured += [*(np.abs(seen.weight * size[0] - V[i, j]) / abs(V[i, j]))[usable]]
chapter.measure("bend", {"exact-normals": exact, "measured-normals": measured})

# %% [markdown]
# ## Whole networks
#
# With at least as many inputs as first-layer neurons there is a shorter way than walking from bend to bend. Expand the
# normal of a second-layer boundary in the basis of the first-layer weights. The coefficients are the weights $v_j$ of
# the active neurons, up to one common factor, and zeros for the others. The zeros tell which side of each first-layer
# boundary is active: they vote. With the factor free, the bias follows from $z = 0$ at the point. Two points belong to
# one neuron if what they share is parallel, and together they know more weights than each alone. Where a weight was
# never seen, short lines are laid just behind the hyperplane at which it must bend a boundary.
#
# A third-layer neuron looks like one of the second layer, but only within one linear region. So each candidate's
# boundary is predicted on all lines and compared with the kinks that were seen there. The output layer is a least-squares
# fit, with a linear part for second-layer neurons that were taken with the wrong sign: $\mathrm{ReLU}(-t) =
# \mathrm{ReLU}(t) - t$. A choice of signs has to explain this linear part.
#
# Is anything missing then? That the fit is right on all lines does not say so. A neuron may be on only far away, where no
# line passed. So the rebuilt network is compared with the oracle at 16,000 fresh points: near ones, points up to a million
# times as far away, points around kinks, and points at which a random choice of first-layer neurons is on. Where they
# differ, the attack goes back along a ray to the place at which the difference begins, and lays lines around it. Only a
# network that passes is called complete. The measurement below uses points of its own. `probes` draws them: near,
# far, and where a random choice of first-layer neurons is on. `is_identifiable` says whether each second-layer neuron is
# on somewhere and off somewhere.


# %% rebuilt
def probes(layer, rng):
    near, far = rng.standard_normal((2, 10_000, layer[0].shape[1]))
    chosen = rng.random((10_000, len(layer[1]))) < rng.random((10_000, 1))
    values = np.where(chosen, 1.0, -1.0) * 10.0 ** rng.uniform(-1.0, 3.0, chosen.shape)
    return np.concatenate([2.0 * near, 1_000.0 * far, (values - layer[1]) @ np.linalg.pinv(layer[0], rcond=1e-12).T])


def is_identifiable(layer):
    rows = np.c_[layer]
    return not ((rows >= 0).all(axis=1) | (rows <= 0).all(axis=1)).any()


def rebuilt(oracle, number, most_lines):
    found = network.recover_network(oracle, oracle.d_in, stream(2_000_000 + number), most_lines=most_lines)
    asked, secret = oracle.queries, host.reveal(oracle).layers
    points = probes(secret[0], stream(number))
    size = 1.0 + np.linalg.norm(points, axis=1, keepdims=True)
    truth = serving.relu_outputs(secret, points) / size
    return {
        "error": np.abs(found(points) / size - truth).max() / truth.std(),
        "distance": min(matching.isomorphism_error(secret, found.layers), 1.0),
        "neurons": matching.second_layer_errors(secret, found.layers),
        "queries": asked,
        "complete": found.is_complete,
        "identifiable": is_identifiable(secret[1]),
    }


# %% [markdown]
# Many networks of the first shape, [10, 8, 6, 1], and some of a second one, [10, 10, 10, 1], with an upper limit on the
# lines. Each neuron of all
# their second layers is one case of the claim. Its sign is left open there, since it is settled only with the output
# layer.

# %% second-layer
most_lines = companion.by_scale(scale, quick=160, book=320, paper=640)
counts = companion.by_scale(scale, quick=(60, 4), book=(120, 30), paper=(400, 100))
runs = [rebuilt(hidden([10, 8, 6, 1], 800 + number), number, most_lines) for number in range(counts[0])]
more = [rebuilt(hidden([10, 10, 10, 1], 900 + number), number, most_lines) for number in range(counts[1])]
chapter.measure("second-layer", 1e-3 - np.concatenate([run["neurons"] for run in runs + more]))

# %% [markdown]
# Two claims are about the networks [10, 8, 6, 1]: the rebuilt network gives the same outputs, and it *is* the same network,
# weight by weight, once both have unit rows and the neurons are matched. The second is the stronger one. A wrong width
# counts as distance one. Each claim has two parts: how many networks succeed, and whether every one does that is called
# complete.

# %% whole
complete = [run for run in runs if run["complete"]]
sure = [run["distance"] for run in complete if run["identifiable"]]
errors, distances = (np.array([run[key] for run in runs]) for key in ("error", "distance"))
parts = {"share": 1e-5 - errors, "called-complete": [run["error"] for run in complete]}
chapter.measure("functional", parts)
chapter.measure("isomorphic", {"share": 1e-4 - distances, "called-complete": sure})
chapter.record("whole-queries", int(np.median([run["queries"] for run in runs])))
chapter.record("most-queries", max(run["queries"] for run in runs))
chapter.record("complete-share", np.mean(distances < 1e-4))
chapter.record("complete-count", f"{(distances < 1e-4).sum()} of {len(runs)}")
chapter.record("called-complete", len(complete))
chapter.record("not-identifiable-count", sum(not run["identifiable"] for run in runs))

# %% [markdown]
# Now slowly. One network [10, 8, 6, 1], more and more lines, and after each batch the error of each neuron. A neuron is not
# found, and then it is found to many digits; there is hardly anything between. The reason is that a neuron is computed from
# equations and not fitted to data.
#
# The first layer stands after the first few lines. The second one needs lines that meet its boundaries where other
# neurons are on.

# %% stages
stages = (8, 16, 32, 64, 128)
oracle, asked, known = hidden([10, 8, 6, 1], 801), [], []
growing = survey.Survey(oracle, 10, stream(10))
for stage in stages:
    growing.extend(stage - growing.num_lines)
    known.append((growing.refined_planes(), network.network_of(growing).layers))
    asked.append(oracle.queries)
secret = host.reveal(oracle).layers

# %% [markdown]
# The band in the picture shows the other way to copy a network: train one of the same shape on as many answers as the last
# stage used, with Adam. It is told the widths. Its error is the root mean square of what is wrong in the outputs, relative
# to their standard deviation, for three starts. That is what training makes small; the largest error is several times as
# large.

# %% imitations
steps, points = (
    companion.by_scale(scale, quick=100, book=4_000, paper=40_000),
    2.0 * stream(11).standard_normal((10_000, 10)),
)
truth, imitated = serving.relu_outputs(secret, points), []
for start in range(3):
    generator = torch.Generator().manual_seed(1_000 * seed + start)
    copy = imitation.imitated_layers(hidden([10, 8, 6, 1], 801), [10, 8, 6, 1], asked[-1], generator, steps=steps)
    imitated.append((serving.relu_outputs(copy, points) - truth).std() / truth.std())
chapter.record("imitation-error", min(imitated))

# %% figure-errors tags=["hide-input"] mystnb={"figure": {"name": "reverse-engineering-errors", "caption": "Error of each neuron after more and more queries, one point each; a neuron that is not found stands at one. Band: root mean square error of the outputs, over their standard deviation, of networks trained on as many answers as the last stage used, from the best to the worst of three."}, "image": {"alt": "Points in two clouds on logarithmic axes, the error of each neuron over the number of queries. First-layer neurons lie far below one from the start. Second-layer neurons drop from one to nearly as low, with hardly a point between. A narrow band for trained imitations lies far above both."}}
errors = {
    "first layer": np.array([plane_errors(layer_planes(*secret[0]), planes, FOUND)[0] for planes, _ in known]),
    "second layer": np.array([matching.second_layer_errors(secret, layers) for _, layers in known]),
}
fig, ax = style.new_figure()
scaling.draw_errors_by_queries(ax, np.array(asked, dtype=float), errors, (min(imitated), max(imitated)))

# %% [markdown]
# ## Trained networks
#
# Random weights have no special position. And trained ones? The networks here have learned the labels of random points by heart,
# two classes, with one or two hidden layers of twenty neurons. They are trained by Adam, inside the host's process, so that they are
# hidden from the start. (The quick scale trains hardly at all.)

# %% trained
epochs, samples, each = companion.by_scale(scale, quick=(20, 250, 2), book=(1000, 1000, 3), paper=(1000, 1000, 20))
learned, cost = [], {1: [], 2: []}
for depth in cost:
    for number in range(each):
        generator = torch.Generator().manual_seed(1_000 * seed + 10 * depth + number)
        settings = {"generator": generator, "epochs": epochs, "samples": samples}
        widths = [10, *[20] * depth, 2]
        oracle = host.make("rectified.identification.targets:memorising_layers", widths=widths, **settings)
        errors, _, asked = attacked(oracle, 60 + number)
        learned += [*(FOUND - errors)]
        cost[depth].append(asked)
chapter.measure("trained", learned)
chapter.record("trained-queries-one", int(np.median(cost[1])))
chapter.record("trained-queries-two", int(np.median(cost[2])))

# %% [markdown]
# ## What cannot be known
#
# A neuron that is on everywhere has no boundary. Take two such neurons in the second layer, with weights
# $A \ge 0$ and biases $b > 0$. Their outputs are $A h + b$, and the next layer sees only combinations of them. Mix them by a
# matrix $Q$ with $QA \ge 0$, and unmix the outgoing weights: the function is the same, but no order and no scaling turns
# one network into the other. Of the first network of each pair an attack is made; the second one is only compared. The attack
# must miss these two neurons, and it must find others: one that finds nothing would prove nothing.

# %% not-identifiable
parts = {key: [] for key in ("same-function", "different", "unseen", "others-seen", "called-complete")}
for number in range(companion.by_scale(scale, quick=10, book=20, paper=100)):
    settings = {"widths": [10, 8, 6, 1], "rng": stream(1_100 + number)}
    pair = [host.make("rectified.identification.targets:one_of_pair", which=which, **settings) for which in (0, 1)]
    found = network.recover_network(pair[0], 10, stream(1_200 + number), most_lines=64)
    one, other = (host.reveal(oracle).layers for oracle in pair)
    points = 2.0 * stream(1_300 + number).standard_normal((10_000, 10))
    truth = serving.relu_outputs(one, points)
    parts["same-function"].append(np.abs(serving.relu_outputs(other, points) - truth).max() / truth.std())
    parts["different"].append(min(matching.isomorphism_error(one, other), 1e6))
    off = matching.second_layer_errors(one, found.layers)
    parts["unseen"].append((off[:2] > 1e-3).sum())
    parts["others-seen"] += [*(1e-3 - off[2:])]
    parts["called-complete"].append(float(found.is_complete))
chapter.measure("not-identifiable", parts)

# %% [markdown]
# ## Rounded answers
#
# Everything so far used answers in float64. What if they are rounded to six digits after the point, or three? The
# attack is told the step and widens its finite differences: the error of a slope falls with the step, the danger of
# stepping over a boundary grows with it. The recovered share of first-layer neurons is measured for seven roundings
# (four at quick scale). Whether it rises with precision is told by Somers' D: 1 where a finer rounding never finds
# less.

# %% precision
digits = companion.by_scale(scale, quick=range(3, 10, 2), book=range(3, 10), paper=range(3, 10))
roundings, steep, coarse, shares = [10.0**-k for k in digits], [], [], []
for number in range(companion.by_scale(scale, quick=20, book=40, paper=100)):
    row = []
    for rounding in roundings:
        answers = {"accuracy": kinks.Accuracy(rounding / 2), "most_lines": 16}
        errors, _, _ = attacked(hidden([5, 6, 1], 1_400 + number, rounding), number, **answers)
        row.append((errors < FOUND).mean())
    steep.append(somersd(row, digits).statistic if np.ptp(row) > 0 else 0.0)
    coarse.append(0.5 - row[0])
    shares.append(row)
chapter.measure("precision", {"monotone": steep, "fails": coarse})

# %% figure-precision tags=["hide-input"] mystnb={"figure": {"name": "reverse-engineering-precision", "caption": "Share of first-layer neurons recovered when answers are rounded, for networks [5, 6, 1]: medians and quartiles over networks. Dashed: one half."}, "image": {"alt": "A rising curve with bars over the step of rounding, from coarse to fine. It lies near zero where answers have three decimals, crosses the dashed line at one half, and ends near one."}}
fig, ax = style.new_figure()
scaling.draw_share_by_rounding(ax, roundings, np.array(shares))

# %% [markdown]
# ## Exercise
#
# Try it before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: reverse-engineering-ex-leaky
#
# The leaky ReLU has slope $a$ on its negative side, between 0 and 1, in place of zero. Which kinks does a network with leaky
# ReLUs show, how does a second-layer boundary bend, and how can you tell the active side of a first-layer neuron? Check your
# answer on the smallest example with $a = \tfrac14$: compute both normals at the crossing $(1, 0)$, `before` and `after`, and
# read the weight `v_2` off the bend.
# :::

# %% solution-leaky tags=["solution"]
leak, v = 0.25, np.array([1.0, 2.0])
### BEGIN SOLUTION
before, after = v * np.array([1.0, leak]), v * np.array([1.0, 1.0])  # x2 switches on
units = (normal[None] / np.linalg.norm(normal) for normal in (before, after))
bend = bends.bend_weights(*units, np.array([[0.0, 1.0]])).weight[0] * np.linalg.norm(before)
v_2 = bend / (1.0 - leak)
### END SOLUTION
assert np.isclose(v_2, v[1], rtol=1e-9, atol=0.0)
assert np.allclose(after - before, [0.0, (1.0 - leak) * v[1]], rtol=0.0, atol=1e-9)

# %% [markdown] tags=["solution"]
# The kinks are the same. The factor of neuron $j$ in a gradient changes from $a$ to 1 instead of from 0 to 1, so
# the bend is $(1 - a) v_j w_j$. No coefficient is zero any more; the active side is the one on which the
# coefficient is larger in size, by the factor $1/a$.

# %% [markdown]
# All networks are revealed, or no longer asked. The host is told to end. It would end with this notebook in any case, even one
# that is killed: the sockets close, and that is what it waits for.

# %% closing
host.close()
