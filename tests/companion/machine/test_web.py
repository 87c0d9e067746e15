import gzip
import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from companion.errors import RefusedInput
from companion.machine.web import local_server, served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<h1>Toy</h1>")
    return tmp_path


def test_a_folder_is_served_on_a_free_port_of_this_machine(folder: Path) -> None:
    with served(folder) as address, urllib.request.urlopen(address) as answer:
        assert answer.read() == b"<h1>Toy</h1>"
    assert address.startswith("http://127.0.0.1:")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address)


def test_one_page_is_served_at_every_address() -> None:
    with served("<p>größer</p>") as address, urllib.request.urlopen(f"{address}any/where") as answer:
        assert answer.read().decode() == "<p>größer</p>"


def test_a_port_in_use_is_named(folder: Path) -> None:
    with local_server(folder) as server:
        taken = server.server_port
        with pytest.raises(RefusedInput, match=f"port {taken} cannot be used: .*--port 0"):
            local_server(folder, taken)


def asked(address: str, **headers: str) -> http.client.HTTPResponse:
    request = urllib.request.Request(address, headers={name.replace("_", "-"): text for name, text in headers.items()})
    return urllib.request.urlopen(request)


def test_texts_travel_packed_to_those_who_can_unpack_them(folder: Path) -> None:
    text = b"p { color: red; }\n" * 100
    (folder / "a.css").write_bytes(text)
    with served(folder) as address:
        with asked(address + "a.css?v=1", Accept_Encoding="gzip, br") as answer:
            body = answer.read()
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Type"] == "text/css"
            assert len(body) < len(text) == len(gzip.decompress(body))
        with asked(address + "a.css") as answer:
            assert answer.headers["Content-Encoding"] is None
            assert answer.read() == text


def test_what_was_written_anew_is_sent_anew_and_only_that(folder: Path) -> None:
    with served(folder) as address:
        with asked(address, Accept_Encoding="gzip") as answer:
            modified = answer.headers["Last-Modified"]
        with pytest.raises(urllib.error.HTTPError, match="304"):
            asked(address, Accept_Encoding="gzip", If_Modified_Since=modified)
        (folder / "index.html").write_text("<h1>New</h1>")
        os.utime(folder / "index.html", (0, 0))
        with asked(address, Accept_Encoding="gzip", If_Modified_Since=modified) as answer:
            assert gzip.decompress(answer.read()) == b"<h1>New</h1>"


def test_an_address_that_is_none_gets_the_folders_own_page(folder: Path) -> None:
    (folder / "404.html").write_text("<h1>Nothing here</h1>")
    with served(folder) as address, pytest.raises(urllib.error.HTTPError) as refused:
        asked(address + "a/b/c.html")
    assert refused.value.code == 404
    assert refused.value.read() == b"<h1>Nothing here</h1>"
    refused.value.close()


@pytest.mark.parametrize(
    ("error", "is_told"), [(BrokenPipeError, False), (ConnectionResetError, False), (ValueError, True)]
)
def test_a_dropped_connection_is_no_news(tmp_path, capsys, error, is_told):
    (tmp_path / "index.html").write_text("<p>book</p>")
    with local_server(tmp_path) as server:
        try:
            raise error
        except error:
            server.handle_error(None, ("127.0.0.1", 1))
    assert (error.__name__ in capsys.readouterr().err) == is_told
