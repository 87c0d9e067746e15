"""The record of the published run: what each claim's verdict was, so that a claim that moves is seen."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from companion.claims.verdicts import Origin, Outcome, Reason, Verdict
from companion.errors import RefusedInput
from companion.files import write_if_different
from companion.record.judged import ChapterVerdicts
from companion.scales import Scale

TABLE_BEGIN, TABLE_END = "<!-- chapters:begin -->", "<!-- chapters:end -->"


class PublishedClaim(BaseModel):
    """One verdict as it is kept in the record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    origin: Origin
    verdict: Outcome
    reason: Reason | None = None
    number: float | None = None
    bound: float | None = None
    interval: tuple[float | None, float | None] | None = None
    n: int | None = None
    seed: int | None = None

    @classmethod
    def of(cls, verdict: Verdict) -> "PublishedClaim":
        """What the record keeps of ``verdict``."""
        return cls.model_validate(verdict.model_dump(include=set(cls.model_fields)))


class PublishedChapter(BaseModel):
    """The verdicts of one chapter at one scale, and what the run cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str
    title: str
    cpu_seconds: float
    peak_mb: float
    claims: tuple[PublishedClaim, ...]

    @classmethod
    def of(cls, verdicts: ChapterVerdicts) -> "PublishedChapter":
        """What the record keeps of a chapter's verdicts.

        Raises:
            RefusedInput: If the chapter failed.
        """
        if verdicts.stamp is None:
            why = verdicts.failure.headline if verdicts.failure else "it was not run"
            raise RefusedInput(f"{verdicts.chapter} failed in the last build and is not published: {why}")
        return cls(
            slug=verdicts.chapter,
            title=verdicts.title,
            cpu_seconds=round(verdicts.stamp.cpu_seconds, 1),
            peak_mb=round(verdicts.stamp.peak_megabytes),
            claims=tuple(PublishedClaim.of(verdict) for verdict in verdicts.claims),
        )


class _ChapterFile(RootModel[dict[Scale, PublishedChapter]]):
    """The content of one file of the record, ``published/<slug>.json``."""


@dataclass(frozen=True)
class Published:
    """The record: for each chapter, sorted by slug, its runs by scale."""

    chapters: Mapping[str, Mapping[Scale, PublishedChapter]]

    def chapter(self, scale: Scale, slug: str) -> PublishedChapter | None:
        """The record of one chapter at one scale, None where it was never published."""
        return self.chapters.get(slug, {}).get(scale)

    def at(self, scale: Scale) -> list[PublishedChapter]:
        """The chapters that were published at ``scale``, sorted by slug."""
        return [runs[scale] for runs in self.chapters.values() if scale in runs]


@dataclass(frozen=True)
class Move:
    """A claim whose verdict differs from the published one.

    Attributes:
        claim: Its full name, ``crown/sound``.
        scale: The scale of both runs.
        was: The published verdict; None for a claim that is new.
        now: The present verdict; None for a claim that is gone.
        number_was: The published number.
        number_now: The present number.
    """

    claim: str
    scale: Scale
    was: Outcome | None
    now: Outcome | None
    number_was: float | None
    number_now: float | None

    @property
    def is_lost(self) -> bool:
        """Whether a claim that was held is violated now: what ``verify --strict`` fails on."""
        return self.was is Outcome.HELD and self.now is Outcome.VIOLATED

    def __str__(self) -> str:
        was, now = (
            f"{outcome or 'absent'}" + ("" if number is None else f" ({number:.4g})")
            for outcome, number in ((self.was, self.number_was), (self.now, self.number_now))
        )
        return f"{self.claim} at {self.scale} scale: {was} → {now}"


def read_published(folder: Path) -> Published:
    """The record in ``folder``; an empty one where there is no folder yet, before the first release.

    Raises:
        RefusedInput: If a file in it is not a record of verdicts.
    """
    return Published({path.stem: _read(path) for path in sorted(folder.glob("*.json"))})


def _read(path: Path) -> Mapping[Scale, PublishedChapter]:
    try:
        runs = _ChapterFile.model_validate_json(path.read_text(encoding="utf-8")).root
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "file"
        raise RefusedInput(
            f"{path.parent.name}/{path.name} is not a record of verdicts ({place}: {problem['msg']}); "
            "take it from version control again"
        ) from None
    if {chapter.slug for chapter in runs.values()} - {path.stem}:
        raise RefusedInput(f"{path.parent.name}/{path.name} holds the record of another chapter")
    return runs


def compare(published: Published, verdicts: Iterable[ChapterVerdicts]) -> list[Move]:
    """The claims whose verdict is not the published one, in the order of ``verdicts``.

    Numbers are not compared: they differ between machines. A chapter that was never published at its scale has not
    moved.
    """
    moves: list[Move] = []
    for chapter in verdicts:
        former = published.chapter(chapter.scale, chapter.chapter)
        if former is not None:
            moves.extend(_moves(former, chapter))
    return moves


def record(folder: Path, verdicts: Sequence[ChapterVerdicts]) -> bool:
    """Write ``verdicts`` into the record: chapters that are in it already at that scale are replaced, others stay.

    Returns:
        Whether a file changed.

    Raises:
        RefusedInput: If a chapter comes twice at one scale, or ``folder`` holds what is no record.
        BuildFailed: If a file cannot be written.
    """
    chapters = {slug: dict(runs) for slug, runs in read_published(folder).chapters.items()}
    names = [(chapter.scale, chapter.chapter) for chapter in verdicts]
    if len(set(names)) < len(names):
        raise RefusedInput("one chapter was given twice at one scale; publish one run of it")
    for chapter in verdicts:
        chapters.setdefault(chapter.chapter, {})[chapter.scale] = PublishedChapter.of(chapter)
    changed = [write_if_different(folder / f"{slug}.json", _text(runs)) for slug, runs in chapters.items()]
    return any(changed)


def _text(runs: Mapping[Scale, PublishedChapter]) -> str:
    """The runs of one chapter as JSON with one line for each claim, so that a change shows which moved."""
    return "{\n" + ",\n".join(f'"{scale}": {_run_text(runs[scale])}' for scale in Scale if scale in runs) + "\n}\n"


def _run_text(chapter: PublishedChapter) -> str:
    head = json.dumps(chapter.model_dump(mode="json", exclude={"claims"}), ensure_ascii=False)
    claims = ",\n".join(claim.model_dump_json(exclude_none=True) for claim in chapter.claims)
    return f'{head.removesuffix("}")}, "claims": [\n{claims}\n]}}'


def chapters_table(published: Published) -> str:
    """The README's table in Markdown: each chapter at its largest published scale, whose claims and their verdicts."""
    lines = [
        "| Chapter | Scale | Claims of the paper | Ours, and across papers |",
        "|---|---|---|---|",
    ]
    lines.extend(_row(slug, runs) for slug, runs in published.chapters.items())
    return "\n".join(lines) + "\n"


def with_chapters_table(text: str, published: Published) -> str:
    """``text`` with the table of chapters between its two markers.

    Raises:
        RefusedInput: If the markers are not there, each once and in order.
    """
    before, begin, rest = text.partition(TABLE_BEGIN)
    _, end, after = rest.partition(TABLE_END)
    if not begin or not end or TABLE_BEGIN in after or TABLE_END in after:
        raise RefusedInput(f"README.md needs the lines {TABLE_BEGIN} and {TABLE_END}, once: the table stands between")
    return f"{before}{begin}\n{chapters_table(published)}{end}{after}"


def _row(slug: str, runs: Mapping[Scale, PublishedChapter]) -> str:
    scale = max(runs, key=lambda s: s.rank)
    chapter = runs[scale]
    of_paper = [claim.verdict for claim in chapter.claims if claim.origin is Origin.PAPER]
    others = [claim.verdict for claim in chapter.claims if claim.origin is not Origin.PAPER]
    title = chapter.title.replace("|", chr(92) + "|")
    return f"| [{title}](book/{slug}.md) | {scale} | {_counted(of_paper)} | {_counted(others)} |"


def _counted(outcomes: Sequence[Outcome]) -> str:
    order = (Outcome.HELD, Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.NOT_JUDGED)
    return ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in order if outcome in outcomes)


def _moves(former: PublishedChapter, now: ChapterVerdicts) -> Iterable[Move]:
    before = {claim.id: claim for claim in former.claims}
    today = now.by_id
    for name in [*today, *(name for name in before if name not in today)]:
        old, new = before.get(name), today.get(name)
        was, is_now = (None if verdict is None else verdict.verdict for verdict in (old, new))
        if was is not is_now:
            numbers = [None if verdict is None else verdict.number for verdict in (old, new)]
            yield Move(f"{now.chapter}/{name}", now.scale, was, is_now, *numbers)
