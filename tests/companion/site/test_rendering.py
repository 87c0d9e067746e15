import re

import pytest

from companion.errors import BuildFailed
from companion.scales import Scale
from companion.site.rendering import render
from companion.staging.book import stage


def html_of(project, page):
    return (project.build(Scale.QUICK) / "_build" / "html" / page).read_text(encoding="utf-8")


def build(project):
    stage(project, Scale.QUICK)
    render(project, Scale.QUICK)


def test_every_page_and_the_way_to_the_first_one_are_there(rendered_toy):
    pages = {path.relative_to(rendered_toy).as_posix() for path in rendered_toy.rglob("*.html")}
    assert {"index.html", "book/index.html", "book/toy.html", "notebooks/toy.html", "search.html"} <= pages


def test_nothing_is_loaded_from_another_host(rendered_toy):
    loads = r'<(?:script|img|iframe|source)[^>]*\ssrc="(?:https?:)?//|<link[^>]*\shref="(?:https?:)?//'
    for page in rendered_toy.rglob("*.html"):
        assert not re.findall(loads, page.read_text(encoding="utf-8")), page
    for sheet in rendered_toy.rglob("*.css"):
        assert not re.findall(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", sheet.read_text(encoding="utf-8")), sheet


def test_mathjax_is_served_by_the_book(rendered_toy):
    source = re.search(r'new URL\("([^"]+)"', (rendered_toy / "_static/mathematics.js").read_text(encoding="utf-8"))
    assert (rendered_toy / "_static" / source[1]).is_file()


def test_a_changed_number_arrives_on_a_page_far_away_and_other_pages_stay(toy_project, judge_toy):
    build(toy_project)
    assert ">3.140<" in html_of(toy_project, "book/far.html")
    untouched = toy_project.build(Scale.QUICK) / "_build" / "html" / "book" / "status.html"
    before = untouched.stat().st_mtime_ns
    orphan = untouched.with_name("gone.html")
    orphan.write_text("<p>of a page that is no more</p>", encoding="utf-8")
    judge_toy(toy_project, 3.15)
    build(toy_project)
    assert ">3.150<" in html_of(toy_project, "book/far.html")
    assert ">3.150<" in html_of(toy_project, "notebooks/toy.html")
    assert "The largest is 3.15." in html_of(toy_project, "book/toy.html")
    assert "The largest is 3.15." in html_of(toy_project, "book/scorecard.html")
    assert untouched.stat().st_mtime_ns == before
    assert not orphan.exists()


def test_a_warning_fails_and_fails_again_until_it_is_mended(toy_project):
    far = toy_project.root / "book" / "far.md"
    right = far.read_text(encoding="utf-8")
    far.write_text(right + "\nSee {claim}`toy/none`.\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(BuildFailed, match=r"not rendered:\n.*far\.md:\d+: WARNING: there is no claim 'toy/none'"):
            build(toy_project)
    far.write_text(right, encoding="utf-8")
    build(toy_project)


def test_nothing_staged_is_said(toy_project):
    with pytest.raises(BuildFailed, match="nothing to render"):
        render(toy_project, Scale.QUICK)


def test_a_changed_sheet_or_script_arrives_though_no_page_changed(toy_project):
    build(toy_project)
    static = toy_project.root / "book" / "_static"
    (static / "companion.css").write_text(".brand-new { top: 0; }\n", encoding="utf-8")
    (static / "scorecard.js").write_text("// brand new\n", encoding="utf-8")
    build(toy_project)
    assert ".brand-new" in html_of(toy_project, "_static/book.css")
    assert ".bd-sidebar-primary" in html_of(toy_project, "_static/book.css")
    assert html_of(toy_project, "_static/scorecard.js") == "// brand new\n"
