"""Losses of a prediction and a label that are convex and differentiable in the prediction."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Entrywise = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Loss:
    """A loss, entry by entry, with its first two derivatives in the prediction.

    Attributes:
        name: For tables and error messages.
        value: Of prediction and label.
        derivative: Of the value in the prediction.
        curvature: Of the value in the prediction, the second derivative.
    """

    name: str
    value: Entrywise
    derivative: Entrywise
    curvature: Entrywise


def _logistic_curvature(f: Tensor, y: Tensor) -> Tensor:
    return torch.sigmoid(f) * torch.sigmoid(-f)


SQUARED = Loss("squared", lambda f, y: 0.5 * (f - y) ** 2, lambda f, y: f - y, lambda f, y: torch.ones_like(f))
LOGISTIC = Loss(
    "logistic",
    lambda f, y: torch.nn.functional.softplus(-y * f),
    lambda f, y: -y * torch.sigmoid(-y * f),
    _logistic_curvature,  # for labels -1 and 1
)


def mean_loss(
    predictions: Float[Tensor, "*stack samples d_out"], targets: Float[Tensor, "samples d_out"], loss: Loss
) -> Float[Tensor, "*stack"]:
    r"""The empirical risk :math:`\frac1n \sum_i \sum_j \ell(f_{ij}, y_{ij})`.

    Args:
        predictions: One set of predictions for each leading index.
        targets: The labels; -1 and 1 for the logistic loss.
        loss: Of one prediction and one label. For the squared loss the risk is half the mean squared distance.

    Returns:
        One risk for each leading index.
    """
    return loss.value(predictions, targets).sum(dim=(-2, -1)) / targets.shape[0]
