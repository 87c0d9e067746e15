"""What a person sees while something long runs: a line that moves on a terminal, plain lines in a log."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console

from companion.pipeline.journal import Event

_console = Console(stderr=True, highlight=False)


@contextlib.contextmanager
def spinner(text: str) -> Iterator[Callable[[str], None]]:
    """Show that ``text`` goes on; nothing is left of it afterwards.

    Yields:
        A function that says where it is.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with _console.status(f"{text} …") as status:
        yield lambda where: status.update(f"{text} … {where}")


class BuildProgress:
    """Chapters done, what runs now, and the seconds left, from what each chapter took last time or may take."""

    def __init__(self, expected: dict[str, float], chapters: int, cores: int) -> None:
        self._expected = expected
        self._chapters, self._cores = chapters, cores
        self._running: dict[tuple[str, str], float] = {}
        self._executed = 0
        self._finished: set[str] = set()
        self._status = _console.status("") if sys.stderr.isatty() else None

    def __enter__(self) -> "BuildProgress":
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *reason: object) -> None:
        if self._status:
            self._status.stop()

    def take(self, event: Event) -> None:
        """Note one event, and say so where no line moves."""
        key = (event.step, event.slug)
        if event.what == "started":
            self._running[key] = event.time
            return
        seconds = event.time - self._running.pop(key, event.time)
        if event.step == "execute":
            self._finished.add(event.slug)
            self._executed += event.what == "finished"
        if event.what == "failed" or event.step in {"execute", "render"}:
            done = {"execute": "executed", "render": "rendered"}.get(event.step, event.step)
            verb = done if event.what == "finished" else f"{event.step} failed"
            _console.print(f"  {event.slug or 'book'}: {verb} after {seconds:.1f} s")

    def show(self) -> None:
        """Bring the moving line up to date."""
        if self._status:
            self._status.update(self.summary())

    def summary(self) -> str:
        """The moving line."""
        running = ", ".join(f"{slug or 'book'} ({step})" for step, slug in self._running) or "Snakemake"
        return f"{self._done()} of {self._chapters} chapters done · running: {running}{self._left()}"

    @property
    def executed(self) -> int:
        """How many chapters were executed."""
        return self._executed

    def _done(self) -> int:
        waiting = set(self._expected) - self._finished
        return self._chapters - len(waiting)

    def _left(self) -> str:
        now = time.time()
        left = []
        for slug in set(self._expected) - self._finished:
            started = self._running.get(("execute", slug), now)
            left.append(max(self._expected[slug] - (now - started), 1.0))
        if not left:
            return ""
        return f" · about {max(max(left), sum(left) / self._cores):.0f} s left"
