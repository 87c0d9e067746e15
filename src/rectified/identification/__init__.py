"""Networks from their answers: hosts that keep networks secret, and attacks that rebuild them from queries."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # networks kept in another process, and what may be asked of them
    "HostGone": "rectified.identification.hosting",
    "NetworkHost": "rectified.identification.hosting",
    "Oracle": "rectified.identification.hosting",
    "Revealed": "rectified.identification.hosting",
    "always_on_pair": "rectified.identification.targets",
    "memorising_layers": "rectified.identification.targets",
    "normal_layers": "rectified.identification.targets",
    # along lines
    "Accuracy": "rectified.identification.accuracy",
    "kinks_on_segments": "rectified.identification.kinks",
    "num_pieces_on_segments": "rectified.identification.kinks",
    "random_lines": "rectified.identification.lines",
    # at boundaries
    "bend_weights": "rectified.identification.bends",
    "boundary_points": "rectified.identification.normals",
    "is_whole_hyperplane": "rectified.identification.hyperplanes",
    "jump_directions": "rectified.identification.normals",
    "numerical_gradients": "rectified.identification.normals",
    # whole layers and networks
    "fit_output_layer": "rectified.identification.output_layer",
    "next_layer": "rectified.identification.next_layer",
    "orientations_by_sums": "rectified.identification.orientations",
    "orientations_by_votes": "rectified.identification.orientations",
    "recover_first_layer": "rectified.identification.first_layer",
    "recover_network": "rectified.identification.network",
    "walked_neuron": "rectified.identification.walks",
    # when two networks are one
    "canonical_form": "rectified.identification.matching",
    "isomorphism_error": "rectified.identification.matching",
    "match_neurons": "rectified.identification.matching",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
