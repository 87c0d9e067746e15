"""How the published verdicts have moved, as readers see it: at the foot of a chapter and for the whole book."""

from collections import Counter
from collections.abc import Mapping, Sequence

from companion.record.history import Change, Entry, History
from companion.staging import markup

_NEVER = "Nothing of this has been published yet."


def chapter_moves(history: History, slug: str) -> str:
    """A fold with all that concerns one chapter, newest first, as a fragment of Markdown."""
    items = [_item(entry, None) for entry in reversed(history.of_chapter(slug))]
    return (
        '<details class="chapter-fold moves">\n<summary>How the verdicts have moved</summary>\n'
        f"{_list(items)}</details>\n"
    )


def book_moves(history: History, titles: Mapping[str, str]) -> str:
    """The same for the whole book, each chapter under its title, as a fragment of Markdown."""
    return _list([_item(entry, titles) for entry in reversed(history.root)])


def _list(items: Sequence[str]) -> str:
    return f'<ol class="moves-list" reversed>\n{"".join(items)}</ol>\n' if items else f"<p>{_NEVER}</p>\n"


def _item(entry: Entry, titles: Mapping[str, str] | None) -> str:
    """One publication: its day and scale, its note, and what moved; with titles the chapters are named."""
    head = f'<time datetime="{entry.date}">{entry.date}</time>, {entry.scale} scale'
    about = "" if titles is None or not entry.about else f" (on {', '.join(titles.get(s, s) for s in entry.about)})"
    note = f'<p class="moves-note">{markup.inline_html(entry.note + about)}</p>' if entry.note else ""
    return f"<li><p>{head}</p>{note}{_changes(entry.changes, titles)}</li>\n"


def _changes(changes: Sequence[Change], titles: Mapping[str, str] | None) -> str:
    """First how many claims were declared, by verdict, then every claim that moved or went."""
    chapters = dict.fromkeys(change.chapter for change in changes)
    lines = []
    for slug in chapters:
        own = [change for change in changes if change.chapter == slug]
        name = "" if titles is None else f'<a href="{slug}.html">{markup.inline_html(titles.get(slug, slug))}</a>: '
        lines += [f"<li>{name}{_declared(own)}</li>"] * any(change.was is None for change in own)
        lines += [f"<li>{_moved(change)}</li>" for change in own if change.was is not None]
    return f"<ul>{''.join(lines)}</ul>" if lines else ""


def _declared(changes: Sequence[Change]) -> str:
    counts = Counter(change.now for change in changes if change.was is None)
    total = sum(counts.values())
    badges = " ".join(markup.badge(outcome, count=counts[outcome]) for outcome in markup.OUTCOMES if counts[outcome])
    return f"{total} {'claim' if total == 1 else 'claims'} declared: {badges}"


def _moved(change: Change) -> str:
    assert change.was is not None
    now = "withdrawn" if change.now is None else markup.badge(change.now)
    return f"{_named(change)}: {markup.badge(change.was)} → {now}"


def _named(change: Change) -> str:
    """The claim's name; a link to its row while it is declared."""
    slug, _, claim = change.claim.partition("/")
    return change.claim if change.now is None else f'<a href="{slug}.html#verdict-{claim}">{change.claim}</a>'
