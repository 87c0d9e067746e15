"""Explicit inverses of injective layers."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.optimize import LinearConstraint
from torch import Tensor

from rectified.injectivity._checks import check_layer
from rectified.injectivity.spanning import RANK_TOLERANCE, scaled_layer, unit_weight
from rectified.networks import Layer, Layers, check_float64, forward
from rectified.programs import Infeasible, solved_milp
from rectified.regions.equilibration import equilibrated
from rectified.regions.patterns import local_affine_map

ROUNDING = 1e-9  # relative size below which a recovered activation is zero: least squares leaves about 1e-14
OFF_RANGE = 1e-6  # of the terms that a row adds: a residual beyond it says that the layer did not make the output


def pair_preimage(
    basis: Float[Tensor, "d_in d_in"], scales: Float[Tensor, " d_in"], outputs: Float[Tensor, "*batch twice"]
) -> Float[Tensor, "*batch d_in"]:
    r"""The input that the layer with rows :math:`[B; -D B]` maps to the given output.

    Of each pair of rows one is active, so that :math:`B x = y' - D^{-1} y''` for the two halves of the output.

    Args:
        basis: The invertible matrix B.
        scales: The positive diagonal of D.
        outputs: Outputs of length 2 d_in; entries beyond, of further rows, must be cut off before.

    Returns:
        The inputs.

    Raises:
        ValueError: If shapes do not fit or a scale is not positive.

    Source:
        [puthawala2022globally], the layer that reaches the minimal expansivity; the formula is ours.
    """
    dim = len(scales)
    if basis.shape != (dim, dim) or outputs.shape[-1:] != (2 * dim,):
        raise ValueError(
            f"basis, scales, outputs have shapes {tuple(basis.shape)}, {tuple(scales.shape)}, {tuple(outputs.shape)}; "
            f"expected (d_in, d_in), (d_in,), (..., 2 d_in)"
        )
    if not bool((scales > 0).all()):
        raise ValueError(f"scales has the smallest entry {float(scales.min()):.3g}; expected positive ones")
    values = outputs[..., :dim] - outputs[..., dim:] / scales
    inputs: Tensor = torch.linalg.solve(basis, values[..., None])[..., 0]
    return inputs


def preimage(
    weight: Float[Tensor, "d_out d_in"],
    output: Float[Tensor, " d_out"],
    bias: Float[Tensor, " d_out"] | None = None,
) -> Float[Tensor, " d_in"]:
    """The input that a layer maps to ``output``, found from the output alone.

    Rows with a positive entry were active, and give linear equations. Where they span the space, least squares is
    enough. Where they do not (the input lay on the border of pieces), the rows with entry zero say on which sides the
    input lay, and a linear programme finds it.

    Args:
        weight: The layer's rows.
        output: One output, after the ReLU.
        bias: The layer's bias; None for zeros.

    Returns:
        An input with this output: the only one, if the layer is injective.

    Raises:
        ValueError: If shapes do not fit, or no input has this output.
    """
    check_layer(weight, bias)
    if output.shape != weight.shape[:1] or output.dtype != torch.float64:
        came = f"output has shape {tuple(output.shape)} and dtype {output.dtype}"
        raise ValueError(f"{came}; expected ({len(weight)},) and torch.float64")
    rows, shifted = _scaled_equations(weight, output, bias)
    positive = output > 0
    x = _solved(rows, shifted[:, 0] - shifted[:, 1], positive)
    missed = (torch.relu(rows @ x + shifted[:, 1]) - shifted[:, 0]).abs()
    terms = rows.abs() @ x.abs() + shifted.abs().sum(dim=1)
    if bool((missed > OFF_RANGE * terms).any()):
        share = float((missed / terms).nan_to_num(0.0).max())
        raise ValueError(f"output is no output of the layer: the best input misses it by {share:.3g} of a row's terms")
    return x


def _scaled_equations(weight: Tensor, output: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor]:
    """Rows at a size of one, and with the same factors the outputs and the biases, in two columns.

    Rows of zeros are scaled by what else they say.
    """
    sides = torch.stack([output, torch.zeros_like(output) if bias is None else bias], dim=1)
    zero = (weight == 0).all(dim=1, keepdim=True)
    array = torch.where(zero, sides.abs().amax(dim=1, keepdim=True), weight).numpy()
    exponents = equilibrated(array).row_exponents.astype(np.int32)[:, None]
    rows, scaled = (torch.from_numpy(np.ldexp(part.numpy(), exponents)) for part in (weight, sides))
    return rows, scaled


def _solved(rows: Tensor, values: Tensor, positive: Tensor) -> Tensor:
    """An input that gives ``values`` on the positive rows and no more than ``values`` on the others.

    The unknown of the linear programme is the input in units of the values, so that the solver's tolerance is a share.

    Raises:
        ValueError: If there is none.
    """
    equations, targets = rows[positive], values[positive]
    if _spans(equations):
        return _fitted(equations, targets)
    unit = max(float(values.abs().max()), float(np.finfo(np.float64).tiny))
    limits = np.where(positive, values / unit, -np.inf), values.numpy() / unit
    try:
        point = solved_milp(np.zeros(rows.shape[1]), LinearConstraint(rows.numpy(), *limits)).point
    except Infeasible as error:
        raise ValueError(f"output is no output of the layer: {error}") from None
    return unit * torch.from_numpy(point)


def _spans(equations: Tensor) -> bool:
    """Whether the rows span the space, by the tolerance of the package."""
    enough = len(equations) >= equations.shape[1]
    return enough and bool(torch.linalg.svdvals(unit_weight(equations))[-1] > RANK_TOLERANCE)


def _fitted(equations: Tensor, targets: Tensor) -> Tensor:
    """The solution by least squares of equations that span the space.

    By QR, which cuts no singular value off: the rank was decided before, on scaled columns, and a default cut-off would
    decide it again, in the units of the inputs.
    """
    units = equations.abs().amax(dim=0)
    solution: Tensor = torch.linalg.lstsq(equations / units, targets[:, None], driver="gels").solution[:, 0]
    return solution / units


def layerwise_preimage(layers: Layers, output: Float[Tensor, " d_out"]) -> Float[Tensor, " d_in"]:
    """The input of a network of injective layers, from its output: one layer after another, the last one first.

    The last layer is linear and inverted by least squares. What it gives is the output of a ReLU layer, up to rounding;
    entries as small as rounding are set to zero, since an inactive row gives no equation.

    Args:
        layers: Pairs (weight, bias) of a network with at least one hidden layer; the last weight has full column rank.
        output: One output.

    Returns:
        The input.

    Raises:
        ValueError: If shapes do not fit, the last weight has not full column rank, or some layer never has the output
            that is asked of it.
    """
    widths = check_float64(layers)
    if len(layers) < 2 or output.shape != (widths[-1],):
        raise ValueError(
            f"output has shape {tuple(output.shape)} for widths {widths}; expected ({widths[-1]},) and two layers"
        )
    (*hidden, (W, b)) = _with_scaled_rows(layers)
    values = _linear_preimage(W, b, output)
    for weight, bias in reversed(hidden):
        values = preimage(weight, torch.where(values > ROUNDING * values.abs().max(), values, 0.0), bias)
    return values


def _linear_preimage(W: Tensor, b: Tensor, output: Tensor) -> Tensor:
    """The input of the last layer, which is linear.

    Raises:
        ValueError: If the weight has not full column rank, or the layer never has this output.
    """
    if not _spans(W):
        raise ValueError(f"layers[-1] has a weight of shape {tuple(W.shape)} without full column rank; expected it")
    values = _fitted(W, output - b)
    missed, terms = (W @ values + b - output).abs(), W.abs() @ values.abs() + b.abs() + output.abs()
    if bool((missed > OFF_RANGE * terms).any()):
        share = float((missed / terms).nan_to_num(0.0).max())
        raise ValueError(f"output is no output of the last layer: the best input misses it by {share:.3g} of its terms")
    return values


def _with_scaled_rows(layers: Layers) -> list[Layer]:
    """The same function with hidden rows at a size of one: what a neuron loses, the next layer's column gains."""
    found, (weight, bias) = [], layers[0]
    for following, next_bias in layers[1:]:
        found.append(scaled_layer(weight, bias))
        exponents = equilibrated(torch.cat([weight, bias[:, None]], dim=1).numpy()).row_exponents.astype(np.int32)
        weight, bias = torch.from_numpy(np.ldexp(following.numpy(), -exponents)), next_bias
    return [*found, (weight, bias)]


def descended_preimages(
    layers: Layers,
    outputs: Float[Tensor, "batch d_out"],
    starts: Float[Tensor, "batch d_in"],
    *,
    steps: int = 100,
) -> Float[Tensor, "batch d_in"]:
    r"""Inputs whose outputs are as near to the given ones as damped Gauss-Newton steps bring them.

    Each step solves :math:`(J^\top J + \lambda I)\, h = J^\top r` for the residual r and the slope J of the input's
    linear piece. A step that does not lessen the residual is undone, and the damping grows.

    Args:
        layers: Pairs (weight, bias) of a network, in float64.
        outputs: What the network should give.
        starts: Where the search begins.
        steps: Number of steps.

    Returns:
        One input for each output. Nothing is promised: a network that is not injective has others, and a search may
        end on a piece whose slope has lost a direction.

    Raises:
        ValueError: If shapes do not fit.

    Source:
        own; the damping is that of Levenberg and Marquardt.
    """
    widths = check_float64(layers)
    if outputs.shape[1:] != (widths[-1],) or starts.shape != (len(outputs), widths[0]):
        raise ValueError(
            f"outputs has shape {tuple(outputs.shape)} and starts {tuple(starts.shape)}; expected (batch, "
            f"{widths[-1]}) and (batch, {widths[0]})"
        )
    x, damping = starts, torch.ones(len(starts), 1, 1, dtype=torch.float64)
    residual = outputs - forward(layers, x)
    for _ in range(steps):
        slope = local_affine_map(layers, x).slope
        normal = slope.mT @ slope + damping * torch.eye(widths[0], dtype=torch.float64)
        moved = x + torch.linalg.solve(normal, slope.mT @ residual[..., None])[..., 0]
        left = outputs - forward(layers, moved)
        better = left.square().sum(1) < residual.square().sum(1)
        x, residual = torch.where(better[:, None], moved, x), torch.where(better[:, None], left, residual)
        damping = torch.where(better[:, None, None], damping / 3.0, damping * 4.0).clamp(1e-12, 1e12)
    return x
