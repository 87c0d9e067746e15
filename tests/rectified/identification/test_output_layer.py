import numpy as np
import pytest

from rectified.identification.output_layer import fit_output_layer, without_linear_part


@pytest.fixture
def hidden(rng):
    before = np.abs(rng.standard_normal((200, 6)))
    weight = rng.standard_normal((4, 6))
    bias = -(before @ weight.T).mean(axis=0)
    return before, weight, bias, before @ weight.T + bias


def test_the_layer_is_found(rng, hidden) -> None:
    before, _, _, z = hidden
    out, constant = rng.standard_normal((2, 4)), rng.standard_normal(2)
    fit = fit_output_layer(z, before, np.maximum(z, 0.0) @ out.T + constant)
    assert fit.weight == pytest.approx(out, abs=1e-9)
    assert fit.bias == pytest.approx(constant, abs=1e-9)
    assert fit.linear == pytest.approx(np.zeros((2, 6)), abs=1e-9)
    assert fit.residual < 1e-10


def test_turned_neurons_are_found_by_the_linear_part_they_leave(rng, hidden) -> None:
    before, weight, bias, z = hidden
    out, constant = rng.standard_normal((2, 4)), rng.standard_normal(2)
    outputs = np.maximum(z, 0.0) @ out.T + constant
    turned = np.array([1.0, -1.0, -1.0, 1.0])
    fit = fit_output_layer(z * turned, before, outputs, rng.uniform(0.5, 2.0, 200))
    assert np.abs(fit.linear).max() > 0.1
    signs, whole = without_linear_part(turned[:, None] * weight, turned * bias, fit)
    assert signs.tolist() == turned.tolist()
    assert whole.weight == pytest.approx(out, abs=1e-8)
    assert whole.bias == pytest.approx(constant, abs=1e-8)


def test_a_missing_neuron_shows_in_the_residual_or_the_linear_part(rng, hidden) -> None:
    before, weight, bias, z = hidden
    outputs = np.maximum(z, 0.0).sum(axis=1, keepdims=True)
    assert fit_output_layer(z[:, :3], before, outputs).residual > 1e-3
    always = outputs + before @ np.abs(weight[0])[:, None] + 1.0  # another neuron, active everywhere
    fit = fit_output_layer(z, before, always)
    assert fit.residual < 1e-10
    assert without_linear_part(weight, bias, fit) is None


def test_a_neuron_that_is_never_on_gets_no_weight(rng, hidden) -> None:
    before, _, _, z = hidden
    z[:, 0] = -1.0
    fit = fit_output_layer(z, before, np.maximum(z, 0.0).sum(axis=1, keepdims=True))
    assert fit.weight == pytest.approx(np.array([[0.0, 1.0, 1.0, 1.0]]), abs=1e-9)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="outputs has 10 rows; expected at least 13"):
        fit_output_layer(np.zeros((10, 4)), np.zeros((10, 3)), np.zeros((10, 1)))
