"""Networks of ever more layers: chains made layer by layer, and their limits."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # chains of layers, made when they are asked for
    "constant_layers": "rectified.depth.chains",
    "gaussian_layers": "rectified.depth.chains",
    "perturbed_identities": "rectified.depth.chains",
    "scaled_identities": "rectified.depth.chains",
    # what a chain does to its inputs
    "affine_residual": "rectified.depth.domains",
    "broken_midpoints": "rectified.depth.domains",
    "distances_to_deepest": "rectified.depth.states",
    "misplaced_points": "rectified.depth.domains",
    "pattern_groups": "rectified.depth.domains",
    "explicit_affine": "rectified.depth.affine_form",
    "hidden_states": "rectified.depth.states",
    "relative_change": "rectified.depth.states",
    "residual_states": "rectified.depth.states",
    # infinite products, and how far the limit can be
    "coin_masks": "rectified.depth.products",
    "masked_products": "rectified.depth.products",
    "perturbation_norms": "rectified.depth.tails",
    "row_change_bound": "rectified.depth.tails",
    "tail_bound": "rectified.depth.tails",
    # back from states to a layer
    "recovered_along": "rectified.depth.recovery",
    "recovered_layer": "rectified.depth.recovery",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
