"""Criteria that see a sample and speak of what it was drawn from, by confidence intervals from scipy.

``scipy.stats`` takes a second to import, and whoever only reads claims needs none of it; it is imported
where something is decided.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from companion.claims.criteria.base import LARGEST_ALPHA, Criterion, Samples, SamplesRefused, combined
from companion.claims.verdicts import Decision, Outcome

RESAMPLES_IN_TAILS = 10  # five beyond each end of an interval: with fewer its ends are those of a few lucky draws
MOST_AT_ONCE = 2_000_000  # numbers that the bootstrap draws in one go: 16 MB each for numerators and denominators


class _Interval(Criterion):
    """Decides by a two-sided confidence interval at level ``1 - alpha`` against a region."""

    is_sampled = True
    estimated: ClassVar[str]
    alpha: float = Field(default=LARGEST_ALPHA, gt=0.0, le=LARGEST_ALPHA)

    def shared_between(self, groups: int) -> Self:
        """The same at level ``alpha / groups`` (Bonferroni)."""
        return self.model_copy(update={"alpha": self.alpha / groups})

    @abstractmethod
    def _estimate(self, values: np.ndarray) -> tuple[float, float, float]:
        """The estimate and both ends of its interval."""

    @abstractmethod
    def _region(self) -> tuple[float, float]:
        """The values that the claim allows: the least and the most."""

    @property
    def usual_reading(self) -> str:  # type: ignore[override]
        """As the estimate is called, with what is claimed of it."""
        found = f"the {self.estimated} is {{number}}, its {{confidence}} {{interval}} from {{n}} cases"
        return f"{found}; {_claimed(self._region())} was claimed"

    def more(self, decision: Decision) -> dict[str, Any]:
        """The interval, and how sure it is."""
        low, high = decision.interval or (None, None)
        ends = (-np.inf if low is None else low, np.inf if high is None else high)
        return {"interval": ends, "confidence": f"{100 * (1 - self.alpha):.6g}% interval"}

    def _found(self, values: np.ndarray) -> Decision:
        number, low, high = self._estimate(values)
        return decision_by_interval(number, (low, high), self._region(), values.shape[-1])


def decision_by_interval(number: float, interval: tuple[float, float], region: tuple[float, float], n: int) -> Decision:
    """Held when the interval lies inside the claimed region, violated when outside, else undecided.

    The region is open where it ends: an effect of exactly zero in every seed is not "above zero".
    """
    (low, high), (least, most) = interval, region
    if _below(least, low) and _below(high, most):
        outcome = Outcome.HELD
    elif high <= least or low >= most:
        outcome = Outcome.VIOLATED
    else:
        outcome = Outcome.UNDECIDED
    return Decision(
        outcome=outcome,
        number=number,
        bound=least if number - least <= most - number else most,
        margin=min(number - least, most - number),
        interval=(low if np.isfinite(low) else None, high if np.isfinite(high) else None),
        n=n,
    )


def _claimed(region: tuple[float, float]) -> str:
    least, most = region
    if np.isinf(most):
        return f"above {least:.4g}"
    return f"below {most:.4g}" if np.isinf(least) else f"between {least:.4g} and {most:.4g}"


def _below(small: float, large: float) -> bool:
    """Whether ``small < large``; a side that the claim leaves open (infinite) never fails."""
    return small < large or (np.isinf(small) and small < 0) or (np.isinf(large) and large > 0)


class _Sided(_Interval):
    """An estimate that must lie above ``above``, below ``below``, or between them."""

    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _has_a_side(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError(f"{self.test} needs above, below or both: without them it could not fail")
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise ValueError(f"{self.test}: above {self.above} must be smaller than below {self.below}")
        return self

    def _region(self) -> tuple[float, float]:
        return (-np.inf if self.above is None else self.above, np.inf if self.below is None else self.below)


class Mean(_Sided):
    """The mean lies above ``above`` and below ``below`` (give one or both), by Student's t interval.

    It errs as often as ``alpha`` says for laws that are nearly symmetric. With a long upper tail the upper end lies too
    low: for 20 exponential numbers at an alpha of 1e-3, the mean is above it in 1.2 % of all samples, for 50 in 0.6 %.
    Such numbers are better claimed by their median, or measured as averages of many.
    """

    kinds = frozenset({"statistical"})
    estimated = "mean"
    test: Literal["mean"]
    cases: int = Field(ge=5)

    def _estimate(self, values: np.ndarray) -> tuple[float, float, float]:
        from scipy import stats

        mean = float(values.mean())
        if np.ptp(values) == 0.0:
            return mean, mean, mean
        low, high = stats.t.interval(1 - self.alpha, len(values) - 1, loc=mean, scale=stats.sem(values))
        return mean, float(low), float(high)


class Median(_Sided):
    """The median lies above ``above`` and below ``below``, by the distribution-free order-statistics interval."""

    kinds = frozenset({"statistical"})
    estimated = "median"
    test: Literal["median"]
    cases: int = Field(ge=12)  # with fewer, the interval at the largest alpha is infinite

    def _estimate(self, values: np.ndarray) -> tuple[float, float, float]:
        return _median_interval(values, self.alpha)


class Ratio(_Sided):
    """The ratio of two paired means lies above ``above`` and below ``below``.

    Samples are ``{"numerator": [...], "denominator": [...]}``, or a mapping of groups of such pairs. Denominators are
    not negative. The interval reaches as far as the wider of two: the paired BCa bootstrap, and the inverted t test of
    ``numerator - c * denominator`` (Fieller). Alone, the bootstrap of 20 pairs at an alpha of 1e-3 errs seven to twelve
    times as often as it says; Fieller errs as it says for alike laws, and up to eight times as often for unlike, skew
    ones.
    """

    kinds = frozenset({"statistical"})
    estimated = "ratio of the means"
    test: Literal["ratio"]
    cases: int = Field(ge=20)
    resamples: int = Field(default=19_999, ge=9_999)

    def decide(self, samples: Samples) -> Decision:
        """Decide from paired numerators and denominators, or from groups of them.

        Raises:
            SamplesRefused: If a group is not a pair of equally long lists.
        """
        if not isinstance(samples, Mapping) or not samples:
            raise SamplesRefused('ratio takes {"numerator": numbers, "denominator": numbers}, or groups of such pairs')
        if set(samples) == {"numerator", "denominator"}:
            return self._decide(self._paired(samples, ""))
        shared = self.shared_between(len(samples))
        parts = [
            shared._decide(self._paired(pair, f" in group {name!r}")).model_copy(update={"name": name})
            for name, pair in samples.items()
        ]
        return combined(parts)

    def _paired(self, pair: Samples, where: str) -> np.ndarray:
        if not isinstance(pair, Mapping) or set(pair) != {"numerator", "denominator"}:
            raise SamplesRefused(f"ratio{where} takes numerator and denominator")
        top, bottom = (self.checked(pair[key], where) for key in ("numerator", "denominator"))
        if len(top) != len(bottom):
            raise SamplesRefused(f"{len(top)} numerators, but {len(bottom)} denominators{where}")
        if bottom.min() < 0 or np.median(bottom) <= 0:
            raise SamplesRefused(
                f"denominators{where} must not be negative, and most of them positive: near zero a ratio of "
                "means has no useful interval; claim the difference instead"
            )
        return np.stack([top, bottom])

    def _estimate(self, values: np.ndarray) -> tuple[float, float, float]:
        number = float(values[0].mean() / values[1].mean())
        if np.ptp(values[0] - number * values[1]) == 0.0:
            return number, number, number
        bootstrap, inverted = self._bootstrap(values), _fieller(values, self.alpha)
        return number, min(bootstrap[0], inverted[0]), max(bootstrap[1], inverted[1])

    def _bootstrap(self, values: np.ndarray) -> tuple[float, float]:
        from scipy import stats

        result = stats.bootstrap(
            (values[0], values[1]),
            lambda top, bottom, axis: top.mean(axis=axis) / bottom.mean(axis=axis),
            paired=True,
            vectorized=True,
            n_resamples=max(self.resamples, int(np.ceil(RESAMPLES_IN_TAILS / self.alpha))),
            batch=max(1, MOST_AT_ONCE // values.shape[-1]),
            confidence_level=1 - self.alpha,
            rng=np.random.default_rng(0),  # the judge must say the same twice; the samples carry the chance
        )
        return float(result.confidence_interval.low), float(result.confidence_interval.high)


def _fieller(values: np.ndarray, alpha: float) -> tuple[float, float]:
    """All ``c`` for which Student's t test at ``alpha`` does not reject that ``top - c * bottom`` has mean zero.

    They solve a quadratic inequality; without an end where the mean of ``bottom`` itself could be zero.
    """
    from scipy import stats

    n = values.shape[-1]
    top, bottom = values.mean(axis=-1)
    (var_top, covariance), (_, var_bottom) = np.cov(values) * stats.t.isf(alpha / 2, n - 1) ** 2 / n
    square, linear, constant = bottom**2 - var_bottom, top * bottom - covariance, top**2 - var_top
    if square <= 0:
        return -np.inf, np.inf
    spread = np.sqrt(max(linear**2 - square * constant, 0.0))
    return float((linear - spread) / square), float((linear + spread) / square)


class Proportion(_Sided):
    """The share of samples that are positive lies above ``above`` and below ``below`` (Clopper and Pearson)."""

    kinds = frozenset({"statistical"})
    estimated = "share of positive cases"
    test: Literal["proportion"]
    cases: int = Field(ge=10)

    def _estimate(self, values: np.ndarray) -> tuple[float, float, float]:
        from scipy import stats

        result = stats.binomtest(int((values > 0).sum()), len(values))
        interval = result.proportion_ci(1 - self.alpha, method="exact")
        return float(result.statistic), float(interval.low), float(interval.high)


class Sign(_Interval):
    """The effect is larger than ``effect`` in most seeds: one sample a seed, decided by the binomial (sign) test.

    Equivalently: the order-statistics interval of the median effect lies above ``effect``.
    """

    kinds = frozenset({"tendency"})
    estimated = "median effect"
    test: Literal["sign"]
    cases: int = Field(ge=20)
    effect: float = Field(ge=0.0)

    def _region(self) -> tuple[float, float]:
        return self.effect, np.inf

    def _estimate(self, values: np.ndarray) -> tuple[float, float, float]:
        return _median_interval(values, self.alpha)


def _median_interval(values: np.ndarray, alpha: float) -> tuple[float, float, float]:
    """Median and its distribution-free interval; an end is infinite when there are too few values for ``alpha``."""
    from scipy import stats

    interval = stats.quantile_test(values, q=0.0, p=0.5).confidence_interval(1 - alpha)
    low = -np.inf if np.isnan(interval.low) else float(interval.low)
    high = np.inf if np.isnan(interval.high) else float(interval.high)
    return float(np.median(values)), low, high
