"""Every claim of every chapter with its verdict: one JSON file for programs, one CSV file for spreadsheets."""

import csv
import io
import json
from typing import Any

from companion.claims.verdicts import Verdict
from companion.files import write_if_different
from companion.project import Project
from companion.record.judged import ChapterVerdicts, read_verdicts
from companion.scales import Scale

_CLAIM_FIELDS = (
    *("id", "origin", "kind", "place", "verdict", "reason", "note"),
    *("number", "bound", "interval", "n", "seed"),
)
_COLUMNS = (
    "scale",
    "chapter",
    *("id", "origin", "kind", "place", "verdict", "reason", "note", "number", "bound", "interval_low", "interval_high"),
    *("n", "seed"),
)


def scorecard(project: Project, scale: Scale) -> dict[str, Any]:
    """The scorecard of all chapters as plain data, in the order of their names."""
    chapters = [_chapter_entry(read_verdicts(project.verdicts(slug, scale))) for slug in project.slugs]
    return {"scale": str(scale), "chapters": chapters}


def scorecard_files(project: Project, scale: Scale) -> dict[str, str]:
    """``scorecard.json`` and ``scorecard.csv`` as text, by their names."""
    card = scorecard(project, scale)
    return {
        "scorecard.json": json.dumps(card, indent=1, ensure_ascii=False) + "\n",
        "scorecard.csv": csv_text(card),
    }


def write_scorecard(project: Project, scale: Scale) -> None:
    """Write ``scorecard.json`` and ``scorecard.csv`` into the build folder of ``scale``, where they differ.

    Raises:
        BuildFailed: If a file cannot be written.
        RefusedInput: If a chapter was not judged yet.
    """
    for name, text in scorecard_files(project, scale).items():
        write_if_different(project.build(scale) / name, text)


def csv_text(card: dict[str, Any]) -> str:
    """The scorecard as CSV: one row a claim, an empty field where there is no value."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for chapter in card["chapters"]:
        for claim in chapter["claims"]:
            row = {key: value for key, value in claim.items() if key != "interval"}
            low, high = claim["interval"] or (None, None)
            writer.writerow(
                row | {"scale": card["scale"], "chapter": chapter["slug"], "interval_low": low, "interval_high": high}
            )
    return stream.getvalue()


def _chapter_entry(chapter: ChapterVerdicts) -> dict[str, Any]:
    """One chapter; of one that failed why it did, in the place of what its run cost."""
    stamp = chapter.stamp
    return {
        "slug": chapter.chapter,
        "seconds": stamp.seconds if stamp else None,
        "cpu_seconds": stamp.cpu_seconds if stamp else None,
        "peak_mb": stamp.peak_megabytes if stamp else None,
        "other_versions": stamp.other_versions if stamp else {},
        **({"failed": chapter.failure.message} if chapter.failure else {}),
        "claims": [_claim_entry(verdict) for verdict in chapter.claims],
    }


def _claim_entry(verdict: Verdict) -> dict[str, Any]:
    values = verdict.model_dump(mode="json")
    return {field: values[field] for field in _CLAIM_FIELDS}
