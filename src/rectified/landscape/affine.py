"""The affine map of least risk, by least squares or by Newton's method."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.landscape.losses import SQUARED, Loss, mean_loss
from rectified.least_squares import affine_least_squares

GRADIENT = 1e-13  # where Newton's method stops: a few units of rounding, for risks and inputs of size one
HESSIAN_CUTOFF = 1e-14  # of its singular values, relative to the largest: rounding of the sums leaves about 1e-16
FLAT = 1e-7  # curvature of the logistic loss at a prediction of 16: no fit of mixed labels is as sure everywhere
MOST_STEPS = 100  # damped Newton steps; it needs about ten unless there is no minimum


class AffineFit(NamedTuple):
    """The affine map of least risk.

    Attributes:
        coefficients: One column per output: weights, and the constant last.
        predictions: Its values on the data.
        residuals: The loss's derivative there; orthogonal to every affine function of the inputs.
        risk: Its risk.
    """

    coefficients: Float[Tensor, "d_in_plus_one d_out"]
    predictions: Float[Tensor, "samples d_out"]
    residuals: Float[Tensor, "samples d_out"]
    risk: float


def with_ones(inputs: Float[Tensor, "samples d_in"]) -> Float[Tensor, "samples d_in_plus_one"]:
    """The inputs with a column of ones appended, so that a bias is one more weight.

    Args:
        inputs: The examples.

    Returns:
        The longer rows.
    """
    return torch.cat([inputs, torch.ones_like(inputs[:, :1])], dim=1)


def affine_fit(inputs: Float[Tensor, "samples d_in"], targets: Float[Tensor, "samples d_out"], loss: Loss) -> AffineFit:
    """The affine map of least empirical risk.

    Each input is measured in units of its largest size, so that the gradient at which Newton's method stops does not
    depend on units.

    Args:
        inputs: The examples, float64.
        targets: Their labels; -1 and 1 for the logistic loss.
        loss: Convex in the prediction.

    Returns:
        Coefficients, predictions, residuals and risk.

    Raises:
        ValueError: If shapes or dtypes do not fit, or no affine map attains the least risk (logistic loss, labels that
            an affine map separates).
    """
    if inputs.ndim != 2 or targets.ndim != 2 or len(inputs) != len(targets):
        shapes = f"{tuple(inputs.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"inputs and targets have shapes {shapes}; expected (samples, d_in) and (samples, d_out)")
    if inputs.dtype != torch.float64 or targets.dtype != torch.float64:
        raise ValueError(f"inputs and targets are {inputs.dtype} and {targets.dtype}; expected float64")
    features = with_ones(inputs)
    if loss is SQUARED:
        B = affine_least_squares(inputs, targets)
    else:
        units = features.abs().amax(0).masked_fill((features == 0).all(0), 1.0)
        B = torch.stack([_newton(features / units, column, loss) for column in targets.T], dim=1) / units[:, None]
    F = features @ B
    return AffineFit(B, F, loss.derivative(F, targets), mean_loss(F, targets, loss).item())


def _newton(features: Tensor, target: Tensor, loss: Loss) -> Tensor:
    """Coefficients of one output, by Newton steps that are halved until the risk falls.

    Raises:
        ValueError: If the gradient does not vanish.
    """
    beta = torch.zeros_like(features[0])
    for _ in range(MOST_STEPS):
        f = features @ beta
        gradient = features.T @ loss.derivative(f, target) / len(target)
        curvature = loss.curvature(f, target)[:, None]
        if curvature.max() < FLAT:
            break  # every prediction runs off to infinity: the gradient vanishes without a minimum
        if gradient.abs().max() < GRADIENT:
            return beta
        hessian = features.T @ (curvature * features) / len(target)
        step = torch.linalg.lstsq(hessian, gradient, rcond=HESSIAN_CUTOFF, driver="gelsd").solution
        now = loss.value(f, target).mean()
        size = 1.0
        while size > 1e-3 and loss.value(features @ (beta - size * step), target).mean() > now + 1e-15:
            size /= 2
        beta = beta - size * step
    raise ValueError(
        f"no affine map attains the least {loss.name} risk: Newton's method ends with predictions up to "
        f"{f.abs().max():.3g}. Perhaps an affine map separates the labels"
    )
