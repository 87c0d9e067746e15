"""What is broken in reverse-engineering, and the claims that must notice it."""

from dataclasses import replace
from typing import Any

import numpy as np

from companion.running.inline import Sabotage


def tilted(original: Any) -> Any:
    """Normals that are off by a thousandth in one direction."""

    def twin(jumps: Any) -> Any:
        direction, *rest = original(jumps)
        direction = direction + 1e-3 * np.eye(direction.shape[1])[0]
        return direction / np.linalg.norm(direction, axis=1, keepdims=True), *rest

    return twin


def some_hyperplanes(original: Any) -> Any:
    """Neurons whose weight to the first input is small are not accepted."""

    def twin(query: Any, planes: Any, *args: Any, **options: Any) -> Any:
        return original(query, planes, *args, **options) & (np.abs(planes.normal[:, 0]) > 0.3)

    return twin


def without_growth(original: Any) -> Any:
    """Bends as if the normal kept its length."""

    def twin(before: Any, after: Any, crossed: Any) -> Any:
        bend = original(before, after, crossed)
        sizes = (crossed**2).sum(axis=1)
        return bend._replace(weight=((after - before) * crossed).sum(axis=1) / sizes)

    return twin


def never_settled(original: Any) -> Any:
    """Two lines for each neuron, however many there are: kinks grow with the square of the width."""
    return lambda survey: survey.num_lines >= max(16, 2 * len(survey.planes.offset))


def biased(original: Any) -> Any:
    """Second-layer neurons with a hundredth too much bias."""

    def twin(*args: Any, **options: Any) -> Any:
        found = original(*args, **{**options, "most_lines": 48})  # few lines: it fails soon enough
        layers = [(W, b + 0.01 * (idx == 1)) for idx, (W, b) in enumerate(found.layers)]
        return replace(found, layers=layers)

    return twin


def near_only(original: Any) -> Any:
    """Fresh points near the origin alone: neurons that are on only far away stay unseen."""

    def twin(kinks: Any, first: Any, reach: float, rng: Any) -> Any:
        return 0.1 * reach * rng.standard_normal((100, kinks.shape[1]))

    return twin


def finding_nothing(original: Any) -> Any:
    """No neuron behind the first layer is found."""

    def twin(weight: Any, bias: Any, bent: Any) -> Any:
        return original(weight, bias, bent).where(np.zeros(0, dtype=int))

    return twin


def same_function_same_network(original: Any) -> Any:
    """A distance between networks that looks at outputs alone."""

    def twin(first: Any, second: Any) -> float:
        from rectified.oracles.serving import relu_outputs

        points = np.random.default_rng(0).standard_normal((100, first[0][0].shape[1]))
        return float(np.abs(relu_outputs(first, points) - relu_outputs(second, points)).max())

    return twin


def lenient(original: Any) -> Any:
    """Whatever is reported counts as found."""

    def twin(*args: Any) -> Any:
        errors, spurious = original(*args)
        return 0.0 * errors, spurious

    return twin


WHOLE = "rectified.identification.hyperplanes:is_whole_hyperplane"

SABOTAGES = {
    "tilted": Sabotage(
        "rectified.identification.normals:jump_directions", tilted, ("gradient-jump",), ("gradient-jump",)
    ),
    "some-hyperplanes": Sabotage(
        WHOLE,
        some_hyperplanes,
        ("first-layer", "wide-first-layer", "architecture", "trained"),
        ("small-layers", "first-layer", "query-scaling", "architecture", "trained"),
    ),
    "without-growth": Sabotage(
        "rectified.identification.bends:bend_weights", without_growth, ("bend",), ("crossing-tools", "bend")
    ),
    "never-settled": Sabotage(
        "rectified.identification.survey:Survey.is_settled", never_settled, ("query-scaling",), ("query-scaling",)
    ),
    "biased": Sabotage(
        "rectified.identification.network:recover_network",
        biased,
        ("second-layer", "functional", "isomorphic"),
        ("rebuilt", "second-layer", "whole"),
    ),
    "near-only": Sabotage(
        "rectified.identification.completeness:fresh_points",
        near_only,
        ("functional", "isomorphic"),
        ("rebuilt", "second-layer", "whole"),
    ),
    "finding-nothing": Sabotage(
        "rectified.identification.next_layer:next_layer", finding_nothing, ("not-identifiable",), ("not-identifiable",)
    ),
    "same-function-same-network": Sabotage(
        "rectified.identification.matching:isomorphism_error",
        same_function_same_network,
        ("not-identifiable",),
        ("not-identifiable",),
    ),
    "lenient": Sabotage("rectified.identification.hyperplanes:plane_errors", lenient, ("precision",), ("precision",)),
}
