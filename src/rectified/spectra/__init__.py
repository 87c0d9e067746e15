"""Eigenvalue laws of random nonlinear layers: the quartic resolvent, Marchenko-Pastur, samples, ridge regression."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # the limiting law of Y Y^T / m for Y = f(WX)
    "SpectralDensity": "rectified.spectra.resolvent",
    "atom_at_zero": "rectified.spectra.resolvent",
    "resolvent_derivative": "rectified.spectra.resolvent",
    "resolvent_polynomial": "rectified.spectra.resolvent",
    "resolvent_trace": "rectified.spectra.resolvent",
    "spectral_density": "rectified.spectra.resolvent",
    "spectral_moments": "rectified.spectra.resolvent",
    "spectrum_bound": "rectified.spectra.resolvent",
    # the classical law
    "marchenko_pastur_cdf": "rectified.spectra.marchenko_pastur",
    "marchenko_pastur_density": "rectified.spectra.marchenko_pastur",
    "marchenko_pastur_support": "rectified.spectra.marchenko_pastur",
    # samples
    "covariance_spectrum": "rectified.spectra.sampling",
    "empirical_resolvent": "rectified.spectra.sampling",
    "kolmogorov_distance": "rectified.spectra.sampling",
    "layer_sizes": "rectified.spectra.sampling",
    "random_layer": "rectified.spectra.sampling",
    "sample_features": "rectified.spectra.sampling",
    "sample_spectrum": "rectified.spectra.sampling",
    # ridge regression on random features
    "memorisation_limit": "rectified.spectra.memorisation",
    "ridge_training_error": "rectified.spectra.memorisation",
    "sampled_ridge_training_error": "rectified.spectra.memorisation",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
