# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Measuring a picture
#
# Here the claims of [the chapter's page](../book/network-in-space.md) are measured. A network is trained in PyTorch and
# becomes a page. A real browser opens that page with its network switched off, sends it the events that a reader's hand
# would send, and gives back the numbers that it draws. These are compared with PyTorch's.

# %% imports tags=["setup"]
import torch
from torch import nn

import companion
from companion.machine import browser
from netspace.browser import questions
from netspace.browser.session import Visit, visited
from netspace.network import drawing as pictures
from netspace.network import examples, tensorspace
from netspace.network.channels_last import channels_last_weight
from netspace.network.colours import coloured
from netspace.network.contributions import contributions
from netspace.network.scene import network_scene, neuron_counts
from netspace.page.figure import SceneFigure
from rectified.data.loading import load
from rectified.plotting import style
from rectified.training import accuracy, train_classifier

# %% [markdown]
# The parameters of a run. The seed changes the weights, the order of training and which neurons are asked. Everything is
# small, so that nothing needs more than the processor. The browser, too, draws without a graphics card here, which is
# how it would draw on a server.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick (tests), book (published) or paper (the same: the network is as large as the original one)
seed: int = 0  # of weights, orders of training and sampled neurons
device: str = "auto"  # unused: everything here is small

# %% [markdown]
# One tool: `difference` is the largest difference between two arrays, over the larger of one and the largest entry of
# the expected one. All comparisons of activations below are made with it. What is asked of a page is written in
# `netspace.browser.questions`; a chapter that shows a network can ask the same of its own scene.

# %% tools tags=["setup"]
chapter = companion.chapter("network-in-space")
style.use()
torch.manual_seed(seed)
NAME = "network-in-space-lenet"
LAYERS = ["input", "conv1", "pool1", "conv2", "pool2", "dense1", "dense2", "output"]
ENDS = (0, 2, 3, 5, 6, 9, 11, 13)  # after how many modules each of these layers is done


def difference(computed, expected):
    expected = expected.detach().double().flatten()
    distance = (torch.as_tensor(computed, dtype=torch.float64).flatten() - expected).abs().max()
    return (distance / expected.abs().max().clamp(min=1.0)).item()


# %% [markdown]
# ## The smallest example
#
# Two inputs, two hidden neurons, one output. The inputs are 3 and 4. The first hidden neuron sums
# $2 \cdot 3 - 1 \cdot 4 + \tfrac12 = 2.5$ and passes it on. The second sums $-3 + 4 - 2 = -1$, and its ReLU makes that
# zero. The output is $1 \cdot 2.5 + 3 \cdot 0 - \tfrac12 = 2$.
#
# Tap a neuron below. The page lists what it sums, and lines show where that comes from. The weight from the second
# hidden neuron to the output is 3, the largest of all, and yet it carries nothing: the neuron is off. That is why lines
# are drawn for products of weight and activation, and never for weights alone.

# %% smallest-example
smallest = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
numbers = [[[2.0, -1.0], [-1.0, 1.0]], [0.5, -2.0], [[1.0, 3.0]], [-0.5]]
smallest.load_state_dict(dict(zip(smallest.state_dict(), map(torch.tensor, numbers), strict=True)))
chapter.show(
    SceneFigure(
        network_scene(
            smallest, torch.tensor([[3.0, 4.0], [4.0, 3.0]], dtype=torch.float32), input_names=["3 and 4", "4 and 3"]
        )
    ),
    name="network-in-space-smallest",
    alt="Three small layers in a row: two inputs, two hidden neurons of which one is off, and one output.",
    caption="Five neurons. Tap the output: its two products and its bias add up to 2.",
)

# %% [markdown]
# ## A network that reads digits
#
# The network is LeNet in the form of TensorSpace's own first example {cite}`tensorspace2019space`: two convolutions of
# five by five, each followed by a pooling, and three dense layers. It is trained on 4000 digits for a few epochs, which
# is enough for a picture. Three digits that it has not seen will be shown. Two of them it reads well, and one it gets
# wrong: a network is seldom more interesting than where it fails.

# %% network tags=["needs:mnist-small"]
data = load("mnist-small")
train_digits, test_digits = (
    torch.tensor(part, dtype=torch.float32)[:, None] / 255.0 for part in (data.train_inputs, data.test_inputs)
)
train_labels, test_labels = (
    torch.tensor(data.train_labels, dtype=torch.int64),
    torch.tensor(data.test_labels, dtype=torch.int64),
)
lenet, generator = examples.lenet(), torch.Generator().manual_seed(seed)
settings = {"learning_rate": 0.02, "momentum": 0.9, "batch_size": 32, "generator": generator}
train_classifier(
    lenet, train_digits, train_labels, epochs=companion.by_scale(scale, quick=1, book=10, paper=10), **settings
)
chapter.record("accuracy", accuracy(lenet, test_digits, test_labels))
reader = nn.Sequential(*lenet, nn.Softmax(dim=1)).requires_grad_(False)
is_right = reader(test_digits).argmax(1) == test_labels
chosen = [int((is_right & (test_labels == label)).nonzero()[0]) for label in (5, 0)] + [int((~is_right).nonzero()[0])]
shown = test_digits[chosen]
fresh = test_digits[: companion.by_scale(scale, quick=20, book=200, paper=200)]

# %% [markdown]
# One call makes the scene. It follows the network with `torch.fx`, puts each activation into the layer before it and
# each flatten into the layer after it. For every layer it writes down the shape, the values that PyTorch computed, and
# the steps by which a page can compute them again. Turn it, tap a neuron, let the data flow, or draw a digit yourself.

# %% scene tags=["needs:mnist-small"]
names = [f"a {label}" for label in test_labels[chosen].tolist()]
names[2] += f", read as a {int(reader(shown)[2].argmax())}"
digits = [str(digit) for digit in range(10)]
scene = network_scene(reader, shown, input_names=names, labels=digits)
ends = [reader[:end](shown) for end in ENDS]
chapter.record("neurons", sum(neuron_counts(scene)))
chapter.show(
    SceneFigure(scene),
    name=NAME,
    alt="LeNet in space: a digit on the left, its feature maps, then smaller maps, dense layers and ten probabilities.",
    caption="LeNet and a digit. Drag to turn; tap a neuron for its value and what it is made of.",
)

# %% [markdown]
# On paper, and where a browser has no WebGL, the page shows this still picture instead.

# %% figure-still tags=["hide-input", "needs:mnist-small"] mystnb={"figure": {"name": "network-in-space-still", "caption": "The same scene as a still picture. Grey is exactly zero, and all maps of a layer share one scale."}, "image": {"alt": "Eight slanted planes from left to right: a handwritten digit, six feature maps, the same smaller, sixteen small maps, smaller again, two dense layers, and ten outputs of which one is dark."}}
fig, ax = style.new_figure(size=style.Size.WIDE)
pictures.draw_scene(ax, scene)

# %% [markdown]
# ## Are the numbers PyTorch's?
#
# A browser opens the page. It is asked for every activation that it draws for the three digits, and for what it computes
# itself, layer by layer, from the pixels and the weights. It is asked for names and shapes, for the colours, and to
# classify digits that are not in the page. Twelve neurons of each layer are looked up at the place of the screen where
# they stand; and for some neurons the page says what they sum.

# %% visit tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
some = [(at, int(n)) for at, count in enumerate(neuron_counts(scene)) for n in torch.randint(count, (12,))]
summing = [(at, n) for at, n in some if LAYERS[at][:4] not in ("inpu", "pool")]


def look(page):
    return {
        "drawn": questions.drawn_values(page, NAME)[0],
        "computed": questions.computed_values(page, NAME)[0],
        "layers": questions.ask(page, NAME, "space.layers.map((l) => [l.name, l.operation, l.shape, l.count])"),
        "fresh": questions.outputs_for(page, NAME, fresh.flatten(1).tolist()),
        "colours": questions.ask(page, NAME, "(space.setInput(0), space.layers.map((_, l) => [...space.colours(l)]))"),
        "zero": questions.ask(page, NAME, "[...space.zeroColour]"),
        "places": questions.found_at(page, NAME, some),
        "sums": questions.sums_of(page, NAME, summing),
        "stats": questions.ask(page, NAME, "({...space.stats, rate: await space.spin(20)})"),
    }


html = questions.page_alone(scene, NAME)
seen = visited(browser, html, look)

# %% [markdown]
# PyTorch's side was computed without a scene: the network ran module by module, and where a layer ends its values were
# kept. They are compared for every layer and digit, both with what the page draws and with what it computes. Names,
# operations, shapes and numbers of neurons are compared with what this run of the network saw.

# %% values tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
errors = {
    f"{name}, {how}": [difference(seen[how][digit][at], ends[at][digit]) for digit in range(3)]
    for at, name in enumerate(LAYERS)
    for how in ("drawn", "computed")
}
chapter.measure("values", errors)
chapter.record("largest-error", max(map(max, errors.values())))
kinds = ["the input", "Conv2d", "MaxPool2d", "Conv2d", "MaxPool2d", "flatten, then Linear", "Linear", "Linear"]
told, real = [len(seen["layers"]), seen["stats"]["instances"]], [len(ends), sum(end[0].numel() for end in ends)]
for (_, _, shape, count), end in zip(seen["layers"], ends, strict=True):
    told, real = [*told, *shape, count], [*real, *end[0].shape, end[0].numel()]
pairs = zip(seen["layers"], LAYERS, kinds, strict=True)
unlike = [float(name != expected or not words.startswith(kind)) for (name, words, *_), expected, kind in pairs]
chapter.measure("shapes", {"numbers": {"computed": told, "expected": real}, "names": unlike})

# %% [markdown]
# A picture of three digits could be a picture of three lucky digits. So the ten probabilities of the digits that are not
# in the page are compared, too, and the decisions.

# %% pretrained tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
apart = torch.tensor(seen["fresh"], dtype=torch.float64) - reader(fresh).double()
unequal = torch.tensor(seen["fresh"], dtype=torch.float64).argmax(1) != reader(fresh).argmax(1)
chapter.measure("pretrained", {"probabilities": apart.abs().amax(1), "decisions": unequal.double()})
chapter.record("digits", len(fresh))

# %% [markdown]
# ### What a neuron sums
#
# For neurons of each convolution and dense layer the page said which products of weight and activation they sum. The
# oracle is differentiation: the weight with which a pre-activation depends on an input is its derivative, whatever the
# layer is. The three largest terms are compared one by one, and the sum of all, with the bias, is compared with
# PyTorch's pre-activation.

# %% contributions tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
affine = {1: (lenet[0], 0), 3: (lenet[3], 2), 5: (lenet[6:8], 4), 6: (lenet[9], 5), 7: (lenet[11], 6)}
errors = {"sum": [], "terms": []}
for (at, neuron), told in zip(summing, seen["sums"], strict=True):
    layer, below = affine[at]
    truth = contributions(layer, ends[below][0], neuron)
    size = max(1.0, abs(truth.total))
    errors["sum"].append(max(abs(told[key] - truth.total) for key in ("sum", "preactivation")) / size)
    products = [abs(term["product"] - truth.terms.flatten()[term["index"]].item()) for term in told["terms"]]
    sizes, most = sum(abs(term["product"]) for term in told["terms"]), truth.terms.flatten().abs().topk(3).values
    missed = abs(sizes - most.sum().item())
    errors["terms"].append(max([*products, missed, abs(told["share"] - truth.share(3))]) / size)
chapter.measure("contributions", errors)

# %% [markdown]
# Three lines are drawn into a neuron that is pointed at. How much of it do they explain? For every neuron of the first
# dense layer the 256 products are sorted by size, and the figure shows which share of their sum, in absolute value, the
# largest few have. Three lines are a hint and no explanation.

# %% three-lines tags=["needs:mnist-small"]
first_dense = [contributions(lenet[6:8], ends[4][0], neuron) for neuron in range(120)]
chapter.measure("three-lines", [neuron.share(3) for neuron in first_dense])

# %% figure-shares tags=["hide-input", "needs:mnist-small"] mystnb={"figure": {"name": "network-in-space-shares", "caption": "Share of the sum of all absolute products that the k largest have, for the 120 neurons of the first dense layer: median and quartiles. Dashed: the three lines that the page draws."}, "image": {"alt": "A rising curve over the number of terms on a logarithmic axis. At three terms, marked by a dashed line, it is well below one half; tens of terms are needed for nearly everything."}}
fig, ax = style.new_figure()
counts = [1, 2, 3, 5, 10, 20, 40, 80, 160, 256]
pictures.draw_shares(
    ax, counts, torch.tensor([[n.share(k) for k in counts] for n in first_dense], dtype=torch.float64).numpy(), 3
)

# %% [markdown]
# ### One scale for one layer
#
# Now the colours. In all layers that follow a ReLU the neurons are sorted by PyTorch's values. How much a neuron stands
# out is how far the lightness of its colour is from that of zero. It may never fall where the value grows, in whatever
# maps the two neurons are; it must grow where the value grows by a sixteenth of the largest; and zero's colour must be zero's
# alone. The last claim here is a limit. A channel of the
# screen has 256 levels, so different activations share colours, and the eye cannot read them back.

# %% colours tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
lightness, zero = (
    torch.tensor([0.2126, 0.7152, 0.0722], dtype=torch.float64),
    torch.tensor(seen["zero"], dtype=torch.float64),
)
falls, equal, confused, lost = [], [], [], []
for at in range(1, 7):
    value, rank = ends[at][0].flatten().sort()
    colours = torch.tensor(seen["colours"][at], dtype=torch.float64).reshape(-1, 3)[rank]
    stands_out = ((colours - zero) @ lightness).abs()
    falls.append((stands_out.diff() < 0.0).sum())
    larger = torch.searchsorted(value, value + value[-1] / 16.0)
    below = larger < len(value)
    equal.append((stands_out[larger[below]] <= stands_out[below]).sum())
    confused.append(((colours == zero).all(1) != (value == 0.0)).sum())
    lost.append(len(set(seen["drawn"][0][at])) - len(colours.unique(dim=0)))
chapter.measure("one-scale", {"order": falls, "more": equal, "zero": confused})
chapter.measure("colour-limit", lost)

# %% [markdown]
# ### Under the pointer
#
# What the page says of a place on the screen must be PyTorch's value of the neuron that it names there. A nearer layer
# may stand before a farther one, so the neuron found need not be the one that was looked for; but mostly it is.

# %% read-out tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
wrong, itself = [], []
for neuron, told in zip(some, seen["places"], strict=True):
    found = (told["layer"], told["index"]) if told and told["index"] is not None else None
    wrong.append(1.0 if found is None else abs(told["value"] - ends[found[0]][0].flatten()[found[1]].item()))
    itself.append(float(found == neuron))
chapter.measure("read-out", {"value": wrong, "itself": itself})

# %% [markdown]
# ## Training in space
#
# TensorSpace shows one state of a network. A scene may have several. Here a small network is trained on the first
# thousand digits, and its state is kept before the training and after each epoch. At the start all digits look alike to
# it; then its layers take sides. Move the slider of the page.

# %% training tags=["needs:mnist-small"]
small = examples.small_convolutional()
states = {"untrained": {key: tensor.clone() for key, tensor in small.state_dict().items()}}
for epoch in range(1, companion.by_scale(scale, quick=4, book=8, paper=8)):
    train_classifier(small, train_digits[:1000], train_labels[:1000], epochs=1, **settings)
    states[f"epoch {epoch}"] = {key: tensor.clone() for key, tensor in small.state_dict().items()}
small = nn.Sequential(*small, nn.Softmax(dim=1)).requires_grad_(False)
in_time = network_scene(small, shown[:2], input_names=names[:2], checkpoints=states, labels=digits)
chapter.show(
    SceneFigure(in_time),
    name="network-in-space-training",
    alt="A small network in space, with a slider that steps through its training from random weights on.",
    caption="A small network before its training and after each epoch.",
)

# %% [markdown]
# ## A comparison that fails, and other networks
#
# A check that cannot fail is none. So the first dense layer is put into the order of a program that keeps channels last,
# as TensorSpace does, while the page flattens like PyTorch. The layers before it must still agree, and this one may not.
#
# The same call is then used on three other networks with random weights: one with batch norm, a residual sum and a
# concatenation, one for signals in one dimension, and one with smooth activations. All of these scenes, and the one with
# a slider, stand on one page. At every checkpoint and for every input each says what it draws and what it computes.

# %% visit-others tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
odd = examples.odd_networks()
scenes = {name: network_scene(network, inputs[:2]) for name, (network, inputs) in odd.items()}
misordered = {**reader.state_dict(), "7.weight": channels_last_weight(lenet[7].weight, (16, 4, 4))}
scenes |= {"in-time": in_time, "misordered": network_scene(reader, shown, checkpoints={"misordered": misordered})}


def look_at_all(page):
    both, words = (questions.drawn_values, questions.computed_values), "space.layers.map((layer) => layer.operation)"
    return {name: [*(ask(page, name) for ask in both), questions.ask(page, name, words)] for name in scenes}


others = visited(browser, questions.page_of_all(scenes), look_at_all, visit=Visit(width=480, height=480))

# %% [markdown]
# First the error of the misordered layer, and of those before it. Then the odd networks: each layer as the page computed
# it, for two inputs, against PyTorch without a scene. The page must also say that it has layers of each kind, since one
# with dense layers alone would agree, too. Then the steps of the training, against the network in the state that was
# kept. They must also differ from each other, or one of them could be drawn for all.

# %% others tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
apart = [[difference(others["misordered"][1][0][i][at], ends[at][i]) for i in range(3)] for at in range(6)]
chapter.measure("oracle", {"dense": apart[5], "before": torch.tensor(apart[:5], dtype=torch.float64)})
chapter.record("misordered-error", min(apart[5]))
errors, words = [], [operation for name in odd for operation in others[name][2]]
for name, (network, inputs) in odd.items():
    true = examples.odd_layers(network, inputs[:2])
    for number, computed in enumerate(others[name][1][0]):
        errors += [difference(found, layer[number]) for found, layer in zip(computed, true, strict=True)]
kinds = "add ", "concatenate ", "batch norm", "Conv1d", "AvgPool1d", "AvgPool2d", "Upsample", "sigmoid", "tanh"
chapter.measure("any-network", {"values": errors, "kinds": [sum(kind in said for said in words) for kind in kinds]})
steps = {}
for k, (name, state) in enumerate(states.items()):
    small.load_state_dict(state)
    kept = [small[:end](shown[:2]) for end in (0, 2, 4, 7)]
    steps[name] = [difference(others["in-time"][0][k][i][at], kept[at][i]) for at in range(4) for i in (0, 1)]
    steps[name] += [difference(others["in-time"][1][k][i][at], kept[at][i]) for at in range(4) for i in (0, 1)]
drawn = [[value for one in step for layer in one for value in layer] for step in others["in-time"][0]]
changes = torch.tensor(drawn, dtype=torch.float64).diff(dim=0).abs().amax(1)
chapter.measure("checkpoints", {"values": steps, "steps-differ": changes})

# %% [markdown]
# ## Does it react, and does it rest?
#
# The page of LeNet again, now with a hand. First it is left alone, and its frames are counted. Then the mouse drags, and
# the wheel turns. After a fresh start the keyboard alone does the same, reached by the tab key. The page is opened from
# a file the first time and from a local server the second. Both times every request for anything else is counted, and
# every error in the console. A third browser is started without its 3D interfaces: then the still picture must be there,
# with a sentence that says why.


# %% events tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
def use_mouse(page):
    calm = questions.at_rest(page, NAME)
    return calm, questions.reaction_to_drag(page, NAME), questions.reaction_to_wheel(page, NAME), page


def use_keys(page):
    questions.open_from_server(page, html)
    return *questions.reactions_to_keys(page, NAME), page


(frames, pixels), drag, wheel, from_file = visited(browser, html, use_mouse)
turn, zoom, from_server = visited(browser, "<p>A server has the page.</p>", use_keys)
chapter.measure("rest", {"frames": [frames], "pixels": [pixels]})
chapter.measure("reacts", {"drag": [drag], "wheel": [wheel], "arrow-keys": [turn], "zoom-key": [zoom]})
requests, problems = zip(*((len(page.requests), len(page.problems)) for page in (from_file, from_server)), strict=True)
chapter.measure("offline", {"requests": requests, "errors": problems})

# %% no-webgl tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
flat = Visit(flags=("--disable-3d-apis",))
(area, words), page = visited(browser, html, lambda page: (questions.still_shown(page), page), visit=flat)
chapter.measure("no-webgl", {"picture": [area], "words": [words], "errors": [len(page.problems)]})

# %% [markdown]
# ## What it costs
#
# Bytes and draw calls do not depend on the machine, so they are judged. The time to the first picture and the pictures
# per second do, and are only shown.

# %% cost tags=["needs:mnist-small", "needs:chromium", "needs:space-viewer"]
megabytes, calls = len(html.encode()) / 1e6, seen["stats"]["drawCalls"]
chapter.measure("cost", {"megabytes": [megabytes], "calls-beyond-layers": [calls - len(scene["layers"])]})
chapter.record("megabytes", megabytes)
chapter.record("draw-calls", int(calls))
chapter.record("first-frame", seen["stats"]["firstFrameMilliseconds"])
chapter.record("frames-per-second", seen["stats"]["rate"])

# %% [markdown]
# ## How TensorSpace colours
#
# The two rules of TensorSpace that the page speaks of are written anew in `netspace.network.tensorspace`, from its
# source. First a map and a sixteenth of it: which bytes are drawn? Then the trained network. Every map that is not constant
# gets a cell of full brightness, however small its activations are; by how much do these brightest cells differ? And at
# last the two ways to show a closed layer by one map, for three channels that are 0, 0 and 9 in their only cell.

# %% tensorspace tags=["needs:mnist-small"]
first, second = reader[:2](shown)[0], reader[:5](shown)[0]
strong = first[first.flatten(1).amax(1).argmax()]
pair = torch.stack([strong, strong / 16])  # exact in floating point
bytes_drawn, spread = tensorspace.drawn_brightness(pair).long(), pair.amax((1, 2)) - pair.amin((1, 2))
ratio = max(tensorspace.peak_ratio(maps) for maps in (first, second))
alike = {"alike": [(bytes_drawn[0] - bytes_drawn[1]).abs().max()], "ratio": [spread[0] / spread[1]], "trained": [ratio]}
alike["shaded"] = [bytes_drawn[0].max() - bytes_drawn[0].min()]
chapter.measure("tensorspace-brightness", alike)
nine, both = torch.tensor([0.0, 0.0, 9.0], dtype=torch.float32).reshape(3, 1, 1), tensorspace.Aggregation
answers = [tensorspace.aggregated(nine, strategy).item() for strategy in (both.AVERAGE, both.MAX)]
chapter.measure("tensorspace-average", {"computed": answers, "expected": [9.0, 3.0]})
chapter.record("peak-ratio", ratio)

# %% [markdown]
# The picture shows the strongest map of the second convolution, and the weakest of those that are not constant. On the
# left each is drawn by TensorSpace's rule, on the right both on the layer's scale. On the left they look equally
# important. On the right one sees that one of them is next to nothing.

# %% figure-pair tags=["hide-input", "needs:mnist-small"] mystnb={"figure": {"name": "network-in-space-pair", "caption": "The strongest and the weakest feature map of the second convolution for one digit. First two: TensorSpace's rule, each map on its own scale. Last two: one scale for the layer."}, "image": {"alt": "Four small maps in a row. The first two, by TensorSpace's rule, both reach full brightness. The last two are the same maps on one scale: one has strong colours, the other pale ones."}}
peaks, varied = second.flatten(1).amax(1), second.flatten(1).amin(1) < second.flatten(1).amax(1)
fig, axes = style.new_figure(1, 4, style.Size.WIDE)
for column, at in enumerate([int(peaks.argmax()), int(torch.where(varied, peaks, torch.inf).argmin())]):
    words = f"map {at}: 0 to {peaks[at]:.2g}"
    grey = tensorspace.drawn_brightness(second[[at]])[0].numpy()
    pictures.draw_map(axes[column], grey, f"{words}\nTensorSpace")
    pictures.draw_map(axes[2 + column], coloured(second[at], peaks.max().item()), f"{words}\none scale")

# %% [markdown]
# ## Exercises
#
# Try each one before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: network-in-space-ex-order
#
# A program keeps maps with their channels last, flattens them in that order, and wants the weights of the dense layer that
# follows. Write `reordered(weight, channels, rows, columns)`, one line, from a weight of shape `(out, C * H * W)`. What does
# the wrong order do to the output of an untrained network, and why is that mistake easy to overlook there?
# :::


# %% solution-order tags=["solution"]
### BEGIN SOLUTION
def reordered(weight, channels, rows, columns):
    return weight.reshape(-1, channels, rows, columns).permute(0, 2, 3, 1).reshape(len(weight), -1)


### END SOLUTION
W, maps = torch.randn(5, 3 * 4 * 2).double(), torch.randn(3, 4, 2).double()
channels_last = maps.permute(1, 2, 0).flatten()
assert torch.allclose(reordered(W, 3, 4, 2) @ channels_last, W @ maps.flatten(), rtol=0.0, atol=1e-12)

# %% [markdown] tags=["solution"]
# In the wrong order each weight meets the activation of another place. Of an untrained network the outputs are then other
# numbers of the same size. They look right, nothing raises an error, and no accuracy falls that was not at chance already.

# %% [markdown]
# :::{exercise}
# :label: network-in-space-ex-fold
#
# TensorSpace has no layer for batch norm. In evaluation mode it is an affine map of each channel, so it can be folded into
# the convolution before it. Write `folded(first, norm)`, which gives one convolution that agrees to $10^{-5}$ with the two
# layers one after the other. Where does the folding fail?
# :::


# %% solution-fold tags=["solution"]
### BEGIN SOLUTION
def folded(first, norm):
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    one = nn.Conv2d(1, 4, 3, padding=1)
    one.weight = nn.Parameter(first.weight * factor[:, None, None, None])
    one.bias = nn.Parameter((first.bias - norm.running_mean) * factor + norm.bias)
    return one


### END SOLUTION
joined, x = examples.odd_networks()["joined"][0], torch.randn(2, 1, 8, 8, dtype=torch.float32)
assert torch.allclose(folded(joined.first, joined.norm)(x), joined.norm(joined.first(x)), rtol=0.0, atol=1e-5)

# %% [markdown] tags=["solution"]
# A channel of the convolution is multiplied by its weight over its standard deviation, and its bias moves along. This fails
# in training, where mean and variance are those of the batch. It also fails where something else reads the output of the
# convolution, for instance a connection that skips the norm: it would be changed too.
