"""Loss surfaces of piecewise linear networks: cells, bad minima, ways out of them, and exact minima of cells."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # activations, losses and the affine optimum
    "PiecewiseLinear": "rectified.landscape.piecewise",
    "random_pieces": "rectified.landscape.piecewise",
    "Loss": "rectified.landscape.losses",
    "affine_fit": "rectified.landscape.affine",
    # networks in stacks
    "predictions": "rectified.landscape.risk",
    "risk": "rectified.landscape.risk",
    "risk_hessian": "rectified.landscape.curvature",
    # cells
    "cell_margin": "rectified.landscape.cells",
    "piece_pattern": "rectified.landscape.cells",
    "perturbed_inside_cell": "rectified.landscape.cells",
    "bends_across": "rectified.landscape.layer_moves",
    "differences_inside": "rectified.landscape.layer_moves",
    # bad minima and what is better
    "bad_points": "rectified.landscape.bad_points",
    "best_kink": "rectified.landscape.kink",
    "constructed_minimum": "rectified.landscape.constructed",
    "kink_network": "rectified.landscape.kink",
    "escape_path": "rectified.landscape.paths",
    "valley_path": "rectified.landscape.paths",
    # one hidden layer: exact minima of cells, and descent
    "cell_minimum": "rectified.landscape.cell_minima",
    "enumerated_minima": "rectified.landscape.cell_minima",
    "descended": "rectified.landscape.descent",
    "settled": "rectified.landscape.descent",
    "shallow_risk": "rectified.landscape.shallow",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
