"""When a ReLU layer or network maps no two inputs to one output, how stable its inverse is, and how to build one."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # which rows are active, and whether they span
    "active_rows": "rectified.injectivity.spanning",
    "is_spanning": "rectified.injectivity.spanning",
    "smallest_active_singular_value": "rectified.injectivity.spanning",
    # exact decisions
    "bad_cells": "rectified.injectivity.cells",
    "halfspace_depth": "rectified.injectivity.depth",
    "is_injective": "rectified.injectivity.cells",
    "layer_cells": "rectified.injectivity.cells",
    "programmed_active_count": "rectified.injectivity.programme",
    "smallest_active_count": "rectified.injectivity.cells",
    "weakest_cell": "rectified.injectivity.cells",
    # two inputs with one output, and how far outputs stay apart
    "collapsing_pair": "rectified.injectivity.stability",
    "inverse_lipschitz": "rectified.injectivity.stability",
    "smallest_stretch": "rectified.injectivity.stability",
    # inverses
    "descended_preimages": "rectified.injectivity.inverses",
    "layerwise_preimage": "rectified.injectivity.inverses",
    "pair_preimage": "rectified.injectivity.inverses",
    "preimage": "rectified.injectivity.inverses",
    # Gaussian layers
    "first_moment_threshold": "rectified.injectivity.gaussian",
    "log10_expected_bad_cells": "rectified.injectivity.gaussian",
    "num_bad_cells": "rectified.injectivity.gaussian",
    "searched_direction": "rectified.injectivity.gaussian",
    "witness_direction": "rectified.injectivity.gaussian",
    "witness_fraction": "rectified.injectivity.gaussian",
    "witness_threshold": "rectified.injectivity.gaussian",
    # layers that are injective by construction
    "InjectiveLinear": "rectified.injectivity.layers",
    "trained_autoencoder": "rectified.injectivity.decoders",
    "pair_weight": "rectified.injectivity.layers",
    # narrower again: projections, and approximation by injective networks
    "curve_vertices": "rectified.injectivity.curves",
    "interpolating_layers": "rectified.injectivity.curves",
    "generic_projection": "rectified.injectivity.projections",
    "polyline_separation": "rectified.injectivity.curves",
    "summed_layers": "rectified.injectivity.curves",
    "surface_separation": "rectified.injectivity.surfaces",
    "with_skip": "rectified.injectivity.projections",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
