import pytest

from companion.claims.colours import DAY, NIGHT, style_sheet
from companion.claims.verdicts import Outcome


def luminance(colour):
    """Relative luminance, as WCAG 2.1 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("table", [DAY, NIGHT], ids=["day", "night"])
def test_each_verdict_can_be_read(table):
    assert set(table) == set(Outcome)
    for ink, ground in table.values():
        low, high = sorted(map(luminance, (ink, ground)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_the_sheet_has_day_night_and_paper():
    day, night, paper = style_sheet().splitlines()
    assert "--violated: #a3161a; --violated-ground: #fdeaea;" in day
    assert night.startswith('html[data-theme="dark"] {')
    assert "--not-judged: #c3ccd5;" in night
    assert paper.startswith("@media print")
    assert "--held: #0b6b33;" in paper
