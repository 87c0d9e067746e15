"""What a page loads."""

import re


def sources(page, name):
    return [script["src"].split("?")[0] for script in page(name).find_all("script", src=True)]


def test_a_page_has_one_style_sheet_and_it_is_there(page, rendered_toy):
    for name in ("book/index.html", "book/toy.html", "notebooks/toy.html", "search.html"):
        sheets = [link["href"].split("?")[0] for link in page(name).select('link[rel="stylesheet"]')]
        assert [sheet.rsplit("/", 1)[1] for sheet in sheets] == ["book.css"], name
        assert (rendered_toy / name).parent.joinpath(sheets[0]).is_file()


def test_the_sheet_holds_the_themes_rules_and_ours(rendered_toy):
    sheet = (rendered_toy / "_static" / "book.css").read_text(encoding="utf-8")
    assert ".bd-sidebar-primary" in sheet
    assert sheet.index(".bd-sidebar-primary") < sheet.index(".verdict-held")


def test_nobody_loads_the_script_of_icons_and_only_the_search_loads_its_index(page):
    for name in ("book/index.html", "book/toy.html", "notebooks/toy.html"):
        loaded = " ".join(sources(page, name))
        assert "fontawesome" not in loaded
        assert "searchindex" not in loaded
    assert "searchindex.js" in sources(page, "search.html")


def test_scripts_are_there_where_they_are_needed(page):
    def has(name, script):
        return any(source.endswith(f"/{script}") for source in sources(page, name))

    assert has("notebooks/toy.html", "copybutton.js")
    assert not has("book/far.html", "copybutton.js")
    assert not has("book/far.html", "mathematics.js")  # its formula was set when the page was rendered
    assert not has("book/far.html", "tex-chtml.js")


def test_no_script_of_a_page_waits_before_the_text(page):
    for script in page("notebooks/toy.html").head.find_all("script", src=True):
        assert script.has_attr("defer"), script


def test_the_options_of_the_page_stand_before_what_uses_them(page):
    head = str(page("notebooks/toy.html").head)
    assert re.search(r"const DOCUMENTATION_OPTIONS.*DOCUMENTATION_OPTIONS\.pagename", head, re.DOTALL)
