"""The rules by which the judge decides.

Each criterion is data with a ``test`` name. ``AnyCriterion`` is the union that a claims file may use.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from companion.claims.criteria.base import LARGEST_ALPHA, RANK, Criterion, Samples, SamplesRefused
from companion.claims.criteria.exact import Agree, AtLeast, AtMost, Exists, TwoSided
from companion.claims.criteria.sampled import Mean, Median, Proportion, Ratio, Sign
from companion.claims.verdicts import Decision

Simple = Annotated[
    AtLeast | AtMost | Agree | TwoSided | Exists | Mean | Median | Ratio | Proportion | Sign,
    Field(discriminator="test"),
]


class AllOf(BaseModel):
    """Several named criteria that must all hold; samples are a mapping with one entry per part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    test: Literal["all-of"]
    parts: dict[str, Simple] = Field(min_length=2)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of claim that every part can decide, or at least one when they differ."""
        return frozenset.union(*(part.kinds for part in self.parts.values()))

    def decide(self, samples: Samples) -> Decision:
        """Decide each part from its own samples; the worst counts, and the parts share ``alpha``.

        Margins of different parts have different units. So among parts that came out alike the first one declared
        gives its number: authors put the part that readers look for first.

        Raises:
            SamplesRefused: If a part's samples are missing, or there are samples for no part.
        """
        if not isinstance(samples, Mapping) or set(samples) != set(self.parts):
            came = f"the parts {sorted(samples)}" if isinstance(samples, Mapping) else "a list"
            raise SamplesRefused(f"all-of takes samples for the parts {sorted(self.parts)}; {came} came")
        sampled = sum(part.is_sampled for part in self.parts.values())
        decisions = []
        for name, part in self.parts.items():
            try:
                decision = part.shared_between(sampled).decide(samples[name])
            except SamplesRefused as error:
                raise SamplesRefused(f"part {name!r}: {error}") from None
            decisions.append(decision.model_copy(update={"name": name}))
        return _headed(decisions)


def _headed(decisions: Sequence[Decision]) -> Decision:
    """The first of the worst parts, which stands for all."""
    head = min(decisions, key=lambda decision: RANK[decision.outcome])
    return head.model_copy(update={"parts": tuple(decisions), "n": sum(d.n for d in decisions)})


AnyCriterion = Annotated[
    AtLeast | AtMost | Agree | TwoSided | Exists | Mean | Median | Ratio | Proportion | Sign | AllOf,
    Field(discriminator="test"),
]

__all__ = [
    "LARGEST_ALPHA",
    "Agree",
    "AllOf",
    "AnyCriterion",
    "AtLeast",
    "AtMost",
    "Criterion",
    "Exists",
    "Mean",
    "Median",
    "Proportion",
    "Ratio",
    "Samples",
    "SamplesRefused",
    "Sign",
    "TwoSided",
]
