"""Lighthouse's four scores for the front page and every chapter, on a desktop and on a phone with a slow connection.

Run: `python -m benchmarks.lighthouse`, after `make quick` and `npm ci` (Lighthouse is a development package of npm; the
set-up leaves it out). The pages come from the book's own server, which packs texts as a host of static files does. A
score of the speed is the median of several visits; the others do not vary.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from companion.machine.browser import chromium_path
from companion.machine.web import served
from companion.site.serving import built

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "node_modules" / ".bin" / "lighthouse"
DEVICES = {"desktop": ("--preset=desktop",), "phone": ()}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "interactive")
WANTED = 95
FLAGS = "--headless=new --no-sandbox --disable-gpu"


def report(address: str, options: tuple[str, ...]) -> dict[str, Any]:
    """What Lighthouse says of one visit."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [str(PROGRAM), address, *options, "--output=json", f"--output-path={path}", "--quiet"]
        command += [f"--chrome-flags={FLAGS}", f"--only-categories={','.join(CATEGORIES)}"]
        environment = os.environ | {"CHROME_PATH": str(chromium_path())}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def row(address: str, options: tuple[str, ...], repeats: int) -> tuple[dict[str, float], set[str]]:
    """Medians of scores and milliseconds, and the names of what was found wanting."""
    reports = [report(address, options) for _ in range(repeats)]
    values = {name: statistics.median(100 * one["categories"][name]["score"] for one in reports) for name in CATEGORIES}
    values |= {name: statistics.median(one["audits"][name]["numericValue"] for one in reports) for name in TIMES}
    wanting = {
        reference["id"]
        for one in reports
        for category in one["categories"].values()
        for reference in category["auditRefs"]
        if reference["weight"] > 0
        and (one["audits"][reference["id"]]["score"] or 0) < 0.5
        and one["audits"][reference["id"]]["scoreDisplayMode"] in {"binary", "numeric"}
    }
    return values, wanting


def pages_of(folder: Path) -> list[str]:
    """The front page, then page and notebook of every chapter."""
    slugs = sorted(path.stem for path in (folder / "notebooks").glob("*.html"))
    return ["book/index.html", *(f"{part}/{slug}.html" for slug in slugs for part in ("book", "notebooks"))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", default="quick", choices=["quick", "book", "paper"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--page", action="append", help="a page instead of the front page and all chapters")
    options = parser.parse_args()
    folder = ROOT / "build" / options.scale / "_build" / "html"
    lacking = {"Chromium": chromium_path(), "a built book": (folder / "index.html").is_file()}
    lacking["Lighthouse (npm ci)"] = PROGRAM.is_file()
    if not all(lacking.values()):
        print(f"skipped: there is no {', no '.join(name for name, there in lacking.items() if not there)}")
        return
    print(f"{'page':26s} {'device':8s}" + "".join(f" {name:>14s}" for name in CATEGORIES) + "   ms: first, largest,")
    print(" " * 97 + "blocked, interactive")
    with served(built(folder)) as base:
        for page in options.page or pages_of(folder):
            for device, flags in DEVICES.items():
                values, wanting = row(base + page, flags, options.repeats)
                scores = "".join(f" {values[name]:14.0f}" for name in CATEGORIES)
                print(f"{page:26s} {device:8s}{scores}   " + ", ".join(f"{values[name]:.0f}" for name in TIMES))
                if min(values[name] for name in CATEGORIES) < WANTED:
                    print(f"{'':26s} below {WANTED}: {', '.join(sorted(wanting)) or 'no one thing'}")


if __name__ == "__main__":
    main()
