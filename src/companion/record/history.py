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


class Change(BaseModel):
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
        changes: The claims whose verdict changed; a number that changed alone is not listed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: datetime.date
    scale: Scale
    about: tuple[str, ...] = ()
    note: str = ""
    changes: tuple[Change, ...] = ()

    def of_chapter(self, slug: str) -> "Entry | None":
        """The entry as far as it concerns one chapter; None where it does not."""
        changes = tuple(change for change in self.changes if change.chapter == slug)
        noted = slug in self.about or (not self.about and bool(changes))
        if not changes and not (noted and self.note):
            return None
        return self.model_copy(update={"changes": changes, "note": self.note if noted else ""})


class History(RootModel[tuple[Entry, ...]]):
    """The content of ``history.json``, oldest first."""

    model_config = ConfigDict(frozen=True)

    def of_chapter(self, slug: str) -> tuple[Entry, ...]:
        """What concerns one chapter, oldest first."""
        return tuple(found for entry in self.root if (found := entry.of_chapter(slug)) is not None)

    def verdicts(self, scale: Scale) -> dict[str, Outcome]:
        """Where all the changes at one scale lead: the verdict of each claim that is still declared."""
        found: dict[str, Outcome] = {}
        for change in (change for entry in self.root if entry.scale is scale for change in entry.changes):
            if change.now is None:
                found.pop(change.claim, None)
            else:
                found[change.claim] = change.now
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


def changes_between(before: Published, after: Published, scale: Scale) -> tuple[Change, ...]:
    """The claims whose verdicts differ between two records at one scale, by chapter, in the order of the claims."""
    was, now = (_verdicts(published, scale) for published in (before, after))
    names = [*now, *(name for name in was if name not in now)]
    changes = (Change(claim=name, was=was.get(name), now=now.get(name)) for name in names)
    return tuple(change for change in changes if change.was is not change.now)


def append(path: Path, entry: Entry) -> bool:
    """Write ``entry`` behind the others, unless it says nothing or stands there already; says whether it was written.

    Raises:
        RefusedInput: If ``path`` is not a record of publications.
        BuildFailed: If the file cannot be written.
    """
    former = read_history(path).root
    if not entry.changes and (not entry.note or (former and former[-1] == entry)):
        return False
    entries = [_written(one) for one in (*former, entry)]
    return write_if_different(path, "[\n" + ",\n".join(entries) + "\n]\n")


def _verdicts(published: Published, scale: Scale) -> dict[str, Outcome]:
    return {f"{c.slug}/{claim.id}": claim.verdict for c in published.at(scale) for claim in c.claims}


def _written(entry: Entry) -> str:
    """An entry as JSON with one line for each change, so that a change of the file can be read."""
    content = entry.model_dump(mode="json")
    changes: Sequence[str] = [json.dumps(change, ensure_ascii=False) for change in content.pop("changes")]
    head = json.dumps(content, ensure_ascii=False)[:-1]
    return f'{head}, "changes": [' + ("\n  " + ",\n  ".join(changes) if changes else "") + "]}"
