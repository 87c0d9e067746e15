"""The output layer by least squares on known hidden neurons, with a linear part for what orientations left open."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rectified.identification.orientations import orientations_by_sums

CUTOFF = 1e-12  # singular values below this part of the largest count as zero


class OutputFit(NamedTuple):
    """Outputs = weight . ReLU(z) + linear . before + bias, with z the pre-activations of the last hidden layer.

    Attributes:
        weight: Of the rectified neurons.
        linear: Of the layer before; it takes what wrongly oriented and always active neurons contribute.
        bias: Constant part.
        residual: Largest error at held-out points over the standard deviation of the outputs there.
    """

    weight: Float[np.ndarray, "d_out neurons"]
    linear: Float[np.ndarray, "d_out width"]
    bias: Float[np.ndarray, " d_out"]
    residual: float


def fit_output_layer(
    pre_activations: Float[np.ndarray, "samples neurons"],
    before: Float[np.ndarray, "samples width"],
    outputs: Float[np.ndarray, "samples d_out"],
    weights: Float[np.ndarray, " samples"] | None = None,
) -> OutputFit:
    """The output layer on known neurons, fitted at two of three points and checked at every third.

    Args:
        pre_activations: Of the last hidden layer, up to sign and scale of each neuron.
        before: The activations of the layer before it, or the inputs.
        outputs: Answers at the same points.
        weights: Of the points, positive; None weighs all alike.

    Returns:
        The fit. A residual of rounding size says that the known neurons explain the answers at these points. A neuron
        that is on at none of them, or at all, may be missing, and one that is on at few may have been fitted there.

    Raises:
        ValueError: If there are fewer points than unknowns and a half.

    Source:
        [rolnick2020reverse], the last layer; the linear part is own.
    """
    samples, neurons = pre_activations.shape
    features = np.c_[np.maximum(pre_activations, 0.0), before, np.ones(samples)]
    if samples < 1.5 * features.shape[1]:
        raise ValueError(f"outputs has {samples} rows; expected at least {int(1.5 * features.shape[1]) + 1}")
    if weights is not None:
        features, outputs = features * weights[:, None], outputs * weights[:, None]
    size = np.linalg.norm(features, axis=0)
    size[size == 0.0] = 1.0  # a neuron that is never on gets no weight
    checked = np.arange(samples) % 3 == 2
    solution = np.linalg.lstsq(features[~checked] / size, outputs[~checked], rcond=CUTOFF)[0] / size[:, None]
    wrong = np.abs(features[checked] @ solution - outputs[checked]).max()
    residual = float(wrong / max(outputs[checked].std(), 1e-300))
    return OutputFit(solution[:neurons].T, solution[neurons:-1].T, solution[-1], residual)


def without_linear_part(
    weight: Float[np.ndarray, "neurons width"], bias: Float[np.ndarray, " neurons"], fit: OutputFit
) -> tuple[Float[np.ndarray, " neurons"], OutputFit] | None:
    """Signs for the last hidden layer with which the outputs need no linear part.

    A neuron that was taken with the wrong sign contributes o ReLU(-t) = o ReLU(t) - o t. So the linear part is minus
    the sum of o times the neuron's own weights over all wrongly taken neurons.

    Args:
        weight: Of the last hidden layer.
        bias: Of the last hidden layer.
        fit: The output layer on it, with its linear part.

    Returns:
        A sign for each neuron, and the output layer for the neurons with these signs; None where no choice removes the
        linear part, as with a neuron that is always active.
    """
    # with z taken as s t (t the true pre-activation), o ReLU(t) = o ReLU(z) - o z where s = -1
    parts = -(fit.weight.T[:, :, None] * weight[:, None, :]).reshape(len(weight), -1)
    found = orientations_by_sums(parts, fit.linear.reshape(-1))
    if found is None:
        return None
    constant = fit.bias + fit.weight @ (bias * found.is_flipped)
    return found.signs, fit._replace(linear=np.zeros_like(fit.linear), bias=constant)
