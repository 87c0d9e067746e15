"""The page of notation: what all chapters share, and the block that each chapter's page carries.

A block stands anywhere in ``book/<slug>.md`` between ``:::{notation}`` and ``:::``. It holds Markdown, most often one
table of the paper's letters and ours. Rows under the heading ``| Axis | Length |`` go into the one table of axis names.
"""

import re
from collections.abc import Mapping, Sequence

from companion.claims.declared import ChapterClaims
from companion.errors import RefusedInput

PAGE = "book/notation.md"
_BLOCK = re.compile(r"^:::\{notation\}\n(.*?)^:::\n", re.MULTILINE | re.DOTALL)
_AXES = re.compile(r"^\| Axis \| Length \|\n\| *-+ *\| *-+ *\|\n((?:\|.*\|\n?)*)", re.MULTILINE)
_ROW = re.compile(r"^\| *(.+?) *\| *(.+?) *\|$", re.MULTILINE)


def without_block(page: str) -> str:
    """The text of a chapter's page without its block."""
    return _BLOCK.sub("", page)


def notation_page(shared: str, pages: Mapping[str, str], chapters: Sequence[ChapterClaims]) -> str:
    """The page of notation with every chapter's block under its title, and all axis names in one table.

    Args:
        shared: The page as its source has it.
        pages: The text of each chapter's page, by slug.
        chapters: The chapters, in the order of the book.

    Raises:
        RefusedInput: If two name one axis and say different things of it.
    """
    blocks = {chapter.chapter: "".join(_BLOCK.findall(pages[chapter.chapter])) for chapter in chapters}
    axes: dict[str, tuple[str, str]] = {}
    for where, text in {PAGE: shared, **{f"book/{slug}.md": block for slug, block in blocks.items()}}.items():
        for name, meaning in (row for table in _AXES.findall(text) for row in _ROW.findall(table)):
            before, other = axes.setdefault(name, (meaning, where))
            if before != meaning:
                raise RefusedInput(f"{where} calls the axis {name} {meaning!r}, and {other} calls it {before!r}")
    rows = "".join(f"| {name} | {meaning} |\n" for name, (meaning, _) in sorted(axes.items()))
    table = f"| Axis | Length |\n| --- | --- |\n{rows}"
    sections = [_section(chapter, _AXES.sub("", blocks[chapter.chapter]).strip()) for chapter in chapters]
    return "\n".join([_AXES.sub(lambda _: table, shared, count=1).rstrip("\n"), "", *filter(None, sections)])


def _section(chapter: ChapterClaims, block: str) -> str:
    """One chapter's letters; nothing where it has none of its own."""
    if not block:
        return ""
    slug = chapter.chapter
    head = f"## [{chapter.title}](./{slug}.md)\n\n[Its notebook](../notebooks/{slug}.ipynb). "
    return f"{head}Its short name, for commands, is `{slug}`.\n\n{block}\n"
