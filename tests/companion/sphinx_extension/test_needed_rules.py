"""The style sheet holds what a page can need, and nothing else of the theme's."""

import pytest

from companion.sphinx_extension.needed_rules import needed_rules, used_names, without_idle_variables

NAMES = {"p", "a", "box", "open", "top", "show"}


@pytest.mark.parametrize(
    ("sheet", "needed"),
    [
        ("p{top:0}q{top:1px}", "p{top:0}"),
        ("p, q .box{top:0}", "p{top:0}"),
        (".box > #top.open{top:0}.box.other{top:0}", ".box > #top.open{top:0}"),
        ("a:hover::before{top:0}q:hover{top:0}", "a:hover::before{top:0}"),
        (".box:not(.other){top:0}*{top:0}:root{top:0}", ".box:not(.other){top:0}*{top:0}:root{top:0}"),
        ('[data-x="other"]{top:0}', '[data-x="other"]{top:0}'),
        ("@media print{q{top:0}p{top:0}}@media print{q{top:0}}", "@media print{p{top:0}}"),
        ("@media(x){@supports(y){q{a:b}p{a:b}}}", "@media(x){@supports(y){p{a:b}}}"),
        ('@font-face{font-family:"q"}', '@font-face{font-family:"q"}'),
    ],
)
def test_a_rule_stays_if_a_page_has_what_it_asks_for(sheet, needed):
    assert needed_rules(sheet, NAMES) == needed


def test_names_come_from_pages_and_from_scripts_not_from_prose(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "own.js").write_text('box.classList.toggle("has-more")')
    page = '<main class="one two" id="three">four<script>open("five")</script></main>'
    (tmp_path / "page.html").write_text(page)
    names = used_names(tmp_path)
    assert {"main", "one", "two", "three", "five", "has-more"} <= names
    assert "four" not in names


def test_a_variable_stays_while_a_rule_or_a_script_reads_it():
    sheet = ":root{--a:1px;--b:var(--a);--c:2px;--d:3px}p{top:var(--c)}"
    assert without_idle_variables(sheet, {"--d"}) == ":root{--c:2px;--d:3px}p{top:var(--c)}"


def test_a_variable_that_holds_a_picture_goes_and_stays_whole():
    picture = """url("data:image/svg+xml;charset=utf-8,{a;b}")"""
    sheet = f"p{{--a:{picture};--b:{picture};top:var(--b)}}q{{top:0}}"
    assert without_idle_variables(sheet, set()) == f"p{{--b:{picture};top:var(--b)}}q{{top:0}}"
