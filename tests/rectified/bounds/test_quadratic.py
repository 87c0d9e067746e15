import math

import pytest
import torch
from scipy.optimize import minimize

from rectified.activations.elementwise import TANH
from rectified.bounds.crown import crown_bounds
from rectified.bounds.quadratic import quadratic_lower, quadratic_margins
from rectified.bounds.specifications import margin_specification
from rectified.networks import forward
from rectified.reference.programs import exact_minimum
from rectified.reference.sampling import sample_ball
from tests.cases import NORMS, as_arrays, random_network, random_points

NETWORK = random_network([6, 30, 3], seed=0)
CENTER = random_points(8, 6, seed=1)
ROWS = margin_specification(forward(NETWORK, CENTER).argmax(1), 3)
EPS = 0.4


def surrogate(x, image, row, p):
    """The convex function below the margin, neuron by neuron as the paper describes it."""
    (W, b), (V, c) = as_arrays(NETWORK)
    q = {1: math.inf, 2: 2, math.inf: 1}[p]
    total = row @ c
    for w, bias, weight in zip(W, b, row @ V, strict=True):
        middle, reach = w @ CENTER[image].numpy() + bias, EPS * float(torch.linalg.vector_norm(torch.from_numpy(w), q))
        low, high, y = middle - reach, middle + reach, w @ x + bias
        if low >= 0 or high <= 0:
            total += weight * y * (low >= 0)
        elif weight < 0:
            total += weight * high * (y - low) / (high - low)
        elif 0.5 < high / -low < 2:
            total += weight * y * (y - low) / (high - low)
        else:
            total += weight * y * (high > -low)
    return total


@pytest.mark.parametrize("p", NORMS)
def test_never_below_crown_and_sometimes_above(p):
    crown = crown_bounds(NETWORK, CENTER, EPS, p, specification=ROWS, lower_only=True).lower
    both = quadratic_margins(NETWORK, CENTER, EPS, p, specification=ROWS)
    assert bool((both >= crown).all())
    assert bool((both > crown + 1e-3).any())


@pytest.mark.parametrize("p", NORMS)
def test_sound(p, generator):
    lower = quadratic_margins(NETWORK, CENTER, EPS, p, specification=ROWS)
    for image, x in enumerate(CENTER):
        sampled = forward(NETWORK, sample_ball(x, EPS, p, 4000, generator)) @ ROWS[image].T
        assert bool((lower[image] <= sampled.amin(0) + 1e-12).all())


@pytest.mark.parametrize("p", [1, math.inf])
def test_below_the_exact_minimum(p):
    lower = quadratic_lower(NETWORK, CENTER, EPS, p, specification=ROWS)
    boxes = crown_bounds(NETWORK, CENTER, EPS, p).hidden
    for image in range(3):
        hidden = [(box.lower[image].numpy(), box.upper[image].numpy()) for box in boxes]
        exact = exact_minimum(as_arrays(NETWORK), CENTER[image].numpy(), EPS, p, hidden, ROWS[image, 0].numpy())
        assert lower[image, 0].item() <= exact + 1e-6


def test_reaches_the_surrogates_minimum():
    """scipy's L-BFGS-B minimises the surrogate over the box; the certificate must come within its tolerance."""
    lower = quadratic_lower(NETWORK, CENTER, EPS, math.inf, specification=ROWS, steps=2000, tolerance=1e-7)
    for image in range(4):
        x = CENTER[image].numpy()
        box = list(zip(x - EPS, x + EPS, strict=True))
        result = minimize(surrogate, x, args=(image, ROWS[image, 1].numpy(), math.inf), bounds=box, tol=1e-12)
        assert lower[image, 1].item() <= result.fun + 1e-8
        assert lower[image, 1].item() == pytest.approx(result.fun, abs=1e-4)


@pytest.mark.parametrize("steps", [1, 3, 10])
def test_an_early_stop_is_still_a_certificate(steps):
    early = quadratic_lower(NETWORK, CENTER, EPS, 2, specification=ROWS, steps=steps)
    late = quadratic_lower(NETWORK, CENTER, EPS, 2, specification=ROWS, steps=1000, tolerance=1e-9)
    assert bool((early <= late + 1e-9).all())


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="layers has length 3; expected 2, one hidden layer and the output layer"):
        quadratic_margins(random_network([6, 4, 4, 3], seed=0), CENTER, EPS, 2, specification=ROWS)
    with pytest.raises(ValueError, match="activation is tanh; expected relu"):
        quadratic_lower(NETWORK, CENTER, EPS, 2, TANH, specification=ROWS)
