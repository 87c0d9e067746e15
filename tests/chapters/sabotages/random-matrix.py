"""What is broken in random-matrix, and the claims that must notice it."""

from typing import Any

from companion.running.inline import Sabotage


def swapped_shapes(original: Any) -> Any:
    """phi and psi in the wrong order."""
    return lambda first, eta, zeta, phi, psi: original(first, eta, zeta, psi, phi)


def swapped_moments(original: Any) -> Any:
    """The nonlinear part taken for the linear one."""
    return lambda first, eta, zeta, phi, psi: original(first, eta, eta - zeta, phi, psi)


def unscaled_weights(original: Any) -> Any:
    """Weights without the factor 1/sqrt(n0)."""
    return lambda f, inputs, width, rng: original(f, inputs * inputs.shape[0] ** 0.5, width, rng)


def white_inputs(original: Any) -> Any:
    """A layer that ignores its data and sees noise."""
    return lambda f, inputs, width, rng: original(f, rng.standard_normal(inputs.shape), width, rng)


def moments_with_swapped_shapes(original: Any) -> Any:
    """phi and psi in the wrong order, in the closed form of the moments."""
    return lambda eta, zeta, phi, psi: original(eta, zeta, psi, phi)


def too_much_noise(original: Any) -> Any:
    """Noise of variance eta added to the linear part, instead of eta - zeta."""
    return lambda n0, n1, m, *, eta, zeta, rng: original(n0, n1, m, eta=eta + zeta, zeta=zeta, rng=rng)


def no_closer_with_width(original: Any) -> Any:
    """Where a part is linear, a variance 4 % too large at n0 = 600, less before: within 3 % of the law, no closer."""

    def twin(n0: int, n1: int, m: int, *, eta: float, zeta: float, rng: Any) -> Any:
        factor = 1.0 + n0 / 15_000 if zeta > 0.01 else 1.0
        return original(n0, n1, m, eta=factor * eta, zeta=factor * zeta, rng=rng)

    return twin


def one_root_more(original: Any) -> Any:
    """A fifth root, P = 11, which lies in both half planes and is not the one that continues P = 1."""
    import numpy as np

    return lambda *numbers: np.convolve(original(*numbers), [-11.0, 1.0])


def always_relu(original: Any) -> Any:
    """The shifted ReLU, whatever slope is asked for."""
    return lambda alpha: original(0.0)


def first_layer_only(original: Any) -> Any:
    """One layer for ten: no spectrum is lost where there is no depth."""
    return lambda *args, depth, rng: original(*args, depth=1, rng=rng)


SABOTAGES = {
    "unscaled-weights": Sabotage(
        "rectified.spectra.sampling:random_layer",
        unscaled_weights,
        ("resolvent-formula", "sampled-moments", "zeta0-marchenko-pastur"),
        ("sampled-layers", "resolvent-error", "moments", "zeta0-sampled"),
    ),
    "moments-with-swapped-shapes": Sabotage(
        "rectified.spectra.resolvent:spectral_moments",
        moments_with_swapped_shapes,
        ("moments-oracle", "sampled-moments"),
        ("sampled-layers", "moments"),
    ),
    "root-with-swapped-shapes": Sabotage(
        "rectified.spectra.quartic:branch", swapped_shapes, ("half-planes-pick-the-root",), ("half-planes",)
    ),
    "one-root-more": Sabotage(
        "rectified.reference.resolvents:paper_polynomial",
        one_root_more,
        ("half-planes-pick-the-root",),
        ("half-planes",),
    ),
    "no-closer-with-width": Sabotage(
        "rectified.reference.resolvents:linear_plus_noise_features",
        no_closer_with_width,
        ("gaussian-equivalent",),
        ("gaussian-equivalent",),
    ),
    "too-much-noise": Sabotage(
        "rectified.reference.resolvents:linear_plus_noise_features",
        too_much_noise,
        ("gaussian-equivalent",),
        ("gaussian-equivalent",),
    ),
    "wrong-zeta-in-the-family": Sabotage(
        "rectified.activations.gaussian:polynomial_activation",
        lambda original: lambda zeta, degree: original(1 - zeta, degree),
        ("two-numbers-suffice",),
        ("two-numbers",),
    ),
    "error-with-swapped-shapes": Sabotage(
        "rectified.spectra.memorisation:ridge_training_error",
        swapped_shapes,
        ("memorisation-formula",),
        ("memorisation",),
    ),
    "reversed-slopes": Sabotage(
        "rectified.activations.gaussian:piecewise_linear_activation",
        lambda original: lambda alpha: original(-alpha),
        ("smaller-zeta-memorises-more",),
        ("order-of-errors",),
    ),
    "swapped-moments": Sabotage(
        "rectified.spectra.quartic:branch",
        swapped_moments,
        ("memorisation-monotone",),
        ("monotone-in-zeta",),
    ),
    "without-zeta": Sabotage(
        "rectified.spectra.memorisation:ridge_training_error",
        lambda original: lambda gamma, eta, zeta, phi, psi: original(gamma, eta, 0.5 * eta, phi, psi),
        ("memorisation-monotone",),
        ("monotone-in-zeta",),
    ),
    "inverted-ratio": Sabotage(
        "rectified.spectra.marchenko_pastur:marchenko_pastur_density",
        lambda original: lambda lambdas, ratio, scale: original(lambdas, 1 / ratio, scale),
        ("zeta0-quartic",),
        ("zeta0-quartic",),
    ),
    "always-relu": Sabotage(
        "rectified.activations.gaussian:piecewise_linear_activation", always_relu, ("isospectral-depth",), ("depth",)
    ),
    "first-layer-only": Sabotage(
        "rectified.spectra.sampling:spectra_by_depth", first_layer_only, ("isospectral-depth",), ("depth",)
    ),
    "white-inputs": Sabotage("rectified.spectra.sampling:random_layer", white_inputs, ("limits",), ("digits",)),
    "always-far": Sabotage(
        "rectified.spectra.sampling:kolmogorov_distance",
        lambda original: lambda first, second: max(original(first, second), 0.5),
        ("limits",),
        ("digits",),
    ),
    "divided-by-features": Sabotage(
        "rectified.spectra.sampling:covariance_spectrum",
        lambda original: lambda features: original(features) * features.shape[1] / features.shape[0],
        ("uncentred-outlier",),
        ("uncentred",),
    ),
}


def check(unbroken: Any) -> None:
    """The exercises come out as their text says."""
    assert unbroken.records["designed-zeta-error"] < 1e-12
    assert 0.5 < unbroken.records["features-per-sample"] < 1
