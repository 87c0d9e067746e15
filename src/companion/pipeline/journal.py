"""What happens in a build, one line per event: the steps write it, wherever they run, and the build reads it."""

import json
import os
import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from companion.errors import BuildFailed

_LONGEST_MESSAGE = 20_000  # one short append is whole on every file system; a book of tracebacks would not be


class Event(BaseModel):
    """One step started, finished or failed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    slug: str
    what: Literal["started", "finished", "failed"]
    time: float
    message: str = ""
    exit_code: int = 0


class Journal:
    """The events of the present build of one folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "logs" / "journal.jsonl"
        self._read = 0

    def begin(self) -> None:
        """Forget the events of the former build.

        Raises:
            BuildFailed: If the journal cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text("", encoding="utf-8")
        except OSError as error:
            raise BuildFailed(f"cannot write {self.path}: {error.strerror}") from error

    def write(self, step: str, slug: str, what: Literal["started", "finished", "failed"], **more: str | int) -> None:
        """Append one event."""
        event = Event.model_validate({"step": step, "slug": slug, "what": what, "time": time.time(), **more})
        event = event.model_copy(update={"message": event.message[:_LONGEST_MESSAGE]})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, (event.model_dump_json() + "\n").encode())
        finally:
            os.close(descriptor)

    def news(self) -> list[Event]:
        """The events since the last call."""
        if not self.path.is_file():
            return []
        with self.path.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._read += len(whole)
        return [Event.model_validate(json.loads(line)) for line in whole.splitlines()]
