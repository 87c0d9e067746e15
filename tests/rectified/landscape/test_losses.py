"""Losses against torch's, and their derivatives against automatic differentiation."""

import pytest
import torch

from rectified.landscape.losses import LOGISTIC, SQUARED, mean_loss


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC], ids=lambda loss: loss.name)
def test_derivatives_are_those_of_autograd(loss):
    f = torch.linspace(-5, 5, 31).double().requires_grad_()
    y = torch.where(torch.arange(31) % 2 == 0, 1.0, -1.0).double()
    (first,) = torch.autograd.grad(loss.value(f, y).sum(), f, create_graph=True)
    assert torch.allclose(loss.derivative(f, y), first)
    if loss is LOGISTIC:
        (second,) = torch.autograd.grad(first.sum(), f)
        assert torch.allclose(loss.curvature(f, y), second)
    assert torch.equal(SQUARED.curvature(f, y), torch.ones_like(f))


def test_mean_losses_are_torch_s(generator):
    f = torch.randn(4, 7, 2, generator=generator).double()
    y = torch.randn(7, 2, generator=generator).double().sign()
    squared = torch.stack([torch.nn.functional.mse_loss(one, y) for one in f])
    assert torch.allclose(mean_loss(f, y, SQUARED), squared)  # half a mean square, summed over two outputs
    logistic = [torch.nn.functional.binary_cross_entropy_with_logits(one, (y + 1) / 2) * 2 for one in f]
    assert torch.allclose(mean_loss(f, y, LOGISTIC), torch.stack(logistic))
