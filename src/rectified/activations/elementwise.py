"""Elementwise activation functions as values: what they are, their derivative, and their torch module."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn


class Arctan(nn.Module):
    """The arctangent as a torch module, which torch itself does not offer."""

    def forward(self, x: Tensor) -> Tensor:
        """Arctangent of every entry."""
        return torch.arctan(x)


@dataclass(frozen=True)
class Activation:
    """An elementwise activation function.

    Attributes:
        name: Lower-case name, unique among the constants of this module.
        value: The function, entry by entry.
        derivative: Its derivative, entry by entry; the right-hand one is not taken at a kink (ReLU: 0 at 0).
        module: Makes a fresh torch module that computes ``value``.
        lipschitz: Smallest Lipschitz constant on the whole line.
    """

    name: str
    value: Callable[[Tensor], Tensor]
    derivative: Callable[[Tensor], Tensor]
    module: Callable[[], nn.Module]
    lipschitz: float = 1.0


def _sigmoid_derivative(x: Tensor) -> Tensor:
    return torch.sigmoid(x) * torch.sigmoid(-x)  # not s (1 - s): that cancels for large x


def _tanh_derivative(x: Tensor) -> Tensor:
    return 4.0 * _sigmoid_derivative(2.0 * x)  # 1 - tanh^2 would cancel for large x


RELU = Activation("relu", torch.relu, lambda x: (x > 0).to(x.dtype), nn.ReLU)
TANH = Activation("tanh", torch.tanh, _tanh_derivative, nn.Tanh)
SIGMOID = Activation("sigmoid", torch.sigmoid, _sigmoid_derivative, nn.Sigmoid, lipschitz=0.25)
ARCTAN = Activation("arctan", torch.arctan, lambda x: 1.0 / (1.0 + x * x), Arctan)
IDENTITY = Activation("identity", lambda x: x, torch.ones_like, nn.Identity)

_ALL = {activation.name: activation for activation in (RELU, TANH, SIGMOID, ARCTAN, IDENTITY)}


def activation_named(name: str) -> Activation:
    """The activation of that name.

    Args:
        name: One of ``relu``, ``tanh``, ``sigmoid``, ``arctan``, ``identity``.

    Returns:
        The constant of this module.

    Raises:
        ValueError: If no activation has that name.

    Example:
        >>> activation_named("relu").lipschitz
        1.0
    """
    if name not in _ALL:
        raise ValueError(f"name is {name!r}; expected one of {', '.join(sorted(_ALL))}")
    return _ALL[name]
