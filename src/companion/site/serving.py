"""The built book on a local address, for who reads it on this machine."""

from collections.abc import Callable
from pathlib import Path

from companion.errors import RefusedInput
from companion.machine.web import local_server
from companion.project import Project
from companion.scales import Scale


def serve_book(project: Project, scale: Scale, *, port: int, announce: Callable[[str], None]) -> None:
    """Serve the book built at ``scale`` until interrupted.

    Raises:
        RefusedInput: If there is no book, or the port is taken.
    """
    with local_server(built(project.build(scale) / "_build" / "html"), port) as server:
        announce(f"The book is at http://127.0.0.1:{server.server_port}/ ; end with Ctrl-C.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            announce("")


def built(folder: Path) -> Path:
    """``folder``, if it holds a book.

    Raises:
        RefusedInput: If it does not.
    """
    if not (folder / "index.html").is_file():
        how = "build it first with `make book`, or with `make quick` for the one that `--scale quick` shows"
        raise RefusedInput(f"there is no book in {folder}: {how}")
    return folder
