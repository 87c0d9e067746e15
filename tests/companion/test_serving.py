import threading
import urllib.request
from pathlib import Path

import pytest

from companion.errors import RefusedInput
from companion.project import Project
from companion.scales import Scale
from companion.serving import book_server, serve_book


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<h1>Toy</h1>")
    return tmp_path


def test_a_book_is_served_on_a_free_port_of_this_machine(book: Path) -> None:
    with book_server(book, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/") as answer:
                assert answer.read() == b"<h1>Toy</h1>"
        finally:
            server.shutdown()
            thread.join()
        assert server.server_address[0] == "127.0.0.1"


def test_without_a_book_it_says_how_to_build_one(scratch_project: Project) -> None:
    with pytest.raises(RefusedInput, match=r"there is no book in .*`make book`"):
        serve_book(scratch_project, Scale.BOOK, port=0, announce=print)


def test_a_port_in_use_is_named(book: Path) -> None:
    with book_server(book, 0) as server:
        taken = server.server_port
        with pytest.raises(RefusedInput, match=f"port {taken} cannot be used: .*--port 0"):
            book_server(book, taken)
