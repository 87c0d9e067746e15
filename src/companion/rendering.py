"""From the staged sources to HTML: Jupyter Book with every warning an error, and nothing executed."""

import re
import subprocess
import sys

from companion.errors import BuildFailed
from companion.project import Project
from companion.scales import Scale

_TIME_LIMIT = 600.0
_JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"  # its command may not be on the path


def render(project: Project, scale: Scale) -> None:
    """Render ``build/<scale>/source`` to ``build/<scale>/_build/html``; Sphinx renders only what changed.

    Raises:
        BuildFailed: If Sphinx warned of anything, failed or did not end; the message holds what it said.
    """
    source = project.build(scale) / "source"
    if not (source / "_toc.yml").is_file():
        raise BuildFailed(f"there is nothing to render in {source}: stage the book first")
    arguments = ["build", str(source), "--path-output", str(project.build(scale)), "-W", "-n", "--keep-going", "-q"]
    try:
        run = subprocess.run(
            [sys.executable, "-c", _JUPYTER_BOOK, *arguments],
            cwd=project.root,
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
