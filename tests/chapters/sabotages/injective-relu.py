"""What is broken in injective-relu, and the claims that must notice it."""

from typing import Any

from companion.running.inline import Sabotage


def every_second_cell(original: Any) -> Any:
    """An enumeration that misses half of the cells."""

    def twin(*args: Any, **options: Any) -> Any:
        found = original(*args, **options)
        return type(found)(found.active[::2], found.point[::2])

    return twin


def one_row_too_many(original: Any) -> Any:
    """A depth that counts one row more than there is."""
    return lambda rows: original(rows) + 1


def fullest_side(original: Any) -> Any:
    """A depth that counts the fullest half-space in the place of the emptiest one."""
    return lambda rows: rows.shape[-2] - original(rows)


def along_the_rows(original: Any) -> Any:
    """A pair of inputs that differ along an active row: their outputs differ as well."""

    def twin(weight: Any, *args: Any, **options: Any) -> Any:
        pair = original(weight, *args, **options)
        return pair._replace(second=pair.first + 0.1 * weight.abs().sum(dim=0))

    return twin


def all_binomials_of_m(original: Any) -> Any:
    """The number of cells with m in the place of m - 1, as if the hyperplanes did not pass through the origin."""

    def twin(num_rows: int, dim: int) -> float:
        from math import comb, log10

        ratio = sum(comb(num_rows, k) for k in range(dim)) / sum(comb(num_rows - 1, k) for k in range(dim))
        return original(num_rows, dim) + log10(ratio)

    return twin


def far_fewer_bad_cells(original: Any) -> Any:
    """A chance of a bad cell that falls by two per cent too much with every row."""
    return lambda num_rows, dim: original(num_rows, dim) - 0.01 * num_rows


def towards_all_rows(original: Any) -> Any:
    """The sum of the rows itself: most of them are active there."""
    return lambda rows: -original(rows)


def three_times_too_stable(original: Any) -> Any:
    """A constant that promises three times what is true."""
    return lambda *args, **options: 3.0 * original(*args, **options)


def a_third_too_stable(original: Any) -> Any:
    """A constant that overlooks the weakest cells: too large by less than the half that the stretch allows."""
    return lambda *args, **options: 1.3 * original(*args, **options)


def rows_with_non_negative_bias(original: Any) -> Any:
    """A decision that keeps the rows with a non-negative bias and forgets the biases."""

    def twin(weight: Any, bias: Any = None, **options: Any) -> Any:
        if bias is None:
            return original(weight, **options)
        return bool((bias >= 0).any()) and original(weight[bias >= 0], **options)

    return twin


def flattened(original: Any) -> Any:
    """Distances of pieces after the last coordinate is dropped."""
    return lambda vertices: original(vertices[:, :2])


def without_skip(original: Any) -> Any:
    """No input is added: the approximation stays as closed as its target."""
    return lambda layers, skip: original(layers, 0.0 * skip)


SABOTAGES = {
    "every-second-cell": Sabotage(
        "rectified.injectivity.cells:layer_cells", every_second_cell, ("dss-iff",), ("dss-iff",)
    ),
    "one-row-too-many": Sabotage(
        "rectified.injectivity.depth:halfspace_depth", one_row_too_many, ("agreement",), ("agreement",)
    ),
    "along-the-rows": Sabotage(
        "rectified.injectivity.stability:collapsing_pair", along_the_rows, ("two-needed",), ("two-needed",)
    ),
    "all-binomials-of-m": Sabotage(
        "rectified.injectivity.gaussian:log10_expected_bad_cells",
        all_binomials_of_m,
        ("ebad-formula",),
        ("ebad-formula",),
    ),
    "fullest-side": Sabotage(
        "rectified.injectivity.depth:halfspace_depth", fullest_side, ("gaussian-window",), ("gaussian-window",)
    ),
    "towards-all-rows": Sabotage(
        "rectified.injectivity.gaussian:witness_direction", towards_all_rows, ("witness-3-4",), ("witness",)
    ),
    "three-times-too-stable": Sabotage(
        "rectified.injectivity.stability:inverse_lipschitz",
        three_times_too_stable,
        ("inverse-lipschitz", "sharp-constant"),
        ("stability",),
    ),
    "a-third-too-stable": Sabotage(
        "rectified.injectivity.stability:inverse_lipschitz", a_third_too_stable, ("dss-iff",), ("dss-iff",)
    ),
    "rows-with-non-negative-bias": Sabotage(
        "rectified.injectivity.cells:is_injective",
        rows_with_non_negative_bias,
        ("bias-sign-not-needed",),
        ("bias-sign",),
    ),
    "flattened": Sabotage(
        "rectified.injectivity.curves:polyline_separation", flattened, ("projection",), ("projection",)
    ),
    "without-skip": Sabotage(
        "rectified.injectivity.projections:with_skip",
        without_skip,
        ("universal",),
        ("universal", "universal-surfaces"),
    ),
    "far-fewer-bad-cells": Sabotage(
        "rectified.injectivity.gaussian:log10_expected_bad_cells",
        far_fewer_bad_cells,
        ("window-not-sharp",),
        ("window-not-sharp",),
    ),
}
