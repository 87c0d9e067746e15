"""Makes .venv and node_modules what the lock files say. Needs the standard library alone; .ci/set-up starts it.

With --whole it does nothing, and ends with 0 where they are so already.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from allowed import Refusal
from browser import OwnBrowser
from environment import Environment
from packages import Packages


def main() -> int:
    """The exit code; whatever hinders is said in a sentence."""
    root = Path(__file__).resolve().parents[2]
    if sys.argv[1:] == ["--whole"]:
        return int(not is_whole(root))
    for number in (signal.SIGTERM, signal.SIGHUP):  # what was put aside comes back
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        set_up(root, os.environ)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"The set-up cannot work in {root}: {error.strerror}: {error.filename or ''}\n"
            "It needs a folder that it may write, with some space: copy the project to one, and call make there.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def is_whole(root: Path) -> bool:
    """Whether there is nothing to do."""

    def call(*_: object) -> int:
        raise AssertionError("looking starts nothing")

    parts = (Environment(root, call, os.environ), Packages(root, call, os.environ), OwnBrowser(root, call, os.environ))
    return all(part.is_whole() for part in parts)


def set_up(root: Path, outside: Mapping[str, str]) -> None:
    """Complete the environment, npm's packages and the browser; nothing is written where all are whole."""
    held: list[int] = []

    def call(command: list[str], environment: Mapping[str, str], folder: Path = root) -> int:
        return subprocess.run(command, env=environment, cwd=folder, pass_fds=held, check=False).returncode

    environment = Environment(root, call, outside)
    others = {"npm's packages": Packages(root, call, outside), "A browser": OwnBrowser(root, call, outside)}
    if environment.is_whole() and all(part.is_whole() for part in others.values()):
        return
    with only_one(root) as lock:
        held.append(lock)
        environment.complete()
        for name, part in others.items():
            complete_if_possible(name, part)
        for name in ("home", "npm"):
            shutil.rmtree(root / ".set-up" / name, ignore_errors=True)


def complete_if_possible(name: str, part: Packages | OwnBrowser) -> None:
    """What hinders these is no reason to end: the book can be built without them."""
    try:
        part.complete()
    except OSError as error:
        print(f"{name} could not be put in place: {error}. The next make tries again.", flush=True)


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[int]:
    """Wait until no other set-up works in ``root``; where the file system knows no locks, go on without.

    Yields:
        The lock's descriptor: what a killed set-up started holds it until it has ended.
    """
    folder = root / ".set-up"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work in this folder; waiting for its end ...", flush=True)
            fcntl.flock(stream, fcntl.LOCK_EX)
        except OSError:
            pass
        yield stream.fileno()


if __name__ == "__main__":
    sys.exit(main())
