"""What is broken in loss-surface, and the claims that must notice it."""

from typing import Any

from companion.running.inline import Sabotage


def half_the_map(original: Any) -> Any:
    """Half of the best affine map in its place, honest about its risk: the network built from it is no minimum."""

    def twin(inputs: Any, targets: Any, loss: Any) -> Any:
        from rectified.landscape.affine import with_ones
        from rectified.landscape.losses import mean_loss

        B = 0.5 * original(inputs, targets, loss).coefficients
        F = with_ones(inputs) @ B
        return original(inputs, targets, loss)._replace(
            coefficients=B,
            predictions=F,
            residuals=loss.derivative(F, targets),
            risk=mean_loss(F, targets, loss).item(),
        )

    return twin


def the_wrong_way(original: Any) -> Any:
    """A kink of the right shape with the wrong sign: the risk rises by three times what it should fall."""

    def twin(*args: Any) -> Any:
        kink = original(*args)
        return kink._replace(strength=-kink.strength)

    return twin


def tilted_output(original: Any) -> Any:
    """A carrier network that forgets a thousandth of where its first unit stands."""

    def twin(coefficients: Any, points: Any, piece: Any) -> Any:
        *below, (W, b) = original(coefficients, points, piece)
        return [*below, (W, b + 1e-3 * points.centres[0][0])]

    return twin


def rounded_pieces(original: Any) -> Any:
    """Pieces that are slightly curved."""
    return lambda self, z: original(self, z) + 0.01 * z**2


def one_ray(original: Any) -> Any:
    """Cones with all their rays but the first: not all of the cell is searched."""
    return lambda rows, signs: original(rows, signs)[1:]


def no_cone(original: Any) -> Any:
    """Rays in both directions: every cone is the whole plane, and no wall is left."""

    def twin(rows: Any, signs: Any) -> Any:
        import torch

        rays = original(rows, signs)
        return torch.cat([rays, -rays])

    return twin


def standing_still(original: Any) -> Any:
    """A path of which every point is the first one: its risk never changes."""

    def twin(*args: Any) -> Any:
        return [(W[:1].expand_as(W), b[:1].expand_as(b)) for W, b in original(*args)]

    return twin


def one_leap(original: Any) -> Any:
    """A path that stays at its start for one half and at its end for the other: its risk never rises."""

    def twin(*args: Any) -> Any:
        import torch

        layers = original(*args)
        late = torch.arange(len(layers[0][0])) * 2 >= len(layers[0][0])
        return [(W[-late.long()], b[-late.long()]) for W, b in layers]

    return twin


def tiny_steps(original: Any) -> Any:
    """Differences over steps so small that everything looks affine."""
    return lambda *args, **options: original(*args, step=1e-9)


SABOTAGES = {
    "standing-still": Sabotage(
        "rectified.landscape.paths:valley_path",
        standing_still,
        ("valley-of-constructed",),
        ("constructions", "valley"),
    ),
    "one-leap": Sabotage(
        "rectified.landscape.paths:escape_path", one_leap, ("escapable",), ("constructions", "escapable")
    ),
    "tiny-steps": Sabotage(
        "rectified.landscape.layer_moves:differences_inside",
        tiny_steps,
        ("multilinear-cells",),
        ("multilinear", "multilinear-count"),
    ),
    "half-the-map": Sabotage(
        "rectified.landscape.affine:affine_fit",
        half_the_map,
        ("spurious-exists", "linear-contrast"),
        ("constructions", "spurious-exists", "runs", "linear-contrast"),
    ),
    "the-wrong-way": Sabotage(
        "rectified.landscape.kink:best_kink",
        the_wrong_way,
        ("exact-decrease", "escapable"),
        ("constructions", "spurious-exists", "exact-decrease", "escapable"),
    ),
    "tilted-output": Sabotage(
        "rectified.landscape.constructed:carrier_network",
        tilted_output,
        ("valley-of-constructed",),
        ("constructions", "valley"),
    ),
    "rounded-pieces": Sabotage(
        "rectified.landscape.piecewise:PiecewiseLinear.value",
        rounded_pieces,
        ("multilinear-cells",),
        ("multilinear", "multilinear-count"),
    ),
    "one-ray": Sabotage(
        "rectified.regions.arrangements:cell_rays", one_ray, ("cell-minima-global",), ("runs", "cell-minima-global")
    ),
    "no-cone": Sabotage(
        "rectified.regions.arrangements:cell_rays", no_cone, ("not-every-cell-connected",), ("disconnected", "wall")
    ),
}
