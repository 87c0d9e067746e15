import pytest

from companion.claims.verdicts import Outcome
from companion.scales import Scale
from companion.staging import markup


def test_a_plain_interval_opens_to_infinity():
    assert markup.plain_interval((0.5, None)) == "[0.5, inf]"


def test_badges_say_the_word_and_have_their_own_class():
    badges = [markup.badge(outcome) for outcome in markup.OUTCOMES]
    assert badges[3] == '<span class="verdict verdict-not-judged">not judged</span>'
    assert len(set(badges)) == len(Outcome) == len(markup.OUTCOMES)


def test_totals_count_and_leave_out_what_does_not_occur():
    outcomes = [Outcome.HELD, Outcome.VIOLATED, Outcome.HELD]
    assert '<span class="verdict-count">2</span> held' in markup.totals(outcomes)
    assert "undecided" not in markup.totals(outcomes)
    assert '<span class="verdict-count">0</span> undecided' in markup.totals(outcomes, empty=True)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("is $x < 1$", r'is <span class="mathjax_process">\(x &lt; 1\)</span>'),
        ("run `a --b`", "run <code>a --b</code>"),
        ("*so* and **so**", "<em>so</em> and <strong>so</strong>"),
        ("2 * 3 * 4 costs $5", "2 * 3 * 4 costs $5"),
    ],
)
def test_inline_html(text, html):
    assert markup.inline_html(text) == html


def test_command_and_duration():
    assert markup.command("crown", Scale.BOOK) == "companion run crown --scale book"
    assert [markup.duration(s) for s in (0.25, 12.4, 150.0)] == ["0.2 s", "12 s", "2.5 min"]
