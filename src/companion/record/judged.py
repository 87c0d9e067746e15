"""What was judged: verdicts on stored runs, in files that only the judge writes."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from pydantic import BaseModel, ConfigDict, ValidationError

from companion.claims.declared import ChapterClaims, read_claims
from companion.claims.judging import judge_measurements
from companion.claims.samples import MEASUREMENT_MIME, Measurement
from companion.claims.verdicts import Verdict
from companion.errors import ExecutionFailed, RefusedInput
from companion.files import sha256_of, write_if_different
from companion.project import Project
from companion.record.attempts import Failure
from companion.scales import Scale
from companion.source.imports import machinery

if TYPE_CHECKING:
    from companion.source.stamp import Stamp

JUDGING = ("companion.record.judged",)  # where judging begins; what it imports counts as well


class RunSummary(BaseModel):
    """What the stamp of the run says of its cost and its machine; ``digest`` is the hash of the whole stamp."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float
    cpu_seconds: float
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
    from companion.source.stamp import check_stamp

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
    from companion.source.stamp import check_stamp

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
        raise RefusedInput(
            f"{path} is missing: build the book first (`make book`, or `make quick` for quick scale)"
        ) from None
    except ValidationError as error:
        raise RefusedInput(f"{path} is not a file of verdicts ({error.error_count()} problems); judge again") from None
