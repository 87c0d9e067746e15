"""Ten faults of different kinds, and whether the tests see them: what was cut from the suite must not cost a check.

Run: `python -m benchmarks.mutations`. Each fault is put into a copy of the tracked files, one at a time, and the tests
that should see it run there: four minutes in all. `--list` only says what there is. The last lines are the table.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]


class Fault(NamedTuple):
    """One line of a file that is made wrong, and the tests that should see it."""

    kind: str
    file: str
    right: str
    wrong: str
    tests: str


FAULTS = (
    Fault(
        "mathematics: the chord of a ReLU starts too low",
        "src/rectified/bounds/relaxations.py",
        "intercept = torch.where(unstable, -lower * chord, 0.0)",
        "intercept = torch.where(unstable, -0.9 * lower * chord, 0.0)",
        "tests/rectified/bounds/test_relaxations.py",
    ),
    Fault(
        "rounding: a sign that rounding decides counts",
        "src/rectified/regions/signs.py",
        "return most if bool(low > rounding",
        "return most if True or bool(low > rounding",
        "tests/rectified/regions/test_signs.py",
    ),
    Fault(
        "criterion: a bound is compared the wrong way",
        "src/companion/claims/criteria/exact.py",
        "held = smallest >= self.bound - self.slack",
        "held = smallest <= self.bound - self.slack",
        "tests/companion/claims/criteria",
    ),
    Fault(
        "judge: data that is lacking does not matter",
        "src/companion/claims/judging.py",
        "return None if set(claim.needs) <= set(available_data) else Reason.DATA",
        "return None",
        "tests/companion/claims/test_judging.py",
    ),
    Fault(
        "stamp: an edited module is not noticed",
        "src/companion/source/stamp.py",
        '_named("modules", stamped.modules, now.modules),',
        "",
        "tests/companion/source/test_stamp.py",
    ),
    Fault(
        "data: a file is loaded whatever its content",
        "src/rectified/data/locating.py",
        "if found != file.sha256:",
        "if False:",
        "tests/rectified/data",
    ),
    Fault(
        "staging: a sentence of a claim is not escaped",
        "src/companion/staging/markup.py",
        "    return html.escape(piece, quote=False)",
        "    return piece",
        "tests/companion/staging/test_markup.py",
    ),
    Fault(
        "command line: an error ends with 0",
        "src/companion/cli/output.py",
        "raise typer.Exit(error.exit_code)",
        "raise typer.Exit(0)",
        "tests/companion/cli",
    ),
    Fault(
        "viewer: the network in the page forgets its ReLUs",
        "src/netspace/viewer/scripts/steps.js",
        "relu: pointwise((value) => Math.max(value, 0)),",
        "relu: pointwise((value) => value),",
        "tests/site/space/test_arrays.py",
    ),
    Fault(
        "style sheet: rules that a page needs are cut",
        "src/companion/sphinx_extension/needed_rules.py",
        'if token.type == "hash" or (token.type == "ident" and previous != ":")',
        'if token.type == "hash" or token.type == "ident"',
        "tests/companion/sphinx_extension/test_needed_rules.py",
    ),
)


def copied(folder: Path) -> None:
    """Copy what git tracks; installed packages are found where they are."""
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in ("node_modules", ".data"):
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)


def is_seen(fault: Fault, folder: Path) -> bool:
    """Whether the tests pass without the fault and fail with it.

    Raises:
        SystemExit: If the line is not there, or the tests fail without the fault.
    """
    path = folder / fault.file
    text = path.read_text(encoding="utf-8")
    if text.count(fault.right) != 1:
        raise SystemExit(f"{fault.file} does not hold this once: {fault.right}")
    if not _passes(fault.tests, folder):
        raise SystemExit(f"{fault.tests} fails without a fault")
    path.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")
    try:
        return not _passes(fault.tests, folder)
    finally:
        path.write_text(text, encoding="utf-8")


def _passes(tests: str, folder: Path) -> bool:
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", tests]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode == 0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true")
    if parser.parse_args().list:
        print("\n".join(f"{fault.kind:55s} {fault.tests}" for fault in FAULTS))
        return
    with tempfile.TemporaryDirectory() as name:
        copied(Path(name))
        rows = [(fault, is_seen(fault, Path(name))) for fault in FAULTS]
    for fault, seen in rows:
        print(f"{'seen' if seen else 'NOT SEEN':9s} {fault.kind:55s} {fault.tests}")
    if not all(seen for _, seen in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
