import pytest
import torch

from rectified.reference.rationals import exact_residual_outputs
from rectified.residual.networks import (
    ResidualNetwork,
    check_residual,
    fitted_readout,
    random_residual_network,
    residual_forward,
    residual_states,
)


def test_outputs_are_those_of_the_definition_in_rational_arithmetic(generator) -> None:
    network = random_residual_network(3, 7, generator)
    x = torch.randn(5, 3, generator=generator).double()
    outputs = residual_forward(network, x)
    for point, output in zip(x, outputs, strict=True):
        last = exact_residual_outputs(network.outgoing, network.incoming, network.offsets, point.tolist())
        expected = sum(w * float(value) for w, value in zip(network.readout_weight[0].tolist(), last, strict=True))
        assert output.item() == pytest.approx(expected + network.readout_bias.item(), rel=1e-12)


def test_many_networks_are_each_of_them(generator) -> None:
    many = random_residual_network(2, 4, generator, nets=3)
    x = torch.randn(6, 2, generator=generator).double()
    together = residual_forward(many, x)
    own_points = residual_forward(many, x.expand(3, 6, 2) * torch.arange(1, 4)[:, None, None])
    for number in range(3):
        alone = ResidualNetwork(*(field[number] for field in many))
        assert torch.allclose(together[number], residual_forward(alone, x), atol=1e-14)
        assert torch.allclose(own_points[number], residual_forward(alone, (number + 1) * x), atol=1e-14)


def test_states_begin_with_the_input_and_end_before_the_readout(generator) -> None:
    network = random_residual_network(2, 4, generator)
    x = torch.randn(6, 2, generator=generator).double()
    states = residual_states(network, x)
    assert len(states) == 5
    assert torch.equal(states[0], x)
    expected = states[-1] @ network.readout_weight.T + network.readout_bias
    assert torch.allclose(residual_forward(network, x), expected, atol=1e-14)


def test_gradients_reach_every_parameter(generator) -> None:
    network = random_residual_network(2, 3, generator, nets=2)
    parameters = [field.requires_grad_() for field in network]
    loss = residual_forward(network, torch.randn(20, 2, generator=generator).double()).square().sum()
    gradients = torch.autograd.grad(loss, parameters)
    assert all(bool((gradient != 0).any()) for gradient in gradients)


def test_random_networks_have_the_strength_asked_for(generator) -> None:
    network = random_residual_network(2, 50, generator, nets=200, strength=0.1)
    assert network.outgoing.square().sum(1).mean().item() == pytest.approx(0.01, rel=0.1)
    assert check_residual(network) == (50, 2, 1)


@pytest.mark.parametrize(
    ("field", "broken", "words"),
    [
        ("outgoing", torch.zeros(2).double(), "outgoing has shape"),
        ("incoming", torch.zeros(3, 1).double(), r"incoming has shape \(3, 1\); expected \(3, 2\)"),
        ("offsets", torch.zeros(4).double(), "offsets has shape"),
        ("readout_bias", torch.zeros(1), "readout_bias has dtype torch.float32; expected torch.float64"),
    ],
)
def test_what_does_not_fit_is_refused(unchecked, generator, field, broken, words) -> None:
    network = random_residual_network(2, 3, generator)._replace(**{field: broken})
    with pytest.raises(ValueError, match=words):
        unchecked(check_residual)(network)


def test_inputs_that_do_not_fit_are_refused(unchecked, generator) -> None:
    network = random_residual_network(2, 3, generator)
    with pytest.raises(ValueError, match=r"x has shape \(5, 3\); expected \(samples, 2\)"):
        unchecked(residual_forward)(network, torch.zeros(5, 3).double())
    with pytest.raises(ValueError, match=r"x has dtype torch.float32"):
        unchecked(residual_states)(network, torch.zeros(5, 2))
    with pytest.raises(ValueError, match="dim, blocks and nets are 2, 0 and None"):
        random_residual_network(2, 0, generator)


def test_a_fitted_readout_is_that_of_least_squares(generator) -> None:
    many = random_residual_network(1, 5, generator, nets=3)
    x = torch.linspace(-2.0, 2.0, 50).double()[:, None]
    y = x[:, 0].square()
    fitted = fitted_readout(many, x, y)
    error = residual_forward(fitted, x)[..., 0] - y
    last = residual_states(many, x)[-1]
    assert error.mean(1).abs().max() < 1e-12  # the residual is orthogonal to the constant and to the state
    assert (error[..., None] * last).mean(1).abs().max() < 1e-11


def test_fitting_needs_an_axis_of_networks(unchecked, generator) -> None:
    with pytest.raises(ValueError, match="expected an axis of networks"):
        unchecked(fitted_readout)(
            random_residual_network(1, 5, generator), torch.zeros(3, 1).double(), torch.zeros(3).double()
        )


def test_a_readout_fits_in_every_unit(generator) -> None:
    x = torch.randn(30, 2, generator=generator, dtype=torch.float64)
    many = random_residual_network(2, 1, generator, nets=3)
    still = many._replace(outgoing=0.0 * many.outgoing)
    fitted = fitted_readout(still, 1e-18 * x, x[:, 0])
    assert (residual_forward(fitted, 1e-18 * x)[..., 0] - x[:, 0]).abs().max() < 1e-13
