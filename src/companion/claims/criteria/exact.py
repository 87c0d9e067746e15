"""Criteria that look at every case: one case on the wrong side is enough."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field

from companion.claims.criteria.base import Criterion, Samples, SamplesRefused, combined
from companion.claims.verdicts import Decision, Outcome


class AtLeast(Criterion):
    """Every sample is at least ``bound - slack``."""

    kinds = frozenset({"inequality", "threshold"})
    usual_reading = "smallest of {n} is {number}; at least {bound} was claimed"
    test: Literal["at-least"]
    bound: float
    slack: float = Field(default=0.0, ge=0.0)

    def more(self, decision: Decision) -> dict[str, Any]:
        """The least number that passes."""
        return {"allowed": self.bound - self.slack}

    def _found(self, values: np.ndarray) -> Decision:
        smallest = float(values.min())
        held = smallest >= self.bound - self.slack
        return Decision(
            outcome=Outcome.HELD if held else Outcome.VIOLATED,
            number=smallest,
            bound=self.bound,
            margin=smallest - self.bound + self.slack,
            n=len(values),
        )


class AtMost(Criterion):
    """Every sample is at most ``bound + slack``."""

    kinds = frozenset({"identity", "inequality", "threshold"})
    usual_reading = "largest of {n} is {number}; at most {bound} was claimed"
    test: Literal["at-most"]
    bound: float
    slack: float = Field(default=0.0, ge=0.0)

    def more(self, decision: Decision) -> dict[str, Any]:
        """The largest number that passes."""
        return {"allowed": self.bound + self.slack}

    def _found(self, values: np.ndarray) -> Decision:
        largest = float(values.max())
        held = largest <= self.bound + self.slack
        return Decision(
            outcome=Outcome.HELD if held else Outcome.VIOLATED,
            number=largest,
            bound=self.bound,
            margin=self.bound + self.slack - largest,
            n=len(values),
        )


class Agree(Criterion):
    """Two computations agree case by case: samples are ``{"computed": [...], "expected": [...]}``.

    The error of a case is ``|computed - expected| / max(|expected|, floor)``.
    """

    kinds = frozenset({"identity"})
    usual_reading = "largest difference of {n} pairs is {number:.3g}; {bound:.1g} is allowed"
    test: Literal["agree"]
    tolerance: float = Field(ge=0.0)  # 0 asks for equality
    floor: float = Field(default=1.0, gt=0.0)

    def decide(self, samples: Samples) -> Decision:
        """Decide from the groups ``computed`` and ``expected``.

        Raises:
            SamplesRefused: If the groups are not these two, or differ in length.
        """
        if not isinstance(samples, Mapping) or set(samples) != {"computed", "expected"}:
            raise SamplesRefused('agree takes {"computed": numbers, "expected": numbers}')
        computed = self.checked(samples["computed"], " in 'computed'")
        expected = self.checked(samples["expected"], " in 'expected'")
        if len(computed) != len(expected):
            raise SamplesRefused(f"{len(computed)} computed numbers, but {len(expected)} expected ones")
        return self._decide(np.abs(computed - expected) / np.maximum(np.abs(expected), self.floor))

    def _found(self, values: np.ndarray) -> Decision:
        largest = float(values.max())
        return Decision(
            outcome=Outcome.HELD if largest <= self.tolerance else Outcome.VIOLATED,
            number=largest,
            bound=self.tolerance,
            margin=self.tolerance - largest,
            n=len(values),
        )


class TwoSided(Criterion):
    """Just below the threshold it holds, just above it fails.

    Samples are ``{"below": [...], "above": [...]}``, margins of the property: positive where it holds.
    """

    kinds = frozenset({"threshold"})
    usual_reading = "smallest margin of {n} is {number}"
    test: Literal["two-sided"]
    slack: float = Field(default=0.0, ge=0.0)

    def decide(self, samples: Samples) -> Decision:
        """Decide from the groups ``below`` and ``above``.

        Raises:
            SamplesRefused: If the groups are not these two.
        """
        if not isinstance(samples, Mapping) or set(samples) != {"below", "above"}:
            raise SamplesRefused('two-sided takes {"below": margins, "above": margins}')
        below = self.checked(samples["below"], " in 'below'")
        above = self.checked(samples["above"], " in 'above'")
        parts = [
            self._decide(below).model_copy(update={"name": "below"}),
            self._decide(-above).model_copy(update={"name": "above"}),
        ]
        return combined(parts)

    def _found(self, values: np.ndarray) -> Decision:
        smallest = float(values.min())
        return Decision(
            outcome=Outcome.HELD if smallest >= -self.slack else Outcome.VIOLATED,
            number=smallest,
            bound=0.0,
            margin=smallest + self.slack,
            n=len(values),
        )


class Exists(Criterion):
    """At least ``witnesses`` of the samples exceed ``bound``: a claim that something happens."""

    kinds = frozenset({"inequality", "threshold"})
    usual_reading = "{number} of {n} exceed {allowed}; at least {bound:.0f} claimed"
    counts = True
    test: Literal["exists"]
    bound: float
    witnesses: int = Field(default=1, ge=1)

    def more(self, decision: Decision) -> dict[str, Any]:
        """What a witness exceeds."""
        return {"allowed": self.bound}

    def _found(self, values: np.ndarray) -> Decision:
        found = int((values > self.bound).sum())
        return Decision(
            outcome=Outcome.HELD if found >= self.witnesses else Outcome.VIOLATED,
            number=float(found),
            bound=float(self.witnesses),
            margin=float(found - self.witnesses),
            n=len(values),
        )
