"""A page as text to take away: its Markdown, with the numbers and verdicts that the built page shows."""

import ast
import re
from collections.abc import Mapping

from companion.project import Project
from companion.staging import markup
from companion.staging.chapters import Chapter
from companion.staging.dressing import claim_keys, recorded_texts

_GLUE = re.compile(r"\{glue:text\}`[^`]*?(?P<slug>[a-z0-9-]+)\.ipynb::(?P<key>[^`:]+)(?::(?P<form>[^`]*))?`")
_CLAIM = re.compile(r"\{claim\}`(?P<slug>[a-z0-9-]+)/(?P<id>[a-z0-9-]+)`")
_INCLUDE = re.compile(r"^```\{include\} _generated/(?P<name>[\w.-]+)\.md\n```\n*", re.MULTILINE)
_RAW = re.compile(r"^```\{raw\} html\n:file: _figures/(?P<name>[a-z0-9-]+)\.html\n```$", re.MULTILINE)


def plain_page(project: Project, text: str, chapters: Mapping[str, Chapter]) -> str:
    """``text`` of a page, with numbers and verdicts of ``chapters`` in the place of roles and includes.

    A table of verdicts becomes a list; what else is generated (head, foot, gallery) is left out, and a figure that
    moves is named.
    """
    text = _INCLUDE.sub(lambda found: _included(found["name"], chapters), text)
    text = _RAW.sub(lambda found: f"*(In the book a figure that moves stands here: {found['name']}.)*", text)
    text = _CLAIM.sub(lambda found: f"{found['slug']}/{found['id']}: {_verdict(chapters, found)}", text)
    return _GLUE.sub(lambda found: _number(project, chapters, found), text)


def _included(name: str, chapters: Mapping[str, Chapter]) -> str:
    slug, _, part = name.rpartition(".")
    if part != "verdicts" or slug not in chapters:
        return ""
    lines = (
        f"- **{verdict.verdict}** ({markup.WHOSE[claim.origin]}) {claim.sentence} {markup.result_text(verdict)}"
        for claim, verdict in chapters[slug].pairs
    )
    return "\n".join(lines) + "\n\n"


def _verdict(chapters: Mapping[str, Chapter], found: re.Match[str]) -> str:
    """The verdict; of a claim that a chapter which failed may declare, that it was not judged."""
    chapter = chapters.get(found["slug"])  # of a chapter that is none the role will say so
    verdicts = {} if chapter is None else chapter.verdicts.by_id
    return str(verdicts[found["id"]].verdict) if found["id"] in verdicts else "not judged"


def _number(project: Project, chapters: Mapping[str, Chapter], found: re.Match[str]) -> str:
    chapter = chapters.get(found["slug"])  # of a notebook that is none Sphinx will say so
    known = {} if chapter is None else {**recorded_texts(chapter.notebook), **claim_keys(project, chapter)}
    text = known.get(found["key"], markup.nothing("number", None))
    if markup.is_nothing(text):
        return text
    value = ast.literal_eval(text)
    return value if isinstance(value, str) else format(value, found["form"] or "")
