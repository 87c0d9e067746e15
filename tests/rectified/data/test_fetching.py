import gzip
import hashlib
import http.server
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rectified.data.errors import DataUnavailable
from rectified.data.fetching import fetched, is_offline
from rectified.data.loading import load
from rectified.data.registry import Download, read_registry


@pytest.fixture
def mirror(tmp_path: Path):
    """A server on this machine; gives its address and folder."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args) -> None:
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", folder
        server.shutdown()
        thread.join()


def test_without_a_network_one_sentence_names_every_way(scratch) -> None:
    with pytest.raises(DataUnavailable) as caught:
        load("tiny", scratch.root)
    message = str(caught.value)
    assert "127.0.0.1:9 does not answer" in message
    assert "get it by asking nicely, or by drawing it, or by putting its files into $RECTIFIED_DATA/tiny" in message
    assert "\n" not in message


def test_offline_forbids_the_download(scratch, monkeypatch, mirror) -> None:
    monkeypatch.setenv("RECTIFIED_OFFLINE", "1")
    with pytest.raises(DataUnavailable, match="RECTIFIED_OFFLINE forbids the download"):
        load("tiny", scratch.root)


@pytest.mark.parametrize(("value", "expected"), [("", False), ("0", False), ("1", True), ("yes", True)])
def test_what_counts_as_offline(monkeypatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("RECTIFIED_OFFLINE", value)
    assert is_offline() is expected


def test_a_set_without_mirrors_says_so_at_once(scratch) -> None:
    tiny = replace(read_registry(scratch.root)["tiny"], mirrors=())
    with pytest.raises(DataUnavailable, match="in none of its folders"):
        fetched(tiny, tiny.files[0])


def test_the_second_mirror_serves_what_the_first_does_not(scratch, mirror, tmp_path, caplog) -> None:
    url, folder = mirror
    tiny = read_registry(scratch.root)["tiny"]
    packed = gzip.compress(scratch.files[tiny.files[0].name])
    (folder / f"{tiny.files[0].name}.gz").write_bytes(packed)
    download = Download(f"{tiny.files[0].name}.gz", len(packed), hashlib.sha256(packed).hexdigest())
    file = replace(tiny.files[0], download=download)
    path = fetched(replace(tiny, mirrors=(*tiny.mirrors, url)), file)
    assert path == tmp_path / "cache" / "tiny" / f"{file.name}.gz"
    assert path.read_bytes() == packed


def test_other_bytes_from_a_mirror_are_refused_and_not_kept(scratch, mirror, tmp_path) -> None:
    url, folder = mirror
    tiny = replace(read_registry(scratch.root)["tiny"], mirrors=(url,))
    (folder / f"{tiny.files[0].name}.gz").write_bytes(b"something else")
    with pytest.raises(DataUnavailable, match="gave other bytes than the registered ones"):
        fetched(tiny, tiny.files[0])
    assert not list((tmp_path / "cache").rglob("*.gz"))


def test_a_folder_that_cannot_be_written_is_named(scratch, monkeypatch, mirror) -> None:
    monkeypatch.setattr("rectified.data.fetching.cache_folder", lambda: Path("/proc/nowhere"))
    address, folder = mirror
    (folder / "x.gz").write_bytes(b"x")
    tiny = replace(read_registry(scratch.root)["tiny"], mirrors=(address,))
    with pytest.raises(DataUnavailable, match=r"/proc/nowhere cannot be written \(No such file"):
        fetched(tiny, replace(tiny.files[0], download=Download("x.gz", 1, hashlib.sha256(b"x").hexdigest())))
