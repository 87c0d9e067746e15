"""Which classes an image is to be defended against, as rows on the logits."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from rectified.training import is_correct


def margin_specification(
    labels: Int[Tensor, " batch"], classes: int, dtype: torch.dtype = torch.float64
) -> Float[Tensor, "batch targets classes"]:
    """Rows e_c - e_t for each image's class c and every other class t, in increasing order of t.

    Args:
        labels: The classes c.
        classes: Number of classes.
        dtype: Of the result; that of the network.

    Returns:
        One row per target; the row times the logits is the margin of c over t.

    Raises:
        ValueError: If a label is not in ``range(classes)``.

    Example:
        >>> margin_specification(torch.tensor([1]), 3)
        tensor([[[-1.,  1.,  0.],
                 [ 0.,  1., -1.]]], dtype=torch.float64)

    Source:
        own; [zhang2018efficient] uses one such row at a time.
    """
    if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise ValueError(f"labels run from {int(labels.min())} to {int(labels.max())}; expected 0 to {classes - 1}")
    unit = torch.eye(classes, dtype=dtype, device=labels.device)
    rows = unit[labels][:, None] - unit
    others = torch.arange(classes, device=labels.device) != labels[:, None]
    return rows[others].reshape(labels.shape[0], classes - 1, classes)


def random_targets(labels: Int[Tensor, " batch"], classes: int, generator: torch.Generator) -> Int[Tensor, " batch"]:
    """For each image a class other than its own, each with the same probability.

    Args:
        labels: Classes of the images.
        classes: Number of classes, at least 2.
        generator: Source of the choice; its device need not be that of the labels.

    Returns:
        The targets, on the device of ``labels``.

    Raises:
        ValueError: If there are fewer than two classes.

    Source:
        [zhang2018efficient], the experiments, "random target".
    """
    if classes < 2:
        raise ValueError(f"classes is {classes}; expected at least 2")
    step = torch.randint(1, classes, labels.shape, generator=generator, device=generator.device)
    return (labels + step.to(labels.device)) % classes


def target_specification(
    labels: Int[Tensor, " batch"],
    targets: Int[Tensor, " batch"],
    classes: int,
    dtype: torch.dtype = torch.float64,
) -> Float[Tensor, "batch 1 classes"]:
    """One row e_c - e_t for each image: its value on the logits is the margin of class c over the target t.

    Args:
        labels: The classes c.
        targets: The targets t; none may be its image's own class.
        classes: Number of classes.
        dtype: Of the rows; that of the network.

    Returns:
        The rows.

    Raises:
        ValueError: If a target is the image's own class.

    Example:
        >>> target_specification(torch.tensor([0]), torch.tensor([2]), 3)
        tensor([[[ 1.,  0., -1.]]], dtype=torch.float64)

    Source:
        [zhang2018efficient], the experiments.
    """
    if bool((labels == targets).any()):
        raise ValueError("targets has an image's own class as its target; expected another class for each image")
    unit = torch.eye(classes, dtype=dtype, device=labels.device)
    return (unit[labels] - unit[targets])[:, None]


def runner_up_specification(
    logits: Float[Tensor, "batch classes"], labels: Int[Tensor, " batch"]
) -> Float[Tensor, "batch 1 classes"]:
    """The row of :func:`target_specification` for the class with the smallest margin at the image itself.

    Args:
        logits: Outputs at the images.
        labels: Classes of the images.

    Returns:
        The rows, in the dtype of ``logits``.

    Source:
        [zhang2018efficient], the experiments, "runner-up target".
    """
    rows = margin_specification(labels, logits.shape[1], logits.dtype)
    nearest = (rows * logits[:, None]).sum(-1).argmin(1)
    return rows.gather(1, nearest[:, None, None].expand(-1, 1, rows.shape[2]))


class TargetedImages(NamedTuple):
    """Images with their classes and, for each, one row of margins to defend."""

    pixels: Float[Tensor, "batch d_in"]
    labels: Int[Tensor, " batch"]
    specification: Float[Tensor, "batch 1 classes"]


def targeted_images(
    pixels: Float[Tensor, "samples d_in"],
    labels: Int[Tensor, " samples"],
    models: Sequence[nn.Module],
    count: int,
    classes: int,
    generator: torch.Generator,
) -> TargetedImages:
    """The first images that every model classifies correctly, each with a random target class; in float64.

    Args:
        pixels: Images as rows, in the dtype of the models.
        labels: Their classes.
        models: Map a batch of images to logits; at least one.
        count: How many images are wanted.
        classes: Number of classes.
        generator: Source of the targets.

    Returns:
        At most ``count`` images, in their order.

    Source:
        [zhang2018efficient], the experiments: misclassified images are skipped. They skip for each network on its own.
    """
    chosen = is_correct(models, pixels, labels).nonzero()[:count, 0]
    own = labels[chosen]
    rows = target_specification(own, random_targets(own, classes, generator), classes)
    return TargetedImages(pixels[chosen].double(), own, rows)
