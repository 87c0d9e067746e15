"""Small networks as scenes, built from PyTorch by hand: what a page shows is compared with what PyTorch computed."""

import base64

import torch
from torch import nn

STILL = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 120" width="320" height="120">'
    '<rect width="320" height="120" fill="#fff"/><rect x="20" y="30" width="60" height="60" fill="#d66010"/>'
    '<path d="M90 60h60" stroke="#333"/><rect x="160" y="20" width="80" height="80" fill="#2169b2"/></svg>'
)


def packed(values: torch.Tensor) -> str:
    """Base64 of little-endian float32."""
    return base64.b64encode(values.detach().contiguous().numpy().astype("<f4").tobytes()).decode()


def convolution(modules: list[nn.Conv2d]) -> dict:
    first = modules[0]
    bias = None if first.bias is None else [packed(m.bias) for m in modules]
    return {
        "type": "conv2d",
        "weight": [packed(m.weight) for m in modules],
        "weight_shape": list(first.weight.shape),
        "bias": bias,
        "stride": list(first.stride),
        "padding": list(first.padding),
        "dilation": list(first.dilation),
        "groups": first.groups,
    }


def linear(modules: list[nn.Linear]) -> dict:
    shape = list(modules[0].weight.shape)
    weight, bias = [packed(m.weight) for m in modules], [packed(m.bias) for m in modules]
    return {"type": "linear", "weight": weight, "weight_shape": shape, "bias": bias}


def normalisation(modules: list[nn.BatchNorm2d]) -> dict:
    scales = [m.weight / torch.sqrt(m.running_var + m.eps) for m in modules]
    shifts = [m.bias - m.running_mean * s for m, s in zip(modules, scales, strict=True)]
    return {"type": "affine", "scale": [packed(s) for s in scales], "shift": [packed(s) for s in shifts]}


def pool(kind: str, kernel: int = 2) -> dict:
    return {"type": kind, "kernel": [kernel, kernel], "stride": [kernel, kernel], "padding": [0, 0]}


def layer(name, operation, values, reads, steps, scale="signed") -> dict:
    """One layer; ``values[k][i]`` is what PyTorch computed at checkpoint k for input i."""
    every = torch.stack([torch.stack(row) for row in values])
    shape = list(every.shape[2:])
    most = float(every.abs().max())
    low, high = {"signed": (-most, most), "positive": (0.0, most), "probability": (0.0, 1.0)}[scale]
    return {
        "name": name,
        "operation": operation,
        "kind": "map" if len(shape) == 3 else "vector",
        "shape": shape,
        "scale": scale,
        "reads": reads,
        "low": low,
        "high": high,
        "values": [[packed(v) for v in row] for row in values],
        "steps": steps,
    }


def scene(layers, inputs, checkpoints, labels=None, draw=True) -> dict:
    return {
        "format": 1,
        "inputs": [{"name": name} for name in inputs],
        "checkpoints": [{"name": name} for name in checkpoints],
        "layers": layers,
        "labels": labels,
        "draw": draw,
        "still": STILL,
    }


class Residual(nn.Module):
    """Convolution, batch norm, a residual sum, a pool, a linear read-out: every kind of wiring, in few numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 4, 3, padding=1, groups=2, bias=False)
        self.last = nn.Linear(2 * 4 * 4 * 4, 3)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        one = torch.relu(self.norm(self.first(x)))
        two = self.second(one)
        total = torch.relu(one + two)
        pooled = nn.functional.max_pool2d(total, 2)
        joined = torch.cat([pooled, nn.functional.avg_pool2d(one, 2)], dim=1)
        return [x, one, two, total, pooled, joined, torch.softmax(self.last(joined.flatten(1)), dim=1)]


def residual_scene(seed: int = 0) -> dict:
    """The network ``Residual`` at two checkpoints, for two inputs."""
    torch.manual_seed(seed)
    networks = [Residual().float().eval() for _ in range(2)]
    for network in networks:
        network.norm.running_mean.uniform_(-0.3, 0.3)
        network.norm.running_var.uniform_(0.5, 2.0)
    x = torch.rand(2, 1, 8, 8)
    x[x < 0.3] = 0.0
    with torch.no_grad():
        found = [network(x) for network in networks]
    values = [[[values[at][i] for i in range(2)] for values in found] for at in range(7)]
    names = ["input", "block", "inner", "sum", "pool", "joined", "output"]
    average = pool("avg_pool2d")
    steps = [
        [],
        [convolution([n.first for n in networks]), normalisation([n.norm for n in networks]), {"type": "relu"}],
        [convolution([n.second for n in networks])],
        [{"type": "add"}, {"type": "relu"}],
        [pool("max_pool2d")],
        [{"type": "concatenate"}],
        [{"type": "flatten"}, linear([n.last for n in networks]), {"type": "softmax"}],
    ]
    reads = [[], [0], [1], [1, 2], [3], [4, 6], [5]]
    scales = ["positive", "positive", "signed", "positive", "positive", "positive", "probability"]
    layers = [layer(n, n, v, r, s, k) for n, v, r, s, k in zip(names, values, reads, steps, scales, strict=True)]
    with torch.no_grad():
        means = [[nn.functional.avg_pool2d(run[1][i], 2) for i in range(2)] for run in found]
    layers.insert(5, layer("average", "average pool", means, [1], [average], "positive"))
    layers[6]["reads"], layers[7]["reads"] = [4, 5], [6]
    return scene(layers, ["noise", "other noise"], ["before", "after"], ["red", "green", "blue"])


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.output = nn.Linear(256, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        one = torch.relu(self.conv1(x))
        two = nn.functional.max_pool2d(one, 2)
        three = torch.relu(self.conv2(two))
        four = nn.functional.max_pool2d(three, 2)
        five = torch.relu(self.fc1(four.flatten(1)))
        six = torch.relu(self.fc2(five))
        return [x, one, two, three, four, five, six, torch.softmax(self.output(six), dim=1)]


def lenet_scene(networks: list[LeNet], x: torch.Tensor, inputs: list[str], checkpoints: list[str]) -> dict:
    with torch.no_grad():
        found = [network.eval()(x) for network in networks]
    values = [[[run[at][i] for i in range(len(x))] for run in found] for at in range(8)]
    named = [
        ("input", "the image"),
        ("conv1", "Conv2d 5x5, 1 to 6, then ReLU"),
        ("pool1", "MaxPool2d 2x2"),
        ("conv2", "Conv2d 5x5, 6 to 16, then ReLU"),
        ("pool2", "MaxPool2d 2x2"),
        ("fc1", "Linear 256 to 120, then ReLU"),
        ("fc2", "Linear 120 to 84, then ReLU"),
        ("output", "Linear 84 to 10, then softmax"),
    ]
    relu, flat, soft = {"type": "relu"}, {"type": "flatten"}, {"type": "softmax"}
    steps = [
        [],
        [convolution([n.conv1 for n in networks]), relu],
        [pool("max_pool2d")],
        [convolution([n.conv2 for n in networks]), relu],
        [pool("max_pool2d")],
        [flat, linear([n.fc1 for n in networks]), relu],
        [linear([n.fc2 for n in networks]), relu],
        [linear([n.output for n in networks]), soft],
    ]
    layers = [
        layer(name, operation, values[at], [at - 1] if at else [], steps[at], "probability" if at == 7 else "positive")
        for at, (name, operation) in enumerate(named)
    ]
    return scene(layers, inputs, checkpoints, [str(digit) for digit in range(10)])


def chained(first: torch.Tensor, chain: list) -> dict:
    """A scene of layers one after the other: each of (name, steps, the same in PyTorch)."""
    values, layers = first, [layer("input", "numbers", [[first]], [], [])]
    with torch.no_grad():
        for name, steps, rule in chain:
            values = rule(values)
            layers.append(layer(name, name, [[values]], [len(layers) - 1], steps))
    return scene(layers, ["one"], ["now"], draw=False)


def odd_scene(seed: int = 1) -> dict:
    """Every kind of step on maps that the other scenes lack, with unusual strides, paddings and dilations."""
    torch.manual_seed(seed)
    odd = nn.Conv2d(2, 6, (3, 2), stride=(2, 1), padding=(2, 1), dilation=(1, 2), groups=2)
    average = {"type": "avg_pool2d", "kernel": [3, 2], "stride": [2, 1], "padding": [1, 1]}
    largest = {"type": "max_pool2d", "kernel": [3, 3], "stride": [2, 2], "padding": [1, 1]}
    functional = nn.functional
    chain = [
        ("padded", [{"type": "pad2d", "padding": [1, 0, 2, 1]}], lambda v: functional.pad(v, (1, 0, 2, 1))),
        (
            "odd",
            [convolution([odd]), {"type": "leaky_relu", "slope": 0.2}],
            lambda v: functional.leaky_relu(odd(v), 0.2),
        ),
        ("larger", [{"type": "upsample2d", "factor": [2, 3]}], lambda v: torch.kron(v, torch.ones(2, 3))),
        ("average", [average], lambda v: functional.avg_pool2d(v, (3, 2), (2, 1), (1, 1))),
        ("largest", [largest], lambda v: functional.max_pool2d(v, 3, 2, 1)),
        ("same", [{"type": "identity"}, {"type": "tanh"}], torch.tanh),
    ]
    return chained(torch.randn(2, 6, 5), chain)


def signal_scene(seed: int = 2) -> dict:
    """A network for signals in one dimension, whose maps have a height of one."""
    torch.manual_seed(seed)
    signal, dense = nn.Conv1d(2, 5, 3, stride=2, padding=1, dilation=2), nn.Linear(25, 7)
    along = {"weight_shape": list(signal.weight.shape), "stride": [2], "padding": [1], "dilation": [2], "groups": 1}
    along |= {"type": "conv1d", "weight": [packed(signal.weight)], "bias": [packed(signal.bias)]}
    chain = [
        ("along", [along], lambda v: signal(v[None, :, 0])[0][:, None]),
        (
            "dense",
            [{"type": "flatten"}, linear([dense]), {"type": "sigmoid"}],
            lambda v: torch.sigmoid(dense(v.flatten())),
        ),
    ]
    return chained(torch.randn(2, 1, 12), chain)
