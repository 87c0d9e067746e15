"""The built book on a local address: a web server of this machine for this machine."""

import functools
import http.server
from collections.abc import Callable
from pathlib import Path

from companion.errors import RefusedInput
from companion.project import Project
from companion.scales import Scale


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that does not list every request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def book_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server of ``folder`` on ``port`` of this machine; 0 takes a free one.

    Raises:
        RefusedInput: If there is no book, or the port is taken.
    """
    if not (folder / "index.html").is_file():
        raise RefusedInput(f"there is no book in {folder}: build it first with `make book` or `companion build`")
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(_Quiet, directory=str(folder)))
    except OSError as error:
        raise RefusedInput(f"port {port} cannot be used: {error.strerror}; --port 0 takes a free one") from None


def serve_book(project: Project, scale: Scale, *, port: int, announce: Callable[[str], None]) -> None:
    """Serve the book built at ``scale`` until interrupted."""
    with book_server(project.build(scale) / "_build" / "html", port) as server:
        announce(f"The book is at http://127.0.0.1:{server.server_port}/ ; end with Ctrl-C.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            announce("")
