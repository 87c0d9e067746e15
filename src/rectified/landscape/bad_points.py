"""All that belongs to one bad minimum: data, loss, network, the best affine map, and the kink that improves on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from rectified.landscape.affine import AffineFit, affine_fit
from rectified.landscape.constructed import constructed_minimum
from rectified.landscape.kink import Kink, best_kink, kink_network
from rectified.landscape.losses import Loss
from rectified.landscape.piecewise import PiecewiseLinear
from rectified.landscape.risk import StackedLayers, risk


@dataclass(frozen=True)
class BadPoint:
    """A local minimum at which the network is the best affine map.

    Attributes:
        inputs: The examples.
        targets: Their labels.
        loss: Of one prediction and one label.
        activation: Between each two layers.
        hidden: Widths of the hidden layers.
        fit: The best affine map.
        kink: The kink that improves on it.
    """

    inputs: Float[Tensor, "samples d_in"]
    targets: Float[Tensor, "samples d_out"]
    loss: Loss
    activation: PiecewiseLinear
    hidden: Sequence[int]
    fit: AffineFit
    kink: Kink

    @property
    def network(self) -> list[tuple[Tensor, Tensor]]:
        """The local minimum itself."""
        return constructed_minimum(self.fit, self.hidden, self.activation)

    @property
    def improved(self) -> list[tuple[Tensor, Tensor]]:
        """A network of the same shape with a lower risk."""
        return kink_network(self.fit, self.kink, self.inputs, self.hidden, self.activation)

    def risk(self, layers: StackedLayers) -> Float[Tensor, "*stack"]:
        """The risk of any networks of this shape."""
        return risk(layers, self.inputs, self.targets, self.activation, self.loss)


def bad_points(
    inputs: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, "samples d_out"],
    loss: Loss,
    activation: PiecewiseLinear,
    hidden: Sequence[Sequence[int]],
) -> list[BadPoint]:
    """Bad minima for one data set and one activation, one for each list of hidden widths.

    Args:
        inputs: The examples.
        targets: Their labels.
        loss: Of one prediction and one label.
        activation: With a knot at which its slope changes.
        hidden: Widths of the hidden layers of each network.

    Returns:
        The points, which share the affine fit and the kink.

    Raises:
        ValueError: If there is no affine optimum, or no kink that improves on it.

    Source:
        [he2020piecewise], abstract; as for :func:`rectified.landscape.constructed.constructed_minimum`.
    """
    fit = affine_fit(inputs, targets, loss)
    kink = best_kink(fit, inputs, targets, activation, loss)
    return [BadPoint(inputs, targets, loss, activation, widths, fit, kink) for widths in hidden]
