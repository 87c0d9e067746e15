"""From the staged sources to HTML: Jupyter Book with every warning an error, and nothing executed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from companion.errors import BuildFailed
from companion.files import write_atomically
from companion.machine.surroundings import environment
from companion.project import Project
from companion.scales import Scale

_TIME_LIMIT = 600.0
_JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"  # its command may not be on the path


def render(project: Project, scale: Scale) -> None:
    """Render ``build/<scale>/source`` to ``build/<scale>/_build/html``; Sphinx renders only what changed.

    Sphinx remembers what it has read and does not warn of it twice. So after a rendering that failed or was killed
    all is read anew: otherwise the second try would pass with the errors in it.

    Raises:
        BuildFailed: If Sphinx warned of anything, failed or did not end; the message holds what it said.
    """
    source, build = project.build(scale) / "source", project.build(scale) / "_build"
    if not (source / "_toc.yml").is_file():
        raise BuildFailed(f"there is nothing to render in {source}: stage the book first")
    unfinished = build / "unfinished"
    if unfinished.exists():
        shutil.rmtree(build)
    write_atomically(unfinished, "the last rendering did not end well; the next one starts afresh\n")
    _run_jupyter_book(project, source)
    _remove_orphans(source, build / "html")
    unfinished.unlink()


def _run_jupyter_book(project: Project, source: Path) -> None:
    arguments = ["build", str(source), "--path-output", str(source.parent), "-W", "-n", "--keep-going", "-q"]
    try:
        run = subprocess.run(
            [sys.executable, "-c", _JUPYTER_BOOK, *arguments],
            cwd=project.root,
            env=environment(project.root),
            capture_output=True,
            text=True,
            timeout=_TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BuildFailed(f"rendering did not end within {_TIME_LIMIT:.0f} s") from None
    if run.returncode:
        raise BuildFailed(f"the book was not rendered:\n{_complaints(run.stdout + run.stderr)}")


def _complaints(log: str) -> str:
    """The warnings and errors of Sphinx, or the end of its log where none are marked."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log)  # Sphinx colours its warnings
    marked = [line for line in plain.splitlines() if "WARNING" in line or "ERROR" in line or "error:" in line.lower()]
    return "\n".join(marked[:40] or plain.splitlines()[-20:])


def _remove_orphans(source: Path, html: Path) -> None:
    """Remove pages whose source is gone: Sphinx leaves them, and the search of a browser would still find them."""
    for folder, suffix in (("book", ".md"), ("notebooks", ".ipynb")):
        for page in (html / folder).glob("*.html"):
            if not (source / folder / page.name).with_suffix(suffix).is_file():
                page.unlink()
