import pytest
import torch

from rectified.networks import forward
from rectified.residual.batches import forward_stacks, network_of, random_stacks, train_signs, train_together


def test_each_network_is_computed_as_alone(generator) -> None:
    stacks = random_stacks([2, 3, 4, 1], 5, generator)
    x = torch.randn(7, 2, generator=generator).double()
    together = forward_stacks(stacks, x)
    own = forward_stacks(stacks, x.expand(5, 7, 2) * torch.arange(5)[:, None, None])
    for number in range(5):
        layers = network_of(stacks, number)
        assert torch.allclose(together[number], forward(layers, x), atol=1e-14)
        assert torch.allclose(own[number], forward(layers, number * x), atol=1e-14)


def test_weights_fill_the_interval_of_linear_layers(generator) -> None:
    ((W, b),) = random_stacks([4, 10], 300, generator)
    for values in (W, b):
        assert 0.49 < values.abs().max() <= 0.5
        assert values.mean().abs() < 0.02


def test_joint_training_is_training_alone(generator) -> None:
    stacks = random_stacks([2, 3, 1], 4, generator)
    x, y = torch.randn(2, 30, 2, generator=generator).double()
    y = y[:, :1]

    def trained(pairs):
        pairs = [(W.clone(), b.clone()) for W, b in pairs]
        course = train_together(
            [p for pair in pairs for p in pair],
            lambda: (forward_stacks(pairs, x) - y).square().mean((1, 2)).sum(),
            50,
            0.01,
        )
        return pairs, course.losses

    together, losses = trained(stacks)
    assert losses[-1] < losses[0]
    for number in range(4):
        alone, _ = trained([(W[number : number + 1], b[number : number + 1]) for W, b in stacks])
        assert torch.allclose(alone[0][0][0], together[0][0][number], atol=1e-10)


def test_training_takes_the_steps_of_torchs_adam(generator) -> None:
    start = torch.randn(3, generator=generator).double()
    ours, theirs = start.clone(), start.clone().requires_grad_()
    train_together([ours], lambda: ours.pow(4).sum(), 20, 0.1)
    adam = torch.optim.Adam([theirs], lr=0.1)
    for _ in range(20):
        adam.zero_grad()
        theirs.pow(4).sum().backward()
        adam.step()
    assert torch.allclose(ours, theirs, atol=1e-12)
    assert not ours.requires_grad


def test_what_does_not_fit_is_refused(unchecked, generator) -> None:
    with pytest.raises(ValueError, match=r"widths and nets are \[2\] and 3"):
        random_stacks([2], 3, generator)
    with pytest.raises(ValueError, match="stacks is empty"):
        forward_stacks([], torch.zeros(1, 2))
    with pytest.raises(ValueError, match=r"stacks\[0\] has shapes"):
        unchecked(forward_stacks)(random_stacks([2, 1], 3, generator), torch.zeros(4, 3).double())
    with pytest.raises(ValueError, match="steps is -1"):
        train_together([torch.zeros(1)], lambda: torch.zeros(()), -1, 0.1)
    start = torch.ones(1)
    with pytest.raises(ValueError, match="loss is inf at step 0; expected a finite number"):
        train_together([start], lambda: (start / 0.0).sum(), 1, 0.1)


def test_signs_are_learnt(generator) -> None:
    stacks = random_stacks([2, 8, 1], 3, generator)
    points = torch.randn(100, 2, generator=generator).double()
    is_positive = points[:, 0] > 0.2
    parameters = [p for pair in stacks for p in pair]
    course = train_signs(lambda x: forward_stacks(stacks, x), parameters, points, is_positive, 200)
    logits = forward_stacks(stacks, points)[..., 0]
    assert ((logits > 0) == is_positive).double().mean(1).min() > 0.95
    likelihood = torch.where(is_positive, logits, -logits).sigmoid().log()
    assert course.losses[-1] == pytest.approx(-likelihood.mean(1).sum().item(), rel=0.05)
