# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Measuring injectivity
#
# Here the claims of [the chapter's page](../book/injective-relu.md) are measured. A layer cuts the space of inputs into
# cells, and on each cell it is linear. So whether it maps no two inputs to one output can be decided exactly, cell by
# cell, as long as there are not too many cells: up to five inputs here. Everything that follows rests on this decision.
# It is compared with a mixed-integer programme that enumerates nothing. Then come the questions of the paper: how
# many rows are needed, how many Gaussian rows are enough, how stable the inverse is, and what happens when layers are
# followed by projections.

# %% imports tags=["setup"]
import math

import torch

import companion
from rectified.data.loading import load
from rectified.data.tensors import flat_tensors
from rectified.injectivity import cells, curves, gaussian, inverses, layers, projections, stability, surfaces
from rectified.injectivity.decoders import trained_autoencoder
from rectified.injectivity.depth import halfspace_depth
from rectified.injectivity.programme import programmed_active_count
from rectified.injectivity.spanning import active_rows, smallest_active_singular_value
from rectified.networks import forward
from rectified.plotting import moving_graphs, style, sweeps, trails, wedges
from rectified.reference.segments import crossings
from rectified.regions.patterns import local_affine_map

# %% [markdown]
# The parameters of a run. A seed changes every matrix. The number of inputs of the large Gaussian layers, which are not
# enumerated but only looked at in one direction, can be chosen.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick (tests), book (published) or paper (more matrices, and six inputs)
seed: int = 0  # of all matrices, networks and searches
device: str = "auto"  # unused: everything is small and runs on the CPU
witness_dim: int = 200  # inputs of the Gaussian layers that are too large to enumerate

# %% [markdown]
# `stream` gives a fresh source of random numbers for each purpose, so that one experiment does not depend on another
# having run. `normal` draws Gaussian numbers from it. `fan` is a layer with two inputs whose rows point in equally many
# directions all around: the smallest layers that one can see at a glance.

# %% tools tags=["setup"]
chapter = companion.chapter("injective-relu")
style.use()


def stream(number):
    return torch.Generator().manual_seed(1_000 * seed + number)


def normal(*shape, generator):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def fan(count):
    angles = torch.arange(count).double() * 2.0 * math.pi / count
    return torch.stack([angles.cos(), angles.sin()], dim=1)


# %% [markdown]
# ## The smallest examples
#
# Take two inputs. Each row $w$ of the layer switches on in the half-plane $\langle w, x\rangle > 0$, so the borders of
# all half-planes cut the plane into wedges around the origin. On a wedge only the active rows are seen. If there are
# two of them, and not parallel, both inputs can be read off. If there is one or none, they cannot.
#
# Three rows at equal angles leave wedges with a single active row. Two pairs of opposite rows leave exactly two in every
# quadrant. Five rows at equal angles leave two or three: five is fewer than anybody would expect from random rows, and it
# is enough. Its worst wedge has two rows 72 degrees apart, whose smallest singular value is
# $\sqrt{1 - \cos 72°} \approx 0.8313$, and this is what the enumeration of cells must find.

# %% smallest-example
pairs = layers.pair_weight(torch.eye(2).double(), torch.ones(2).double())
examples = {"three": fan(3), "pairs": pairs, "five": fan(5)}
for name, weight in examples.items():
    chapter.record(f"injective-{name}", "injective" if cells.is_injective(weight) else "not injective")
    chapter.record(f"constant-{name}", stability.inverse_lipschitz(weight))

# %% figure-wedges tags=["hide-input"] mystnb={"figure": {"name": "injective-relu-wedges", "caption": "Rows (arrows) of three layers with two inputs, and the number of active rows on each wedge. Hatched: fewer than two, so that inputs collapse."}, "image": {"alt": "Three discs cut into wedges. With three rows some wedges are hatched and carry the number 1. With two opposite pairs all four wedges carry 2. With five rows all wedges carry 2 or 3."}}
fig, axes = style.new_figure(1, 3, style.Size.WIDE)
for ax, weight in zip(axes, examples.values(), strict=True):
    wedges.draw_wedges(ax, weight)

# %% [markdown]
# Now turn a row yourself. All rows but one stand in a regular fan, and the last one goes where you like. With three rows
# no position helps, and with four exactly one does: the one that makes two opposite pairs. With five there is room: the
# row may stray by some degrees. A sixth row has still more.

# %% moving-wedges tags=["hide-input"]
row_counts, degrees = (3, 4, 5, 6), tuple(float(angle) for angle in range(0, 360, 10))
turning = wedges.moving_wedges(row_counts, degrees, (2, 29))
chapter.interactive(
    turning.figure,
    name="injective-relu-turning",
    alt="A disc cut into wedges by the rows of a layer. Turning one row makes red wedges with fewer than two active rows appear or vanish.",
    caption="A layer with two inputs. Choose how many rows it has and turn the last one; red wedges collapse.",
    controls=[
        companion.Control("rows", "number of rows", row_counts, 2),
        companion.Control("angle", "angle of the last row in degrees", degrees, 29),
    ],
    frames=turning.frames,
)

# %% [markdown]
# ## Is the criterion right?
#
# The theorem says: injective if and only if the active rows span the input space at every input. Both halves are put to
# work on Gaussian matrices with two and three columns, until there are enough of either kind.
#
# Where some cell fails, move in it along a vector that its active rows do not see. That gives two inputs. Their outputs must
# agree to rounding, also in comparison with the distance of the inputs, which is as small as the bad cell is thin. Where no cell fails, two searches try to refute the decision. One draws
# two thousand inputs and takes the smallest singular value of their active rows; a missed cell would show up as a smaller value
# than the enumeration's. The other looks for two inputs whose outputs are close compared to their distance. The theorem on
# stability, below, says how close they may come.

# %% dss-iff
count, generator = companion.by_scale(scale, quick=20, book=60, paper=300), stream(1)
decided = {True: [], False: []}
while min(len(found) for found in decided.values()) < count:
    for shape in ((9, 2), (14, 3)):
        weight = normal(*shape, generator=generator)
        decided[cells.is_injective(weight)].append(weight)
parts = {"same-output": [], "distance": [], "active-rank": [], "stays-apart": []}
for weight in decided[False][:count]:
    first, second = stability.collapsing_pair(weight)
    parts["distance"].append(torch.linalg.vector_norm(first - second))
    parts["same-output"].append(stability.stretch(weight, first[None], second[None]).item())
for weight in decided[True][:count]:
    x = normal(2_000, weight.shape[1], generator=generator)
    least = stability.inverse_lipschitz(weight)
    parts["active-rank"].append(smallest_active_singular_value(weight, active_rows(weight, x)).min() - least)
    parts["stays-apart"].append(stability.smallest_stretch(weight, generator) - 0.5 * least)
chapter.measure("dss-iff", parts)

# %% [markdown]
# What collapse means can be drawn. The layer on the left has three rows. In its dark wedges all inputs on one white
# line have the same output, and where no row is active everything goes to zero. On the right the first two rows got
# their negative multiples, which repairs the layer whatever else is in it.

# %% figure-collapse tags=["hide-input"] mystnb={"figure": {"name": "injective-relu-collapse", "caption": "Smallest singular value of the active rows (colour). Left: three rows; inputs on one white line share an output, and between the arcs everything is mapped to zero. Right: the same rows with the opposites of two of them."}, "image": {"alt": "Two discs cut into coloured wedges. In the left disc about one half is dark and crossed by white lines. In the right disc no wedge is dark."}}
lame = torch.tensor([[1.0, 0.0], [0.3, 1.0], [-0.7, 0.6]], dtype=torch.float64)
repaired = layers.pair_weight(lame[:2], torch.ones(2).double(), lame[2:])
fig, axes = style.new_figure(1, 2, style.Size.WIDE)
for ax, weight in zip(axes, (lame, repaired), strict=True):
    coloured, _ = wedges.draw_collapse(ax, weight, 1.2)
fig.colorbar(coloured, ax=axes, label="smallest singular value")

# %% [markdown]
# ## Three ways to decide
#
# In general position, where every $n$ rows are independent, spanning is counting: the layer is injective if and only
# if every cell has at least $n$ active rows. The smallest such count is known in statistics as the halfspace depth of the
# origin among the rows. So there are three ways to compute it. Enumerate all cells. Or sweep: for each choice of $n - 2$
# rows, turn a direction once around in the plane orthogonal to them, and count. Or solve a mixed-integer
# programme. In it an unknown that is 0 or 1 stands for each row, which may be active or not, and for each face of the
# cube on which the input may lie. The first two ways are compared with the third, which shares no code with them.

# %% agreement tags=["remove-stdout"]
small, large = {(6, 2): 180, (9, 3): 20}, {(7, 2): 70, (14, 3): 70, (20, 4): 60, (25, 5): 40}
sizes = companion.by_scale(scale, quick=small, book=large, paper=large)
computed, programmed, injective_share = [], [], []
for (rows, n), count in sizes.items():
    matrices = normal(count, rows, n, generator=stream(10 + n))
    computed += [*halfspace_depth(matrices), *(cells.smallest_active_count(weight) for weight in matrices)]
    programmed += 2 * [programmed_active_count(weight) for weight in matrices]
    injective_share.append((torch.tensor(computed[-count:], dtype=torch.float64) >= n).double().mean().item())
chapter.measure("agreement", {"computed": computed, "expected": programmed})
chapter.record("agreement-matrices", sum(sizes.values()))
chapter.record("agreement-injective", sum(injective_share) / len(injective_share))

# %% [markdown]
# The shortcut has a limit. Opposite rows are not in general position: on the border between two cells both rows of a pair
# vanish together, and putting both on the empty side is impossible. The sweep refuses such matrices with a sentence, and the
# enumeration of cells, which looks at ranks, decides them.
#
# ## Two is necessary and sufficient
#
# With $m \le 2n - 1$ rows a layer is never injective: each row is active at a generic $x$ or at $-x$, but not at both, so
# at one of the two fewer than $n$ are active. Here that is not argued but shown: five hundred matrices with one row too few, and for each a pair of
# inputs with the same output. With $m = 2n$ the rows $[B; -DB]$ work for every invertible $B$ and positive diagonal $D$, and
# the input can be read off: $Bx = y' - D^{-1}y''$ for the two halves of the output.

# %% two-needed
parts, generator = {"same-output": [], "distance": [], "inverse-error": [], "spans": []}, stream(20)
for number in range(500):
    n = 2 + number % 4
    weight = normal(2 * n - 1, n, generator=generator)
    first, second = stability.collapsing_pair(weight)
    parts["distance"].append(torch.linalg.vector_norm(first - second))
    parts["same-output"].append(stability.stretch(weight, first[None], second[None]).item())
for number in range(200):
    n = 2 + number % 4
    basis, scales = normal(n, n, generator=generator), normal(n, generator=generator).exp()
    weight, x = layers.pair_weight(basis, scales), normal(10, n, generator=generator)
    found = inverses.pair_preimage(basis, scales, torch.relu(x @ weight.T))
    parts["inverse-error"].append((found - x).abs().max())
    if number < 40:
        parts["spans"].append(stability.inverse_lipschitz(weight))
chapter.measure("two-needed", parts)

# %% [markdown]
# ## With biases
#
# Biases move the borders away from the origin, and then some cells are bounded. A decision that only looks in all
# directions misses them: a small triangle in which all rows are off is invisible from afar. The exact decision adds one
# coordinate and enumerates the cells of the larger arrangement, bounded ones included.
#
# It is tempting to keep only the rows with a non-negative bias and to ask whether they, without their biases,
# are injective. That is enough: where such a row would be active without its bias, it is active with it. But it is not
# necessary, as random layers show.

# %% bias-sign
generator, parts = stream(30), {"exists": [], "sufficient": []}
for number in range(companion.by_scale(scale, quick=150, book=600, paper=3_000)):
    shape = (4, 1) if number % 2 else (10, 2)
    weight, bias = normal(*shape, generator=generator), normal(shape[0], generator=generator)
    exact, kept = cells.is_injective(weight, bias), weight[bias >= 0]
    alone = len(kept) > 0 and cells.is_injective(kept)
    parts["exists"].append(float(exact and not alone))
    parts["sufficient"].append(float(alone and not exact))
chapter.measure("bias-sign-not-needed", parts)
chapter.record("bias-overlooked", sum(parts["exists"]) / len(parts["exists"]))

# %% [markdown]
# ## How stable is the inverse?
#
# Let $\sigma$ be the smallest singular value of the active rows over all cells. Two close inputs inside the worst cell are
# stretched by $\sigma$, so no better constant is possible. Two inputs in different cells share only some of their active rows, and
# can be stretched by less. How much less? The page derives first the factor $\tfrac12$ and then $1/\sqrt2$, which
# cannot be improved, since opposite inputs of a pair layer reach it. A factor that falls with the number of rows, such as
# $1/\sqrt{2m}$, is weaker, and is measured for comparison.
#
# Each case is one injective matrix. The smallest stretch that a search finds is divided by $\sigma$. The search starts
# from random pairs, opposite pairs, and short steps in the worst cell, and descends.

# %% stability
count, generator = companion.by_scale(scale, quick=20, book=100, paper=500), stream(40)
ratios, paired, root_of_rows = [], [], []
while len(ratios) < count:
    weight = normal(*((12, 2), (18, 3))[len(ratios) % 2], generator=generator)
    sigma = stability.inverse_lipschitz(weight)
    if cells.is_injective(weight):
        ratios.append(stability.smallest_stretch(weight, generator) / sigma)
        root_of_rows.append(ratios[-1] * math.sqrt(2 * len(weight)))
for number in range(count):
    n = 2 + number % 2
    weight = layers.pair_weight(normal(n, n, generator=generator), torch.ones(n).double())
    paired.append(stability.smallest_stretch(weight, generator) / stability.inverse_lipschitz(weight))
chapter.measure("inverse-lipschitz", {"half": ratios, "at-most-one": ratios, "root-of-rows": root_of_rows})
chapter.measure("sharp-constant", {"never-less": ratios, "reached": paired})
chapter.record("smallest-ratio", min(ratios))

# %% [markdown]
# ## How many bad cells are to be expected?
#
# Call a cell *bad* when fewer than $n$ rows are active on it. For Gaussian rows their expected number has a closed form,
# because flipping the sign of a row changes neither the hyperplanes nor the law. So on each cell every set of active rows is
# equally likely. The formula is the number of cells times the chance of a bad one. Against it stand exact counts on
# random matrices, many at once.

# %% ebad-formula
small, large = {(6, 2): 25, (9, 3): 4}, {(6, 2): 100, (10, 2): 100, (9, 3): 10, (12, 3): 10}
shapes = companion.by_scale(scale, quick=small, book=large, paper=large)
relative = {}
for (rows, n), block in shapes.items():
    drawn = gaussian.num_bad_cells(normal(2_000 * block, rows, n, generator=stream(50 + rows)))
    expected = 10.0 ** gaussian.log10_expected_bad_cells(rows, n)
    relative[f"{rows} x {n}"] = drawn.reshape(2_000, block).double().mean(dim=1) / expected
chapter.measure("ebad-formula", relative)

# %% [markdown]
# ## The window of Gaussian layers
#
# Pairs of opposite rows are engineered. How many rows does a layer need if they are drawn at random? For each number of
# inputs and each number of rows many matrices are drawn, and each is decided exactly. The smallest numbers of active
# rows are kept, for the figures.
#
# The paper speaks of large $n$. Ours are small, so what can be compared is where the curves lie: few injective layers at an
# *expansivity* $m / n$ of 3, almost all at 9, and even chances somewhere between the ends of the paper's window. The number of
# rows is rounded down at 3.4 and up at 10.5, away from the window's inside.

# %% gaussian-window
alphas = (3.0, 3.4, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.5)
small, large = {2: 2_000, 3: 600, 4: 250}, {2: 5_000, 3: 2_500, 4: 1_000, 5: 400}
draws = companion.by_scale(scale, quick=small, book=large, paper={n: 4 * count for n, count in large.items()})
rounding = {3.4: math.floor, 10.5: math.ceil}
depths = {n: {} for n in draws}
for n, count in draws.items():
    for alpha in alphas:
        rows, generator = rounding.get(alpha, round)(alpha * n), stream(100 * n + int(alpha * 10))
        depths[n][alpha] = halfspace_depth(normal(count, rows, n, generator=generator))
margins = {alpha: {f"n = {n}": (depths[n][alpha] >= n).double() for n in draws} for alpha in alphas}
window = {"at-3": margins[3.0], "at-9": margins[9.0], "below-window": margins[3.4], "above-window": margins[10.5]}
chapter.measure("gaussian-window", window)
largest = max(draws)
for alpha in (3.0, 5.0, 6.0, 9.0):
    chapter.record(f"share-at-{alpha:g}", (depths[largest][alpha] >= largest).double().mean())
chapter.record("largest-n", largest)

# %% figure-phases tags=["hide-input"] mystnb={"figure": {"name": "injective-relu-phases", "caption": "Share of injective Gaussian layers, decided exactly. Dashed: one minus the expected number of bad cells, a lower bound. Vertical lines: thresholds for large n."}, "image": {"alt": "Rising curves of the share of injective layers over the expansivity, one for each n; they are steeper for larger n and cross one half between 3.5 and 5.5. Dashed lower bounds rise later. Six vertical lines between 3.4 and 10.5."}}
marks = {"witness": gaussian.witness_threshold(), "conjecture": 6.70, "proof": 7.65, "Euler": 8.34, "paper": 10.5}
marks["first moment"] = gaussian.first_moment_threshold()
places = {n: [rounding.get(alpha, round)(alpha * n) / n for alpha in alphas] for n in draws}
shares = {n: (places[n], [margins[alpha][f"n = {n}"].mean().item() for alpha in alphas]) for n in draws}
bounds = {}
for n in draws:
    expected = {m / n: 10.0 ** gaussian.log10_expected_bad_cells(m, n) for m in range(3 * n, 11 * n)}
    bounds[n] = (list(expected), [1.0 - e if e < 1.0 else math.nan for e in expected.values()])
fig, ax = style.new_figure()
sweeps.draw_probabilities(ax, shares, bounds, marks)

# %% [markdown]
# The same data to explore. Choose the number of inputs and the expansivity. On the right is how many rows are active in
# the emptiest cell of each layer. A layer is injective when that is at least $n$. Watch how the whole bulk of layers moves
# across $n$ as rows are added, and how it gets narrower, in units of $n$, for more inputs.

# %% moving-phases tags=["hide-input"]
counts = {n: {alpha: values.tolist() for alpha, values in by_alpha.items()} for n, by_alpha in depths.items()}
explorer = moving_graphs.phase_explorer(counts, (1, 4), most=16)
chapter.interactive(
    explorer.figure,
    name="injective-relu-explorer",
    alt="Left, the share of injective layers over the expansivity for each n, with one point marked. Right, bars of the fewest active rows, split at n.",
    caption="Gaussian layers: choose n and the expansivity (m is rounded to a whole number). Right: active rows in the emptiest cell of each layer; 16 stands for 16 or more.",
    controls=[
        companion.Control("inputs", "inputs n", tuple(draws), 1),
        companion.Control("expansivity", "expansivity m / n", alphas, 4),
    ],
    frames=explorer.frames,
)

# %% [markdown]
# ## A witness for large layers
#
# Two hundred inputs cannot be enumerated, but a single direction can show that a layer is not injective. Look against all
# rows at once, at $x = -\sum_i w_i$. If fewer than $n$ rows are active there, the layer fails. In the limit the active
# rows are $\alpha\, Q(\alpha^{-1/2})$ times $n$, with the upper tail $Q$ of the normal law, and this is below one exactly
# for $\alpha < 3.4028$: the lower end of the paper's window. The mean over many layers is compared with one on both
# sides, and with the formula.

# %% witness
count = companion.by_scale(scale, quick=200, book=600, paper=1_000)
expansivities = (3.0, 3.2, 3.4, 3.7, 3.8) if scale == "quick" else (2.5, 3.0, 3.2, 3.4, 3.7, 3.8, 5.0)
fractions = {}
for alpha in expansivities:
    generator, found = stream(60 + int(10 * alpha)), []
    for _ in range(count // 20):
        rows = torch.randn(20, round(alpha * witness_dim), witness_dim, generator=generator).double()
        active = (rows @ gaussian.witness_direction(rows)[..., None]) > 0
        found.append(active.sum(dim=(1, 2)) / witness_dim)
    fractions[alpha] = torch.cat(found)
parts = {"formula": {f"{alpha}": found - gaussian.witness_fraction(alpha) for alpha, found in fractions.items()}}
parts["below"] = {f"{alpha}": found for alpha, found in fractions.items() if alpha <= 3.2}
parts["above"] = {f"{alpha}": found for alpha, found in fractions.items() if alpha >= 3.7}
chapter.measure("witness-3-4", parts)
chapter.record("witness-at-3-4", fractions[3.4].mean())

# %% [markdown]
# ## Neither end is sharp
#
# Both ends can be moved. Above, the expected number of bad cells bounds the chance of failure. It tends to zero once
# $2 H(1/\alpha) < 1$ with the binary entropy $H$, that is for $\alpha > 9.0886$, well below 10.5. So the logarithm of the
# expectation must change its sign there, for large $n$. Below, a better direction than $-\sum_i w_i$ shows
# non-injectivity beyond 3.4: start there and descend a smooth stand-in for the count. At expansivity 4 the plain witness has
# more than $n$ active rows, and is silent.

# %% window-not-sharp
dims = (1_000, 2_000, 4_000, 8_000)
log_bad = {a: [gaussian.log10_expected_bad_cells(round(a * n), n) for n in dims] for a in (9.0, 9.05, 9.13, 9.2, 10.5)}
sides = {"below": log_bad[9.0] + log_bad[9.05], "above": log_bad[9.13] + log_bad[9.2] + log_bad[10.5]}
streams = [stream(70 + number) for number in range(companion.by_scale(scale, quick=5, book=20, paper=50))]
large_layers = [normal(4 * witness_dim, witness_dim, generator=generator) for generator in streams]
found = [(rows @ gaussian.searched_direction(rows) > 0).sum() / witness_dim for rows in large_layers]
plain = [(rows @ gaussian.witness_direction(rows) > 0).sum() / witness_dim for rows in large_layers]
chapter.measure("window-not-sharp", {"first-moment": sides, "better-direction": found})
chapter.record("searched-at-4", sum(found) / len(found))
chapter.record("plain-at-4", sum(plain) / len(plain))

# %% figure-first-moment tags=["hide-input"] mystnb={"figure": {"name": "injective-relu-first-moment", "caption": "Expected number of bad cells of Gaussian layers, by the formula. It vanishes for large n exactly above the expansivity 9.0886."}, "image": {"alt": "Curves of the logarithm of the expected number of bad cells over n. For expansivity 8 it rises at once; for 9 it first falls to about minus three, turns, and rises above zero; for 9.5 and 10.5 it falls ever faster."}}
sizes = [2, 3, 5, 10, 20, 50, 100, 200, 400, 1_000]
logs = {a: [gaussian.log10_expected_bad_cells(round(a * n), n) for n in sizes] for a in (8.0, 9.0, 9.09, 9.5, 10.5)}
fig, ax = style.new_figure()
sweeps.draw_first_moment(ax, sizes, logs)

# %% [markdown]
# ## Narrower again
#
# Each injective layer doubles the width: from one input to two, four, eight and sixteen neurons. It need not go on
# like this.
# Follow the layers by a random linear map to $2n + 1$ dimensions: differences of outputs lie in finitely many cones of
# dimension $2n + 1$, and a generic map to as many dimensions kills none of them but zero. With one input one can watch
# it. The four layers draw a polygonal curve in sixteen dimensions that does not meet itself. Projected to space it
# still does not. Projected to the plane it can: two curves in a plane cross, and no small turn of the projection
# prevents it. Crossings are decided in rational arithmetic, without rounding. How many
# curves cross depends on how bent they are: here on the law of the weights and on the number of layers.


# %% projection
def projected_curve(number, reach):
    generator = stream(2_000 + number)
    chain = [layers.InjectiveLinear(2**depth, 0, generator).affine() for depth in range(4)]
    vertices = curves.curve_vertices([(W.detach(), b.detach()) for W, b in chain], -reach, reach)[1]
    return [vertices @ projections.generic_projection(d, 16, generator).T for d in (2, 3)]


crossed, apart = [], []
for number in range(companion.by_scale(scale, quick=500, book=2_000, paper=5_000)):
    plane, space = projected_curve(number, 10.0)
    crossed.append(float(len(crossings(plane.numpy())) > 0))
    apart.append(curves.polyline_separation(space))
chapter.measure("projection", {"plane-crosses": crossed, "space-does-not": apart})
chapter.record("smallest-gap", min(apart))

# %% figure-curves tags=["hide-input"] mystnb={"figure": {"name": "injective-relu-curves", "caption": "The image of one input under four injective layers that end in sixteen dimensions, projected to the plane (left, with crossings) and to space (right, with its shadow on the floor: the shadow may cross, the curve does not)."}, "image": {"alt": "Left, a polygonal curve in the plane with rings around the points where it crosses itself. Right, a polygonal curve in space above its shadow."}}
drawn = [projected_curve(number, 3.0) for number in range(100)]
crossing = [pair for pair in drawn if crossings(pair[0].numpy())]
plane, space = min(crossing, key=lambda pair: torch.linalg.cond(pair[0] - pair[0].mean(dim=0)))  # least like a line
fig, axes = style.new_figure(1, 2, style.Size.WIDE)
met = trails.crossing_points(plane.numpy(), crossings(plane.numpy()))
trails.draw_planar_curve(axes[0], plane.numpy(), met)
axes[1].remove()
floor = float(space[:, 2].min()) - 0.3
trails.draw_space_curve(fig.add_subplot(1, 2, 2, projection="3d"), space.numpy(), floor)

# %% [markdown]
# ## Approximation by injective networks
#
# Being injective costs no expressive power, if the output has at least $2n + 1$ dimensions. Take any network $\hat f$ near
# the target $f$, and add a little of the input itself: $g(x) = \hat f(x) + \delta E x$ with a generic matrix $E$. Two more
# neurons per input carry it, in opposite pairs. The error grows by $\delta$ at most, and $g$ is injective for almost every $E$.
#
# The targets are as bad as can be: closed curves in space, which end where they began, and closed surfaces in five
# dimensions, sums of two closed curves. $\hat f$ interpolates them at its kinks, so that it is closed too, and
# not injective. The pieces of a curve are compared pair by pair. For surfaces every pair of pieces gives five equations in four
# unknowns, "same output", and the certificate is how badly they fail.


# %% universal
def closed_curve(d_out, knots, generator):
    coefficients = normal(4, d_out, generator=generator)
    angles = 2.0 * math.pi * knots[:, None] * torch.tensor([1.0, 1.0, 2.0, 2.0]).double()
    waves = (angles + torch.tensor([0.0, 0.5, 0.0, 0.5]).double() * math.pi).sin()
    waves[-1] = waves[0]  # closed without rounding
    return waves @ coefficients / coefficients.abs().sum(dim=0).norm()


delta, parts = 0.01, {"extra-error": [], "small": [], "apart": [], "surface-apart": []}
fine, knots, coarse = (torch.linspace(0.0, 1.0, k, dtype=torch.float64) for k in (2_049, 65, 13))
for number in range(20):
    target, values = (closed_curve(3, t, stream(600 + number)) for t in (fine, knots))
    plain = curves.interpolating_layers(knots, values)
    skip = delta * torch.nn.functional.normalize(normal(3, 1, generator=stream(650 + number)), dim=0)
    moved = projections.with_skip(plain, skip)
    errors = [(forward(net, fine[:, None]) - target).norm(dim=1).max() for net in (plain, moved)]
    parts["extra-error"].append(errors[1] - errors[0])
    parts["small"].append(errors[1])
    parts["apart"].append(curves.polyline_separation(forward(moved, knots[:, None])))

# %% universal-surfaces
for number in range(companion.by_scale(scale, quick=5, book=10, paper=20)):
    generator = stream(700 + number)
    halves = [curves.interpolating_layers(coarse, closed_curve(5, coarse, generator)) for _ in range(2)]
    skip = delta * torch.nn.functional.normalize(normal(5, 2, generator=generator), dim=0) / 2.0
    moved = projections.with_skip(curves.summed_layers(*halves), skip)
    parts["surface-apart"].append(surfaces.surface_separation(moved, (0.0, 0.0), (1.0, 1.0)))
chapter.measure("universal", parts)
chapter.record("closed-before", curves.polyline_separation(values))

# %% [markdown]
# ## Exercises
#
# Try each one before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: injective-relu-ex-bad-cells
#
# Write `log10_bad(m, n)`, the logarithm of the expected number of bad cells, without the library, and follow it along the
# expansivities 8, 9, 9.09 and 9.5. At 9 it misleads. Call the $n$ of its minimum `turning_point`, and `beyond_one` the $n$
# from which on the number is larger than one.
# :::


# %% solution-bad-cells tags=["solution"]
### BEGIN SOLUTION
def log10_bad(m, n):
    k, top = torch.arange(n).double(), torch.tensor([[m - 1.0], [m]], dtype=torch.float64)
    choose = torch.lgamma(top + 1) - torch.lgamma(k + 1) - torch.lgamma(top - k + 1)
    return float(torch.logsumexp(choose, 1).sum()) / math.log(10) + (1 - m) * math.log10(2)


turning_point = min(range(2, 400), key=lambda n: log10_bad(9 * n, n))
beyond_one = min(n for n in range(turning_point, 400) if log10_bad(9 * n, n) > 0)
### END SOLUTION
assert all(abs(log10_bad(m, 20) - gaussian.log10_expected_bad_cells(m, 20)) < 1e-4 for m in (160, 180, 190))
assert log10_bad(9 * beyond_one - 9, beyond_one - 1) <= 0 < log10_bad(9 * beyond_one, beyond_one)
chapter.record("bad-cells-turn", turning_point)
chapter.record("bad-cells-beyond-one", beyond_one)

# %% [markdown] tags=["solution"]
# Factorials of such numbers overflow, so one works with the logarithms of the binomial coefficients and adds the terms by
# `logsumexp`. At expansivity 9 the minimum is at $n$ = {glue:text}`bad-cells-turn`, and from $n$ =
# {glue:text}`bad-cells-beyond-one` on the number is larger than one. Whoever looks at small $n$ only sees a curve that falls.

# %% [markdown]
# :::{exercise}
# :label: injective-relu-ex-decoders
#
# Train two autoencoders on the 1438 digits of eight by eight pixels, with three latent numbers. One decoder has ordinary
# layers, the other one `InjectiveLinear` layers of the same widths (3, 10, 24 and 64). Then leave the latents that training
# has seen: draw new ones three times as far out, and call them `far`. At how many of them has the decoder's slope lost a
# direction? How many does a search recover from their images alone? Last, invert the injective decoder without any
# search, and call what it gives back for the first hundred `exact`.
# :::


# %% solution-decoders tags=["solution", "needs:digits"]
images = flat_tensors(load("digits")).train_inputs.double()
steps, points = companion.by_scale(scale, quick=(50, 100), book=(1_500, 500), paper=(5_000, 1_000))
### BEGIN SOLUTION
for name, injective in {"plain": False, "injective": True}.items():
    settings = {"injective": injective, "generator": stream(800), "steps": steps}
    encoder, decoder, loss = trained_autoencoder(images, [3, 10, 24, 64], **settings)
    seen = forward(encoder, images)
    far = seen.mean(dim=0) + 3.0 * seen.std(dim=0) * normal(points, 3, generator=stream(801))
    slopes = torch.linalg.svdvals(local_affine_map(decoder, far).slope)
    found = inverses.descended_preimages(decoder, forward(decoder, far), seen[:points])
    missed = (found - far).norm(dim=1) > 1e-6 * seen.std(dim=0).norm()
    chapter.record(f"decoder-{name}-loss", loss)
    chapter.record(f"decoder-{name}-lost", (slopes[:, -1] < 1e-9 * slopes[:, 0]).double().mean())
    chapter.record(f"decoder-{name}-missed", missed.double().mean())
exact = torch.stack([inverses.layerwise_preimage(decoder, forward(decoder, z)) for z in far[:100]])
### END SOLUTION
assert exact.shape == (100, 3)
assert (exact - far[:100]).abs().max() < 1e-6 * far.abs().max()
chapter.record("decoder-injective-error", (exact - far[:100]).abs().max())

# %% [markdown] tags=["solution"]
# The slope of the plain decoder has lost a direction at {glue:text}`decoder-plain-lost:.0%` of the points, that of the injective one at
# {glue:text}`decoder-injective-lost:.0%`. The search misses {glue:text}`decoder-plain-missed:.0%` of the latents with the first and
# {glue:text}`decoder-injective-missed:.0%` with the second: that a solution is unique does not make a search find it. Layer by layer, from
# the active rows alone, the injective decoder is inverted with an error of at most {glue:text}`decoder-injective-error:.0e`.
