"""Activation functions: their values and derivatives, element by element, and their Gaussian moments."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # elementwise: value, derivative and torch module of each activation
    "ARCTAN": "rectified.activations.elementwise",
    "Activation": "rectified.activations.elementwise",
    "IDENTITY": "rectified.activations.elementwise",
    "RELU": "rectified.activations.elementwise",
    "SIGMOID": "rectified.activations.elementwise",
    "TANH": "rectified.activations.elementwise",
    "activation_named": "rectified.activations.elementwise",
    # gaussian: what an activation does to a Gaussian input, and families with prescribed moments
    "GaussianMoments": "rectified.activations.gaussian",
    "gaussian_moments": "rectified.activations.gaussian",
    "gaussian_rule": "rectified.activations.gaussian",
    "hermite_activation": "rectified.activations.gaussian",
    "hermite_coefficients": "rectified.activations.gaussian",
    "piecewise_linear_activation": "rectified.activations.gaussian",
    "polynomial_activation": "rectified.activations.gaussian",
    "standardised_activation": "rectified.activations.gaussian",
    "zeta_of_alpha": "rectified.activations.gaussian",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
