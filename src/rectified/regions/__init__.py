"""Linear pieces of networks: where they end, and what the network is on them."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # activation patterns and the affine maps on their regions
    "AffineMap": "rectified.regions.patterns",
    "activation_pattern": "rectified.regions.patterns",
    "active_affine_maps": "rectified.regions.active",
    "distinct_patterns": "rectified.regions.patterns",
    "local_affine_map": "rectified.regions.patterns",
    "neuron_affine_maps": "rectified.regions.patterns",
    "num_distinct": "rectified.regions.patterns",
    "pattern_affine_map": "rectified.regions.patterns",
    "pre_activations": "rectified.regions.patterns",
    "region_inequalities": "rectified.regions.patterns",
    # counts
    "Level": "rectified.regions.local_bound",
    "LocalBound": "rectified.regions.local_bound",
    "local_region_bound": "rectified.regions.local_bound",
    "num_regions_in_disc": "rectified.regions.disc",
    "regions_in_ball": "rectified.regions.ball",
    "sampled_region_counts": "rectified.regions.sampling",
    "uniform_in_ball": "rectified.regions.sampling",
    "cover_count": "rectified.regions.counting",
    "layered_count": "rectified.regions.counting",
    "log10_zaslavsky_count": "rectified.regions.counting",
    "zaslavsky_count": "rectified.regions.counting",
    # cells of hyperplanes through the origin
    "CentralCells": "rectified.regions.arrangements",
    "cell_rays": "rectified.regions.arrangements",
    "central_cells": "rectified.regions.arrangements",
    # exact partitions
    "PlanarPartition": "rectified.regions.planar",
    "faces_in_disc": "rectified.regions.planar",
    "num_linear_pieces": "rectified.regions.planar",
    "planar_partition": "rectified.regions.planar",
    # distances to boundaries
    "in_row_space": "rectified.regions.row_space",
    "boundary_distance": "rectified.regions.boundaries",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
