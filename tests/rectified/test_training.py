import pytest
import torch
from torch import nn

from rectified.activations.elementwise import TANH
from rectified.training import accuracy, is_correct, train_classifier, trained_mlp


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def settings(**changes):
    return {"epochs": 1, "learning_rate": 0.1, "momentum": 0.0, "batch_size": 4, "generator": generator()} | changes


def zero_model(d_in: int, classes: int) -> nn.Linear:
    model = nn.Linear(d_in, classes, bias=False).double()
    nn.init.zeros_(model.weight)
    return model


def test_one_step_from_zero_weights_is_the_hand_computed_one() -> None:
    # At W = 0 the probabilities are 1/2, so the gradient of the loss for class 0 is (-1/2, 1/2) x.
    model = zero_model(2, 2)
    inputs = torch.tensor([[1.0, 3.0]], dtype=torch.float64)
    record = train_classifier(model, inputs, torch.tensor([0]), **settings())
    assert torch.allclose(model.weight.data, torch.tensor([[0.05, 0.15], [-0.05, -0.15]], dtype=torch.float64))
    assert record.losses == pytest.approx((torch.log(torch.tensor(2.0)).item(),))
    assert record.num_steps == 1


def test_nesterov_momentum_follows_its_formula() -> None:
    # One weight per class, input 1, class 0: the gradient is (-q, q) with q the probability of class 1.
    model = zero_model(1, 2)
    inputs = torch.ones(1, 1, dtype=torch.float64)
    train_classifier(model, inputs, torch.tensor([0]), **settings(epochs=3, momentum=0.9))
    weight, velocity = 0.0, 0.0
    for _ in range(3):
        gradient = -1 / (1 + torch.exp(torch.tensor(2 * weight, dtype=torch.float64)).item())
        velocity = 0.9 * velocity + gradient
        weight -= 0.1 * (gradient + 0.9 * velocity)
    assert model.weight[0].item() == pytest.approx(weight, rel=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_steps_are_those_of_torch_s_optimiser(momentum: float) -> None:
    inputs, labels = torch.randn(6, 4, generator=generator(2), dtype=torch.float64), torch.arange(6) % 3
    ours, theirs = zero_model(4, 3), zero_model(4, 3)
    train_classifier(ours, inputs, labels, **settings(epochs=5, momentum=momentum, batch_size=6))
    optimizer = torch.optim.SGD(theirs.parameters(), 0.1, momentum=momentum, nesterov=momentum > 0)
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.cross_entropy(theirs(inputs), labels).backward()
        optimizer.step()
    assert torch.allclose(ours.weight, theirs.weight, rtol=1e-12, atol=0.0)


def test_every_sample_counts_once_per_epoch_even_in_a_short_last_batch() -> None:
    # With a tiny step the gradients of all batches are those at zero, weighted by one over the batch's length.
    model = zero_model(3, 2)
    record = train_classifier(
        model, torch.eye(3, dtype=torch.float64), torch.zeros(3).long(), **settings(learning_rate=1e-9, batch_size=2)
    )
    moved = model.weight.data[0] / 0.5e-9
    assert sorted(round(value, 6) for value in moved.tolist()) == [0.5, 0.5, 1.0]
    assert record.num_steps == 2


def test_the_order_is_that_of_the_generator() -> None:
    inputs = torch.randn(32, 5, generator=generator(1), dtype=torch.float64)
    labels = torch.arange(32) % 3
    weights = []
    for seed in (7, 7, 8):
        model = zero_model(5, 3)
        train_classifier(model, inputs, labels, **settings(epochs=2, generator=generator(seed)))
        weights.append(model.weight.data)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_separable_data_are_learned() -> None:
    labels = torch.arange(60) % 3
    inputs = torch.eye(3)[labels] + 0.1 * torch.randn(60, 3, generator=generator())
    model = nn.Linear(3, 3)
    record = train_classifier(model, inputs, labels, **settings(epochs=30, momentum=0.9))
    assert accuracy(model, inputs, labels) == 1.0
    assert record.losses[-1] < record.losses[0] / 3


def test_accuracy_counts() -> None:
    inputs = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 5.0]])
    assert accuracy(nn.Identity(), inputs, torch.tensor([0, 1, 1, 1])) == 0.75


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": -1}, "epochs is -1"),
        ({"learning_rate": 0.0}, r"learning_rate is 0\.0"),
        ({"momentum": 1.0}, r"momentum is 1\.0"),
        ({"batch_size": 0}, "batch_size is 0"),
    ],
)
def test_senseless_settings_are_refused(changes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        train_classifier(nn.Linear(2, 2), torch.zeros(3, 2), torch.zeros(3).long(), **settings(**changes))


def test_lengths_that_differ_are_refused(unchecked) -> None:
    with pytest.raises(ValueError, match="labels has length 2; expected that of images, 3"):
        unchecked(accuracy)(nn.Identity(), torch.zeros(3, 2), torch.zeros(2).long())


def test_a_trained_perceptron_has_the_asked_shape_and_learns() -> None:
    labels = torch.arange(60) % 3
    inputs = torch.eye(3, dtype=torch.float64)[labels]
    model = trained_mlp([5, 4], TANH, inputs, labels, **settings(epochs=50, momentum=0.9))
    shapes = [tuple(layer.weight.shape) for layer in model if isinstance(layer, nn.Linear)]
    assert shapes == [(5, 3), (4, 5), (3, 4)]
    assert model[0].weight.dtype == torch.float64
    assert accuracy(model, inputs, labels) == 1.0


def test_an_image_counts_when_all_models_are_right() -> None:
    inputs = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0]])
    swapped = nn.Linear(2, 2, bias=False)
    swapped.weight.data = torch.tensor([[0.0, 1.0], [1.0, 0.5]])  # logits (x2, x1 + x2 / 2)
    labels = torch.tensor([0, 0, 1])
    assert is_correct([nn.Identity()], inputs, labels).tolist() == [True, False, False]
    assert is_correct([swapped], inputs, labels).tolist() == [False, True, True]
    assert not is_correct([nn.Identity(), swapped], inputs, labels).any()


def test_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="models is empty"):
        is_correct([], torch.zeros(1, 2), torch.zeros(1).long())
