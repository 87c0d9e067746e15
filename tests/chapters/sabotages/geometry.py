"""What is broken in geometry, and the claims that must notice it."""

from typing import Any

from companion.running.inline import Sabotage


def twice_as_many_rows(original: Any) -> Any:
    """Injective as soon as there are twice as many rows as inputs: necessary, but not enough."""
    return lambda weight, bias=None: len(weight) >= 2 * weight.shape[1]


def deaf_to_biases(original: Any) -> Any:
    """The decision without biases: the bounded cells in the middle are forgotten."""
    return lambda weight, bias=None: original(weight)


def smaller_ball(original: Any) -> Any:
    """The bound of a ball with a hundredth of the radius."""
    return lambda layers, center, radius: original(layers, center, 0.01 * radius)


def one_kink_lost(original: Any) -> Any:
    """The search, but for one kink among all that it finds."""

    def twin(*arguments: Any) -> Any:
        found = original(*arguments)
        return found._replace(line=found.line[1:], position=found.position[1:])

    return twin


def without_biases(original: Any) -> Any:
    """The product of the layers without what the biases add."""
    return lambda x, layers: original(x, layers)._replace(offset=0.0 * original(x, layers).offset)


def narrow_box(original: Any) -> Any:
    """A shift that keeps states positive on a tenth of the box only."""
    return lambda network, box: original(network, (0.1 * box[0], 0.1 * box[1]))


def one_region(original: Any) -> Any:
    """A count that never finds more than one region: no bound is too small for it."""

    def twin(*arguments: Any) -> Any:
        met = original(*arguments)
        return met & (met.cumsum() == 1)

    return twin


def half_the_cells(original: Any) -> Any:
    """The cells on one side of the first hyperplane."""

    def twin(rows: Any) -> Any:
        found = original(rows)
        one_side = found.signs[:, 0] > 0
        return found._replace(signs=found.signs[one_side], interior=found.interior[one_side])

    return twin


SABOTAGES = {
    "twice-as-many-rows": Sabotage(
        "rectified.injectivity.cells:is_injective",
        twice_as_many_rows,
        ("injective-regions",),
        ("ranks", "injective-regions"),
    ),
    "deaf-to-biases": Sabotage(
        "rectified.injectivity.cells:is_injective",
        deaf_to_biases,
        ("injective-regions",),
        ("ranks", "injective-regions"),
    ),
    "smaller-ball": Sabotage(
        "rectified.regions.local_bound:local_region_bound",
        smaller_ball,
        ("queries-count-regions",),
        ("visible-pieces", "queries"),
    ),
    "one-kink-lost": Sabotage(
        "rectified.identification.kinks:kinks_on_segments",
        one_kink_lost,
        ("queries-count-regions",),
        ("visible-pieces", "queries"),
    ),
    "without-biases": Sabotage(
        "rectified.depth.affine_form:explicit_affine", without_biases, ("explicit-map-on-faces",), ("explicit-map",)
    ),
    "narrow-box": Sabotage(
        "rectified.residual.conversion:relu_layers_of_residual",
        narrow_box,
        ("residual-blocks-are-layers",),
        ("residual",),
    ),
    "one-region": Sabotage(
        "rectified.regions.planar:faces_in_disc", one_region, ("residual-blocks-are-layers",), ("residual",)
    ),
    "half-the-cells": Sabotage(
        "rectified.regions.arrangements:central_cells", half_the_cells, ("two-readings",), ("two-readings",)
    ),
}


def check(unbroken: Any) -> None:
    """Layers of both kinds are decided; the example has fewer pieces than regions, and fewer regions than the bound."""
    records = unbroken.records
    assert 0.1 < records["injective-share"] < 0.9
    assert records["example-pieces"] <= records["example-regions"] <= records["example-bound"]
