import pytest
import torch

from rectified.bounds.specifications import (
    margin_specification,
    random_targets,
    runner_up_specification,
    target_specification,
    targeted_images,
)
from tests.cases import random_points


def test_targets_are_other_classes_and_every_one_of_them_occurs(generator) -> None:
    labels = torch.arange(4).repeat(500)
    targets = random_targets(labels, 4, generator)
    assert not (targets == labels).any()
    counts = torch.bincount(4 * labels + targets, minlength=16).reshape(4, 4)
    # Binomial(500, 1/3) has standard deviation 10.5; five of these on either side.
    off_diagonal = counts[~torch.eye(4, dtype=torch.bool)]
    assert off_diagonal.min() > 114
    assert off_diagonal.max() < 220


def test_one_class_alone_is_refused(generator) -> None:
    with pytest.raises(ValueError, match="classes is 1"):
        random_targets(torch.zeros(1, dtype=torch.int64), 1, generator)


def test_the_row_gives_the_margin_over_the_target() -> None:
    logits = torch.tensor([[3.0, 1.0, 2.5], [0.0, 4.0, -1.0]], dtype=torch.float64)
    rows = target_specification(torch.tensor([0, 1]), torch.tensor([2, 0]), 3)
    assert (rows[:, 0] * logits).sum(1).tolist() == [0.5, 4.0]


def test_the_own_class_is_no_target() -> None:
    with pytest.raises(ValueError, match="own class"):
        target_specification(torch.tensor([0, 1]), torch.tensor([2, 1]), 3)


def test_the_runner_up_has_the_smallest_margin() -> None:
    logits = torch.tensor([[3.0, 1.0, 2.5], [0.0, 4.0, -1.0]], dtype=torch.float64)
    rows = runner_up_specification(logits, torch.tensor([0, 1]))
    assert rows.tolist() == [[[1.0, 0.0, -1.0]], [[-1.0, 1.0, 0.0]]]


def test_the_first_correct_images_are_taken_in_their_order(generator) -> None:
    pixels = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0], [0.0, 3.0], [4.0, 0.0]])
    labels = torch.tensor([0, 1, 1, 1, 0])
    found = targeted_images(pixels, labels, [torch.nn.Identity()], 3, 2, generator)
    assert found.pixels.tolist() == [[1.0, 0.0], [0.0, 2.0], [0.0, 3.0]]
    assert found.labels.tolist() == [0, 1, 1]
    assert found.specification[:, 0].tolist() == [[1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0]]
    assert found.pixels.dtype == torch.float64


def test_margin_specification_gives_margins():
    labels, logits = torch.tensor([2, 0, 1]), random_points(3, 4, seed=5)
    rows = margin_specification(labels, 4)
    assert rows.shape == (3, 3, 4)
    for image, label in enumerate(labels.tolist()):
        expected = [logits[image, label] - logits[image, other] for other in range(4) if other != label]
        assert torch.allclose(rows[image] @ logits[image], torch.stack(expected))
    with pytest.raises(ValueError, match="labels run from 0 to 4; expected 0 to 3"):
        margin_specification(torch.tensor([0, 4]), 4)
