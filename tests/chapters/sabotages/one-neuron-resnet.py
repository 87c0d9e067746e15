"""What is broken in one-neuron-resnet, and the claims that must notice it."""

from typing import Any

from companion.running.inline import Sabotage


def fold_half_way(original: Any) -> Any:
    """A fold that forgets the slope on the other side."""
    return lambda e, at, slope: original(e, at, slope - 1.0)


def exchanged_values(original: Any) -> Any:
    """The first two cells have each other's values."""

    def twin(e: Any, values: list[float], spacing: float) -> Any:
        return original(e, [values[1], values[0], *values[2:]], spacing)

    return twin


def one_value(original: Any) -> Any:
    """The first cell's value in all cells, however fine the grid."""
    return lambda edges, values, transition: original(edges, 0.0 * values + values[0], transition)


def wrong_way(original: Any) -> Any:
    """A path that goes back at the end."""

    def twin(layers: Any, start: Any) -> Any:
        path = original(layers, start)
        return path._replace(direction=[-value for value in path.direction])

    return twin


def always_ring(original: Any) -> Any:
    """Narrow networks that call everything a ring: none of them is above 93 %, and the claim is true."""
    return lambda stack, x: original(stack, x) - 1_000.0


def on_a_grid(original: Any) -> Any:
    """The largest difference on 300 points, instead of at all knots."""

    def twin(first: Any, second: Any) -> float:
        import torch

        from rectified.residual.polylines import value_at

        points = torch.linspace(*first.knots[[0, -1]].tolist(), 302).double()[1:-1]
        return float((value_at(first, points) - value_at(second, points)).abs().max())

    return twin


def mean_for_largest(original: Any) -> Any:
    """The mean error in the place of the largest: in the mean these networks do come near, and the sentence is true."""
    from rectified.residual.polylines import l1_distance

    return lambda first, second: l1_distance(first, second) / 3


def blocks_of_one_coordinate(original: Any) -> Any:
    """As many blocks as for d = 1."""
    return lambda cells, dim: original(cells, 1)


# The verdicts of the unbroken chapter that are not "held".
VERDICTS = {
    # A network of width two may leave the ring through a thin strip: then it is right on nearly all points.
    "ball": "violated",
    # Nothing comes nearer to the letter N than 1/4, as the page proves.
    "uniform": "violated",
}

SABOTAGES = {
    "fold-half-way": Sabotage("rectified.residual.blocks:fold", fold_half_way, ("blocks",), ("operations", "blocks")),
    "exchanged-values": Sabotage(
        "rectified.residual.staircase:value_blocks", exchanged_values, ("step-exact",), ("step-exact",)
    ),
    "one-value": Sabotage(
        "rectified.residual.staircase:one_pass_network", one_value, ("universal-l1",), ("universal-l1",)
    ),
    "wrong-way": Sabotage(
        "rectified.residual.recession:escape_path",
        wrong_way,
        ("fc-fails",),
        ("tasks", "narrow-networks", "fc-fails"),
    ),
    "always-ring": Sabotage(
        "rectified.stacks.networks:stack_forward", always_ring, ("ball",), ("tasks", "ball", "ball-claim")
    ),
    "on-a-grid": Sabotage(
        "rectified.residual.polylines:sup_distance", on_a_grid, ("not-uniform",), ("letter-n", "not-uniform")
    ),
    "mean-for-largest": Sabotage(
        "rectified.residual.polylines:sup_distance",
        mean_for_largest,
        ("uniform",),
        ("letter-n", "not-uniform"),
    ),
    "blocks-of-one-coordinate": Sabotage(
        "rectified.residual.staircase:num_step_blocks",
        blocks_of_one_coordinate,
        ("depth-cost",),
        ("universal-l1", "depth-cost"),
    ),
}
