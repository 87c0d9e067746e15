"""How TensorSpace 0.6.1 turns activations into brightness, to show what its pictures can and cannot say."""

from enum import Enum

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

LEAST_OPACITY = 0.4  # minOpacity of its default configuration


class Aggregation(Enum):
    """The two strategies, by the names that its users give."""

    AVERAGE = "average"
    MAX = "max"


def drawn_brightness(
    maps: Float[Tensor, "channels rows columns"], least: float = LEAST_OPACITY
) -> UInt8[Tensor, "channels rows columns"]:
    r"""The bytes that TensorSpace draws: every map on a scale of its own.

    .. math:: t = m + (1 - m) \, \frac{v - \min}{\max - \min}, \qquad \lfloor 255\, t \rfloor,

    with minimum and maximum over one map. In a constant map the fraction is replaced by the value itself, which is not
    bounded; the byte wraps round as in the array of bytes that holds it.

    Args:
        maps: Activations of one layer.
        least: The brightness :math:`m` of the smallest activation, in [0, 1).

    Returns:
        One byte for each cell.

    Raises:
        ValueError: If ``least`` is out of range.

    Source:
        [tensorspace2019space], ColorUtils.getAdjustValues and FeatureMap.updateVis of version 0.6.1.
    """
    if not 0.0 <= least < 1.0:
        raise ValueError(f"least is {least}; expected at least 0 and less than 1")
    values = maps.double().flatten(1)
    low, high = values.amin(1, keepdim=True), values.amax(1, keepdim=True)
    constant = high == low
    relative = torch.where(constant, low, (values - low) / torch.where(constant, 1.0, high - low))
    return (255.0 * (least + (1.0 - least) * relative)).long().remainder(256).to(torch.uint8).reshape(maps.shape)


def aggregated(maps: Float[Tensor, "channels rows columns"], strategy: Aggregation) -> Float[Tensor, "rows columns"]:
    """The one map that TensorSpace shows for a closed layer: its two strategies have each other's body.

    Args:
        maps: Activations of one layer.
        strategy: What its user asks for; the default there is ``AVERAGE``.

    Returns:
        For ``AVERAGE`` the largest value over the channels, for ``MAX`` their mean.

    Source:
        [tensorspace2019space], ChannelDataGenerator of version 0.6.1.
    """
    return maps.amax(0) if strategy is Aggregation.AVERAGE else maps.mean(0)


def peak_ratio(maps: Float[Tensor, "channels rows columns"]) -> float:
    """How much larger the largest cell of one map is than that of another, where both are drawn in full brightness.

    Args:
        maps: Activations of one layer that follows a ReLU.

    Returns:
        The largest ratio between two maps that are not constant; 1 if there is at most one.

    Source:
        own, on the rule of :func:`drawn_brightness`.
    """
    cells = maps.flatten(1)
    bright = (drawn_brightness(maps).flatten(1).amax(1) == 255) & (cells.amin(1) < cells.amax(1))
    peaks = cells.amax(1)[bright]
    return (peaks.max() / peaks.min()).item() if len(peaks) else 1.0
