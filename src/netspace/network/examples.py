"""Networks to be shown: LeNet, and small ones that together use all that a page can compute."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn


def lenet() -> nn.Sequential:
    """LeNet for images of 28 by 28 pixels and ten classes, without the softmax: 44,426 parameters.

    Returns:
        Two convolutions with ReLU and pooling, and three dense layers; PyTorch's global generator draws the weights.

    Source:
        [lecun1998gradient], in the form of the first example of [tensorspace2019space].
    """
    first = nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2)
    second = nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
    dense = nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)
    return nn.Sequential(*first, *second, *dense)


def small_convolutional() -> nn.Sequential:
    """Two strided convolutions and a dense layer, without the softmax: 2,202 parameters, for a scene with many states.

    Returns:
        A network for images of 28 by 28 pixels and ten classes.
    """
    first, second = nn.Conv2d(1, 4, 5, stride=2), nn.Conv2d(4, 8, 5, stride=2)
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.Flatten(), nn.Linear(128, 10))


def odd_networks() -> dict[str, tuple[nn.Module, Float[Tensor, "..."]]]:
    """Three networks with 64 inputs each, in evaluation mode; batch norm has statistics of its own.

    Returns:
        Under their names: one with a residual sum, a concatenation and coarse copies; one for signals; and one with
        smooth activations.
    """
    early = nn.Conv1d(1, 3, 5, stride=2, padding=2), nn.BatchNorm1d(3), nn.Tanh(), nn.AvgPool1d(2)
    late = nn.Conv1d(3, 2, 3, dilation=2), nn.LeakyReLU(0.1), nn.Flatten(), nn.Linear(12, 4)
    smooth = nn.Sequential(nn.Linear(6, 9), nn.Sigmoid(), nn.Dropout(), nn.Linear(9, 9), nn.Tanh(), nn.Linear(9, 3))
    made: dict[str, tuple[nn.Module, Tensor]] = {
        "joined": (Joined(), torch.randn(64, 1, 8, 8)),
        "signals": (nn.Sequential(*early, *late), torch.randn(64, 1, 40)),
        "smooth": (smooth, torch.randn(64, 6)),
    }
    for network, inputs in made.values():
        with torch.no_grad():
            network(inputs)  # batch norm takes its running statistics from these
        network.eval()
    return made


def odd_layers(network: nn.Module, x: Float[Tensor, "batch ..."]) -> list[Tensor]:
    """What the layers that a scene of an odd network shows hold, computed without tracing it.

    Args:
        network: One of ``odd_networks``.
        x: Inputs.

    Returns:
        One tensor per layer shown, from the input to the output.

    Raises:
        TypeError: If the network is none of these.
    """
    if isinstance(network, Joined):
        return network.layers(x)
    if not isinstance(network, nn.Sequential):
        raise TypeError(f"network is a {type(network).__name__}; expected one of odd_networks()")
    silent = (
        nn.BatchNorm1d,
        nn.Sigmoid,
        nn.Tanh,
        nn.LeakyReLU,
        nn.Dropout,
        nn.Flatten,
        nn.Identity,
    )  # shown with another
    starts = [at for at, module in enumerate(network) if not isinstance(module, silent)]
    ends = [0, *(at - isinstance(network[at - 1], nn.Flatten) for at in starts[1:]), len(network)]
    return [network[:end](x) for end in ends]


class Joined(nn.Module):
    """A residual sum, and a concatenation with a coarse copy; written with modules, functions and methods."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.norm, self.coarse = nn.BatchNorm2d(4), nn.Sequential(nn.AvgPool2d(4), nn.Upsample(scale_factor=4))
        self.dense = nn.Linear(8, 5)

    def forward(self, x: Any) -> Any:  # not a tensor while torch.fx follows it
        """Five numbers between 0 and 1 for each image of shape (1, 8, 8)."""
        y = torch.relu(self.norm(self.first(x)))
        joined = torch.cat([torch.relu(self.second(y) + y), self.coarse(y)], dim=1)
        return torch.sigmoid(self.dense(joined.mean((2, 3))))

    def layers(self, x: Tensor) -> list[Tensor]:
        """The input, seven values on the way, and the output."""
        y = torch.relu(self.norm(self.first(x)))
        second, low, high = self.second(y), self.coarse[0](y), self.coarse(y)
        total = torch.relu(second + y)
        joined = torch.cat([total, high], dim=1)
        return [x, y, second, total, low, high, joined, joined.mean((2, 3)), self(x)]
