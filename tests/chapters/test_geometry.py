"""The chapter geometry: its verdicts at quick scale, and for every claim a broken twin that turns its verdict."""

from typing import Any

import pytest

from companion.running.inline import Sabotage, run_inline

pytestmark = pytest.mark.chapter


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


@pytest.fixture(scope="module")
def unbroken():
    return run_inline("geometry")


def test_unbroken_chapter_gives_the_published_verdicts(unbroken):
    assert {str(verdict.verdict) for verdict in unbroken.verdicts.values()} == {"held"}


def test_every_claim_has_a_sabotage(unbroken):
    assert {claim for sabotage in SABOTAGES.values() for claim in sabotage.claims} == set(unbroken.verdicts)


def test_layers_of_both_kinds_are_decided(unbroken):
    assert 0.1 < unbroken.records["injective-share"] < 0.9


def test_the_example_has_fewer_pieces_than_regions_and_fewer_regions_than_the_bound(unbroken):
    records = unbroken.records
    assert records["example-pieces"] <= records["example-regions"] <= records["example-bound"]


@pytest.mark.parametrize("name", SABOTAGES)
def test_broken_twin_is_noticed(name):
    sabotage = SABOTAGES[name]
    verdicts = run_inline("geometry", sabotage=sabotage).verdicts
    assert {claim: str(verdicts[claim].verdict) for claim in sabotage.claims} == dict.fromkeys(
        sabotage.claims, "violated"
    )
