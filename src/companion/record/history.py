"""How the verdicts have moved: from each published run to the next, with notes, kept in ``history.json``."""

import datetime
import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from companion.claims.verdicts import Outcome
from companion.errors import RefusedInput
from companion.files import write_if_different
from companion.record.published import Published
from companion.scales import Scale


class Step(BaseModel):
    """One claim from one published run to the next: ``was`` is None where it is new, ``now`` where it was withdrawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: str
    was: Outcome | None
    now: Outcome | None

    @property
    def chapter(self) -> str:
        """The slug before the slash."""
        return self.claim.partition("/")[0]


class Entry(BaseModel):
    """What one publication changed.

    Attributes:
        date: The day in UTC.
        scale: The scale that was published.
        about: The chapters that the note is about; none where it is about all whose verdicts moved.
        note: What a reader should know of it: why verdicts moved, or a mistake that was found.
        steps: The claims whose verdict changed; a number that changed alone is not listed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: datetime.date
    scale: Scale
    about: tuple[str, ...] = ()
    note: str = ""
    steps: tuple[Step, ...] = ()

    def of_chapter(self, slug: str) -> "Entry | None":
        """The entry as far as it concerns one chapter; None where it does not."""
        steps = tuple(step for step in self.steps if step.chapter == slug)
        noted = slug in self.about or (not self.about and bool(steps))
        if not steps and not (noted and self.note):
            return None
        return self.model_copy(update={"steps": steps, "note": self.note if noted else ""})


class History(RootModel[tuple[Entry, ...]]):
    """The content of ``history.json``, oldest first."""

    model_config = ConfigDict(frozen=True)

    def of_chapter(self, slug: str) -> tuple[Entry, ...]:
        """What concerns one chapter, oldest first."""
        return tuple(found for entry in self.root if (found := entry.of_chapter(slug)) is not None)

    def verdicts(self, scale: Scale) -> dict[str, Outcome]:
        """Where all the steps at one scale lead: the verdict of each claim that is still declared."""
        found: dict[str, Outcome] = {}
        for step in (step for entry in self.root if entry.scale is scale for step in entry.steps):
            if step.now is None:
                found.pop(step.claim, None)
            else:
                found[step.claim] = step.now
        return found


def read_history(path: Path) -> History:
    """The record in ``path``; an empty one where nothing was published yet.

    Raises:
        RefusedInput: If the file is not such a record.
    """
    try:
        return History.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return History(())
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "file"
        raise RefusedInput(
            f"{path.name} is not a record of publications ({place}: {problem['msg']}); "
            "take it from version control again"
        ) from None


def steps_between(before: Published, after: Published, scale: Scale) -> tuple[Step, ...]:
    """The claims whose verdicts differ between two records at one scale, by chapter, in the order of the claims."""
    was, now = (_verdicts(published, scale) for published in (before, after))
    names = [*now, *(name for name in was if name not in now)]
    steps = (Step(claim=name, was=was.get(name), now=now.get(name)) for name in names)
    return tuple(step for step in steps if step.was is not step.now)


def append(path: Path, entry: Entry) -> bool:
    """Write ``entry`` behind the others, unless it says nothing or stands there already; says whether it was written.

    Raises:
        RefusedInput: If ``path`` is not a record of publications.
        BuildFailed: If the file cannot be written.
    """
    former = read_history(path).root
    if not entry.steps and (not entry.note or (former and former[-1] == entry)):
        return False
    entries = [_written(one) for one in (*former, entry)]
    return write_if_different(path, "[\n" + ",\n".join(entries) + "\n]\n")


def _verdicts(published: Published, scale: Scale) -> dict[str, Outcome]:
    return {f"{c.slug}/{claim.id}": claim.verdict for c in published.at(scale) for claim in c.claims}


def _written(entry: Entry) -> str:
    """An entry as JSON with one line for each step, so that a change of the file can be read."""
    content = entry.model_dump(mode="json")
    steps: Sequence[str] = [json.dumps(step, ensure_ascii=False) for step in content.pop("steps")]
    head = json.dumps(content, ensure_ascii=False)[:-1]
    return f'{head}, "steps": [' + ("\n  " + ",\n  ".join(steps) if steps else "") + "]}"
