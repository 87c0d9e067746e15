"""A scratch project with one tiny set in IDX files, so that no test needs the real data or a network."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

IMAGES = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3)
FILES = {
    "train-images-idx3-ubyte": b"\x00\x00\x08\x03" + bytes([0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + IMAGES.tobytes(),
    "train-labels-idx1-ubyte": b"\x00\x00\x08\x01" + bytes([0, 0, 0, 2, 7, 9]),
    "t10k-images-idx3-ubyte": b"\x00\x00\x08\x03" + bytes([0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]) + IMAGES[:1].tobytes(),
    "t10k-labels-idx1-ubyte": b"\x00\x00\x08\x01" + bytes([0, 0, 0, 1, 4]),
}


@dataclass(frozen=True)
class Scratch:
    """The scratch project's root, its data folder and the content of its files."""

    root: Path
    folder: Path
    files: dict[str, bytes]

    def fill(self, folder: Path | None = None) -> Path:
        target = self.folder if folder is None else folder
        target.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (target / name).write_bytes(content)
        return target


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scratch:
    """A registry with the set ``tiny``; no environment variable, an empty cache, a working folder far away."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "data.toml").write_text(_registry(FILES), encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.delenv("RECTIFIED_DATA", raising=False)
    monkeypatch.delenv("RECTIFIED_OFFLINE", raising=False)
    monkeypatch.setattr("rectified.data.locating.cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr("rectified.data.fetching.cache_folder", lambda: tmp_path / "cache")
    return Scratch(root, root / "node_modules" / "tiny" / "data", FILES)


def _registry(files: dict[str, bytes]) -> str:
    entries = "".join(
        f'[[sets.tiny.files]]\nname = "{name}"\nbytes = {len(content)}\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
        f'download = {{ name = "{name}.gz", bytes = 1, sha256 = "{"0" * 64}" }}\n'
        for name, content in files.items()
    )
    return (
        '[sets.tiny]\ntitle = "Tiny"\ncitation = "nobody"\nlicence = "MIT"\nformat = "idx"\nlargest = 11.0\n'
        "shape = [2, 3]\nclasses = 10\ntrain = 2\ntest = 1\n"
        'folders = ["node_modules/tiny/data"]\nmirrors = ["http://127.0.0.1:9/"]\n'
        'ways = ["asking nicely", "drawing it"]\n' + entries
    )
