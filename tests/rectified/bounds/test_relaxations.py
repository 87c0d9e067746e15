import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rectified.activations.elementwise import ARCTAN, IDENTITY, RELU, SIGMOID, TANH, Activation
from rectified.bounds.relaxations import LowerSlope, relaxation_of, relu_relaxation, s_shaped_relaxation

# Test vectors for Zhang et al. 2018, independent computation: interval, activation, (k_U, t_U, k_L, t_L).
VECTORS = [
    (-1, 1.75, TANH, (0.816219, 0.054625, 0.630920, -0.162734)),
    (-1, 1.75, SIGMOID, (0.235681, 0.504623, 0.212525, 0.480034)),
    (-1, 1.75, ARCTAN, (0.833279, 0.047881, 0.678539, -0.135792)),
    (-0.2, 3, TANH, (0.990144, 0.000654, 0.372634, -0.122848)),
    (-0.2, 3, SIGMOID, (0.249377, 0.500041, 0.157003, 0.481567)),
    (-0.2, 3, ARCTAN, (0.990214, 0.000647, 0.452013, -0.106993)),
    (-3, 0.1, TANH, (0.353136, 0.064354, 0.997509, -0.000083)),
    (-3, 0.1, SIGMOID, (0.154049, 0.509574, 0.249844, 0.499995)),
    (-3, 0.1, ARCTAN, (0.435069, 0.056162, 0.997514, -0.000083)),
    (0.5, 2, TANH, (0.280415, 0.497765, 0.334607, 0.294814)),
    (0.5, 2, SIGMOID, (0.173105, 0.560919, 0.172225, 0.536347)),
    (0.5, 2, ARCTAN, (0.390244, 0.408251, 0.429001, 0.249147)),
    (-2, -0.3, TANH, (0.395715, -0.172598, 0.331278, -0.436784)),
    (-2, -0.3, SIGMOID, (0.180209, 0.479620, 0.182654, 0.450541)),
    (-2, -0.3, ARCTAN, (0.479819, -0.147511, 0.430571, -0.359897)),
]
# The sandwich holds up to rounding: values are at most about 10, and a line takes three operations.
ROUNDING = 1e-12


def tensors(*numbers):
    return [torch.tensor([number], dtype=torch.float64) for number in numbers]


def sandwich_gap(activation, lower, upper, **slope):
    """Smallest distance of the curve to its lines on a fine grid; negative where a line is crossed."""
    lines = relaxation_of(activation, *tensors(lower, upper), **slope)
    y = torch.linspace(lower, upper, 2001, dtype=torch.float64)
    value = activation.value(y)
    above = lines.upper_slope * y + lines.upper_intercept - value
    below = value - lines.lower_slope * y - lines.lower_intercept
    return float(torch.minimum(above, below).min())


@pytest.mark.parametrize(("lower", "upper", "activation", "expected"), VECTORS)
def test_s_shaped_test_vectors(lower, upper, activation: Activation, expected):
    lines = s_shaped_relaxation(*tensors(lower, upper), activation)
    assert [float(entry) for entry in lines] == pytest.approx(expected, abs=6e-7)  # the vectors have six digits


ends = st.floats(-30, 30)


@pytest.mark.parametrize("activation", [RELU, TANH, SIGMOID, ARCTAN, IDENTITY], ids=lambda a: a.name)
@settings(max_examples=60, deadline=None)
@given(one=ends, two=ends)
def test_lines_are_sound(activation, one, two):
    assert sandwich_gap(activation, min(one, two), max(one, two)) >= -ROUNDING


@pytest.mark.parametrize("activation", [TANH, SIGMOID, ARCTAN], ids=lambda a: a.name)
@pytest.mark.parametrize("width", [0.0, 1e-14, 1e-10, 1e-8, 1e-5])
@pytest.mark.parametrize("left", [-2.0, -1e-9, 0.0, 1.5])
def test_narrow_intervals_are_sound_and_tight(activation, width, left):
    assert sandwich_gap(activation, left, left + width) >= -ROUNDING
    lines = s_shaped_relaxation(*tensors(left, left + width), activation)
    slopes = activation.derivative(torch.tensor(left + width / 2, dtype=torch.float64))
    assert float(lines.upper_slope) == pytest.approx(float(slopes), abs=1e-4)


@pytest.mark.parametrize("activation", [TANH, SIGMOID, ARCTAN], ids=lambda a: a.name)
def test_upper_line_touches(activation):
    """Through the left end and touching on the right: no line through the left end is lower."""
    lower, upper = tensors(-1.0, 1.75)
    lines = s_shaped_relaxation(lower, upper, activation)
    y = torch.linspace(-1.0, 1.75, 200_001, dtype=torch.float64)
    gap = lines.upper_slope * y + lines.upper_intercept - activation.value(y)
    assert float(gap[0]) == pytest.approx(0, abs=1e-12)
    assert float(gap[1000:].min()) == pytest.approx(0, abs=1e-9)  # grid of 1.4e-5: the parabola is below 1e-9


@pytest.mark.parametrize("slope", list(LowerSlope))
@settings(max_examples=30, deadline=None)
@given(one=ends, two=ends)
def test_every_rule_is_sound(slope, one, two):
    assert sandwich_gap(RELU, min(one, two), max(one, two), slope=slope) >= -ROUNDING


def test_relu_by_hand():
    """The first exercise of the chapter: l = -1, u = 3."""
    lower, upper = tensors(-1.0, 3.0)
    expected = {LowerSlope.ADAPTIVE: 1.0, LowerSlope.PARALLEL: 0.75, LowerSlope.ZERO: 0.0, LowerSlope.ONE: 1.0}
    for rule, slope in expected.items():
        assert [float(entry) for entry in relu_relaxation(lower, upper, rule)] == [0.75, 0.75, slope, 0.0]
    assert float(relu_relaxation(-upper, -lower).lower_slope) == 0.0
    assert [float(entry) for entry in relu_relaxation(*tensors(0.0, 2.0))] == [1.0, 0.0, 1.0, 0.0]
    assert [float(entry) for entry in relu_relaxation(*tensors(-2.0, 0.0))] == [0.0, 0.0, 0.0, 0.0]
    assert [float(entry) for entry in relu_relaxation(*tensors(0.0, 0.0))] == [1.0, 0.0, 1.0, 0.0]


@settings(max_examples=50, deadline=None)
@given(lower=st.floats(-9, -0.01), upper=st.floats(0.01, 9))
def test_adaptive_rule_has_the_smaller_area(lower, upper):
    """Area between a lower line of slope a and the ReLU is a l^2 / 2 + (1 - a) u^2 / 2, by integration."""
    slope = float(relu_relaxation(*tensors(lower, upper)).lower_slope)
    areas = {a: (a * lower**2 + (1 - a) * upper**2) / 2 for a in (0.0, 1.0)}
    assert areas[slope] == pytest.approx(min(areas.values()))


def test_given_slopes_are_used_and_differentiable():
    lower, upper = tensors(-1.0, 3.0)
    slope = torch.tensor([0.3], dtype=torch.float64, requires_grad=True)
    lines = relu_relaxation(lower, upper, slope)
    (gradient,) = torch.autograd.grad(lines.lower_slope.sum(), slope)
    assert lines.lower_slope.tolist() == [0.3]
    assert float(gradient) == 1.0


def test_bad_input_is_named():
    lower, upper = tensors(-1.0, 1.0)
    with pytest.raises(ValueError, match=r"slope has entries outside \[0, 1\]"):
        relu_relaxation(lower, upper, torch.tensor([1.5]))
    with pytest.raises(ValueError, match="lower is above upper or not a number"):
        relu_relaxation(upper, lower)
    with pytest.raises(ValueError, match="lower is above upper or not a number"):
        s_shaped_relaxation(lower, upper * float("nan"), TANH)
    with pytest.raises(ValueError, match="activation is relu; expected tanh, sigmoid or arctan"):
        s_shaped_relaxation(lower, upper, RELU)
    with pytest.raises(ValueError, match="activation is cube; expected relu, tanh, sigmoid, arctan or identity"):
        relaxation_of(Activation("cube", lambda x: x**3, lambda x: 3 * x**2, torch.nn.Identity), lower, upper)


def test_shapes_must_agree(unchecked):
    with pytest.raises(ValueError, match=r"upper has shape \(2,\); expected \(1,\)"):
        unchecked(relu_relaxation)(torch.zeros(1), torch.ones(2))
