"""The viewer as one script: its modules and three.js, put together by esbuild, both from npm.

The bundle is kept under ``build/vendor`` by the digest of what it is made from. Where npm's packages are missing there
is none, and a reason instead: a book without them is complete, its scenes stay still pictures.
"""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from companion.errors import BuildFailed
from companion.files import sha256_of, write_atomically
from companion.machine.surroundings import environment
from companion.project import Project

VIEWER = Path(__file__).parent / "viewer"
HOW_TO_GET = "run `npm ci` in the project's folder and build again"
_TIME_LIMIT = 120.0
_OPTIONS = ("--bundle", "--minify", "--format=iife", "--target=es2022", "--loader:.css=text", "--legal-comments=none")
_ADDRESS = "https://threejs.org"


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
        return self.script or f"window.companionSpaceMissing = {json.dumps(self.reason)};\n"


def viewer_bundle(project: Project) -> Bundle:
    """The bundle of ``project``, from ``build/vendor`` or made now.

    Returns:
        The script with three.js's notice at its head, or the reason for which it cannot be made here.

    Raises:
        BuildFailed: If the packages are there, but esbuild does not take the viewer's sources.
    """
    modules = project.root / "node_modules"
    lacking = [name for name in ("three", "esbuild") if not (modules / name / "package.json").is_file()]
    if lacking:
        names = " and ".join(lacking)
        return Bundle(None, f"this book was built without the npm packages {names}; {HOW_TO_GET}")
    kept = project.root / "build" / "vendor" / f"space-{_digest(project)[:16]}.js"
    if not kept.is_file():
        write_atomically(kept, _notice(modules / "three") + _bundled(modules))
    return Bundle(kept.read_text(encoding="utf-8"))


def viewer_sources() -> dict[str, Path]:
    """The viewer's modules and its style sheet, by name."""
    return {path.name: path for path in sorted(VIEWER.iterdir()) if path.suffix in {".js", ".css"}}


def _digest(project: Project) -> str:
    """One SHA-256 over the viewer's sources, this module and the versions of npm's packages."""
    files = [*viewer_sources().values(), Path(__file__), project.root / "package-lock.json"]
    lines = [f"{path.name} {sha256_of(path)}\n" for path in files if path.is_file()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


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
            env=environment(modules.parent) | {"NODE_PATH": str(modules)},
            capture_output=True,
            encoding="utf-8",
            timeout=_TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildFailed(f"the viewer of scenes was not bundled: {error}; {HOW_TO_GET}") from None
    if run.returncode or run.stderr.strip():
        raise BuildFailed(f"the viewer of scenes was not bundled:\n{run.stderr.strip()}")
    return run.stdout
