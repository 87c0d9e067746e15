"""Where a reader can say that something is wrong: an issue that is half written, or a report to copy."""

from collections import Counter
from urllib.parse import urlencode

from markupsafe import Markup

from companion.project import Project
from companion.staging import markup
from companion.staging.chapters import Chapter
from companion.staging.templates import fill

_GITHUB = "https://github.com/"


def report_text(chapter: Chapter) -> str:
    """What whoever looks into a report must know of the run, as Markdown, with room for what the reader saw."""
    stamp = chapter.verdicts.stamp
    counts = Counter(chapter.outcomes)
    verdicts = ", ".join(f"{counts[outcome]} {outcome}" for outcome in markup.OUTCOMES if counts[outcome])
    return (
        f"**Chapter:** {chapter.claims.title} (`{chapter.slug}`)\n"
        f"**Run:** {_run(chapter)}\n"
        f"**Verdicts:** {verdicts}\n"
        f"**Versions:** {stamp.versions_text if stamp else 'not known'}\n"
        f"**Again:** `{markup.command(chapter.slug, chapter.scale)}`\n\n"
        "**What I see:** \n\n**What I expected:** \n"
    )


def _run(chapter: Chapter) -> str:
    stamp = chapter.verdicts.stamp
    if stamp is None:
        return f"{chapter.scale} scale, failed: {chapter.failure.headline if chapter.failure else 'no run'}"
    return f"{chapter.scale} scale, {stamp.finished[:16]} UTC, stamp `{stamp.digest[:12]}`"


def report_link(project: Project, chapter: Chapter) -> Markup:
    """Where to talk about a chapter, as a fragment of Markdown: a link to the tracker, or a report to copy."""
    text = report_text(chapter)
    address = issue_address(project.repository, chapter.claims.title, text) if project.repository else ""
    return fill("staging/html/report.html", slug=chapter.slug, text=text, address=address)


def issue_address(repository: str, title: str, body: str) -> str:
    """The address of a new issue, filled in where the host is known to take that."""
    if repository.startswith(_GITHUB):
        return f"{repository}/issues/new?{urlencode({'title': title, 'body': body})}"
    return f"{repository}/issues"
