"""What is broken in linear-regions, and the claims that must notice it."""

from dataclasses import replace
from typing import Any

from companion.running.inline import Sabotage


def one_dimension_less(original: Any) -> Any:
    """Cells of hyperplanes in a space of one dimension less: too few, so that the bound is none."""
    return lambda num_hyperplanes, dim: original(num_hyperplanes, (dim - 1).clamp_min(0))


def every_sign_pattern(original: Any) -> Any:
    """All sign patterns of the units, as if there were as many dimensions as hyperplanes."""
    return lambda num_hyperplanes, dim: original(num_hyperplanes, num_hyperplanes)


def a_little_farther(original: Any) -> Any:
    """A distance that is one part in a thousand too large."""
    return lambda *args: 1.001 * original(*args)


def huge_balls(original: Any) -> Any:
    """The bound for a ball ten thousand times as large."""
    return lambda layers, center, radius, **options: original(layers, center, 1e4 * radius, **options)


def untrained(original: Any) -> Any:
    """A training that moves nothing."""

    return lambda stack, images, labels, epochs, **settings: dict.fromkeys(epochs, stack)


def stable_in_place_of_unstable(original: Any) -> Any:
    """The stable units of each layer of the digits' networks, which have 32, counted as unstable."""

    def twin(*args: Any, **options: Any) -> Any:
        bound = original(*args, **options)
        return replace(bound, unstable=32 - bound.unstable)

    return twin


def no_regions_at_all(original: Any) -> Any:
    """One region, whatever crosses the ball."""
    return lambda num_hyperplanes, dim: 0.0 * original(num_hyperplanes, dim)


LOGARITHM = "rectified.regions.counting:log10_zaslavsky_count"
BOUND = "rectified.regions.local_bound:local_region_bound"

# The verdicts of the unbroken chapter that are not "held".
VERDICTS = {
    # At initialisation the sampled patterns of a midpoint are ahead in the mean of each network, not decidedly in all.
    "not-at-init": "undecided",
}

SABOTAGES = {
    "one-dimension-less": Sabotage(
        LOGARITHM, one_dimension_less, ("bound-sound",), ("soundness", "soundness-in-space")
    ),
    "every-sign-pattern": Sabotage(
        "rectified.regions.counting:zaslavsky_count",
        every_sign_pattern,
        ("first-layer-exact",),
        ("smallest-example", "first-layer"),
    ),
    "a-little-farther": Sabotage(
        "rectified.regions.boundaries:boundary_distance", a_little_farther, ("nearest-boundary",), ("nearest",)
    ),
    "huge-balls": Sabotage(BOUND, huge_balls, ("local-beats-global",), ("digits", "local-global")),
    "untrained": Sabotage(
        "rectified.stacks.training:training_course",
        untrained,
        ("boundaries-move-away", "boundaries-come-back", "less-from-larger-weights"),
        ("digits", "points", "distances", "larger-weights"),
    ),
    "stable-in-place-of-unstable": Sabotage(
        BOUND,
        stable_in_place_of_unstable,
        ("more-at-training-points", "not-at-init"),
        ("digits", "points", "more-regions"),
    ),
    "no-regions-at-all": Sabotage(LOGARITHM, no_regions_at_all, ("loose-with-depth",), ("depth",)),
}
