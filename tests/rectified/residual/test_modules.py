import pytest
import torch

from rectified.residual.modules import OneNeuronBlock, OneNeuronResNet
from rectified.residual.networks import residual_forward


def test_a_module_is_the_network_of_its_parameters(generator) -> None:
    module = OneNeuronResNet(3, 5, generator, torch.float64)
    x = torch.randn(8, 3, generator=generator).double()
    assert torch.allclose(module(x), residual_forward(module.network(), x), atol=1e-14)
    assert sum(p.numel() for p in module.blocks.parameters()) == 5 * (2 * 3 + 1)


def test_a_block_changes_the_state_along_one_direction_only(generator) -> None:
    block = OneNeuronBlock(*torch.randn(2, 4, generator=generator), torch.tensor(0.3))
    x = torch.randn(10, 4, generator=generator)
    jacobian = torch.autograd.functional.jacobian(lambda z: block(z).sum(0), x).permute(1, 0, 2)
    assert torch.linalg.matrix_rank((jacobian - torch.eye(4)).double(), atol=1e-5).max() == 1


def test_training_one_by_one_lowers_the_loss(generator) -> None:
    module = OneNeuronResNet(2, 4, generator)
    x = torch.randn(50, 2, generator=generator)
    y = x.square().sum(1, keepdim=True)
    first = (module(x) - y).square().mean().item()
    for _ in range(100):
        gradients = torch.autograd.grad((module(x) - y).square().mean(), list(module.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(module.parameters(), gradients, strict=True):
                parameter -= 0.02 * gradient
    assert (module(x) - y).square().mean().item() < 0.5 * first


def test_vectors_of_two_lengths_are_refused(unchecked) -> None:
    build = unchecked(OneNeuronBlock.__init__)
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(3,\); expected vectors of one length"):
        build(OneNeuronBlock.__new__(OneNeuronBlock), torch.zeros(2), torch.zeros(3), torch.zeros(()))
