"""What a neuron sums: products of weight and activation, by differentiation."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Contributions:
    """The terms of one pre-activation.

    Attributes:
        terms: Weight times activation for each input, in the shape of the inputs.
        bias: What remains without any input.
        total: The pre-activation: the sum of both.
    """

    terms: Float[Tensor, "..."]
    bias: float
    total: float

    def share(self, count: int) -> float:
        """The part that the ``count`` largest terms have of the sum of all, in absolute value; 1 where all are zero."""
        sizes = self.terms.abs().flatten()
        total = sizes.sum().item()
        return 1.0 if total == 0.0 else sizes.topk(min(count, len(sizes))).values.sum().item() / total


def contributions(layer: Callable[[Tensor], Tensor], inputs: Float[Tensor, "..."], neuron: int) -> Contributions:
    r"""The terms :math:`w_i a_i` of the pre-activation :math:`s = b + \sum_i w_i a_i` of one neuron of an affine layer.

    The weight :math:`w_i` is the derivative of the pre-activation by input :math:`i`, whatever the layer is: a
    convolution, with the zeros of its padding, needs no other formula than a dense layer.

    Args:
        layer: An affine map from a batch of inputs to a batch of pre-activations.
        inputs: What the layer reads, without a batch axis.
        neuron: Position in the flattened pre-activations.

    Returns:
        The terms, bias and pre-activation, in the dtype of the inputs.

    Raises:
        ValueError: If the neuron does not exist.
    """
    point = inputs.detach().clone().requires_grad_()
    summed = layer(point[None]).flatten()
    if not 0 <= neuron < len(summed):
        raise ValueError(f"neuron is {neuron}; the layer has {len(summed)}, counted from 0")
    (weight,) = torch.autograd.grad(summed[neuron], point)
    bias = layer(torch.zeros_like(inputs)[None]).flatten()[neuron]
    return Contributions((weight * inputs).detach(), bias.item(), summed[neuron].item())
