"""A whole build: write the digests, let Snakemake run what they ask for, say how it went."""

import contextlib
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict

from companion.errors import BuildFailed, CompanionError, RefusedInput
from companion.machine.hardware import usable_cores, usable_memory
from companion.machine.lifeline import this_build
from companion.machine.locking import build_lock
from companion.machine.surroundings import CLUSTER, environment
from companion.pipeline.digests import write_digests
from companion.pipeline.journal import Event, Journal
from companion.pipeline.progress import BuildProgress
from companion.project import Project
from companion.record.judged import read_verdicts
from companion.record.salvaging import readable_claims
from companion.scales import Scale
from companion.staging.contents import read_parts


class BuildReport(BaseModel):
    """What a finished build says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale: Scale
    executed: int
    verdicts: dict[str, int]
    seconds: float
    page: Path
    lacking: str = ""

    @property
    def text(self) -> str:
        """The report for a person."""
        counts = [f"{self.verdicts.get(word, 0)} {word}" for word in ("held", "violated", "undecided", "not judged")]
        executed = {0: "nothing executed", 1: "1 chapter executed"}.get(
            self.executed, f"{self.executed} chapters executed"
        )
        lacking = f"{self.lacking}\n" if self.lacking else ""
        return (
            f"Scorecard at {self.scale} scale: {sum(self.verdicts.values())} claims: {', '.join(counts)}.\n"
            f"{self.seconds:.0f} s; {executed}.\n{lacking}The book: {self.page}"
        )


def build_book(
    project: Project,
    scale: Scale,
    *,
    cores: int | None = None,
    memory: int | None = None,
    engine_arguments: tuple[str, ...] = (),
) -> BuildReport:
    """Execute what changed, judge, and render the book at ``scale``.

    Args:
        project: The book.
        scale: Size of the runs.
        cores: How many chapters may run side by side; default: as many as this process may use.
        memory: MB for all running chapters together; default: 80 % of what this process may use.
        engine_arguments: Passed on to Snakemake, for example ``("--executor", "slurm", "--jobs", "30")``.

    Raises:
        Busy: If another build of this scale is running.
        RefusedInput: If the project has no chapter, or two claim one place.
        CompanionError: What the failing step raised; steps that do not depend on it have finished. For a chapter that
            failed, this comes after the book was made with the others.
    """
    started = time.monotonic()
    if not project.slugs:
        raise RefusedInput(f"there is no chapter: {project.root / 'notebooks'} holds no .py file")
    read_parts(project.root / "_toc.yml", [readable_claims(project.claims(slug)) for slug in project.slugs])
    folder = project.build(scale)
    with build_lock(folder) as lock:
        write_digests(project, scale)
        journal = Journal(folder)
        journal.begin()
        command = _command(project, scale, cores or usable_cores(), memory or usable_memory(), engine_arguments)
        executed, failures, code = _run(project, scale, command, journal, lock)
    if code:
        refusal = _failure(project, scale, failures)
        raise refusal
    report = BuildReport(
        scale=scale,
        executed=executed,
        verdicts=_totals(folder / "scorecard.json"),
        seconds=time.monotonic() - started,
        page=folder / "_build" / "html" / "index.html",
        lacking=_lacking(folder / "printed.json"),
    )
    if failures:
        refusal = _chapters_failed(failures, report)
        raise refusal
    return report


def _command(project: Project, scale: Scale, cores: int, memory: int, more: tuple[str, ...]) -> list[str]:
    options = [
        *("--snakefile", str(project.root / "Snakefile"), "--directory", str(project.root)),
        *("--cores", str(cores), "--resources", f"mem_mb={memory}"),
        *("--config", f"scale={scale}", f"memory={memory}"),
        # Contents of digests decide, never the text of a rule: a changed comment must not execute thirty chapters.
        *("--rerun-triggers", "mtime", "input"),
        # Every step writes its file whole or not at all. So nothing is deleted after a failure, and what a killed build
        # left is either the former file, older than its digest and made again, or a whole new one, which counts.
        *("--keep-going", "--keep-incomplete", "--ignore-incomplete"),
        # Our lock (companion.machine.locking) knows a killed build from a living one; Snakemake's does not.
        "--nolock",
        *("--scheduler", "greedy", "--nocolor", "--latency-wait", "5"),
    ]
    return [sys.executable, "-m", "companion.pipeline.snakemake_command", *options, *more]


def _run(
    project: Project, scale: Scale, command: list[str], journal: Journal, lock: int
) -> tuple[int, list[Event], int]:
    """Run Snakemake under ``lock`` and watch the journal; chapters executed, failures, exit code."""
    failures: list[Event] = []
    progress = BuildProgress(_expected_seconds(project, scale), len(project.slugs), usable_cores())
    with _open_log(project, scale) as log, progress:
        variables = environment(project.root, CLUSTER) | this_build()
        engine = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, pass_fds=(lock,), env=variables)
        ended = False
        while not ended:
            ended = engine.poll() is not None
            for event in journal.news():
                progress.take(event)
                failures += [event] if event.what == "failed" else []
            progress.show()
            time.sleep(0.0 if ended else 0.1)
    return progress.executed, failures, engine.returncode


def _open_log(project: Project, scale: Scale) -> IO[str]:
    try:
        return (project.build(scale) / "logs" / "snakemake.log").open("w", encoding="utf-8")
    except OSError as error:
        raise BuildFailed(f"cannot write in {project.build(scale)}: {error.strerror}") from error


def _expected_seconds(project: Project, scale: Scale) -> dict[str, float]:
    """For each chapter that will be executed: what it took last time here, else what it may take."""
    return {slug: _seconds_of(project, slug, scale) for slug in project.slugs if _is_due(project, slug, scale)}


def _is_due(project: Project, slug: str, scale: Scale) -> bool:
    inputs, ran = project.inputs(slug, scale), project.ran(slug, scale)
    return not ran.is_file() or inputs.stat().st_mtime > ran.stat().st_mtime


def _seconds_of(project: Project, slug: str, scale: Scale) -> float:
    with contextlib.suppress(RefusedInput):  # there are none, or an older companion wrote them
        stamp = read_verdicts(project.verdicts(slug, scale)).stamp
        if stamp is not None:
            return stamp.seconds
    return readable_claims(project.claims(slug)).budget[scale].cpu_seconds


def _failure(project: Project, scale: Scale, failures: list[Event]) -> CompanionError:
    """One error for all failed steps: the first one's kind, everyone's message, and what became of the rest."""
    log = project.build(scale) / "logs" / "snakemake.log"
    if not failures:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-25:])
        return BuildFailed(f"Snakemake stopped and no step says why; the end of {project.relative(log)}:\n{tail}")
    chapters = "What does not depend on it was finished. " if any(event.slug for event in failures) else ""
    rest = (
        f"{chapters}Nothing executed is lost. The book was not rendered: its page, if any, is that of an earlier build."
    )
    return _joined(failures, rest)


def _chapters_failed(failures: list[Event], report: BuildReport) -> CompanionError:
    """The error for chapters that failed in a book which was made nevertheless."""
    slugs = ", ".join(dict.fromkeys(event.slug for event in failures))
    one = len({event.slug for event in failures}) == 1
    rest = (
        f"The other chapters went on. {'The page' if one else 'The pages'} of {slugs} in the book "
        f"{'says' if one else 'say'} why, and {'its' if one else 'their'} claims are not judged; the next build tries "
        f"again.\n{report.text}"
    )
    return _joined(failures, rest)


def _joined(failures: list[Event], rest: str) -> CompanionError:
    """Every failure's message and then ``rest``, as an error of the first one's kind."""
    kinds = {kind.exit_code: kind for kind in CompanionError.__subclasses__()}
    messages = [f"{event.step} {event.slug}".strip() + f" failed: {event.message}" for event in failures]
    return kinds.get(failures[0].exit_code, BuildFailed)("\n".join([*messages, rest]))


def _lacking(path: Path) -> str:
    """What was not made for want of a browser; a build that was told to stop earlier printed nothing."""
    return str(json.loads(path.read_text(encoding="utf-8"))["lacking"]) if path.is_file() else ""


def _totals(path: Path) -> dict[str, int]:
    """How many claims have which verdict."""
    card = json.loads(path.read_text(encoding="utf-8"))
    return dict(Counter(claim["verdict"] for chapter in card["chapters"] for claim in chapter["claims"]))
