"""Where a reader can say that something is wrong: an issue that is half written, or a report to copy."""

import html
from collections import Counter
from urllib.parse import urlencode

from companion.project import Project
from companion.staging import markup
from companion.staging.chapters import Chapter

_GITHUB = "https://github.com/"

# No blank line inside: Markdown leaves a block of HTML alone up to the first one. Without the script the text is there
# to be copied by hand; report.js adds the button.
_COPY = """<details class="chapter-fold report">
<summary>Report a mistake, or ask</summary>
<p><label for="report-{slug}">This book has no public tracker. Send this with what you saw to its authors:</label></p>
<textarea id="report-{slug}" rows="{rows}" readonly spellcheck="false">{text}</textarea>
<p><button type="button" class="report-copy" data-for="report-{slug}" hidden>Copy the report</button>
<output aria-live="polite"></output></p>
</details>
"""


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


def report_link(project: Project, chapter: Chapter) -> str:
    """Where to talk about a chapter, as a fragment of Markdown: a link to the tracker, or a report to copy."""
    text = report_text(chapter)
    if not project.repository:
        kept = html.escape(text).replace("\n", "&#10;")
        return _COPY.format(slug=chapter.slug, rows=text.count("\n") + 1, text=kept)
    address = html.escape(issue_address(project.repository, chapter.claims.title, text))
    return f'<p class="report"><a href="{address}">Report a mistake, or ask about this chapter</a></p>\n'


def issue_address(repository: str, title: str, body: str) -> str:
    """The address of a new issue, filled in where the host is known to take that."""
    if repository.startswith(_GITHUB):
        return f"{repository}/issues/new?{urlencode({'title': title, 'body': body})}"
    return f"{repository}/issues"
