"""What each chapter's run cost, in CPU seconds of its kernel, as the record has it; beside an older commit's record.

Run: `python -m benchmarks.costs`, or with `--since COMMIT`, which reads `published/` as it was there. No chapter should
take over 12 at quick scale or over 90 at book scale.
"""

import argparse
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
AIMS = {"quick": 12.0, "book": 90.0}


def record(commit: str | None) -> dict[str, dict[str, float]]:
    """Scale and chapter to CPU seconds, of the files here or of those in a commit."""
    found: dict[str, dict[str, float]] = {scale: {} for scale in AIMS}
    for path in sorted((ROOT / "published").glob("*.json")):
        text = path.read_text(encoding="utf-8") if commit is None else _shown(commit, path)
        for scale, run in json.loads(text or "{}").items():
            if scale in found:
                found[scale][path.stem] = float(run["cpu_seconds"])
    return found


def _shown(commit: str, path: Path) -> str:
    """A file as it was in a commit; empty where it was not there."""
    command = ["git", "show", f"{commit}:{path.relative_to(ROOT)}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--since", metavar="COMMIT", help="an older commit to compare with")
    since = parser.parse_args().since
    now, before = record(None), record(since) if since else {scale: {} for scale in AIMS}
    for scale, aim in AIMS.items():
        print(f"{scale}: CPU seconds" + (f", and at {since}" if since else ""))
        for slug, seconds in {**now[scale], "sum": sum(now[scale].values())}.items():
            older = sum(before[scale].values()) if slug == "sum" else before[scale].get(slug)
            mark = " over the aim" if slug != "sum" and seconds > aim else ""
            print(f"  {slug:24s} {seconds:8.1f}" + (f" {older:8.1f}" if since and older is not None else "") + mark)


if __name__ == "__main__":
    main()
