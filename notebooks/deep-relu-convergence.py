# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Measuring convergence with depth
#
# Here the claims of [the chapter's page](../book/deep-relu-convergence.md) are measured. First the exact formula on
# small networks, against a slow version of itself. Then chains of up to a hundred thousand layers, which are made one
# by one and never stored. Then the limits of the theory. At the end deep networks are trained, since the theory
# suggests how to start them.

# %% imports tags=["setup"]
import itertools

import numpy as np
import torch

import companion
from netspace.network.scene import network_scene
from netspace.page.figure import SceneFigure
from rectified.data.loading import load
from rectified.data.tensors import flat_tensors
from rectified.depth import affine_form, chains, domains, products, recovery, states, tails
from rectified.networks import as_sequential, forward, random_layers
from rectified.plotting import fields, moving_planes, scaling, style
from rectified.reference.products import affine_by_products
from rectified.regions import patterns
from rectified.regions.planar import planar_partition
from rectified.stacks.networks import unstacked_networks
from rectified.stacks.starts import Start, make_stack
from rectified.stacks.training import stack_accuracy, training_course

# %% [markdown]
# The parameters of a run. A seed changes every chain, every input and every trained network. `decay` is the exponent
# of the summable chain in the first picture; the claims use exponents of their own, so that it cannot change a verdict.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick (tests), book (published) or paper (longer chains, more seeds)
seed: int = 0  # of all chains, inputs and trained networks
device: str = "auto"  # chains are sequential and narrow, so the CPU is used at every scale
decay: float = 1.5  # exponent of the summable chain whose regions are drawn

# %% [markdown]
# Some things are used everywhere. `stream` gives a fresh source of random numbers for each purpose, so that one
# experiment does not depend on another having run. `positive` draws inputs with entries between one and two: they stand
# for the state after the first layer, which is positive where all neurons are on. `log_steps` gives depths that are
# equally spaced on a logarithmic axis.

# %% tools tags=["setup"]
chapter = companion.chapter("deep-relu-convergence")
style.use()


def stream(number):
    return torch.Generator().manual_seed(1_000 * seed + number)


def positive(shape, number):
    return 1.0 + torch.rand(shape, generator=stream(number), dtype=torch.float64)


def log_steps(first, last, count):
    return sorted({round(depth) for depth in np.geomspace(first, last, count).tolist()})


# %% [markdown]
# ## The smallest example
#
# Two inputs, two layers of two neurons. At $x = (1, 2)$ the first layer gives $(2, 3)$ and both of its neurons are on.
# The second gives $(-1, 8)$, so that its first neuron is off. Then
# $I_2 W_2 I_1 W_1 = \begin{pmatrix} 0 & 0 \\ 0 & 1 \end{pmatrix} \begin{pmatrix} 1 & 0 \\ 1 & 1 \end{pmatrix}$, and on
# the whole activation domain the network is $(0,\; x_1 + x_2 + 5)$. Multiplied in the other order the product is
# another matrix, and the formula gives $7$ where the network gives $8$. `printed_affine` is the formula as it stands on
# the page, multiplied out in a reference module that shares no code with the rest.


# %% smallest-example
def printed_affine(layers, x, **order):
    found = affine_by_products([(W.numpy(), b.numpy()) for W, b in layers], x.numpy(), **order)
    return patterns.AffineMap(*(torch.from_numpy(array) for array in found))


numbers, point = [([[1, 0], [1, 1]], [1, 0]), ([[1, -1], [0, 1]], [0, 5])], torch.tensor([1.0, 2.0]).double()
example = [(torch.tensor(W, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)) for W, b in numbers]
chapter.record("example-value", affine_form.explicit_affine(point, example)(point)[1])
chapter.record("example-wrong", printed_affine(example, point, newest_left=False)(point)[1])

# %% [markdown]
# ## The formula
#
# Two hundred random networks, of random widths, depths and numbers of inputs. For each, the affine map at one random
# input is computed while the layers pass by: multiply by the new layer from the left, cut the rows that are off. It is
# compared with a plain forward pass, and with the formula as it is printed, every product multiplied out anew. To
# compare two maps by one number, all entries are added up with random weights. `random_case` draws widths, a network
# with Gaussian biases and an input.


# %% explicit-form
def random_case(generator, ranges, square=False):
    m, n, d = (int(torch.randint(low, high, (), generator=generator)) for low, high in ranges)
    layers = random_layers([m if square else d] + [m] * n, generator)
    biased = [(W, 0.3 * torch.randn(m, generator=generator).double()) for W, _ in layers]
    return biased, torch.rand(layers[0][0].shape[1], generator=generator).double()


generator, rows = stream(10), []
for _ in range(200):
    layers, x = random_case(generator, ((1, 9), (1, 11), (1, 5)))
    found, printed = affine_form.explicit_affine(x, layers), printed_affine(layers, x)
    A, c = (torch.randn(part.shape, generator=generator).double() for part in found)
    rows.append([c @ found(x), c @ forward(layers, x).relu()])
    rows[-1] += [(A * slope).sum() + c @ offset for slope, offset in (found, printed)]
names, table = ("computed", "expected"), torch.tensor(rows, dtype=torch.float64).T
pairs = {"values": dict(zip(names, table[:2], strict=True)), "formula": dict(zip(names, table[2:], strict=True))}
chapter.measure("explicit-form", pairs)

# %% [markdown]
# Does the order of the factors matter? Only networks with as many inputs as neurons have a product in the other order
# at all, and where a whole layer is off both orders may give zero. So here all layers are square and some neuron is
# alive in each. The margins are $10^{-9}$ minus the relative error: positive for the right order, negative for the
# wrong one.

# %% product-order
generator, margins = stream(20), {"below": [], "above": []}
while len(margins["below"]) < 100:
    layers, x = random_case(generator, ((2, 9), (2, 6), (1, 2)), square=True)
    h = states.hidden_states(x[None], layers, range(1, len(layers) + 1))
    if all(bool((state > 0).any()) for state in h.values()):
        orders = affine_form.explicit_affine(x, layers), printed_affine(layers, x, newest_left=False)
        for side, found in zip(margins, orders, strict=True):
            error = (found(x) - h[len(layers)][0]).norm() / h[len(layers)].norm()
            margins[side].append(1e-9 - error.item())
chapter.measure("product-order", margins)

# %% [markdown]
# ## The activation domains
#
# With two inputs the domains can be seen. Ten networks of up to eight layers: five summable chains and five with He's
# weights. The points of a fine grid on the unit square are grouped by their pattern. Four things are checked. In each
# group a plane fits every neuron of the last layer. A point satisfies the linear inequalities of a pattern exactly if
# the pattern is its own. The midpoint of two points of one group is in the group. And the exact polygons have areas
# that add up to one: together they cover the square, and they do not overlap.
#
# `flat_chain` draws a chain with two inputs. The line on which a neuron of the first layer changes its sign goes
# through a random point of the square, so that there is something to see. `with_head` adds an output layer, which the
# functions on regions expect.


# %% domains
def flat_chain(kind, depth, number, width=8):
    generator = stream(number)
    first, crossed = (torch.rand(width, 2, generator=generator, dtype=torch.float64) for _ in "Wp")
    first = 4.0 * first - 2.0
    rest = {"summable": chains.perturbed_identities(width, depth, decay, generator, scale=1.0, bias_scale=0.5)}
    rest["He"] = chains.gaussian_layers(width, depth, generator)
    return [(first, -(first * crossed).sum(1)), *rest[kind]]


def with_head(layers):
    return [*layers, (torch.ones(1, len(layers[-1][1])).double(), torch.zeros(1).double())]


# %% domains-partition
size, depth = companion.by_scale(scale, quick=(80, 4), book=(400, 8), paper=(800, 8))
side, generator = torch.linspace(0.0, 1.0, size, dtype=torch.float64), stream(30)
grid, parts = torch.cartesian_prod(side, side), {"affine": [], "polytope": [], "convex": [], "area": []}
for kind, number in itertools.product(("summable", "He"), range(5)):
    layers = with_head(flat_chain(kind, depth, 31 + number))
    groups = domains.pattern_groups(patterns.activation_pattern(layers, grid))
    h, some = (
        states.hidden_states(grid, layers, [depth])[depth],
        torch.randint(len(grid), (2_000,), generator=generator),
    )
    parts["affine"].append(max(domains.affine_residual(grid[rows], h[rows]) for rows in groups))
    parts["polytope"].append(domains.misplaced_points(layers, grid[some]))
    parts["convex"].append(domains.broken_midpoints(layers, grid, groups, 20, generator))
    parts["area"].append(abs(planar_partition(layers, (0.0, 0.0), (1.0, 1.0)).areas().sum() - 1.0))
chapter.measure("domains-partition", parts)

# %% [markdown]
# What becomes of the domains as layers are added? Above, a summable chain; below, a chain with He's weights. Each
# polygon is one activation domain, exactly computed. Its colour is the share of the first four neurons in the sum of the
# state, at the polygon's middle. In the upper row the picture soon stays the same: new domains are still cut off here and there,
# where a neuron hovers about zero, but the function hardly changes. In the lower row the domains first multiply. Then all
# inputs that are still alive are carried to states of one direction, so that the panel has one colour and nothing is left
# to cut. That direction still changes with every layer.

# %% figure-domains tags=["hide-input"] mystnb={"figure": {"name": "deep-relu-convergence-domains", "caption": "Activation domains on the unit square after 1, 2, 4, 16 and 256 layers of eight neurons. Above: identity plus a summable perturbation. Below: He's weights. Colour: share of the first four neurons in the sum of the state; dark purple is a share of zero, as where the state has died."}, "image": {"alt": "Two rows of five squares cut into polygons. In the upper row the last two look alike. In the lower row the colours differ from panel to panel, and the last panels have a single colour where they are not dark."}}
fig, axes = fields.square_panels(2, 5)
for (row, kind), (column, depth) in itertools.product(enumerate(("summable", "He")), enumerate((1, 2, 4, 16, 256))):
    layers = with_head(flat_chain(kind, 256, 40)[:depth])
    cells = planar_partition(layers, (0.0, 0.0), (1.0, 1.0))
    here = states.hidden_states(cells.centres, layers, [depth])[depth]
    share = here[:, :4].sum(1) / here.sum(1).clamp(min=1e-300)
    names = (f"$n = {depth}$" if row else "", "" if column else kind)
    drawn = fields.draw_faces(axes[row, column], cells.polygons(), share.numpy(), colours="viridis", names=names)
    drawn.set_clim(0.0, 1.0)
    chapter.record(f"regions-{kind.lower()}-{depth}", len(cells))

# %% [markdown]
# ## Products with arbitrary activation matrices
#
# The formula turns the question into one on matrices: does the infinite product of $I_n W_n$ converge? The theorem says
# yes, for *every* sequence of activation matrices, even for one that no input produces. Four sequences are tried on
# twenty thousand factors: all neurons on; two neurons taking turns; a coin for every neuron; a coin for the last three
# neurons only. A row that is switched off again and again must vanish. (A coin for every neuron makes the product
# exactly zero as soon as all coins fall on off.) The control has independent He factors.

# %% masked-products
early, late = companion.by_scale(scale, quick=(5_000, 10_000), book=(10_000, 20_000), paper=(50_000, 100_000))
seeds, on = 20, torch.ones(6, dtype=torch.bool)
turns = torch.tensor([[1, 1, 0, 1, 1, 1], [1, 1, 1, 0, 1, 1]]).bool()
coins = [products.coin_masks(6, stream(50 + k), batch=(seeds,), always_on=3 * k) for k in (0, 1)]
sequences = zip(itertools.repeat(on), itertools.cycle(turns), *coins, strict=False)
masks = (torch.stack([mask.expand(seeds, 6) for mask in four]) for four in sequences)
layers = chains.perturbed_identities(6, late, 1.5, stream(52), batch=(seeds,), scale=1.0, first=1)
found = products.masked_products((W for W, _ in layers), masks, [early, late])
gaussian = (W for W, _ in chains.gaussian_layers(6, 200, stream(53), batch=(seeds,), first=1))
steps = products.masked_products(gaussian, itertools.repeat(on), range(101, 201))

# %% [markdown]
# Now the four measurements. How far does an entry of the product still move between the two lengths? Is that within
# what the proof allows, row by row, given when each row was last off? How large is what is left of a row that is
# switched off again and again? And how far does one more He factor turn the product, if both are divided by their norms?

# %% any-pattern
change, largest = (found[late].product - found[early].product).abs(), found[late].product.abs().amax(-1)
norms, off = tails.perturbation_norms(late, 1.5, 1.0, first=1), (found[early].last_off, found[late].last_off)
allowed = tails.row_change_bound(norms, (early, late), off).clamp(min=1e-300)
parts = {"settled": change.amax((-2, -1)), "below-bound": (change.sum(-1) / allowed).amax(-1)}
parts["vanishing"] = torch.where(off[1] > 0, largest, 0.0).amax(-1)[1:]
wide = [step.product.flatten(-2)[:, None] for step in steps.values()]  # each product as one vector
turns = [states.direction_change(*pair) for pair in itertools.pairwise(wide)]
parts["control"] = torch.stack(turns).mean(0)
chapter.measure("any-pattern", parts)
chapter.record("largest-change", parts["settled"].max())
chapter.record("he-step", parts["control"].mean())

# %% [markdown]
# ## Summable perturbations are enough
#
# Now real chains, with the patterns that their inputs produce, and with biases. The decay is $a = 1.25$, $1.5$ and $2$,
# the norms of perturbation and bias are $\tfrac12 n^{-a}$, and the deepest state of the *same* chain stands for the
# limit. Two widths, ten seeds each, two hundred inputs for the narrow chains and one hundred for the wide ones. All chains of one width run at once, as one batched product for each layer, and no
# layer is kept. `decaying` follows them and returns the largest distance over all inputs, in the norm of the largest
# entry.


# %% chains-of-many-layers
def decaying(width, decays, seeds, inputs, depths, deepest, number):
    x = torch.rand(seeds, inputs, width, generator=stream(number), dtype=torch.float64)
    exponents, batch = torch.tensor(decays, dtype=torch.float64)[:, None], (len(decays), seeds)
    layers = chains.perturbed_identities(width, deepest, exponents, stream(number + 1), batch=batch, bias_scale=0.5)
    after_first = [n - 1 for n in depths]  # x is the state after layer 1
    return states.distances_to_deepest(x.expand(*batch, -1, -1), layers, after_first, deepest - 1), x.amax((-2, -1))


# %% [markdown]
# Two things are asked of each chain. At every recorded depth the distance must be below the tail bound. And it must
# fall at least as fast as the bound promises, like $n^{-(a-1)}$: a straight line is fitted to the logarithms. Random
# signs cancel, so that one expects the faster $n^{-(a - 1/2)}$. The last quarter of the depths is left out of the fit,
# since there the deepest state is too near to stand for the limit.
#
# And an infinite bound would be met by everything. So let all perturbations push one way: one neuron, weight $1 + p_n$ and bias
# $p_n$ in layer $n$, with $p_n = \tfrac12 n^{-a}$. Then state plus one is multiplied by $1 + p_n$. The bound is divided by the
# distance, at depths up to 200 of 2000.

# %% sufficient
decays, ratios, rates = (1.25, 1.5, 2.0), [], []
runs = {"quick": ((5, 4_000, 20), (8, 1_000, 20)), "book": ((5, 50_000, 100), (50, 10_000, 50))}
sizes = companion.by_scale(scale, **runs, paper=((5, 10**6, 200), (50, 10**5, 200)))
for number, (width, deepest, inputs) in enumerate(sizes):
    depths = log_steps(10, deepest / 10, 24)
    distance, first = decaying(width, decays, 10, inputs, depths, deepest, 60 + 10 * number)
    for index, a in enumerate(decays):
        norms = tails.perturbation_norms(deepest, a, 0.5)
        bounds = tails.tail_bound(first, norms, norms)[:, [n - 1 for n in depths]].T
        ratios += [*(distance[:, index] / bounds).amax(0)]
        logs = distance[:, index].clamp(min=1e-300).log().numpy()
        rates += [*(-np.polyfit(np.log(depths), logs, 1)[0] - (a - 1.0))]
stops, sharpness = [n - 1 for n in log_steps(10, 200, 24)], []
for a in decays:
    norms, one = tails.perturbation_norms(2_000, a, 0.5), torch.ones(1, 1).double()
    one_way = zip((1.0 + norms)[:, None, None], norms[:, None], strict=True)
    distance = states.distances_to_deepest(one, one_way, stops, 1_999)
    sharpness += [*(tails.tail_bound(one[0, 0], norms, norms)[stops] / distance)]
chapter.measure("sufficient", {"below-bound": ratios, "rate": rates, "bound-is-sharp": sharpness})
chapter.record("largest-ratio", max(ratios))
chapter.record("largest-sharpness", max(sharpness))
chapter.record("mean-rate", float(np.mean(rates)))

# %% [markdown]
# The picture has two more exponents, for which the perturbations are not summable. For $a = 1/2$ the distance does not
# fall at all. For $a = 1$ it does: independent signs cancel, which the theorem cannot know. Each summable curve stays
# below its dashed bound, and falls faster, for the same reason.

# %% figure-decay tags=["hide-input"] mystnb={"figure": {"name": "deep-relu-convergence-decay", "caption": "Distance to the state after N layers of the same chain: median and range over ten seeds, width 5. Dashed: the tail bound for the two summable decays."}, "image": {"alt": "Four curves on logarithmic axes. The one for a = 0.5 falls least, those for 1, 1.5 and 2 fall ever faster, the last two below dashed lines that fall more slowly."}}
decays, deepest = (0.5, 1.0, 1.5, 2.0), companion.by_scale(scale, quick=2_000, book=20_000, paper=10**5)
depths = log_steps(2, deepest / 2, 16)
distance, first = decaying(5, decays, 10, 50, depths, deepest, 80)
fig, ax = style.new_figure()
for index, a in enumerate(decays):
    norms = tails.perturbation_norms(deepest, a, 0.5)
    bound = tails.tail_bound(first.max(), norms, norms)[[n - 1 for n in depths]].numpy() if a > 1 else None
    scaling.plot_decay(depths, distance[:, index].numpy(), ax, order=index, label=f"$a = {a:g}$", bound=bound)
ax.legend()

# %% [markdown]
# ## Converging networks have layers near the identity
#
# The other direction. A layer can be read off from what it does: $m + 1$ states in general position before it, and the
# states after it, determine its weights and biases, provided all neurons are on. If both sets of states tend to the
# same limits, and the limits are in general position too, the layer must tend to the identity. Here layers are
# recovered at depths 10, 100 and 2000 of converging chains, from states alone, and compared with the true ones. One
# kind of chain is summable, the other, $W_n = (1 + (-1)^n / n) I$, is not. Where some neuron is off, or the states are
# so nearly dependent that rounding would decide, the function that recovers refuses and says why.

# %% necessary
depths, start = (10, 100, 2_000), positive((20, 6, 5), 90)
kinds = [chains.perturbed_identities(5, 2_000, 1.5, stream(91), batch=(20,), scale=0.25, bias_scale=0.1)]
kinds.append(chains.scaled_identities(5, (1 + (-1) ** n / n for n in range(2, 2_001))))
errors, sizes = [], []
for along in (recovery.recovered_along(start, layers, depths) for layers in kinds):
    for found, (W, b) in along.values():
        errors.append(torch.maximum((found.weight - W).abs().amax((-2, -1)), (found.bias - b).abs().amax(-1)))
        sizes.append((found.weight - torch.eye(5)).abs().sum(-1).amax(-1) + found.bias.abs().amax(-1))
sizes = torch.stack(sizes).reshape(2, 3, 20)
chapter.measure("necessary", {"recovered": torch.stack(errors), "tends": sizes[:, 1:] / sizes[:, :-1]})
chapter.record("recovery-error", torch.stack(errors).max())
for row, depth in enumerate(depths):
    chapter.record(f"distance-from-identity-{depth}", sizes[0, row].median())

# %% [markdown]
# ## What is not true
#
# **Tending to the identity is not enough.** With $W_n = (1 + 1/n) I$ the product telescopes:
# $\tfrac32 \cdot \tfrac43 \cdots \tfrac{N+1}{N} = \tfrac{N+1}{2}$. It grows without bound, although every next layer is
# nearer to the identity. Nor is it a matter of all perturbations pushing one way. With independent random
# perturbations of norm $n^{-1/2}$ the state keeps wandering: from depth $N/2$ to depth $N$ its direction turns by an amount
# that does not shrink as $N$ grows. (Only directions are compared. A chain that dies like $1/N$ loses half of its length from
# $N/2$ to $N$ for ever, and yet it converges, to zero.)

# %% not-enough
ends = companion.by_scale(scale, quick=[250, 1_000, 4_000], book=[1_000, 10_000, 100_000], paper=[10**4, 10**5, 10**6])
layers = chains.perturbed_identities(5, ends[-1], 0.5, stream(100), batch=(40,), scale=1.0)
found = states.hidden_states(positive((40, 3, 5), 101), layers, [n // k - 1 for n in ends for k in (1, 2)])
wander = {f"N = {n}": states.direction_change(found[n // 2 - 1], found[n - 1]) for n in ends}
stops, telescope = [10, 100, 1_000, 5_000, 10_000], chains.scaled_identities(3, (1 + 1 / n for n in itertools.count(2)))
grown = states.hidden_states(positive((1, 3), 102), telescope, [0, *(n - 1 for n in stops)])
growth = {"computed": [(grown[n - 1] / grown[0]).max() for n in stops], "expected": [(n + 1) / 2 for n in stops]}
chapter.measure("not-enough", {"random": wander, "telescope": growth})

# %% [markdown]
# **Summability is not needed.** The distances $1/n$ of $W_n = (1 + (-1)^n/n) I$ from the identity add up to infinity,
# yet the factors cancel in pairs: $(1 + \tfrac1{2k})(1 - \tfrac1{2k+1}) = 1$. After an odd number of layers the product
# is exactly one, after an even number $N$ it is $1 + 1/N$. And **without the condition on the limits the identity is
# not needed either**: layers with weight zero and a fixed bias give the same state for ever.

# %% not-required
stops = [10, 11, 1_000, 1_001, *companion.by_scale(scale, quick=[4_000, 4_001], book=[99_999, 10**5], paper=[10**6])]
alternating = chains.scaled_identities(3, (1 + (-1) ** n / n for n in itertools.count(2)))
found = states.hidden_states(positive((1, 3), 110), alternating, [0, *(n - 1 for n in stops)])
swing = {"computed": [(found[n - 1] / found[0]).max() for n in stops]}
swing["expected"] = [1.0 if n % 2 else 1.0 + 1.0 / n for n in stops]
forgetful = chains.constant_layers(positive(3, 111), 1_000)
still = states.hidden_states(positive((4, 3), 112), forgetful, [1, 2, 10, 100, 500, 1_000])
constant = [(h - still[1]).abs().max() for depth, h in still.items() if depth > 1]
chapter.measure("not-required", {"alternating": swing, "constant": constant})

# %% [markdown]
# **Nine chains side by side.** For the table on the page, each of nine kinds of chain is followed to two thousand
# layers; the number is the median relative change of the state between one thousand and two thousand. (The product that
# dies like $1/N$ halves its state each time the depth doubles: relative change one half, at a state that tends to
# zero.) He's chain comes in two widths, since a narrow one simply dies: sooner or later all neurons of a layer are off,
# and then the state is zero for ever.

# %% nine-chains
count, width, options = 2_000, 5, {"batch": (20,), "scale": 1.0}
numbers = range(2, count + 1)
powers = {a: chains.perturbed_identities(width, count, a, stream(120), **options) for a in (2.0, 1.5, 1.0, 0.5)}
nine = {f"power-{a:g}": layers for a, layers in powers.items()}
nine["alternating"] = chains.scaled_identities(width, (1.0 + (-1.0) ** n / n for n in numbers))
nine["growing"] = chains.scaled_identities(width, (1.0 + 1.0 / n for n in numbers))
nine["dying"] = chains.scaled_identities(width, (1.0 - 1.0 / n for n in numbers))
nine["constant"] = chains.constant_layers(bias=positive(width, 121), count=count)
nine["he-narrow"] = chains.gaussian_layers(width, count, stream(122), batch=(20,))
for name, layers in nine.items():
    found = states.hidden_states(positive((20, 4, width), 123), layers, [count // 2 - 1, count - 1])
    chapter.record(f"change-{name}", states.relative_change(*found.values()).median())
chapter.record("he-narrow-dead", (found[count - 1] == 0).all(-1).double().mean())
wide = chains.gaussian_layers(50, count, stream(124), batch=(5,))
found = states.hidden_states(positive((5, 4, 50), 125), wide, [count // 2 - 1, count - 1])
chapter.record("change-he", states.relative_change(*found.values()).median())

# %% [markdown]
# ## One state, many layers
#
# Follow a single state. Only two of its six neurons are drawn. The random matrices are the same for all $a$; what the
# slider changes is how fast their sizes decay. For $a$ above one the dot comes to rest. At one it hardly moves any more.
# At one half it wanders for ever, and at one quarter it soon leaves the picture. The second slider adds layers.

# %% moving-state tags=["hide-input"]
decays, deepest = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0), companion.by_scale(scale, quick=500, book=3_000, paper=3_000)
depths = log_steps(1, deepest, 120)
stops = [depths[index] for index in np.linspace(0, len(depths) - 1, 12).round().astype(int)]
frames = []
for a in decays:
    layers = chains.perturbed_identities(6, deepest, a, stream(130), scale=1.0)
    found = states.hidden_states(torch.full((1, 6), 2.0).double(), layers, [n - 1 for n in depths])
    path = torch.stack([h[0, :2] for h in found.values()]).clamp(max=100.0).numpy()
    frames += [moving_planes.trajectory_frame(path, depths.index(stop) + 1) for stop in stops]
chapter.interactive(
    moving_planes.moving_trajectory(frames[2 * len(stops) - 1], 5.0),
    name="deep-relu-convergence-moving",
    alt="A path in the plane of two neurons with a dot at its end. For fast decay it ends near its start, for slow decay it leaves the picture.",
    caption="The values of two of six neurons as layers are added. Sliders: the decay a of the perturbations, and the number n of layers.",
    controls=[
        companion.Control("decay", "decay a", decays, 1),
        companion.Control("depth", "layers n", stops, len(stops) - 1),
    ],
    frames=frames,
)

# %% [markdown]
# ## Residual chains
#
# A residual block adds to its input: $h + F(h)$. If the Lipschitz constants of the branches $F_n$ are summable, the
# argument of the theorem works word for word, and states need not be positive. Two residual chains of width 50 are
# followed to a thousand blocks: one with linear branches $P_n h$, one with branches $P_n\, \sigma(U_n h)$, both with
# $\|P_n\| = n^{-3/2}$. The third chain is plain, with He's weights. Of the residual chains the relative change between 500
# and 1000 layers is measured, of the plain one the change of direction: each state is divided by its length first.
#
# A word on the third chain. Its squared length is multiplied in each layer by a random factor of mean 1 and variance
# about $5/m$. The logarithm of such a factor is negative on average, about $-5/(2m)$. So the states shrink, and taken as
# vectors they do tend to zero: a relative change of one between two depths would say nothing. What never comes to rest
# is their direction, and so it is judged.


# %% resnet-reading
def perturbations(width, number):
    layers = chains.perturbed_identities(width, 1_001, 1.5, stream(number), batch=(20,), scale=1.0)
    return (W - torch.eye(width).double() for W, _ in layers)


width, kept = companion.by_scale(scale, quick=16, book=50, paper=200), [500, 1_000]
x, same = positive((20, 4, width), 140), torch.eye(width).double()
inner = (U for U, _ in chains.gaussian_layers(width, 1_001, stream(142), batch=(20,), variance=1.0 / width))
settling = {"linear": states.residual_states(x, ((same, P) for P in perturbations(width, 141)), kept, linear=True)}
settling["block"] = states.residual_states(x, zip(inner, perturbations(width, 143), strict=True), kept)
plain = states.hidden_states(x, chains.gaussian_layers(width, 1_001, stream(144), batch=(20,)), kept)
change = {name: states.relative_change(*found.values()) for name, found in settling.items()}
turns = states.direction_change(*plain.values())
chapter.measure("resnet-reading", {"he-wanders": turns, "residual-settles": change})
chapter.record("residual-change", torch.cat(list(change.values())).max())
chapter.record("he-shrinks", (plain[1_000].norm() / plain[500].norm()).log10())
chapter.record("he-turns", turns.median())

# %% [markdown]
# ## Does it help to train?
#
# If deep chains near the identity have limits, they may also be good places to start training from. Networks of 64
# neurons a layer, plain, on the digits of eight by eight pixels, with Adam at rate $10^{-3}$ for a few epochs. The
# square layers start in four ways: He's Gaussian matrices; orthogonal matrices times $\sqrt2$; the identity plus
# Gaussian entries of size $n^{-2}$ in layer $n$; and ReZero, which is He's again, but as residual branches behind a
# gate that starts at zero. First and last layers start alike in all four. Twenty seeds for the first and third, about
# which there is a claim, and five for the others. All seeds of one kind are trained at once, each in its own order.


# %% training tags=["needs:digits"]
def trained_accuracy(data, start, seeds, depth, width, epochs, batch_size):
    stack = make_stack(start, [data.train_inputs.shape[1], *[width] * depth, 10], seeds, stream(150 + depth))
    options = {"batch_size": batch_size, "learning_rate": 1e-3, "generator": stream(151)}
    trained = training_course(stack, data.train_inputs, data.train_labels, [epochs], **options)[epochs]
    return stack_accuracy(trained, data.test_inputs, data.test_labels)


digits = flat_tensors(load("digits"))
depths = companion.by_scale(scale, quick=[50], book=[10, 30, 50, 100], paper=[10, 30, 50, 100, 200])
sizes = companion.by_scale(scale, quick=(32, 4, 128), book=(64, 4, 64), paper=(64, 30, 64))
repeats = {Start.HE: 20, Start.IDENTITY_PLUS: 20, Start.ORTHOGONAL: 5, Start.REZERO: 5}
accuracy = {}
for start, count in list(repeats.items())[: companion.by_scale(scale, quick=2, book=4, paper=4)]:
    accuracy[start] = torch.stack([trained_accuracy(digits, start, count, n, *sizes) for n in depths])
for start, rows in accuracy.items():
    for depth, row in zip(depths, rows, strict=True):
        chapter.record(f"accuracy-{start.name.lower().replace('_', '-')}-{depth}", row.median())
gain = accuracy[Start.IDENTITY_PLUS] - accuracy[Start.HE]
chapter.measure("initialization", {f"{n} layers": row for n, row in zip(depths, gain, strict=True) if n >= 50})

# %% [markdown]
# At ten layers all four ways train. With depth He's networks fall behind, and the identity plus a perturbation keeps up
# with ReZero, which needs gates in the architecture. Orthogonal matrices, which preserve lengths and so might seem the
# natural choice, do not help for long. They preserve lengths and angles; the ReLU after each of them does
# not. (The quick scale has two of the four lines, at one depth.)

# %% figure-accuracy tags=["hide-input", "needs:digits"] mystnb={"figure": {"name": "deep-relu-convergence-accuracy", "caption": "Test accuracy on digits after equally many epochs, against the number of hidden layers. Lines: medians over seeds. Bands: quartiles."}, "image": {"alt": "A line over depth for each way to start. For deep networks the identity plus a perturbation lies far above He's start."}}
fig, ax = style.new_figure()
for order, (start, rows) in enumerate(accuracy.items()):
    scaling.plot_accuracy_by_depth(depths, rows.numpy(), ax, order=order, label=start.value)
ax.legend()

# %% [markdown]
# What do such networks look like inside? Here are ten hidden layers of 64 neurons, from He's start and from the identity plus a perturbation, $I + P$,
# each before and after four epochs of training. The slider has these four networks. The input is one of three digits, or one
# that you draw. First let the data flow through an untrained network and compare neighbouring layers. From He's start each layer is another
# picture. Near the identity they soon look alike, for that is what it means that states converge. Then change the digit and watch
# the last hidden layers. From He's start much the same neurons answer to every digit, and training has to pull them apart first.
# Near the identity the digits arrive as different as they set out. A number for that is the cosine between the states
# of two digits. Its mean over the three pairs is recorded after the first layer, and after the last one before and after training.

# %% two-starts tags=["hide-input", "needs:digits"]
three = digits.test_inputs[[int((digits.test_labels == k).nonzero()[0, 0]) for k in (0, 1, 4)]]
settings, networks = {"batch_size": 128, "learning_rate": 1e-3, "generator": stream(153)}, {}
for key, start in {"he": Start.HE, "identity": Start.IDENTITY_PLUS}.items():
    stack = make_stack(start, [64, *[64] * 10, 10], 1, stream(152))
    course = training_course(stack, digits.train_inputs, digits.train_labels, [0, 4], **settings)
    for epochs, words in {0: "at the start", 4: "trained"}.items():
        (chain,) = unstacked_networks(course[epochs], torch.float32)
        networks[f"{start.value}, {words}"] = torch.nn.Sequential(torch.nn.Flatten(), *as_sequential(chain))
        for at in (1, 10):
            after = torch.nn.functional.normalize(forward(chain[:at], three).relu(), dim=1)
            chapter.record(f"alike-{key}-{epochs}-{at}", (after @ after.T)[[0, 0, 1], [1, 2, 2]].mean())
chapter.show(
    SceneFigure(
        network_scene(
            torch.nn.Sequential(torch.nn.Flatten(), *as_sequential(chain)),
            three.reshape(3, 1, 8, 8),
            input_names=["a zero", "a one", "a four"],
            checkpoints={name: network.state_dict() for name, network in networks.items()},
            labels=[str(k) for k in range(10)],
        )
    ),
    name="deep-relu-convergence-space",
    alt="A digit and ten layers of 64 neurons in a row in space, then ten outputs. From He's start every layer looks different; near the identity the layers resemble each other.",
    caption="A deep network from He's start and from the identity plus a perturbation (I + P), before and after training. Choose or draw a digit, and slide between the four.",
)

# %% [markdown]
# ## Exercises
#
# Try each one before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: deep-relu-convergence-ex-order
#
# Write `run(matrices, x)`. It sends $x$ through layers $h \mapsto \max(W h, 0)$ without biases, and returns what comes out
# together with two products of the matrices $I_n W_n$: one with the newest factor on the left, one with it on the right.
# Find out by trying which of them gives the output. From how many layers on does it matter?
# :::


# %% solution-order tags=["solution"]
### BEGIN SOLUTION
def run(matrices, x):
    h, left, right = x, torch.eye(len(x)).double(), torch.eye(len(x)).double()
    for W in matrices:
        gated = (W @ h > 0)[:, None] * W
        left, right, h = gated @ left, right @ gated, (W @ h).relu()
    return h, left, right


### END SOLUTION
wrong = {1: [], 2: []}
for number in range(5):
    layers, x = random_case(stream(160 + number), ((4, 5), (2, 3), (1, 2)), square=True)
    for depth in wrong:
        h, left, right = run([W for W, _ in layers[:depth]], x)
        assert torch.allclose(left @ x, h, rtol=0.0, atol=1e-12)
        wrong[depth].append((right @ x - h).norm().item())
assert max(wrong[1]) < 1e-12 < max(wrong[2])  # one factor has no order, two have

# %% [markdown] tags=["solution"]
# Each layer acts on what the layers before it have made, so its matrix comes from the left. With one layer there is only
# one factor and no order. From two layers on it matters, unless the factors happen to commute.

# %% [markdown]
# :::{exercise}
# :label: deep-relu-convergence-ex-alternating
#
# Let the activation matrices alternate between two patterns, and multiply ten thousand factors $I_n (I + n^{-3/2} R_n)$ with
# random $R_n$ of norm one. Call the products after 5,000 and after 10,000 factors `half` and `limit`. Show that the product
# converges although the patterns never settle. What is its limit like? (Which rows are zero in it, and why may the others
# depend on the columns that are switched off?)
# :::

# %% solution-alternating tags=["solution"]
taking_turns = itertools.cycle(torch.tensor([[True, True, False, True], [True, True, True, False]]))
factors = (W for W, _ in chains.perturbed_identities(4, 10_000, 1.5, stream(170), scale=1.0, first=1))
### BEGIN SOLUTION
found = products.masked_products(factors, taking_turns, [5_000, 10_000])
half, limit = found[5_000].product, found[10_000].product
### END SOLUTION
assert (limit - half).abs().max() < 1e-3
assert limit[2:].abs().max() < 1e-3  # off every other time: what it gains between two times tends to zero
assert limit[:2, 2:].abs().max() > 1e-3  # at first the switched rows still passed something on

# %% [markdown] tags=["solution"]
# Rows 3 and 4 are zero in the limit: each is switched off at every other factor, and what it gains between two times tends
# to zero. Rows 1 and 2 are always on. Their entries in columns 3 and 4 need not be zero, since the first factors, whose
# perturbations are large, passed something on before rows 3 and 4 had died out.
