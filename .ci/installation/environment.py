""".venv: whether it is what the lock file says, and how it becomes so.

Contents decide, never times (an archive that was unpacked further east is from the future): the marker, written last,
holds the project's real folder, the interpreter, a hash of all that pip is asked for, and what is installed otherwise.

An environment cannot be made under another name, since its scripts name their folder. So it is the former one that is
put aside and comes back whatever ends the set-up, at the latest when the next one begins. To be made anew it is
renamed. When only the lock file changed, its hard links are put aside: pip replaces files and never writes into one,
so that copy costs a second and no space, and what did not change, torch above all, is not installed again.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from allowed import Refusal, basics, for_pip, for_uv

ASKED = ("name", "version", "requires-python", "dependencies", "optional-dependencies", "scripts")
IDENTITY = "import sys, os, pip; print('%d.%d' % sys.version_info[:2], os.path.realpath(sys.base_prefix))"
TORCH = """import sys
from importlib.metadata import version
sys.exit(sys.prefix != sys.base_prefix or version("torch").split("+")[0] != sys.argv[1])"""

Call = Callable[[list[str], Mapping[str, str]], int]  # runs a command in the project's folder; its exit code


class Environment:
    """The environment of the project in ``root``.

    Args:
        root: The project's real folder.
        call: Runs pip and venv.
        outside: The variables of the shell.
    """

    def __init__(self, root: Path, call: Call, outside: Mapping[str, str]) -> None:
        self.root, self._call, self._outside = root, call, outside
        self.folder, self.marker = root / ".venv", root / ".venv" / "whole"
        self.python = self.folder / "bin" / "python"
        self.aside = root / ".set-up" / "former-venv"

    def is_whole(self) -> bool:
        """Whether it is what the lock file says."""
        return _text(self.marker) == self._wanted() and self.python.exists() and not self.aside.exists()

    def complete(self) -> None:
        """Make it what the lock file says; when that fails the former one is back.

        Raises:
            Refusal: If no environment can be made, or pip fails.
        """
        self._recover()
        if self.is_whole():
            return
        try:
            self._put_aside() if self._can_be_changed() else self._create()
            self._install()
        except BaseException:
            self._recover()
            raise
        self._recover()

    def _recover(self) -> None:
        """After a set-up: the former environment goes, or comes back where the new one did not become whole."""
        if self.aside.exists():
            if not self.marker.exists():
                discard(self.folder, self.root)
                self.aside.rename(self.folder)
            discard(self.aside, self.root)

    def _wanted(self) -> str:
        """What the marker holds when all is well."""
        return "\n".join([str(self.root), interpreter(), requirements_digest(self.root), *self._others(), ""])

    def _others(self) -> list[str]:
        """Installed packages whose version is not the locked one; some, like setuptools, nobody asked pip for."""
        pins: dict[str, set[str]] = {}
        for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", _text(self.root / "requirements.lock"), re.MULTILINE):
            pins.setdefault(_canonical(name), set()).add(version)
        found = [path.stem.rpartition("-") for path in self.folder.glob("lib/python3.*/site-packages/[!~]*.dist-info")]
        return sorted(
            f"{_canonical(name)} {version}"
            for name, _, version in found
            if version.partition("+")[0] not in pins.get(_canonical(name), {version.partition("+")[0]})
        )

    def _can_be_changed(self) -> bool:
        """Whether pip may work in it: made here, with this interpreter, and not broken."""
        if _text(self.marker).splitlines()[:1] != [str(self.root)] or not self.python.exists():
            return False
        asked = [str(self.python), "-c", IDENTITY]
        said = subprocess.run(asked, env=basics(self._outside), capture_output=True, text=True, check=False)
        return said.stdout.strip() == interpreter()

    def _put_aside(self) -> None:
        part = self.aside.with_name("former-venv.part")
        discard(part, self.root)
        shutil.copytree(self.folder, part, symlinks=True, copy_function=_link)
        part.rename(self.aside)
        self.marker.unlink()

    def _create(self) -> None:
        self.aside.parent.mkdir(exist_ok=True)
        if os.path.lexists(self.folder):
            self.folder.rename(self.aside)
        python, options = base_python(), []
        if self._has_torch(python):
            options = ["--system-site-packages"]
            print(f"The torch of {python} is used as it is.", flush=True)
        print(f"Creating .venv with Python {sys.version.split()[0]}.", flush=True)
        if self._call([python, "-I", "-m", "venv", *options, ".venv"], basics(self._outside)):
            raise Refusal(f"{python} cannot create an environment; on Debian and Ubuntu: apt install python3-venv")

    def _has_torch(self, python: str) -> bool:
        """Whether the interpreter itself has a torch of the locked version (any build): it is used as it is."""
        locked = re.search(r"^torch==([^\s;]+)", _text(self.root / "requirements.lock"), re.MULTILINE)
        asked = [python, "-I", "-c", TORCH, locked[1] if locked else ""]
        return subprocess.run(asked, env=basics(self._outside), capture_output=True, check=False).returncode == 0

    def _install(self) -> None:
        print("Installing what requirements.lock names into .venv (the first time takes minutes, most of it torch) ...")
        sys.stdout.flush()
        uv = self._uv()
        if self._call(*self._by_pip("-c", "requirements.lock", "-e", ".[test]") if uv is None else self._by_uv(uv)):
            former = "The former environment is back in its place. " if (self.aside / "whole").exists() else ""
            why = f"{'uv' if uv else 'pip'} could not install everything (its message is above; no network?)."
            raise Refusal(f"{why} {former}The next make begins again.")
        part = self.marker.with_name("whole.part")
        part.write_text(self._wanted(), encoding="utf-8")
        part.rename(self.marker)

    def _uv(self) -> str | None:
        """The path of uv; pip gets it by its hash where it is not; None where only pip will do, which is said."""
        if "include-system-site-packages = true" in _text(self.folder / "pyvenv.cfg"):
            print("pip installs, without comparing hashes: uv would not see the torch that is there.", flush=True)
            return None
        own = self.folder / "bin" / "uv"
        there = shutil.which("uv", path=self._outside.get("PATH")) or shutil.which(own)
        if there is None:
            asked = self.root / ".set-up" / "uv.txt"
            asked.write_text(_entry("uv", _text(self.root / "requirements.hashes")), encoding="utf-8")
            self._call(*self._by_pip("--require-hashes", "--no-deps", "-r", str(asked)))
            asked.unlink()
            there = shutil.which(own)
        if there is None:
            print("pip installs, without comparing hashes: uv, which does, cannot be had.", flush=True)
        return there

    def _by_pip(self, *wanted: str) -> tuple[list[str], dict[str, str]]:
        options = ["-qq", "--disable-pip-version-check", "--no-input", *wanted]
        environment = for_pip(self.python, self._outside, self.root / ".set-up")
        return [str(self.python), "-m", "pip", "install", *options], environment

    def _by_uv(self, uv: str) -> tuple[list[str], dict[str, str]]:
        """Every file that is installed is compared with its hash, but for torch's, which has none in the lock."""
        options = ["--quiet", "--no-config", "--compile-bytecode", "--python", str(self.python)]
        pins = ["-c", "requirements.hashes", "--build-constraints", "requirements.hashes"]
        environment = for_uv(self.python, self._outside, self.root / ".set-up")
        return [uv, "pip", "install", *options, *pins, "-e", ".[test]"], environment


def interpreter() -> str:
    """The Python that runs this, without the environment that it may be called through."""
    return f"{sys.version_info[0]}.{sys.version_info[1]} {os.path.realpath(sys.base_prefix)}"


def base_python() -> str:
    """Its executable."""
    base = str(getattr(sys, "_base_executable", ""))
    return base if os.path.isfile(base) else os.path.realpath(sys.executable)


def requirements_digest(root: Path) -> str:
    """A hash of all that pip or uv is asked for: the lock files, and what pyproject.toml says of the package."""
    project = tomllib.loads(_text(root / "pyproject.toml"))
    asked = [{key: project["project"].get(key) for key in ASKED}, project.get("build-system")]
    asked += [project.get("tool", {}).get("setuptools"), _text(root / "requirements.lock")]
    asked.append(_text(root / "requirements.hashes"))
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def discard(path: Path, root: Path) -> None:
    """Take ``path`` out of the way at once, then delete it; a link goes, not what it points to."""
    if os.path.lexists(path):
        rest = root / ".set-up" / f"rest-{os.getpid()}"
        rest.parent.mkdir(exist_ok=True)
        path.rename(rest)
        rest.unlink() if rest.is_symlink() else shutil.rmtree(rest, ignore_errors=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copy2(source, target)


def _text(path: Path) -> str:
    """What ``path`` holds, with line ends of Unix; "" without such a file."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _entry(name: str, hashes: str) -> str:
    """The lines of ``hashes`` that pin ``name``."""
    found = re.search(rf"^{name}==.*(?:\n .*)*", hashes, re.MULTILINE)
    return f"{found[0]}\n" if found else ""


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
