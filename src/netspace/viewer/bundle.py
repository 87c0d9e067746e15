"""The viewer as one script: its modules and three.js, put together by esbuild, both from npm.

The bundle is kept in ``node_modules/.cache/netspace`` by the digest of what it is made from. Where npm's packages are
missing there is none, and a reason instead: a page without it shows still pictures.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

VIEWER = Path(__file__).parent / "scripts"
HOW_TO_GET = "run `npm ci` in the project's folder and build again"
_TIME_LIMIT = 120.0
_OPTIONS = ("--bundle", "--minify", "--format=iife", "--target=es2022", "--loader:.css=text", "--legal-comments=none")
_ADDRESS = "https://threejs.org"


class ViewerNotMade(RuntimeError):
    """The packages are there, but esbuild does not make one script of the viewer."""


@dataclass(frozen=True)
class Bundle:
    """The viewer's script, or why there is none.

    Attributes:
        script: One classic script without imports, or None.
        reason: A sentence for readers where ``script`` is None, else empty.
    """

    script: str | None
    reason: str = ""

    @property
    def stand_in(self) -> str:
        """The script that a book carries: the viewer, or a line that says why it is missing."""
        return self.script or f"window.netspaceMissing = {json.dumps(self.reason)};\n"


def viewer_bundle(root: Path | None = None) -> Bundle:
    """The bundle, kept from before or made now.

    Args:
        root: The folder whose ``node_modules`` has the packages; the nearest one from the working folder upwards.

    Returns:
        The script with three.js's notice at its head, or the reason for which it cannot be made here.

    Raises:
        ViewerNotMade: If the packages are there, but esbuild does not take the viewer's sources.
    """
    modules = (root or _nearest()) / "node_modules"
    lacking = [name for name in ("three", "esbuild") if not (modules / name / "package.json").is_file()]
    if lacking:
        names = " and ".join(lacking)
        return Bundle(None, f"this page was made without the npm packages {names}; {HOW_TO_GET}")
    kept = modules / ".cache" / "netspace" / f"viewer-{_digest(modules)[:16]}.js"
    if kept.is_file():
        return Bundle(kept.read_text(encoding="utf-8"))
    script = _notice(modules / "three") + _bundled(modules)
    _keep(kept, script)
    return Bundle(script)


def stand_in(root: Path) -> str:
    """The script that a book in ``root`` carries: the viewer, or a line that says why it is missing."""
    return viewer_bundle(root).stand_in


def fingerprint(root: Path) -> str | None:
    """What a claim about the viewer depends on: the hash of its script; None where it cannot be made in ``root``."""
    script = viewer_bundle(root).script
    return None if script is None else hashlib.sha256(script.encode()).hexdigest()


def viewer_sources() -> dict[str, Path]:
    """The viewer's modules and its style sheet, by name."""
    return {path.name: path for path in sorted(VIEWER.iterdir()) if path.suffix in {".js", ".css"}}


def _nearest() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "node_modules").is_dir()), here)


def _digest(modules: Path) -> str:
    """One SHA-256 over the viewer's sources, this module and the versions of npm's packages."""
    packages = [modules / name / "package.json" for name in ("three", "esbuild")]
    files = [*viewer_sources().values(), Path(__file__), *packages]
    lines = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _keep(path: Path, script: str) -> None:
    """Write the script whole or not at all; where nothing can be written it is made again next time."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            file.write(script)
        os.replace(file.name, path)


def _notice(three: Path) -> str:
    """What the licence of three.js asks for: its text travels with the code."""
    version = json.loads((three / "package.json").read_text(encoding="utf-8"))["version"]
    licence = (three / "LICENSE").read_text(encoding="utf-8").strip()
    return f"/*! This file contains three.js {version}, {_ADDRESS}\n\n{licence}\n*/\n"


def _bundled(modules: Path) -> str:
    command = [str(modules / "esbuild" / "bin" / "esbuild"), str(VIEWER / "main.js"), *_OPTIONS]
    try:
        run = subprocess.run(
            [*command, "--log-level=warning", "--charset=utf8"],
            env={"NODE_PATH": str(modules), "PATH": os.environ.get("PATH", os.defpath)},
            capture_output=True,
            encoding="utf-8",
            timeout=_TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ViewerNotMade(f"the viewer of scenes was not bundled: {error}; {HOW_TO_GET}") from None
    if run.returncode or run.stderr.strip():
        raise ViewerNotMade(f"the viewer of scenes was not bundled:\n{run.stderr.strip()}")
    return run.stdout
