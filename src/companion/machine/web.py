"""Pages and folders on a local address, for a browser of this machine, as long as a block lasts."""

import http.server
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from companion.errors import RefusedInput


class LocalServer(http.server.ThreadingHTTPServer):
    """A server that does not wait for open connections, and takes no notice of a browser that drops one."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Report an error, unless the browser only went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def served(server: http.server.HTTPServer) -> Iterator[str]:
    """Let ``server`` answer in a thread of its own as long as the block lasts.

    Yields:
        Its address, with a slash at the end.
    """
    with server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def page_server(html: str) -> http.server.ThreadingHTTPServer:
    """A server on a free port of this machine that has one page, at every address.

    Raises:
        RefusedInput: If this machine gives no port.
    """
    content = html.encode()

    class Page(http.server.BaseHTTPRequestHandler):
        """A server of that page."""

        def do_GET(self) -> None:
            """Answer with the page, whatever was asked."""
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    try:
        return LocalServer(("127.0.0.1", 0), Page)
    except OSError as error:
        raise RefusedInput(f"no page can be served on this machine: {error.strerror}") from None
