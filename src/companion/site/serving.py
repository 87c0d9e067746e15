"""The built book on a local address: a web server of this machine for this machine.

Texts travel packed, as every host of static files sends them; an address that is none gets the book's own page for it.
"""

import functools
import gzip
import http.server
import io
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from companion.errors import RefusedInput
from companion.machine.web import LocalServer
from companion.project import Project
from companion.scales import Scale

_PACKED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".md", ".py", ".ipynb", ".csv", ".map"}
_LEVEL = 9  # what a host does once and keeps
_NOT_FOUND = "404.html"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that packs texts, knows the book's page for what is missing, and does not list requests."""

    protocol_version = "HTTP/1.1"  # one connection for many files

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")  # a book that was built again is seen at once
        super().end_headers()

    def send_head(self) -> BinaryIO | io.BytesIO | None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path /= "index.html"
        if path.suffix in _PACKED and path.is_file() and "gzip" in self.headers.get("Accept-Encoding", ""):
            return self._send_packed(path)
        return super().send_head()

    def _send_packed(self, path: Path) -> io.BytesIO | None:
        changed = path.stat().st_mtime
        modified = self.date_time_string(int(changed))
        if self.headers.get("If-Modified-Since") == modified:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.end_headers()
            return None
        content = packed(path, changed)
        self.send_response(HTTPStatus.OK)
        headers = {"Content-Type": self.guess_type(str(path)), "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        for name, value in {**headers, "Content-Length": str(len(content)), "Last-Modified": modified}.items():
            self.send_header(name, value)
        self.end_headers()
        return io.BytesIO(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / _NOT_FOUND
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@functools.lru_cache(maxsize=512)
def packed(path: Path, changed: float) -> bytes:
    """The content of ``path`` as gzip; ``changed`` is when the file was written, so that a new one is packed anew."""
    return gzip.compress(path.read_bytes(), _LEVEL, mtime=0)


def book_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server of ``folder`` on ``port`` of this machine; 0 takes a free one.

    Raises:
        RefusedInput: If there is no book, or the port is taken.
    """
    if not (folder / "index.html").is_file():
        raise RefusedInput(f"there is no book in {folder}: build it first with `make book` or `companion build`")
    try:
        return LocalServer(("127.0.0.1", port), functools.partial(_Quiet, directory=str(folder)))
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
