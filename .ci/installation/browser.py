"""A Chromium in .data/browser where the system has none: it prints chapters, and claims about pages need it.

First Playwright's own installer is asked, whose hosts not every network lets through. Then npm, one of whose packages
holds the program and its libraries, packed. Either is used only if it really prints a page here.
"""

import hashlib
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from allowed import basics
from environment import discard
from packages import Call, are_installed

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)  # as companion.machine.browser has them
SHELLS = ("chrome-headless-shell", "headless_shell")  # Playwright's names of the program, by system
PACKAGE = Path(__file__).with_name("browser-package")
PACKED = Path("node_modules", "@sparticuz", "chromium", "bin")
UNPACK = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"
CHECK = "from companion.machine.browser import does_open_pages; raise SystemExit(not does_open_pages())"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
</fontconfig>
"""
START = """#!/bin/sh
# Made by the set-up, which tried it.
here=$(cd "${{0%/*}}" && pwd)
{own}exec "$here"/{program} {flags} "$@"
"""
OWN = """export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib" FONTCONFIG_FILE="$here/fonts.conf"
"""


class OwnBrowser:
    """The browser of the project in ``root``.

    Args:
        root: The project's real folder.
        call: Runs npm.
        outside: The variables of the shell.
    """

    def __init__(self, root: Path, call: Call, outside: Mapping[str, str]) -> None:
        self.root, self._call, self._outside = root, call, outside
        self.folder, self.work = root / ".data" / "browser", root / ".set-up" / "browser"
        self.marker, self._python = self.folder / "whole", root / ".venv" / "bin" / "python"

    def is_whole(self) -> bool:
        """Whether the system has a browser, or ours is the one that the lock files name."""
        if self._outside.get("CHROMIUM") or any(self._which(name) for name in NAMES):
            return True
        try:
            return self.marker.read_text(encoding="utf-8") == self._wanted()
        except (FileNotFoundError, NotADirectoryError):
            return False

    def complete(self) -> None:
        """Get one where none is; where none can be had, say so and go on."""
        if self.is_whole():
            return
        print("No browser is here: getting one into .data/browser, for PDFs and claims about pages ...", flush=True)
        reasons = []
        for source, made in self._ways():
            if made is not None and self._is_started(made):
                self._take()
                print(f"The browser is {source}.", flush=True)
                return
            reasons.append(f"{source} {'cannot be had' if made is None else 'does not start'} here")
        lack = "the former one stays" if self.folder.exists() else 'no PDFs, claims about pages "not judged"'
        print(f"{'; '.join(reasons)}: {lack}; the next make tries again.", flush=True)

    def _ways(self) -> Iterator[tuple[str, Path | None]]:
        """Each source and the program that it gave, in ``self.work``, which is new for each.

        Yields:
            A name for the source, and the program, or None where the source gave none.
        """
        for source, get in (("Playwright's", self._playwrights), ("that of npm's @sparticuz/chromium", self._npms)):
            discard(self.work, self.root)
            self.work.mkdir(parents=True)
            yield source, get()
        discard(self.work, self.root)

    def _playwrights(self) -> Path | None:
        command = [str(self._python), "-m", "playwright", "install", "--only-shell", "chromium"]
        own = {"PLAYWRIGHT_BROWSERS_PATH": str(self.work), "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "3000"}
        if subprocess.run(command, env=basics(self._outside) | own, capture_output=True, check=False).returncode:
            return None
        return next((path for path in sorted(self.work.rglob("*")) if path.name in SHELLS and path.is_file()), None)

    def _npms(self) -> Path | None:
        npm, node = self._which("npm"), self._which("node")
        if npm is None or node is None or (sys.platform, platform.machine()) != ("linux", "x86_64"):
            return None
        npm_folder = self.work / "npm"
        if not are_installed(npm, PACKAGE, npm_folder, self._call, self._outside):
            return None
        for packed in sorted((npm_folder / PACKED).glob("*.br")):
            if not _is_unpacked(packed, self.work, node):
                return None
        discard(npm_folder, self.root)
        (self.work / "fonts.conf").write_text(FONTS, encoding="utf-8")
        program = (self.work / "chromium").rename(self.work / "chromium-itself")
        program.chmod(0o755)
        return program

    def _is_started(self, program: Path) -> bool:
        """Whether a script beside ``program`` starts it and prints; without a sandbox where none can be had."""
        start, place = self.work / "chromium", shlex.quote(str(program.relative_to(self.work)))
        own = OWN if (self.work / "lib").is_dir() else ""
        for flags in ("", "--no-sandbox"):
            start.write_text(START.format(own=own, program=place, flags=flags), encoding="utf-8")
            start.chmod(0o755)
            asked = [str(self._python), "-c", CHECK]
            said = subprocess.run(
                asked, env=basics(self._outside) | {"CHROMIUM": str(start)}, capture_output=True, check=False
            )
            if said.returncode == 0:
                print("It has no sandbox, which this system does not let it have.\n" * bool(flags), end="", flush=True)
                return True
        return False

    def _take(self) -> None:
        (self.work / "whole").write_text(self._wanted(), encoding="utf-8")
        discard(self.folder, self.root)
        self.folder.parent.mkdir(exist_ok=True)
        self.work.rename(self.folder)

    def _wanted(self) -> str:
        """A hash of what decides which one: npm's lock file, and the locked Playwright."""
        playwright = re.search(r"^playwright==\S+", (self.root / "requirements.lock").read_text("utf-8"), re.MULTILINE)
        text = (PACKAGE / "package-lock.json").read_text(encoding="utf-8") + (playwright[0] if playwright else "")
        return hashlib.sha256(text.encode()).hexdigest()

    def _which(self, name: str) -> str | None:
        return shutil.which(name, path=self._outside.get("PATH"))


def _is_unpacked(packed: Path, folder: Path, node: str) -> bool:
    """Whether ``node`` could unpack a Brotli file into ``folder``; an archive's files get there too."""
    target = folder / packed.stem
    with packed.open("rb") as source, target.open("wb") as stream:
        if subprocess.run([node, "-e", UNPACK], stdin=source, stdout=stream, check=False).returncode:
            return False
    if target.suffix == ".tar":
        with tarfile.open(target) as archive:
            for member in filter(tarfile.TarInfo.isfile, archive):
                archive.extract(member, folder)
        target.unlink()
    return True
