"""What the judge says of a claim: a value, never a bare bool."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Outcome(StrEnum):
    """The four answers, from worst to least."""

    VIOLATED = "violated"
    UNDECIDED = "undecided"
    HELD = "held"
    NOT_JUDGED = "not judged"


class Origin(StrEnum):
    """Whose claim it is: the paper's, ours (limits and controls), or one that joins several papers."""

    PAPER = "paper"
    OURS = "ours"
    JOINT = "joint"


class Reason(StrEnum):
    """Why a claim was not judged."""

    SCALE = "scale"
    DATA = "data"
    UNCHECKED = "unchecked"
    FAILED = "failed"


class Decision(BaseModel):
    """What one criterion says of one set of samples.

    ``margin`` is how far ``number`` is on the right side of ``bound``: negative when the claim is violated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    number: float
    bound: float | None = None
    margin: float | None = None
    interval: tuple[float | None, float | None] | None = None
    n: int
    note: str = ""
    name: str | None = None
    parts: tuple["Decision", ...] = ()


class Verdict(BaseModel):
    """The judge's answer on one claim of one run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    origin: Origin
    kind: str
    place: str
    sentence: str
    verdict: Outcome
    reason: Reason | None = None
    note: str
    number: float | None = None
    bound: float | None = None
    margin: float | None = None
    interval: tuple[float | None, float | None] | None = None
    n: int | None = None
    seed: int | None = None
    parts: tuple[Decision, ...] = ()
