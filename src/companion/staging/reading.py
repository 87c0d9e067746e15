"""How long a chapter takes to read: an estimate from its words, formulas, code and exercises."""

import math
import re
from dataclasses import dataclass

from nbformat import NotebookNode

from companion.project import Project
from companion.source.notebooks import SOLUTION
from companion.staging.chapters import Chapter

WORDS_A_MINUTE = 220  # a careful reader of English prose that argues
WORDS_OF_FORMULA = 4  # an inline formula is read symbol by symbol, a little longer than the word whose place it takes
WORDS_OF_DISPLAY = 30  # a displayed one is looked at for eight seconds
WORDS_OF_FIGURE = 45  # twelve seconds
WORDS_OF_CODE_LINE = 12  # three seconds for each line that is not folded
MINUTES_OF_EXERCISE = 2  # to think; who works it out in full takes longer

_EXERCISE = re.compile(r"^(`{3,}|:{3,})\{exercise", re.MULTILINE)
_SOLUTION = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(solution|dropdown)[^\n]*\n.*?^(?P=fence)\s*$", re.MULTILINE | re.DOTALL
)
_DISPLAY = re.compile(r"\$\$.+?\$\$|^```\{math\}.*?^```", re.MULTILINE | re.DOTALL)
_FIGURE = re.compile(r"^(`{3,}|:{3,})\{(figure|image)|companion-interactive|_figures/[^`\s]+\.html", re.MULTILINE)
_INLINE = re.compile(r"\$[^$\n]+\$")
_MARKUP = re.compile(r"^(`{3,}|:{3,}).*$|^:[a-z-]+:.*$|\{[a-z:]+\}`[^`]*`|<[^>]*>|\]\([^)]*\)|%.*$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


@dataclass(frozen=True)
class ReadingTime:
    """Whole minutes that a chapter's page and its notebook take."""

    page: int
    notebook: int


def reading_time(project: Project, chapter: Chapter) -> ReadingTime:
    """How long the chapter takes; its table of claims is looked up rather than read, and does not count."""
    page = project.page(chapter.slug).read_text(encoding="utf-8")
    return ReadingTime(whole_minutes(minutes_of_text(page)), whole_minutes(minutes_of_notebook(chapter.notebook)))


def minutes_of_text(markdown: str) -> float:
    """Minutes to read a page of Markdown: words, with formulas and figures as so many words more, and its exercises.

    Solutions are folded, so they are not counted; an exercise counts as two minutes of thought.
    """
    shown = _SOLUTION.sub("", markdown)
    exercises, figures = len(_EXERCISE.findall(shown)), len(_FIGURE.findall(shown))
    displays = len(_DISPLAY.findall(shown))
    shown = _DISPLAY.sub(" ", shown)
    formulas = len(_INLINE.findall(shown))
    plain = _MARKUP.sub(" ", _INLINE.sub(" ", shown))
    words = len(_WORD.findall(plain))
    words += formulas * WORDS_OF_FORMULA + displays * WORDS_OF_DISPLAY + figures * WORDS_OF_FIGURE
    return words / WORDS_A_MINUTE + exercises * MINUTES_OF_EXERCISE


def minutes_of_notebook(notebook: NotebookNode) -> float:
    """Minutes to read a notebook: its prose, the code that is not folded, and its figures; solutions are left out."""
    return sum(_minutes_of_cell(cell) for cell in notebook.cells)


def whole_minutes(minutes: float) -> int:
    """``minutes`` as a reader is told them: rounded up, one at least."""
    return max(1, math.ceil(minutes))


def _minutes_of_cell(cell: NotebookNode) -> float:
    tags = cell.metadata.get("tags", ())
    if SOLUTION in tags:
        return 0.0
    if cell.cell_type == "markdown":
        return minutes_of_text(cell.source)
    folded = any(
        tag in tags for tag in ("hide-input", "hide-cell", "remove-cell", "remove-input", "injected-parameters")
    )
    lines = 0 if folded else len([line for line in cell.source.splitlines() if line.strip()])
    figures = "figure" in cell.metadata.get("mystnb", {})
    return (lines * WORDS_OF_CODE_LINE + figures * WORDS_OF_FIGURE) / WORDS_A_MINUTE
