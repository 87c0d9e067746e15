"""Residual networks whose hidden layers are one neuron wide: blocks, step functions, exact breakpoints, limits."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # networks
    "OneNeuronBlock": "rectified.residual.modules",
    "OneNeuronResNet": "rectified.residual.modules",
    "ResidualNetwork": "rectified.residual.networks",
    "random_residual_network": "rectified.residual.networks",
    "residual_forward": "rectified.residual.networks",
    "residual_states": "rectified.residual.networks",
    # blocks with a name
    "Block": "rectified.residual.blocks",
    "apply_block": "rectified.residual.blocks",
    "stacked": "rectified.residual.blocks",
    # step functions
    "num_step_blocks": "rectified.residual.staircase",
    "one_pass_network": "rectified.residual.staircase",
    "step_network": "rectified.residual.staircase",
    # functions of one variable, exactly
    "Polyline": "rectified.residual.polylines",
    "cell_means": "rectified.residual.polylines",
    "l1_distance": "rectified.residual.polylines",
    "residual_function": "rectified.residual.breakpoints",
    "sup_distance": "rectified.residual.polylines",
    # as plain ReLU layers
    "relu_layers_of_residual": "rectified.residual.conversion",
    # narrow fully connected networks far out
    "EscapePath": "rectified.residual.recession",
    "escape_path": "rectified.residual.recession",
    "recession_layers": "rectified.residual.recession",
    # quadrature, and a task
    "disc_and_ring": "rectified.residual.tasks",
    "l1_error_on_grid": "rectified.residual.quadrature",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
