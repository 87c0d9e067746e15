import operator

import pytest
import torch
from torch import fx, nn
from torch.nn import functional

from netspace.network.calls import called_module, merge_of, operands


def last_call(function):
    """The last node of a traced function before its output."""
    return list(fx.symbolic_trace(function).graph.nodes)[-2]


@pytest.mark.parametrize(
    "function",
    [
        functional.relu,
        torch.relu,
        lambda x: x.relu(),
        lambda x: functional.leaky_relu(x, 0.3),
        lambda x: functional.max_pool2d(x, 2, ceil_mode=True),
        lambda x: functional.max_pool2d(x, 3, 1, 1),
        lambda x: functional.avg_pool2d(x, 2),
        lambda x: functional.adaptive_avg_pool2d(x, 2),
        lambda x: functional.interpolate(x, scale_factor=2),
        lambda x: functional.pad(x, (1, 2, 0, 3)),
        lambda x: functional.dropout(x, 0.5, training=False),
        lambda x: torch.softmax(x, 1),
        lambda x: functional.softmax(x, dim=1),
        lambda x: torch.sigmoid(x),
        lambda x: x.tanh(),
        lambda x: torch.flatten(x, 1),
        lambda x: x.flatten(1),
        lambda x: x.view(x.size(0), -1),
        lambda x: x.reshape(2, -1),
        lambda x: x.mean((2, 3)),
        lambda x: x.mean((2, 3), keepdim=True),
        lambda x: torch.mean(x, (-1, -2)),
    ],
)
def test_the_module_does_what_the_call_does(function, generator):
    x = torch.randn(2, 3, 4, 4, generator=generator)
    module = called_module(last_call(lambda x: function(x)), x, function(x))
    assert isinstance(module, nn.Module)
    assert torch.allclose(module(x), function(x))


@pytest.mark.parametrize(
    "function",
    [
        torch.exp,
        lambda x: x + 1.0,
        lambda x: x.mean(1),
        lambda x: x.view(4, -1),
        lambda x: functional.dropout(x, 0.5, training=True),
        lambda x: functional.pad(x, (1, 1, 1, 1), mode="reflect"),
    ],
)
def test_other_calls_have_no_module(function):
    x = torch.zeros(2, 3, 4, 4)
    assert called_module(last_call(lambda x: function(x)), x, function(x)) is None


def test_merges_and_what_they_read():
    total = last_call(lambda x: operator.add(torch.relu(x), x))
    assert merge_of(total) == "add"
    assert [node.name for node in operands(total)] == ["relu", "x"]
    twice = last_call(lambda x: x + x)
    assert [node.name for node in operands(twice)] == ["x", "x"]
    joined = last_call(lambda x: torch.cat([x, torch.relu(x), x], 1))
    assert merge_of(joined) == "concatenate"
    assert [node.name for node in operands(joined)] == ["x", "relu", "x"]


def test_what_is_no_merge():
    assert merge_of(last_call(lambda x: torch.add(x, x, alpha=2.0))) is None
    assert merge_of(last_call(lambda x: torch.cat([x, x], dim=0))) is None
    assert merge_of(last_call(lambda x: x.relu())) is None
    assert operands(last_call(lambda x: x + 1.0)) == []
