from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

import companion
from companion.staging.templates import fill

HOSTILE = "<script>\"x\" & 'y'</script>"


def test_what_is_put_in_is_text():
    filled = fill("staging/html/figure_data_link.html", root="../", file="a.csv", words=HOSTILE, name=HOSTILE)
    assert "<script>" not in filled
    assert filled.count("&lt;script&gt;&#34;x&#34; &amp; &#39;y&#39;&lt;/script&gt;") == 2


def test_what_was_filled_stays_html_in_another_template():
    moves = fill("staging/html/moves.html", publications=[], titles={})
    assert moves in fill("staging/html/chapter_foot.html", moves=moves, report=Markup(""))


def test_a_value_that_is_lacking_is_an_error():
    with pytest.raises(UndefinedError, match="report"):
        fill("staging/html/chapter_foot.html", moves="")


def test_lines_stay_one_line_for_markdown():
    text = fill("staging/html/report.html", slug="toy", text="one\n\n<two>", address="")
    assert "one&#10;&#10;&lt;two&gt;" in text
    assert "\n\n" not in text


def test_every_template_is_filled_by_somebody():
    root = Path(companion.__path__[0])
    code = "".join(path.read_text(encoding="utf-8") for path in [*root.rglob("*.py"), *root.rglob("html/*.html")])
    names = [path.relative_to(root).as_posix() for path in root.rglob("html/*")]
    assert len(names) > 15
    assert [name for name in names if f'"{name}"' not in code] == []
