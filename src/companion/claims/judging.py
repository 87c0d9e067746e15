"""The judge: from declared claims and measurements to verdicts. It sees nothing else of the notebook."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from companion.claims.criteria import SamplesRefused
from companion.claims.declared import ChapterClaims, Claim, Kind
from companion.claims.samples import Measurement
from companion.claims.verdicts import Outcome, Reason, Verdict
from companion.errors import ExecutionFailed
from companion.scales import Scale


def judge_measurements(
    claims: ChapterClaims,
    measurements: Sequence[Measurement],
    scale: Scale,
    available_data: Collection[str],
    seed: int | None,
    *,
    lift_gates: bool = False,
) -> tuple[Verdict, ...]:
    """One verdict for each declared claim, in the order of the claims file.

    Args:
        claims: The declaration.
        measurements: What one run measured.
        scale: Size of that run; claims that start at a larger one are not judged.
        available_data: Data sets the run had; claims that need others are not judged.
        seed: Seed of the run, kept in the verdicts.
        lift_gates: Judge whatever was measured, whatever the scale and the data (tests do).

    Returns:
        The verdicts.

    Raises:
        ExecutionFailed: If a measurement is undeclared, missing or doubled, or does not fit its criterion.
    """
    samples = _checked_ids(claims, measurements)
    verdicts = []
    for claim in claims.claims:
        reason = reason_not_to_judge(claim, scale, available_data)
        lifted = lift_gates and reason is not Reason.UNCHECKED and (claim.id in samples or reason is Reason.SCALE)
        if reason is not None and not lifted:
            verdicts.append(_not_judged(claim, reason, available_data))
        elif claim.id not in samples:
            raise ExecutionFailed(_missing(claims, claim))
        else:
            verdicts.append(judge_claim(claims.chapter, claim, samples[claim.id].samples, seed))
    return tuple(verdicts)


def judge_claim(slug: str, claim: Claim, samples: Any, seed: int | None) -> Verdict:
    """The verdict on one claim from its samples, without regard to scale and data.

    Raises:
        ExecutionFailed: If the samples do not have the form or the number that the criterion asks for.
    """
    if claim.criterion is None:
        return _not_judged(claim, Reason.UNCHECKED, ())
    try:
        decision = claim.criterion.decide(samples)
    except SamplesRefused as error:
        raise ExecutionFailed(
            f"claim {slug}/{claim.id}: {error}. Change the samples that notebooks/{slug}.py measures; "
            f"the criterion in notebooks/{slug}.claims.yml moves only before the first measurement."
        ) from None
    found = decision.model_dump(include={"number", "bound", "margin", "interval", "n"})
    note = f"{str(decision.outcome).capitalize()}: {decision.note}."
    return Verdict(**_declared(claim), verdict=decision.outcome, note=note, seed=seed, parts=decision.parts, **found)


def reason_not_to_judge(claim: Claim, scale: Scale, available_data: Collection[str]) -> Reason | None:
    """Why ``claim`` cannot be judged in such a run, or None when it can."""
    if claim.kind is Kind.UNCHECKED:
        return Reason.UNCHECKED
    if not scale.reaches(claim.lowest_scale):
        return Reason.SCALE
    return None if set(claim.needs) <= set(available_data) else Reason.DATA


def _checked_ids(claims: ChapterClaims, measurements: Iterable[Measurement]) -> dict[str, Measurement]:
    """The measurements under their ids.

    Raises:
        ExecutionFailed: If an id is measured twice or is not declared.
    """
    measured = list(measurements)
    file, source = f"notebooks/{claims.chapter}.claims.yml", f"notebooks/{claims.chapter}.py"
    doubled = sorted(name for name, times in Counter(m.id for m in measured).items() if times > 1)
    if doubled:
        raise ExecutionFailed(
            f"measured more than once in {source}: {_listed(claims, doubled)}. "
            "Each claim is measured exactly once: join the samples, or use named groups."
        )
    unknown = sorted({m.id for m in measured} - set(claims.by_id))
    if unknown:
        raise ExecutionFailed(
            f"measured in {source} but not declared: {_listed(claims, unknown)}. "
            f"Declare it in {file}, or use one of its ids: {', '.join(claims.by_id)}."
        )
    unchecked = sorted(m.id for m in measured if claims.by_id[m.id].kind is Kind.UNCHECKED)
    if unchecked:
        raise ExecutionFailed(
            f"measured in {source} but declared unchecked: {_listed(claims, unchecked)}. "
            f"Give it a kind and a criterion in {file}, or do not measure it."
        )
    return {m.id: m for m in measured}


def _listed(claims: ChapterClaims, ids: Iterable[str]) -> str:
    return ", ".join(f"{claims.chapter}/{name}" for name in ids)


def _missing(claims: ChapterClaims, claim: Claim) -> str:
    return (
        f"claim {claims.chapter}/{claim.id} was not measured: add chapter.measure({claim.id!r}, …) to "
        f"notebooks/{claims.chapter}.py, or raise `from:` in notebooks/{claims.chapter}.claims.yml "
        "if this scale is too small for it."
    )


def _declared(claim: Claim) -> dict[str, Any]:
    return claim.model_dump(include={"id", "origin", "kind", "place", "sentence"})


def _not_judged(claim: Claim, reason: Reason, available_data: Collection[str]) -> Verdict:
    lacking = ", ".join(name for name in claim.needs if name not in available_data)
    notes = {
        Reason.UNCHECKED: f"Not checked: {claim.why.rstrip('.')}.",
        Reason.SCALE: f"Not judged at this scale: {claim.lowest_scale} is the smallest at which it can be.",
        Reason.DATA: f"Not judged: it needs {lacking}, not found here; `companion doctor` says how to get it.",
    }
    return Verdict(**_declared(claim), verdict=Outcome.NOT_JUDGED, reason=reason, note=notes[reason])
