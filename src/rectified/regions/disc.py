"""How many activation regions of a network with two inputs meet a disc, counted exactly."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.networks import Layers
from rectified.regions.planar import faces_in_disc, planar_partition

ROOM = 1.001  # half the side of the square that is cut, in radii: the disc must not touch it


def num_regions_in_disc(layers: Layers, center: Float[Tensor, "2"], radius: float | int) -> int:
    """The exact number of regions that meet an open disc: a square around it is cut, and what is near is counted.

    Args:
        layers: Pairs (weight, bias) of a ReLU network with two inputs, first to last, in float64.
        center: Middle of the disc.
        radius: Positive.

    Returns:
        The number of activation regions; linear regions may be fewer.

    Raises:
        ValueError: If the network has not two inputs or is not float64, or the radius is not positive.

    Source:
        own; see ``planar_partition``.
    """
    if not 0 < radius < float("inf"):
        raise ValueError(f"radius is {radius}; expected a positive number")
    x, y = center.tolist()
    room = ROOM * radius
    partition = planar_partition(layers, (x - room, y - room), (x + room, y + room))
    return int(torch.from_numpy(faces_in_disc(partition, (x, y), float(radius))).sum())
