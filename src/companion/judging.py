"""The judge: from declared claims and stored measurements to verdicts. It sees nothing else of the notebook."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from pydantic import BaseModel, ConfigDict, ValidationError

from companion.attempts import Failure
from companion.claims import ChapterClaims, Claim, Kind, read_claims
from companion.criteria import SamplesRefused
from companion.errors import ExecutionFailed, RefusedInput
from companion.files import sha256_of, write_if_different
from companion.imports import machinery
from companion.project import Project
from companion.samples import MEASUREMENT_MIME, Measurement
from companion.scales import Scale
from companion.verdicts import Outcome, Reason, Verdict

if TYPE_CHECKING:
    from companion.stamp import Stamp

JUDGING = ("companion.judging",)  # where judging begins; what it imports counts as well


class RunSummary(BaseModel):
    """What the stamp of the run says of its cost and its machine; ``digest`` is the hash of the whole stamp."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float
    peak_megabytes: float
    threads: int
    versions: dict[str, str]
    other_versions: dict[str, str] = {}
    hardware: dict[str, Any]
    finished: str
    digest: str

    @property
    def versions_text(self) -> str:
        """The versions in one line, and at its end which of all that was installed are not those of the lock file."""
        used = ", ".join(f"{name} {version}" for name, version in sorted(self.versions.items()))
        others = "; ".join(f"{name} {difference}" for name, difference in sorted(self.other_versions.items()))
        return f"{used} (differing from the lock file: {others})" if others else used


class ChapterVerdicts(BaseModel):
    """The content of one ``<slug>.verdicts.json``: of a run, which has a stamp, or of a chapter that failed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chapter: str
    title: str
    scale: Scale
    seed: int | None
    parameters: dict[str, Any] = {}
    stamp: RunSummary | None
    failure: Failure | None = None
    claims_file: str
    claims: tuple[Verdict, ...]

    @property
    def by_id(self) -> dict[str, Verdict]:
        """The verdicts under their claims' ids."""
        return {verdict.id: verdict for verdict in self.claims}


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
            f"claim {slug}/{claim.id}: {error}. Change the samples that notebooks/{slug}.py measures, "
            f"or the criterion in notebooks/{slug}.claims.yml."
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


def measurements_in(notebook: Mapping[str, Any]) -> Iterator[Measurement]:
    """The measurements stored in the outputs of an executed notebook, in the order of its cells.

    Yields:
        One measurement for each output of the private type.

    Raises:
        ExecutionFailed: If an output of the private type does not hold an id and samples.
    """
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            stored = output.get("data", {}).get(MEASUREMENT_MIME)
            if stored is None:
                continue
            if not isinstance(stored, Mapping) or set(stored) != {"id", "samples"}:
                raise ExecutionFailed(f"a stored measurement is damaged: {str(stored)[:80]}; run the chapter again")
            yield Measurement(stored["id"], stored["samples"])


def judge_notebook(project: Project, path: Path) -> ChapterVerdicts:
    """The verdicts of one executed notebook.

    Raises:
        StaleResult: If its stamp does not match the present sources, or it was edited by hand.
        ExecutionFailed: If its measurements are not those that the claims file declares.
        RefusedInput: If its claims file is missing or does not validate.
    """
    from companion.stamp import check_stamp

    stamp = check_stamp(project, path)
    claims_path = project.claims(stamp.slug)
    claims = read_claims(claims_path)
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    available = [name for name, fingerprint in stamp.data.items() if fingerprint is not None]
    found = list(measurements_in(notebook))
    verdicts = judge_measurements(claims, found, Scale(stamp.scale), available, stamp.parameters.get("seed"))
    return chapter_verdicts(claims, sha256_of(claims_path), stamp, verdicts)


def standing_verdicts(project: Project, path: Path) -> ChapterVerdicts | None:
    """The verdicts that today's judge has given already on this run and these claims, as a run does when it ends.

    None where there are none, or the run, the claims or the judge are others now.

    Raises:
        StaleResult: If the stamp of the executed notebook ``path`` does not match the present sources or its outputs.
    """
    from companion.stamp import check_stamp

    stamp = check_stamp(project, path)
    if not are_as_judged(project, stamp.slug, stamp.scale):
        return None
    verdicts = read_verdicts(project.verdicts(stamp.slug, stamp.scale))
    is_same_run = verdicts.stamp == summary_of(stamp.model_dump(mode="json"))
    note = project.judged(stamp.slug, stamp.scale).read_text(encoding="utf-8").split()
    is_same_judge = note[1:] == [judge_digest(project)]
    is_same_claims = verdicts.claims_file == sha256_of(project.claims(stamp.slug))
    return verdicts if is_same_run and is_same_judge and is_same_claims else None


def chapter_verdicts(
    claims: ChapterClaims, claims_file: str, stamp: "Stamp", verdicts: tuple[Verdict, ...]
) -> ChapterVerdicts:
    """The content of a file of verdicts; ``claims_file`` is the hash of the file that declares ``claims``."""
    return ChapterVerdicts(
        chapter=claims.chapter,
        title=claims.title,
        scale=Scale(stamp.scale),
        seed=stamp.parameters.get("seed"),
        parameters=dict(stamp.parameters),
        stamp=summary_of(stamp.model_dump(mode="json")),
        claims_file=claims_file,
        claims=verdicts,
    )


def summary_of(stamp: Mapping[str, Any]) -> RunSummary:
    """What the verdicts keep of a stamp, given as the JSON it is stored as."""
    digest = hashlib.sha256(json.dumps(stamp, sort_keys=True).encode()).hexdigest()
    kept = {name: stamp[name] for name in RunSummary.model_fields if name != "digest"}
    return RunSummary(**kept, digest=digest)


def verdicts_beside(path: Path) -> Path:
    """Where the verdicts of the executed notebook ``path`` are written: ``crown.ipynb`` to ``crown.verdicts.json``."""
    return path.with_name(f"{path.stem}.verdicts.json")


def write_verdicts(verdicts: ChapterVerdicts, path: Path) -> bool:
    """Write the verdicts whole, and only when they differ from what ``path`` holds; says whether it wrote.

    Raises:
        BuildFailed: If the file cannot be written; what was there before stays.
    """
    return write_if_different(path, verdicts.model_dump_json(indent=1) + "\n")


def store_verdicts(project: Project, verdicts: ChapterVerdicts, path: Path) -> bool:
    """Write the verdicts on the executed notebook ``path`` beside it, as :func:`write_verdicts` does.

    For a notebook that the book shows, the judge also notes what it wrote: nobody else writes a verdict.

    Raises:
        BuildFailed: If a file cannot be written; what was there before stays.
    """
    beside = verdicts_beside(path)
    wrote = write_verdicts(verdicts, beside)
    if beside == project.verdicts(verdicts.chapter, verdicts.scale):
        note = f"{sha256_of(beside)} {judge_digest(project)}\n"
        write_if_different(project.judged(verdicts.chapter, verdicts.scale), note)
    return wrote


def judge_digest(project: Project) -> str:
    """One hash over all that judging is made of: with another, what was judged before is judged again."""
    lines = [f"{path.name} {sha256_of(path)}\n" for path in machinery(project, JUDGING)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def are_as_judged(project: Project, slug: str, scale: Scale) -> bool:
    """Whether the verdicts of a chapter are what the judge wrote, whichever judge it was."""
    path, note = project.verdicts(slug, scale), project.judged(slug, scale)
    return path.is_file() and note.is_file() and note.read_text(encoding="utf-8").split()[:1] == [sha256_of(path)]


def read_verdicts(path: Path) -> ChapterVerdicts:
    """The verdicts stored in ``path``.

    Raises:
        RefusedInput: If the file is missing or is not a file of verdicts.
    """
    try:
        return ChapterVerdicts.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RefusedInput(f"{path} is missing: run the chapter and judge it first") from None
    except ValidationError as error:
        raise RefusedInput(f"{path} is not a file of verdicts ({error.error_count()} problems); judge again") from None


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
    return {"id": claim.id, "kind": str(claim.kind), "place": claim.place, "sentence": claim.sentence}


def _not_judged(claim: Claim, reason: Reason, available_data: Collection[str]) -> Verdict:
    lacking = ", ".join(name for name in claim.needs if name not in available_data)
    notes = {
        Reason.UNCHECKED: f"Not checked: {claim.why.rstrip('.')}.",
        Reason.SCALE: f"Not judged at this scale: {claim.lowest_scale} is the smallest at which it can be.",
        Reason.DATA: f"Not judged: it needs {lacking}, not found here; `companion doctor` says how to get it.",
    }
    return Verdict(**_declared(claim), verdict=Outcome.NOT_JUDGED, reason=reason, note=notes[reason])
