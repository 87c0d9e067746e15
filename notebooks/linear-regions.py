# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Measuring regions in a ball
#
# Here the claims of [the chapter's page](../book/linear-regions.md) are measured. First in the plane, where all linear
# regions of a network can be found and drawn, so that a bound on their number can be compared with the number itself.
# Then in four dimensions, and at last around images, where only the bound and random sampling are left. The second half
# follows networks through their training and asks where the boundaries of the regions go.

# %% imports tags=["setup"]
import math

import torch

import companion
from rectified.data.loading import load
from rectified.data.tensors import flat_tensors
from rectified.networks import default_layers, forward, random_layers
from rectified.plotting import fields, moving_planes, scaling, scatters, style
from rectified.reference import counting as recurrences
from rectified.reference.rays import first_change
from rectified.regions import ball, boundaries, counting, patterns, planar
from rectified.regions.disc import num_regions_in_disc
from rectified.regions.local_bound import local_region_bound
from rectified.regions.row_space import in_row_space
from rectified.regions.sampling import points_of_five_kinds, sampled_region_counts
from rectified.stacks.networks import stacked_networks, unstacked_networks
from rectified.stacks.training import training_course

# %% [markdown]
# The parameters of a run. The two radii are those of the balls around images, whose pixels run from 0 to 1: one for the
# bound, and a larger one for counting by random points, which would find hardly anything in the smaller ball.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick (tests), book (published) or paper (a larger version; the paper's own setting is unknown)
seed: int = 0  # of weights, orders of training and sampled points
device: str = "auto"  # where networks are trained: auto is the CPU below the scale paper
radius: float = 0.2  # of the balls around images in which unstable units are counted
sampled_radius: float = 0.5  # of the balls around images in which patterns are sampled

# %% [markdown]
# Some things are used everywhere. `stream` gives a fresh source of random numbers for each purpose. `random_network`
# draws a ReLU network with Gaussian biases. `course` trains several networks of one shape side by side, each from its
# own weights and in its own order, by Adam, and keeps copies of them after some of the epochs. They start from
# PyTorch's default: weights and biases uniform between $\pm 1/\sqrt{n}$, where $n$ is the number of inputs of the layer.

# %% tools tags=["setup"]
chapter = companion.chapter("linear-regions")
style.use()
on_gpu = device == "cuda" or (device == "auto" and scale == "paper" and torch.cuda.is_available())
place = torch.device("cuda" if on_gpu else "cpu")


def stream(number):
    return torch.Generator().manual_seed(1_000_000 * seed + number)


def random_network(widths, number):
    generator = stream(number)
    return [(W, 0.3 * torch.randn(len(b), generator=generator).double()) for W, b in random_layers(widths, generator)]


def course(inputs, labels, hidden, nets, epochs, number, start=default_layers):
    widths = [inputs.shape[1], *hidden, int(labels.max()) + 1]
    networks = [start(widths, stream(number + k), inputs.dtype) for k in range(nets)]
    networks = [[(W.to(place), b.to(place)) for W, b in layers] for layers in networks]
    settings = {"batch_size": 64, "learning_rate": 1e-3, "generator": stream(number + nets)}
    found = training_course(stacked_networks(networks), inputs.to(place), labels.to(place), epochs, **settings)
    return {epoch: unstacked_networks(stack) for epoch, stack in found.items()}


# %% [markdown]
# ## The smallest example
#
# Two inputs and three hidden units, whose boundaries are the lines $x_1 = 0$, $x_2 = 0$ and $x_1 + x_2 = \tfrac12$. A
# disc of radius 1 around $(0.15, 0.15)$ meets all three lines and holds all three points where two of them cross. Three
# lines in general position cut the plane into seven pieces, so the disc must meet seven regions. A disc of radius
# $\tfrac12$ around $(-0.3, -0.3)$ does not reach the third line, and two lines that cross inside it leave four regions.
# In both cases the bound should say the same, since it knows for each line whether the disc reaches it.
#
# Only regions with an interior count. Near $0$ two units make $|x| = \max(x + 1, 0) + 2\max(-x, 0) - 1$, and a unit behind
# them is off at the single point $x = 0$: a third pattern, but no third region.

# %% smallest-example
zero = torch.zeros(3).double()
example = [(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]).double(), torch.tensor([0.0, 0.0, -0.5]).double())]
example.append((torch.ones(1, 3).double(), zero[:1]))
for name, middle, r in (("three-lines", [0.15, 0.15], 1.0), ("two-lines", [-0.3, -0.3], 0.5)):
    middle = torch.tensor(middle, dtype=torch.float64)
    chapter.record(f"{name}-exact", num_regions_in_disc(example, middle, r))
    chapter.record(f"{name}-bound", local_region_bound(example, middle[None], r).counts()[0])

# %% [markdown]
# ## One hidden layer
#
# A unit of the first layer changes its sign on the line $w \cdot x + b = 0$, and a disc meets that line exactly if
# $|w \cdot x_0 + b| < r \|w\|$. So with one hidden layer the number $k$ of unstable units is exact, and what is left to
# chance is how the lines lie. Six tangents of a small circle cross each other pairwise, never three in a point. As long
# as all crossings lie inside the disc, there are as many regions as Zaslavsky's formula allows. Parallel lines are the
# other extreme: $k$ of them cut the disc into only $k + 1$ strips, and the bound, which does not know how they lie, is
# too large. One further unit, far away and never crossed, is added everywhere, so that "none" is a network as well.

# %% first-layer
angles, spread = torch.arange(6).double() * torch.pi / 7, torch.linspace(-1.0, 1.0, 6, dtype=torch.float64)
families = {"general": (angles, torch.full((6,), 0.5).double()), "parallel": (0.0 * angles, spread)}
exact, bounds = {}, {}
for name, (angle, offset) in families.items():
    normals, exact[name], bounds[name] = torch.stack([angle.cos(), angle.sin()], dim=1), [], []
    for k in range(7):
        hidden = torch.cat([normals[:k], normals[:1]]), torch.cat([-offset[:k], torch.tensor([100.0]).double()])
        layers = [hidden, (torch.ones(1, k + 1).double(), zero[:1])]
        exact[name].append(num_regions_in_disc(layers, zero[:2], 3.0))
        bounds[name].append(local_region_bound(layers, zero[None, :2], 3.0).counts()[0])
most = [recurrences.zaslavsky_by_recurrence(k, 2) for k in range(7)]
first_layer = {"general-position": {"computed": exact["general"] + bounds["general"], "expected": most + most}}
first_layer["parallel"] = {"computed": exact["parallel"], "expected": range(1, 8)}
first_layer["parallel-not-attained"] = [exact["parallel"][k] - bounds["parallel"][k] for k in range(2, 7)]
chapter.measure("first-layer-exact", first_layer)

# %% [markdown]
# ## A network that one can look at
#
# Two half-moons, one of each class, and a network with two hidden layers of eight units that learns to tell them apart.
# Every polygon below is one region: inside it the network is one affine function. Now drag the disc. Four numbers stand
# above. The first is the number of regions that the disc meets, counted exactly. The second is the number of different
# patterns among a thousand random points of the disc, which can only be too small. The last two are the bounds, which
# can only be too large: level 1, which knows each layer only by its spectral norm, and level 2, which follows the exact
# linear map as long as units keep their sign.


# %% moons
angle, side_of = torch.pi * torch.rand(1000, generator=stream(1)).double(), torch.arange(1000) % 2
turn = 1 - 2 * side_of
moons = torch.stack([side_of + turn * angle.cos(), 0.5 * side_of + turn * angle.sin()], dim=1)
moons += 0.1 * torch.randn(1000, 2, generator=stream(2)).double()
moon_nets = course(moons, side_of, [8, 8], 1, [0, 5, 20, 50, 100], 10)
flat = moon_nets[100][0]

# %% moving-disc tags=["hide-input"]
east, north, sizes = [k / 4 for k in range(-4, 9)], [k / 4 for k in range(-3, 6)], [0.1, 0.2, 0.4, 0.8]
plane = planar.planar_partition(flat, (-1.9, -1.6), (2.9, 2.1))
spots = torch.cartesian_prod(*(torch.tensor(values, dtype=torch.float64) for values in (east, north, sizes)))
numbers = {"exact": [int(planar.faces_in_disc(plane, (x, y), r).sum()) for x, y, r in spots.tolist()]}
numbers["sampled"] = sampled_region_counts(flat, spots[:, :2], spots[:, 2], 1000, stream(3)).tolist()
for level in (2, 1):
    numbers[f"level {level}"] = local_region_bound(flat, spots[:, :2], spots[:, 2], level=level).counts()
moving = moving_planes.moving_disc(
    plane.polygons(), plane.patterns.sum(1).numpy(), (east, north, sizes), numbers, (1, 4, 2)
)
chapter.interactive(
    moving.figure,
    name="linear-regions-disc",
    alt="Polygons of a network's regions under a disc. Drag it: exact and sampled counts and two bounds change above it.",
    caption="Regions of a network trained on two half-moons, shaded by active units. Drag the disc, change its radius.",
    controls=[
        companion.Control("centre-x", "centre, first input", east, 1),
        companion.Control("centre-y", "centre, second input", north, 4),
        companion.Control("size", "radius", sizes, 2),
    ],
    frames=moving.frames,
    drag=("centre-x", "centre-y"),
)

# %% [markdown]
# The same for paper, and the four numbers against the radius for one centre. While the disc is small, few units can
# change their sign, and the bounds stay near the truth. Then more and more units are unstable, and the bounds grow with
# the power of their number. In the end all units are unstable, and the local bound has become the bound for the whole
# space, which knows nothing of the weights at all.

# %% figure-radius tags=["hide-input"] mystnb={"figure": {"name": "linear-regions-radius", "caption": "Left: the regions of the network, shaded by the number of active units, and a disc of radius 0.4. Right: regions in discs around the same centre, counted exactly and by 2,000 random points, and three levels of the bound. Dashed: the bound for the whole plane."}, "image": {"alt": "Left, polygons with a disc across some of them. Right, five rising curves over the radius: the exact and the sampled count lowest, then the bounds of level 3, 2 and 1, which reach a dashed horizontal line far above the largest exact count."}}
middle, sweep = torch.tensor([-0.75, 0.25]).double(), torch.logspace(-2.0, 1.0, 19, dtype=torch.float64)
many = middle.expand(len(sweep), -1)
curves = {"exact": torch.tensor([num_regions_in_disc(flat, middle, r) for r in sweep], dtype=torch.float64).log10()}
curves["sampled"] = sampled_region_counts(flat, many, sweep, 2000, stream(4)).double().log10()
curves |= {f"level {level}": local_region_bound(flat, many, sweep, level=level).log10 for level in (3, 2, 1)}
whole = math.log10(counting.layered_count([2, 8, 8]))
fig, axes = style.new_figure(1, 2, style.Size.WIDE)
fields.draw_faces(axes[0], plane.polygons(), plane.patterns.sum(1).numpy())
fields.draw_disc(axes[0], (-0.75, 0.25), 0.4)
scaling.draw_counts_by_radius(axes[1], sweep.numpy(), {name: v.numpy() for name, v in curves.items()}, whole)

# %% [markdown]
# ## Is the bound a bound?
#
# Random networks of one to three hidden layers, three to eight units wide, and random discs with radii from a hundredth
# to three. For each of them five numbers must come in order: patterns found by sampling, the exact count, and the bounds
# of level 3, 2 and 1. One case out of order would mean that a theorem or our code is wrong. What is stored are differences of
# decimal logarithms of neighbours.
#
# How tight is it where it is of use? Take the discs that meet between five and twenty regions, whatever their network
# and radius. The numbers below are the medians of $\log_{10}$ of the bound over the exact count.

# %% soundness
chain = []
for number in range(companion.by_scale(scale, quick=300, book=1000, paper=5000)):
    draw, generator = torch.rand(3, generator=stream(100_000 + number)).double().tolist(), stream(200_000 + number)
    layers = random_network([2, *[3 + int(6 * draw[0])] * (1 + int(3 * draw[1])), 1], 300_000 + number)
    middle, r = torch.randn(1, 2, generator=generator).double(), 10.0 ** (2.477 * draw[2] - 2.0)
    sampled = sampled_region_counts(layers, middle, r, 1000, generator).double().log10().item()
    exact = math.log10(num_regions_in_disc(layers, middle[0], r))
    chain.append([sampled, exact, *(local_region_bound(layers, middle, r, level=k).log10.item() for k in (3, 2, 1))])
chain = torch.tensor(chain, dtype=torch.float64)
names = "exact-above-sampled", "level-3-above-exact", "level-2-above-level-3", "level-1-above-level-2"
steps = dict(zip(names, chain.diff(dim=1).T, strict=True))
useful = chain[(10.0 ** chain[:, 1] >= 4.5) & (10.0 ** chain[:, 1] <= 20.5)]
for level, column in ((3, 2), (2, 3), (1, 4)):
    chapter.record(f"median-level-{level}", (useful[:, column] - useful[:, 1]).median())

# %% [markdown]
# The exact count in the plane rests on cutting polygons. In more dimensions there are no polygons to draw, but there is
# a second exact counter, which shares no code with the first: starting from the centre's region it crosses every facet
# that comes near enough to the centre, which a small quadratic programme decides, and visits what is behind. It is slow,
# so fewer networks must do.

# %% soundness-in-space
steps["more-dimensions"] = []
for number in range(companion.by_scale(scale, quick=20, book=60, paper=200)):
    layers, middle = random_network([3 + number % 2, 6, 6, 1], 400_000 + number), stream(500_000 + number)
    middle = torch.randn(1, 3 + number % 2, generator=middle).double()
    exact = math.log10(len(ball.regions_in_ball(layers, middle[0], 0.3, most_regions=2000)))
    bound = local_region_bound(layers, middle, 0.3, level=3).log10.item()
    steps["more-dimensions"].append(bound - exact)
chapter.measure("bound-sound", steps)

# %% [markdown]
# ## What depth does to the bound
#
# A product of one factor per layer assumes that every piece of the first layers is cut by all unstable units of the
# next. In truth a unit of the second layer is zero along one curve, which crosses few of the pieces. So each layer should
# add to the *excess*, the factor by which the bound is above the count. To see it, take networks with four hidden layers of width 8, and stop each of them after one, two,
# three and four layers. In a disc of radius 0.3 the exact count is known, and the excess is measured in powers of ten.

# %% depth
excess = []
for number in range(companion.by_scale(scale, quick=100, book=200, paper=1000)):
    layers = random_network([2, 8, 8, 8, 8, 1], 600_000 + number)
    middle = torch.randn(1, 2, generator=stream(700_000 + number)).double()
    shallower = [[*layers[:depth], (layers[1][0][:1], layers[1][1][:1])] for depth in (1, 2, 3, 4)]
    exact = torch.tensor([num_regions_in_disc(net, middle[0], 0.3) for net in shallower], dtype=torch.float64).log10()
    excess.append(torch.cat([local_region_bound(net, middle, 0.3).log10 for net in shallower]) - exact)
excess = torch.stack(excess)
more = {f"layer {depth + 1}": column for depth, column in enumerate(excess.diff(dim=1).T, start=1)}
chapter.measure("loose-with-depth", {"growth": more, "at-depth-four": excess[:, 3]})
for depth in range(4):
    chapter.record(f"excess-at-depth-{depth + 1}", excess[:, depth].median())

# %% [markdown]
# ## How far is the nearest boundary?
#
# Inside its region a point sees only affine functions: each pre-activation is $z + g \cdot (x - x_0)$, and it vanishes
# first at distance $|z| / \|g\|$. The smallest of these numbers over all units is the distance to the nearest boundary.
# The formula is short, so it deserves a test that does not use it. Walk from the point in some direction until the
# pattern changes. Regions are convex, so the pattern changes once and for all on such a walk, and bisection finds the
# place. In two thousand random directions no walk may end before the distance. In the direction of the nearest boundary
# it must end there.

# %% nearest
ends = {"no-change-before": [], "change-there": []}
for number in range(companion.by_scale(scale, quick=20, book=100, paper=500)):
    layers = random_network([2 + number % 9, 16, 16, 1], 800_000 + number)
    x, directions = torch.randn(2001, 2 + number % 9, generator=stream(900_000 + number)).double().split([1, 2000])
    maps, distance = patterns.neuron_affine_maps(layers, x[0]), boundaries.boundary_distance(layers, x[0], 2.0).item()
    nearest = (maps(x[0]).abs() / maps.slope.norm(dim=1)).argmin()
    walks = torch.cat([directions, -maps(x[0])[nearest].sign() * maps.slope[nearest, None]])
    reached = first_change(layers, x[0], walks / walks.norm(dim=1, keepdim=True), 2.0 * distance) / distance - 1.0
    ends["no-change-before"].append(reached[:-1].min())
    ends["change-there"].append(reached[-1])
chapter.measure("nearest-boundary", ends)

# %% [markdown]
# ## Networks trained on images
#
# Twenty networks with two hidden layers of 32 units learn the 1438 digits of eight by eight pixels, and copies are kept
# after some of the epochs. At book scale five networks with 64 units in each layer learn the 60,000 pictures of
# Fashion-MNIST, where there are forty times as many images and twelve times as many pixels; the quick scale leaves them
# out. Five seeds of each are compared below. The other fifteen serve where digits alone are asked about.


# %% digits tags=["needs:digits"]
def least_accuracy(images, networks):
    right = [forward(net, images.test_inputs.double()).argmax(1) == images.test_labels for net in networks]
    return torch.stack(right).double().mean(1).min()


digits, often = flat_tensors(load("digits")), [0, 1, 3, 5, 10, 20, 30, 60]
data, epochs = {"digits": digits}, {"digits": companion.by_scale(scale, quick=[0, 10, 40], book=often, paper=often)}
nets = {"digits": course(digits.train_inputs, digits.train_labels, [32, 32], 20, epochs["digits"], 1_000)}
trained = nets["digits"][epochs["digits"][-1]]

# %% clothes tags=["needs:digits", "needs:fashion-mnist@book"]
if scale != "quick":
    name, clothes = "Fashion-MNIST", flat_tensors(load("fashion-mnist"))
    data[name], epochs[name] = clothes, companion.by_scale(scale, quick=[], book=[0, 1, 2, 4, 8, 12], paper=often)
    hidden, count = companion.by_scale(scale, quick=([], 0), book=([64, 64], 5), paper=([256] * 3, 10))
    nets[name] = course(clothes.train_inputs, clothes.train_labels, hidden, count, epochs[name], 2_000)

# %% [markdown]
# ### Local against global
#
# The bound for the whole space needs only the widths. The local bound needs the weights and the ball. On the trained
# networks, around test images: how do they compare as the ball grows from a thousandth to a thousand? It must never be
# above, and in the end it must be equal. At the radius 0.1, it should be far below, which we read as a factor of a
# thousand, for every network and every image that is tried.

# %% local-global tags=["needs:digits"]
sweep, whole = torch.logspace(-3.0, 3.0, 13, dtype=torch.float64), math.log10(counting.layered_count([64, 32, 32]))
spots, sizes = digits.test_inputs[:50].double().repeat(13, 1), sweep.repeat_interleave(50)
below = torch.stack([local_region_bound(net, spots, sizes).log10 for net in trained]).reshape(-1, 13, 50) - whole
parts = {"far-below": below[:, 4].amax(1), "never-above": below.amax((1, 2)), "equal-at-last": below[:, -1].amin(1)}
chapter.measure("local-beats-global", parts)
chapter.record("whole-space", whole)
chapter.record("median-at-a-tenth", whole + below[:, 4].median())

# %% [markdown]
# ### Where do the boundaries go?
#
# Five kinds of point are watched: images that the network is trained on, images that it is not trained on, and three
# kinds of "arbitrary" point: pixels drawn uniformly, Gaussian points with the mean and the covariance of the images,
# and midpoints of two images. For each point and epoch the exact distance to the nearest boundary is known.

# %% points tags=["needs:digits"]
for alias, name in (("first", "digits"), ("last", list(nets)[-1])):
    chapter.record(f"{alias}-accuracy", least_accuracy(data[name], nets[name][epochs[name][-1]]))
draw, points = stream(3_000), {}
for name, images in data.items():
    inputs = images.train_inputs[:10_000].double()
    points[name] = points_of_five_kinds(inputs, images.test_inputs[:500].double(), min(6000, len(inputs)), draw)

# %% [markdown]
# A distance that goes up and down has a best epoch, and who picks the best of several numbers picks some luck. So the
# training images are split: one half chooses the epoch, among the first thirty, and the other half says how much larger
# the distance is then than before training. Afterwards the halves change their parts. Only the size of the change is
# measured in this way; whether the boundaries come back, too, is measured against the same best epoch.


# %% distances tags=["needs:digits"]
def distances(networks, at):
    return torch.stack([boundaries.boundary_distance(*in_row_space(net, at), 2.0) for net in networks])


def grown(snapshots, at):
    """Distances at the best of the first thirty epochs, before training and at the end, for every network."""
    course, parts = torch.stack([distances(networks, at) for networks in snapshots.values()]), []
    early = sum(epoch <= 30 for epoch in snapshots)
    for half in (0, 1):
        best = course[1:early, :, 1 - half :: 2].median(dim=2).values.argmax(0) + 1
        parts.append(torch.stack([course[best, range(len(best)), half::2], *course[[0, -1], :, half::2]]))
    return torch.cat(parts, dim=2)


courses = {name: grown(nets[name], points[name]["training"][:3000]) for name in nets}
chapter.measure("boundaries-come-back", 1.0 - (courses["digits"][2] / courses["digits"][0]).median(dim=1).values)
for alias, (best, start, end) in (("first", courses["digits"]), ("last", list(courses.values())[-1])):
    chapter.record(f"{alias}-peak-over-start", (best / start).median())
    chapter.record(f"{alias}-end-over-start", (end / start).median())
seeds = {f"{name} {k}": best[k] / start[k] for name, (best, start, _) in courses.items() for k in range(5)}
chapter.measure("boundaries-move-away", seeds)

# %% [markdown]
# The picture shows all five kinds of point. The distances rise, have a peak, and fall again, and they do so at *every*
# kind of point. The boundaries do not flee from the training points in particular: for a while there are fewer of them
# in all the places we look at. Images that the network has never seen are like those that it has. At book scale the peak
# comes early: ten epochs of digits are 230 steps of the optimiser, and the first epoch of Fashion-MNIST has 938.

# %% figure-distances tags=["hide-input", "needs:digits"] mystnb={"figure": {"name": "linear-regions-distances", "caption": "Median distance to the nearest boundary while training, over the points and networks of five seeds, for five kinds of point; band: quartiles at training points. One panel per data set."}, "image": {"alt": "Five curves of the distance against the epoch, one for each kind of point, and a wide band around that of the training points. Those of training and held-out points run close together."}}
fig, axes = style.new_figure(1, len(nets), style.Size.WIDE, squeeze=False)
for ax, (name, snapshots) in zip(axes[0], nets.items(), strict=True):
    medians = {}
    for kind, at in points[name].items():
        medians[kind] = torch.stack(
            [
                distances(networks[:5], at[: companion.by_scale(scale, quick=50, book=400, paper=400)]).flatten()
                for networks in snapshots.values()
            ]
        )
    scaling.draw_distance_course(ax, epochs[name], {kind: values.numpy() for kind, values in medians.items()})
    ax.set_ylabel(f"distance to the boundary, {name}")
axes[0, 0].legend()

# %% [markdown]
# ### Does it depend on the beginning?
#
# All of this was for networks that start from small weights. He's rule makes the weights $\sqrt 6$ times as large.
# Twenty more networks start from them, on the same digits; everything else is as before. From large weights a network
# can fit the images while its hidden units hardly turn, so one should expect the boundaries to move less.

# %% larger-weights tags=["needs:digits"]
early = [epoch for epoch in epochs["digits"] if epoch <= 30]
he_nets = course(digits.train_inputs, digits.train_labels, [32, 32], 20, early, 4_000, random_layers)
pairs = courses["digits"], grown(he_nets, points["digits"]["training"])
growth, he_growth = ((best / start).median(dim=1).values for best, start, _ in pairs)
chapter.measure("less-from-larger-weights", growth / he_growth - 1.0)
chapter.record("growth-default", growth.median())
chapter.record("growth-he", he_growth.median())

# %% [markdown]
# ### Do training points see more regions?
#
# Now the second observation. Around each point two numbers are taken: the units that the bound of level 2 cannot show
# to be stable in the ball of radius `radius`, and the different patterns among random points of the ball of radius
# `sampled_radius`, a hundred of them at book scale. In hundreds of dimensions nearly all random points lie near the
# surface of the ball, and once there are many regions each has a pattern that no other has; so the second number
# saturates at the number of samples.
#
# "Arbitrary" points are of three kinds, and the paper's abstract does not say which it means. Against all three training
# points do not win, as the figure below shows. We ask that they win against at least two of the three. Again one half of the points decides which kind is left out, the other
# half is measured, and then they change their parts.


# %% more-regions tags=["needs:digits"]
def ahead(kinds, k):
    gain, kept = {kind: kinds["training"][k] - kinds[kind][k] for kind in ("uniform", "Gaussian", "midpoint")}, {}
    for half in (0, 1):
        for kind in sorted(gain, key=lambda kind: gain[kind][1 - half :: 2].mean())[1:]:
            kept.setdefault(kind, []).append(gain[kind][half::2])
    return {kind: torch.cat(parts) for kind, parts in kept.items()}


counters = {"unstable-units": lambda net, at: local_region_bound(net, at, radius).unstable.sum(1)}
few, most, samples = companion.by_scale(scale, quick=(2, 700, 40), book=(5, 6000, 100), paper=(10, 6000, 500))
counters["sampled-patterns"] = lambda net, at: sampled_region_counts(net, at, sampled_radius, samples, draw)
seen, more, less = {}, {quantity: {} for quantity in counters}, {quantity: {} for quantity in counters}
judged = {"before": ("training", "midpoint"), "after": ("training", "uniform", "Gaussian", "midpoint")}
for name, kinds in points.items():
    for quantity, count in counters.items():
        for when, some in (("before", nets[name][0][:few]), ("after", nets[name][epochs[name][-1]][:few])):
            at = {kind: x[: most if kind in judged[when] else most // 4] for kind, x in kinds.items()}
            found = {kind: torch.stack([count(net, x) for net in some]).double() for kind, x in at.items()}
            seen[name, quantity, when] = {kind: values.mean(1) for kind, values in found.items()}
            for k in range(few):
                if when == "after":
                    more[quantity] |= {f"{name} {k}, {kind}": gain for kind, gain in ahead(found, k).items()}
                else:
                    less[quantity][f"{name} {k}"] = found["midpoint"][k] - found["training"][k]
chapter.measure("more-at-training-points", more)
chapter.measure("not-at-init", less)

# %% [markdown]
# One mark is one network, at its mean over the points of one kind. Before training, what counts is how near a point is
# to the origin, since the biases are small: there the pre-activations are small and the boundaries dense. Uniform noise
# is far out and sees the fewest regions, midpoints are near and see the most. What training does to the order depends
# on the data. In the published run, on digits, training points end up ahead of Gaussian points and midpoints, and level
# with uniform noise. On Fashion-MNIST they are ahead of noise of both kinds, and behind the midpoints, as they were at the
# beginning. Images that the network has never seen are everywhere like those that it has.

# %% figure-kinds tags=["hide-input", "needs:digits"] mystnb={"figure": {"name": "linear-regions-kinds", "caption": "Unstable units (left) and different patterns among random points (right) of balls around five kinds of point, before and after training; one mark per network, one row of panels per data set."}, "image": {"alt": "Dot plots with one row for each kind of point: one mark for each network before training and one after it. Held-out points lie where training points do, before as after."}}
fig, axes = style.new_figure(len(nets), 2, style.Size.WIDE, squeeze=False)
for row, name in zip(axes, nets, strict=True):
    for ax, quantity in zip(row, counters, strict=True):
        marks = {f"{when} training": seen[name, quantity, when] for when in ("before", "after")}
        scatters.draw_kinds(ax, marks, f"{quantity.replace('-', ' ')}, {name}")
axes[0, 0].legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
for alias, name in (("first", "digits"), ("last", list(nets)[-1])):
    for when in ("before", "after"):
        for kind, means in seen[name, "unstable-units", when].items():
            chapter.record(f"{alias}-{when}-{kind}", means.mean())

# %% [markdown]
# And a map. Three training images span a plane; on it the bound of level 2 is drawn around every point, at the radius
# of above, for one of the networks. The coordinates are distances, in the $\ell_2$ norm of the pixels.

# %% figure-plane tags=["hide-input", "needs:digits"] mystnb={"figure": {"name": "linear-regions-plane", "caption": "Decimal logarithm of the level-2 bound in balls around the points of a plane through three training images of different classes, before and after training, on one scale."}, "image": {"alt": "Two heat maps of a plane with three images, marked A, B and C, on one scale of colours: the bound before training on the left, and after it on the right."}}
name = list(nets)[-1]
classes, inputs = data[name].train_labels, data[name].train_inputs.double()
three = torch.stack([inputs[classes == label][0] for label in (0, 1, 7)])
side, grid, corners = fields.plane_through(three.numpy(), companion.by_scale(scale, quick=21, book=61, paper=101))
fig, axes = style.new_figure(1, 2, style.Size.WIDE)
before_and_after = nets[name][0][0], nets[name][epochs[name][-1]][0]
heights = [local_region_bound(net, torch.from_numpy(grid), radius).log10.numpy() for net in before_and_after]
limits = min(map(min, heights)), max(map(max, heights))
for ax, values in zip(axes, heights, strict=True):
    marked = dict(zip("ABC", corners, strict=True))
    field = fields.draw_plane(ax, side, values.reshape(len(side), -1), marked, limits)
fig.colorbar(field, ax=axes, label="$\\log_{10}$ of the bound")

# %% [markdown]
# ## Exercises
#
# Try each one before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: linear-regions-ex-moons
#
# Follow the half-moon network through its training: its accuracy, and in discs of radius 0.2 around the first 200 points
# the mean of the level-2 bound and that of the exact count, both as decimal logarithms. Call these triples `story`, one for each
# stage. Does the bound move in one direction only? Then split the points into those near the decision boundary (where the
# two outputs differ by less than 2 after training) and the others: where are the regions at the end?
# :::

# %% solution-moons tags=["solution"]
### BEGIN SOLUTION
first, story = moons[:200], []
for (net,) in moon_nets.values():
    exact = torch.tensor([num_regions_in_disc(net, x, 0.2) for x in first], dtype=torch.float64)
    right = (forward(net, moons).argmax(1) == side_of).double().mean()
    story.append((right, local_region_bound(net, first, 0.2).log10.mean(), exact.log10().mean()))
near = forward(flat, first).diff(dim=1)[:, 0].abs() < 2.0
chapter.record("moons-near-and-far", " and ".join(f"{exact[part].mean():.2f}" for part in (near, ~near)))
### END SOLUTION
assert len(story) == len(moon_nets)
assert all(0.0 <= count <= bound for _, bound, count in story)
chapter.record("moons-bounds", ", ".join(f"{bound:.2f}" for _, bound, _ in story))

# %% [markdown] tags=["solution"]
# From stage to stage the mean bound is {glue:text}`moons-bounds`, in decimal logarithms. At the end a disc holds
# {glue:text}`moons-near-and-far` regions on average near the decision boundary and elsewhere.

# %% [markdown]
# :::{exercise}
# :label: linear-regions-ex-squares
#
# Write `most_regions(layers, r)`, the bound of level 1 for the ball of radius $r$ around the origin in the $\ell_\infty$ norm.
# What replaces $r \|w_i\|$ in the first layer, and what replaces the spectral norm behind it? In the plane the ball is a
# square, and the exact count is that of the partition itself.
# :::


# %% solution-squares tags=["solution"]
### BEGIN SOLUTION
def most_regions(layers, r):
    h, reach, dim, allowed = torch.zeros(2).double(), r, 2, 1
    for W, b in layers[:-1]:
        z = W @ h + b
        allowed *= counting.zaslavsky_count(int((z.abs() < W.abs().sum(1) * reach).sum()), dim)
        h, reach, dim = z.relu(), W.abs().sum(1).max() * reach, min(dim, len(b))
    return allowed


### END SOLUTION
for layers in (random_network([2, 6, 6, 1], number) for number in range(20)):
    exact = len(planar.planar_partition(layers, (-0.3, -0.3), (0.3, 0.3)))
    assert exact <= most_regions(layers, 0.3) <= most_regions(layers, 1e9) == counting.zaslavsky_count(6, 2) ** 2

# %% [markdown] tags=["solution"]
# How far a unit moves at most over a ball is the radius times the dual norm of its row, and the dual of $\ell_\infty$ is
# $\ell_1$: the sum of the absolute weights. The largest of these sums over the rows says how far the whole layer moves in the
# $\ell_\infty$ norm, and takes the place of the spectral norm.
