"""What became of a chapter in a build: an executed notebook, or the reason why there is none.

A chapter that fails does not keep the others from the book. Its step notes the failure in
``build/<scale>/<slug>.ran.json``, which the pipeline watches, and ends well. The former notebook, if any, stays where
it is, but nothing of it is shown as if it were today's, and the next build tries again.
"""

import os
import re
import time
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from companion.errors import CompanionError
from companion.files import write_atomically, write_if_different
from companion.project import Project
from companion.scales import Scale

_CELL = re.compile(r"\bcell '([a-z0-9-]+)'")
_SELDOM_USEFUL = re.compile(r"\n  The broken notebook[^\n]*")


class Failure(BaseModel):
    """Why a chapter has no result: the step that failed, what it said, and the exit code of that kind of failure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    message: str
    exit_code: int

    @classmethod
    def of(cls, step: str, error: Exception) -> Self:
        """What ``error`` says."""
        if isinstance(error, CompanionError):
            return cls(step=step, message=str(error), exit_code=error.exit_code)
        return cls(step=step, message=f"{type(error).__name__}: {error}", exit_code=1)

    @property
    def headline(self) -> str:
        """The first line of the message, and the second where the first only announces it."""
        first, _, rest = self.message.partition("\n")
        return f"{first.strip()} {rest.partition(chr(10))[0].strip()}" if first.endswith(":") else first.strip()

    @property
    def details(self) -> str:
        """The other lines, without where a broken notebook lies on the machine that ran it."""
        return _SELDOM_USEFUL.sub("", "\n" + self.message.partition("\n")[2]).strip("\n")

    @property
    def cell(self) -> str | None:
        """The cell that the message names, if it names one."""
        found = _CELL.search(self.headline)
        return found[1] if found else None


class Attempt(BaseModel):
    """The last try of a chapter: when its notebook was written, in nanoseconds, or the failure.

    ``again`` is another number where the notebook is to be judged again though it is the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    notebook: int | None = None
    again: int = 0
    failure: Failure | None = None


def read_attempt(project: Project, slug: str, scale: Scale) -> Attempt | None:
    """The last try in a build; None where there was none, or the note is no note."""
    try:
        return Attempt.model_validate_json(project.ran(slug, scale).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def note_success(project: Project, slug: str, scale: Scale) -> None:
    """Note that the executed notebook which lies there is the result; where it is not judged, ask for that.

    The note is touched only where it differs.

    Raises:
        BuildFailed: If the note cannot be written.
    """
    when = written_at(project.executed(slug, scale))
    again = 0 if project.verdicts(slug, scale).is_file() else time.time_ns()
    write_if_different(project.ran(slug, scale), Attempt(notebook=when, again=again).model_dump_json() + "\n")


def note_failure(project: Project, slug: str, scale: Scale, failure: Failure) -> None:
    """Note that the chapter has no result, and why.

    Raises:
        BuildFailed: If the note cannot be written.
    """
    write_atomically(project.ran(slug, scale), Attempt(failure=failure).model_dump_json(indent=1) + "\n")


def stands(project: Project, slug: str, scale: Scale) -> bool:
    """Whether the notebook that lies there is the one of the last try, which did not fail."""
    attempt, when = read_attempt(project, slug, scale), written_at(project.executed(slug, scale))
    return attempt is not None and attempt.failure is None and attempt.notebook == when is not None


def written_at(path: Path) -> int | None:
    """When ``path`` was written, in nanoseconds; None where it is not there."""
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return None
