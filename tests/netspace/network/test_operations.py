import pytest
import torch
from torch import nn

from netspace.network.operations import ChannelMeans, Role, operation_of


def of(module, *shape):
    """The operation of ``module`` on inputs of a shape."""
    module.eval()
    return operation_of([module], shape, tuple(module(torch.zeros(1, *shape)).shape[1:]))


def test_words_kind_and_role():
    found = of(nn.Conv2d(1, 6, (3, 5)), 1, 9, 9)
    assert (found.words, found.kind, found.role) == ("Conv2d 3x5, 1 to 6", "conv", Role.LAYER)
    assert of(nn.Conv2d(4, 4, 1, groups=2), 4, 3, 3).words == "Conv2d 1x1, 4 to 4, 2 groups"
    assert of(nn.Conv1d(1, 2, 3), 1, 9).words == "Conv1d 3, 1 to 2"
    assert of(nn.MaxPool2d(2), 1, 4, 4).words == "MaxPool2d 2x2"
    assert of(nn.MaxPool1d(2), 1, 4).words == "MaxPool1d 2"
    assert of(nn.AdaptiveAvgPool2d(2), 1, 4, 4).words == "AdaptiveAvgPool2d to 2x2"
    assert of(nn.Linear(3, 2), 3).words == "Linear 3 to 2"
    assert of(nn.ReLU(), 3).role is Role.CONTINUES
    assert of(nn.Flatten(), 2, 3, 4).role is Role.PREPARES
    assert of(nn.Dropout(), 3).role is Role.NOTHING


def test_an_average_counts_the_zeros_around_it():
    steps = of(nn.AvgPool2d(2, padding=1), 1, 4, 4).steps
    assert [step["type"] for step in steps] == ["pad2d", "avg_pool2d"]
    assert steps[1]["padding"] == [0, 0]


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"), (1, 5, 5)),
        (nn.MaxPool2d(2, ceil_mode=True), (1, 5, 5)),
        (nn.MaxPool2d(2, dilation=2), (1, 5, 5)),
        (nn.AvgPool2d(2, padding=1, count_include_pad=False), (1, 4, 4)),
        (nn.AvgPool2d(2, divisor_override=3), (1, 4, 4)),
        (nn.AdaptiveAvgPool2d(2), (1, 5, 5)),
        (nn.BatchNorm2d(1, track_running_stats=False), (1, 5, 5)),
        (nn.ConstantPad2d(1, 2.0), (1, 3, 3)),
        (nn.Upsample(scale_factor=2, mode="bilinear"), (1, 3, 3)),
        (nn.Upsample(size=4), (1, 3, 3)),
        (nn.Softmax(dim=1), (2, 3, 3)),
        (nn.Linear(3, 2), (4, 3)),
        (nn.Flatten(2), (2, 3, 3)),
        (nn.GELU(), (3,)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_what_a_page_cannot_repeat_has_no_steps(module, shape):
    found = of(module, *shape)
    assert found.steps is None
    assert found.words == type(module).__name__


def test_zeros_on_one_side_only_are_no_padding():
    assert operation_of([nn.Conv2d(1, 1, 2, padding="same")], (1, 5, 5), (1, 5, 5)).steps is None
    assert operation_of([nn.Conv2d(1, 1, 3, padding="same")], (1, 5, 5), (1, 5, 5)).steps[0]["padding"] == [1, 1]
    assert operation_of([nn.Conv2d(1, 1, 3, padding="valid")], (1, 5, 5), (1, 3, 3)).steps[0]["padding"] == [0, 0]


def test_a_subclass_is_not_taken_for_its_parent():
    class Doubled(nn.Linear):
        def forward(self, x):
            return 2.0 * super().forward(x)

    assert of(Doubled(3, 2), 3).steps is None


def test_channel_means():
    assert ChannelMeans()(torch.arange(8.0).reshape(1, 2, 2, 2)).tolist() == [[1.5, 5.5]]
    assert [step["type"] for step in of(ChannelMeans(), 2, 3, 4).steps] == ["avg_pool2d", "flatten"]
