"""Pages and folders under a local address: a web server of this machine for this machine.

Texts of a folder travel packed, as every host of static files sends them; an address that is none gets the folder's own
page for it.
"""

import functools
import gzip
import http.server
import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

from companion.errors import RefusedInput

_PACKED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".md", ".py", ".ipynb", ".csv", ".map"}
_LEVEL = 9  # what a host does once and keeps
_NOT_FOUND = "404.html"


@contextmanager
def served(content: str | Path) -> Iterator[str]:
    """Serve one page (its HTML, at every address) or a folder as long as the block lasts.

    Yields:
        The address, with a slash at the end.

    Raises:
        RefusedInput: If this machine gives no port.
    """
    with local_server(content) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def local_server(content: str | Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server of a page or a folder on ``port`` of this machine; 0 takes a free one.

    Raises:
        RefusedInput: If the port is taken, or this machine gives none.
    """
    handler = functools.partial(_Page, content) if isinstance(content, str) else functools.partial(_Folder, content)
    try:
        return _Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise RefusedInput(f"port {port} cannot be used: {error.strerror}; --port 0 takes a free one") from None


class _Folder(http.server.SimpleHTTPRequestHandler):
    """A server of files that packs texts, knows the book's page for what is missing, and does not list requests."""

    protocol_version = "HTTP/1.1"  # one connection for many files

    def __init__(self, folder: Path, *connection: Any) -> None:
        super().__init__(*connection, directory=str(folder))

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


class _Page(http.server.BaseHTTPRequestHandler):
    """A server that has one page, at every address."""

    def __init__(self, html: str, *connection: Any) -> None:
        self.content = html.encode()
        super().__init__(*connection)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with the page, whatever was asked."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)


class _Server(http.server.ThreadingHTTPServer):
    """A server that does not wait for open connections, and takes no notice of a browser that drops one."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@functools.lru_cache(maxsize=512)
def packed(path: Path, changed: float) -> bytes:
    """The content of ``path`` as gzip; ``changed`` is when the file was written, so that a new one is packed anew."""
    return gzip.compress(path.read_bytes(), _LEVEL, mtime=0)
