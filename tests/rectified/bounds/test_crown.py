import itertools
import math

import pytest
import torch

from rectified.activations.elementwise import ARCTAN, IDENTITY, RELU, SIGMOID, TANH
from rectified.bounds import crown
from rectified.bounds.crown import Intermediate, crown_bounds, fast_lin_bounds, multiply_adds
from rectified.bounds.interval import interval_bounds
from rectified.bounds.relaxations import LowerSlope
from rectified.bounds.specifications import margin_specification
from rectified.networks import forward
from rectified.reference.linear_bounds import adaptive_relu, linear_bounds, parallel_relu
from rectified.reference.sampling import sample_ball
from tests.cases import (
    FIXED_BOUNDS,
    FIXED_CENTER,
    FIXED_EPS,
    NORMS,
    as_arrays,
    fixed_network,
    random_network,
    random_points,
)

ROUNDING = 1e-11  # sums of a few hundred products of numbers of size 1 to 10, in float64
NETWORK = random_network([6, 12, 10, 3], seed=1)
CENTER = random_points(5, 6, seed=2)


def margins(center=CENTER, layers=NETWORK, activation=RELU):
    logits = forward(layers, center, activation)
    return margin_specification(logits.argmax(1), logits.shape[1])


@pytest.mark.parametrize("expected", FIXED_BOUNDS, ids=lambda e: f"{e.p}-{'ada' if e.adaptive else 'fast'}")
def test_fixed_network(expected):
    bounds = (crown_bounds if expected.adaptive else fast_lin_bounds)(
        fixed_network(), FIXED_CENTER, FIXED_EPS, expected.p, skip_decided=False
    )
    layers = [*bounds.hidden, (bounds.lower, bounds.upper)]
    for (lower, upper), low, high in zip(layers, expected.lower, expected.upper, strict=True):
        assert lower[0].tolist() == pytest.approx(low, abs=6e-7)  # the table has six digits
        assert upper[0].tolist() == pytest.approx(high, abs=6e-7)


@pytest.mark.parametrize("p", NORMS)
@pytest.mark.parametrize("eps", [0.02, 0.2, 1.0])
@pytest.mark.parametrize(
    ("rule", "slope"), [(adaptive_relu, LowerSlope.ADAPTIVE), (parallel_relu, LowerSlope.PARALLEL)]
)
def test_equals_the_slow_reference(p, eps, rule, slope):
    rows = margins()
    bounds = crown_bounds(NETWORK, CENTER, eps, p, slope=slope, specification=rows, skip_decided=False)
    for image in range(2):
        for spec in range(2):
            row = rows[image, spec].numpy()
            expected = linear_bounds(as_arrays(NETWORK), CENTER[image].numpy(), eps, p, rule, row)
            assert float(bounds.lower[image, spec]) == pytest.approx(float(expected[-1][0][0]), abs=ROUNDING)
            assert float(bounds.upper[image, spec]) == pytest.approx(float(expected[-1][1][0]), abs=ROUNDING)
        for box, (lower, upper) in zip(bounds.hidden, expected, strict=False):
            assert box.lower[image].numpy() == pytest.approx(lower, abs=ROUNDING)
            assert box.upper[image].numpy() == pytest.approx(upper, abs=ROUNDING)


@pytest.mark.parametrize("p", NORMS)
@pytest.mark.parametrize("eps", [1e-3, 0.02, 0.1, 0.5])
def test_skipping_changes_no_output_bound(p, eps):
    layers, center = random_network([8, 40, 40, 40, 4], seed=3), random_points(7, 8, seed=4)
    full, fast = (crown_bounds(layers, center, eps, p, skip_decided=skip) for skip in (False, True))
    assert torch.allclose(full.lower, fast.lower, rtol=0, atol=ROUNDING)
    assert torch.allclose(full.upper, fast.upper, rtol=0, atol=ROUNDING)
    for wide, tight in zip(fast.hidden, full.hidden, strict=True):
        assert bool((wide.lower <= tight.lower + ROUNDING).all())
        assert bool((wide.upper >= tight.upper - ROUNDING).all())


@pytest.mark.parametrize("p", NORMS)
@pytest.mark.parametrize("activation", [RELU, TANH, SIGMOID, ARCTAN], ids=lambda a: a.name)
def test_sound_for_values_and_functions(p, activation, generator):
    bounds = crown_bounds(NETWORK, CENTER, 0.5, p, activation)
    for image, x in enumerate(CENTER):
        points = sample_ball(x, 0.5, p, 3000, generator)
        outputs = forward(NETWORK, points, activation)
        assert bool((outputs >= bounds.lower[image] - ROUNDING).all())
        assert bool((outputs <= bounds.upper[image] + ROUNDING).all())
        for function, side in ((bounds.lower_function, 1), (bounds.upper_function, -1)):
            line = points @ function.slope[image].T + function.offset[image]
            assert bool((side * (outputs - line) >= -ROUNDING).all())


@pytest.mark.parametrize("p", NORMS)
def test_exact_for_linear_networks(p):
    bounds = crown_bounds(NETWORK, CENTER, 0.3, p, IDENTITY)
    (first, b1), (second, b2), (third, b3) = NETWORK
    matrix, offset = third @ second @ first, third @ (second @ b1 + b2) + b3
    reach = 0.3 * torch.linalg.vector_norm(matrix, ord={1: math.inf, 2: 2, math.inf: 1}[p], dim=1)
    assert torch.allclose(bounds.lower, CENTER @ matrix.T + offset - reach, rtol=0, atol=ROUNDING)
    assert torch.allclose(bounds.upper, CENTER @ matrix.T + offset + reach, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("p", NORMS)
def test_exact_where_no_neuron_can_switch(p):
    """Half-width eps ||gradient||_q, with the gradient by autograd."""
    eps = 1e-4
    x = CENTER.clone().requires_grad_(True)
    output = forward(NETWORK, x)[:, 0]
    (gradient,) = torch.autograd.grad(output.sum(), x)
    bounds = crown_bounds(NETWORK, CENTER, eps, p)
    assert all(bool(((box.lower > 0) | (box.upper < 0)).all()) for box in bounds.hidden)
    reach = eps * torch.linalg.vector_norm(gradient, ord={1: math.inf, 2: 2, math.inf: 1}[p], dim=1)
    assert torch.allclose(bounds.upper[:, 0] - bounds.lower[:, 0], 2 * reach, rtol=0, atol=ROUNDING)


def test_one_layer_is_exact():
    bounds = crown_bounds(NETWORK[:1], CENTER, 0.3, 2)
    W, b = NETWORK[0]
    reach = 0.3 * torch.linalg.vector_norm(W, dim=1)
    assert torch.allclose(bounds.lower, CENTER @ W.T + b - reach, rtol=0, atol=ROUNDING)
    assert torch.allclose(bounds.upper, CENTER @ W.T + b + reach, rtol=0, atol=ROUNDING)
    assert bounds.hidden == ()
    assert crown_bounds(NETWORK[:1], CENTER, 0.3, 2, lower_only=True).upper is None


def test_zero_radius_gives_the_value():
    bounds = crown_bounds(NETWORK, CENTER, 0.0, 2, TANH)
    assert torch.allclose(bounds.lower, forward(NETWORK, CENTER, TANH), rtol=0, atol=ROUNDING)
    assert torch.allclose(bounds.upper, bounds.lower, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("slope", [LowerSlope.ZERO, LowerSlope.PARALLEL])
def test_wider_for_larger_balls(slope):
    """Adaptive slopes switch, so only rules that are continuous in the interval are monotone."""
    widths = [crown_bounds(NETWORK, CENTER, eps, 2, slope=slope) for eps in (0.1, 0.2, 0.4)]
    for small, large in itertools.pairwise(widths):
        assert bool((large.lower <= small.lower + ROUNDING).all())
        assert bool((large.upper >= small.upper - ROUNDING).all())


def test_zero_slope_is_never_looser_than_intervals():
    """With lower line 0 the lines range over the same interval as the ReLU: a backward pass can only gain."""
    bounds = crown_bounds(NETWORK, CENTER, 0.5, 2, slope=LowerSlope.ZERO, intermediate=Intermediate.INTERVAL)
    output = interval_bounds(NETWORK, CENTER, 0.5, 2)[-1]
    assert bool((bounds.lower >= output.lower - ROUNDING).all())
    assert bool((bounds.upper <= output.upper + ROUNDING).all())


@pytest.mark.parametrize("activation", [RELU, TANH], ids=lambda a: a.name)
@pytest.mark.parametrize("intermediate", list(Intermediate))
def test_batches_and_groups_change_nothing(activation, intermediate, monkeypatch):
    eps = torch.linspace(0.01, 0.5, 5, dtype=torch.float64)
    setting = {"specification": margins(activation=activation), "intermediate": intermediate}
    whole = crown_bounds(NETWORK, CENTER, eps, 1, activation, **setting)
    monkeypatch.setattr(crown, "_CPU_GROUP_BYTES", 2 * 12 * 12 * 8)
    grouped = crown_bounds(NETWORK, CENTER, eps, 1, activation, **setting)
    assert torch.allclose(whole.lower, grouped.lower, rtol=0, atol=ROUNDING)
    for image in range(5):
        setting["specification"] = margins(activation=activation)[image]
        alone = crown_bounds(NETWORK, CENTER[image : image + 1], float(eps[image]), 1, activation, **setting)
        assert torch.allclose(whole.lower[image], alone.lower[0], rtol=0, atol=ROUNDING)
        assert torch.allclose(whole.upper[image], alone.upper[0], rtol=0, atol=ROUNDING)
        slope = whole.lower_function.slope[image]
        assert torch.allclose(slope, alone.lower_function.slope[0], rtol=0, atol=ROUNDING)


def test_lower_only_is_the_lower_half():
    both = crown_bounds(NETWORK, CENTER, 0.3, 2, specification=margins())
    half = crown_bounds(NETWORK, CENTER, 0.3, 2, specification=margins(), lower_only=True)
    assert torch.allclose(half.lower, both.lower, rtol=0, atol=ROUNDING)
    assert half.upper is None
    assert half.upper_function is None


def test_differentiable_in_the_slopes():
    """Against differences, for slopes that influence both later layers' bounds and the output."""
    slopes = [torch.full((width,), 0.4, dtype=torch.float64, requires_grad=True) for width in (12, 10)]

    def total(*given):
        return crown_bounds(NETWORK, CENTER, 0.3, 2, slope=list(given), lower_only=True).lower.sum()

    gradients = torch.autograd.grad(total(*slopes), slopes)
    for layer in range(2):
        for neuron in range(3):
            moved = []
            for step in (-1e-6, 1e-6):
                shifted = [slope.detach().clone() for slope in slopes]
                shifted[layer][neuron] += step
                moved.append(float(total(*shifted)))
            assert float(gradients[layer][neuron]) == pytest.approx((moved[1] - moved[0]) / 2e-6, abs=1e-6)


def test_slopes_per_image():
    slopes = [torch.rand(5, width, dtype=torch.float64) for width in (12, 10)]
    whole = crown_bounds(NETWORK, CENTER, 0.3, 2, slope=slopes).lower
    alone = crown_bounds(NETWORK, CENTER[3:4], 0.3, 2, slope=[slope[3] for slope in slopes]).lower
    assert torch.allclose(whole[3], alone[0], rtol=0, atol=ROUNDING)


def test_multiply_adds_of_known_products():
    assert multiply_adds(lambda: torch.ones(2, 3) @ torch.ones(3, 4) + 1.0) == 24
    assert multiply_adds(lambda: torch.ones(6)) == 0
    small = multiply_adds(lambda: crown_bounds(NETWORK, CENTER, 0.3, 2))
    assert multiply_adds(lambda: crown_bounds(NETWORK, CENTER.repeat(2, 1), 0.3, 2)) == pytest.approx(
        2 * small, rel=0.01
    )
    skipping = multiply_adds(lambda: crown_bounds(NETWORK, CENTER, 0.01, 2))
    assert skipping < multiply_adds(lambda: crown_bounds(NETWORK, CENTER, 0.01, 2, skip_decided=False))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="slope has 1 tensors; expected 2, one per hidden layer"):
        crown_bounds(NETWORK, CENTER, 0.1, 2, slope=[torch.zeros(12, dtype=torch.float64)])
    with pytest.raises(ValueError, match="p is 3; expected 1, 2 or infinity"):
        crown_bounds(NETWORK, CENTER, 0.1, 3)
    with pytest.raises(ValueError, match=r"specification has shape \(2, 4\); expected \(specs, 3\)"):
        crown_bounds(NETWORK, CENTER, 0.1, 2, specification=torch.zeros(2, 4).double())
    with pytest.raises(ValueError, match="activation is tanh; expected relu"):
        fast_lin_bounds(NETWORK, CENTER, 0.1, 2, TANH)


@pytest.mark.parametrize("dead", [0, 1])
def test_a_layer_without_a_living_neuron_leaves_a_constant(dead):
    layers = [(torch.eye(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)) for _ in range(3)]
    layers[dead] = (layers[dead][0], torch.full((2,), -9.0, dtype=torch.float64))
    bounds = crown_bounds(layers, torch.zeros(1, 2, dtype=torch.float64), 0.1, 2.0)
    expected = forward(layers, torch.zeros(1, 2, dtype=torch.float64))
    assert torch.equal(bounds.lower, expected)
    assert torch.equal(bounds.upper, expected)
