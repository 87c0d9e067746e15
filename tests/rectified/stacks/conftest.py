"""Single networks built from PyTorch's own modules, which share no code with the stacks that are tested."""

import pytest
import torch
from torch import nn


class Gated(nn.Module):
    """A ReLU network with a scalar gate on every hidden layer but the first, and the skip beside it."""

    def __init__(self, linears: list[nn.Linear], gates: list[nn.Parameter]) -> None:
        super().__init__()
        self.linears, self.gates = nn.ModuleList(linears), nn.ParameterList(gates)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The outputs, one sample per row."""
        first, *hidden, last = self.linears
        x = nn.functional.relu(first(x))
        for gate, linear in zip(self.gates, hidden, strict=True):
            x = x + gate * nn.functional.relu(linear(x))
        return last(x)


@pytest.fixture
def single():
    """Makes the module of one network of a stack: ``single(stack, number)``, with copied parameters."""

    def make(stack, number: int) -> nn.Module:
        linears = []
        for W, b in stack.layers:
            linear = nn.Linear(W.shape[2], W.shape[1], dtype=W.dtype)
            linear.load_state_dict({"weight": W[number].detach().clone(), "bias": b[number, :, 0].detach().clone()})
            linears.append(linear)
        if stack.gates:
            return Gated(linears, [nn.Parameter(gate[number, 0, 0].detach().clone()) for gate in stack.gates])
        return nn.Sequential(*[part for linear in linears for part in (linear, nn.ReLU())][:-1])

    return make
