"""The colours of verdicts: one table, from which pages, prints, cards and notebooks have them."""

from collections.abc import Mapping
from typing import NamedTuple

from companion.claims.verdicts import Outcome


class Colours(NamedTuple):
    """What is written or drawn, and what it stands on; each pair has a contrast of at least 4.5."""

    ink: str
    ground: str


DAY: Mapping[Outcome, Colours] = {
    Outcome.HELD: Colours("#0b6b33", "#e5f5ea"),
    Outcome.VIOLATED: Colours("#a3161a", "#fdeaea"),
    Outcome.UNDECIDED: Colours("#7a4b00", "#fdf3dc"),
    Outcome.NOT_JUDGED: Colours("#4a5560", "#eef1f4"),
}
NIGHT: Mapping[Outcome, Colours] = {
    Outcome.HELD: Colours("#7ee2a0", "#10301c"),
    Outcome.VIOLATED: Colours("#ffa3a0", "#3d1517"),
    Outcome.UNDECIDED: Colours("#f5cb7c", "#382806"),
    Outcome.NOT_JUDGED: Colours("#c3ccd5", "#2a3038"),
}


def style_sheet() -> str:
    """The table as custom properties, ``--held`` and ``--held-ground``: by day, at night, and as by day on paper."""
    day, night = _properties(DAY), _properties(NIGHT)
    return (
        f":root {{ {day} }}\n"
        f'html[data-theme="dark"] {{ {night} }}\n'
        f"@media print {{ :root, html[data-theme] {{ {day} }} }}\n"
    )


def _properties(colours: Mapping[Outcome, Colours]) -> str:
    names = {outcome: str(outcome).replace(" ", "-") for outcome in colours}
    return " ".join(
        f"--{names[outcome]}: {ink}; --{names[outcome]}-ground: {ground};" for outcome, (ink, ground) in colours.items()
    )
