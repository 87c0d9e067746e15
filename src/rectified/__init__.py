"""The mathematics, by object: networks, activations, bounds, spectra, scenes, data, training, plotting.

The packages below are the table of contents. A name is looked up in `_CONTENTS` on first use, so that importing
`rectified` imports nothing else.
"""

from rectified._contents import lookup

# public name -> module that defines it; a module may also be public itself
_CONTENTS: dict[str, str] = {
    # networks: plain (weight, bias) pairs and multilayer perceptrons
    "affine_layers": "rectified.networks",
    "forward": "rectified.networks",
    "as_sequential": "rectified.networks",
    "make_mlp": "rectified.networks",
    "random_layers": "rectified.networks",
    # networks as scenes, to be shown in space
    "network_scene": "rectified.scenes.scene",
    # Lipschitz constants
    "lipschitz_product": "rectified.lipschitz",
    "lipschitz_product_radius": "rectified.lipschitz",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
