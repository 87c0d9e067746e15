"""The rules by which the judge decides: each criterion is data, and each decides from samples alone.

A criterion names its smallest number of cases. Samples are numbers, or a mapping of named groups of numbers: then the
criterion must hold in every group, each group has at least ``cases`` numbers, and a statistical ``alpha`` is
shared equally among the groups (Bonferroni).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from companion.claims.reading import reading
from companion.claims.verdicts import Decision, Outcome

Samples = Sequence[float] | Mapping[str, "Samples"]

LARGEST_ALPHA = 1e-3  # a book of three hundred claims, rebuilt daily, may be wrong by chance once a decade, not weekly


class SamplesRefused(ValueError):
    """The measurement does not have the form its criterion needs."""


RANK = {Outcome.VIOLATED: 0, Outcome.UNDECIDED: 1, Outcome.HELD: 2}  # worst first


def worst(decisions: Sequence[Decision]) -> Decision:
    """The decision that counts when all must hold: violated before undecided before held, then the smallest margin."""
    return min(decisions, key=lambda d: (RANK[d.outcome], np.inf if d.margin is None else d.margin))


class Criterion(BaseModel, ABC):
    """A rule with its numbers. ``decide`` is the whole interface.

    ``reads`` is the sentence that a result becomes; see :mod:`companion.claims.reading`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: ClassVar[frozenset[str]]
    is_sampled: ClassVar[bool] = False  # whether chance decides, at a level alpha
    counts: ClassVar[bool] = False  # whether the number is one of cases
    usual_reading: ClassVar[str]
    test: str
    cases: int = Field(ge=1)
    reads: str = ""

    @model_validator(mode="after")
    def _reads_as_a_sentence(self) -> Self:
        if self.reads and "{number" not in self.reads:
            raise ValueError(f"{self.test}: reads must show {{number}}; it is {self.reads!r}")
        self.reading_of(Decision(outcome=Outcome.HELD, number=1.5, bound=1.5, interval=(1.5, 1.5), n=1))
        return self

    def reading_of(self, decision: Decision) -> str:
        """What ``decision`` says, as the claims file declares it, else as this kind of criterion usually reads.

        Raises:
            ValueError: If the declared sentence cannot be filled.
        """
        number = int(decision.number) if self.counts else decision.number
        values = {"number": number, "bound": decision.bound, "n": decision.n, **self.more(decision)}
        return reading(self.reads or self.usual_reading, **values)

    def more(self, decision: Decision) -> dict[str, Any]:
        """What else than number, bound and ``n`` a sentence may name."""
        return {}

    def decide(self, samples: Samples) -> Decision:
        """Decide from ``samples``; a mapping of groups must hold in every group.

        Raises:
            SamplesRefused: If there are too few cases, or the form is wrong.
        """
        if not isinstance(samples, Mapping):
            return self._decide(self.checked(samples, ""))
        if not samples:
            raise SamplesRefused("the mapping of groups is empty")
        shared = self.shared_between(len(samples))
        parts = [
            shared._decide(self.checked(values, f" in group {name!r}")).model_copy(update={"name": name})
            for name, values in samples.items()
        ]
        return combined(parts)

    def checked(self, samples: Samples, where: str) -> np.ndarray:
        """One group as an array.

        Raises:
            SamplesRefused: If groups stand inside the group, or it has fewer than ``cases`` numbers.
        """
        if isinstance(samples, Mapping):
            raise SamplesRefused(f"{self.test}{where} takes numbers; groups inside groups came")
        values = np.asarray(samples, dtype=float).ravel()
        if len(values) < self.cases:
            raise SamplesRefused(f"{len(values)} cases{where}; the criterion asks for at least {self.cases}")
        return values

    def shared_between(self, groups: int) -> Self:
        """This criterion when ``groups`` such decisions together may err no oftener than one (exact ones never do)."""
        return self

    def _decide(self, values: np.ndarray) -> Decision:
        """Decide from one group, already checked."""
        decision = self._found(values)
        return decision.model_copy(update={"note": self.reading_of(decision)})

    @abstractmethod
    def _found(self, values: np.ndarray) -> Decision:
        """The decision on one group, without its sentence."""


def combined(parts: Sequence[Decision]) -> Decision:
    """The worst of ``parts``, which it keeps."""
    decisive = worst(parts)
    rank = f", the tightest of {len(parts)}" if len(parts) > 1 else ""
    note = f"{decisive.note} (in {decisive.name}{rank})"
    return decisive.model_copy(update={"parts": tuple(parts), "n": sum(p.n for p in parts), "note": note})
