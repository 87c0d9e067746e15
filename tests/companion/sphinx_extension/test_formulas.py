"""Formulas are set when a page is rendered; where nobody can, they are left to the reader's browser."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

from companion.errors import BuildFailed
from companion.machine.browser import chromium_path, in_browser
from companion.scales import Scale
from companion.sphinx_extension.formulas import FormulaSetter

TEX = r"""
# Far away

Inline $x < y$ twice: $x < y$, and one that stands alone:

$$
a^2 + b^2 = c^2
$$ (pythagoras)

## A heading with $\alpha$

See {eq}`pythagoras`.
"""


@pytest.fixture(scope="module")
def node():
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no Node.js, which sets formulas")
    return found


@pytest.fixture
def setter(node):
    one = FormulaSetter(node)
    yield one
    one.close(None, None)


def shown(project, name="book/far.html"):
    path = project.build(Scale.QUICK) / "_build" / "html" / name
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def with_formulas(toy_book, render_again, node):
    project = toy_book()
    (project.root / "book" / "far.md").write_text(TEX, encoding="utf-8")
    render_again(project)
    return project


@pytest.fixture(scope="module")
def without_node(toy_book, render_again, tmp_path_factory):
    """The same book rendered where there is no Node.js."""
    project = toy_book()
    (project.root / "book" / "far.md").write_text(TEX, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))
        render_again(project)
    return project


def test_what_is_set_has_letters_for_the_eye_and_mathml_for_the_ear(setter):
    (inline, alone), sheet = setter.answers({}, [("x", False), (r"\frac{1}{2}", True)])
    assert "<mi>x</mi>" in inline
    assert "<mfrac>" in alone
    assert 'tabindex="0"' in alone
    assert "tabindex" not in inline
    for letter in re.findall(r'class="(mjx-c[0-9A-F]+)', inline + alone):
        assert f"mjx-c.{letter}" in sheet


def test_a_page_gets_the_rules_of_its_own_letters_only(setter):
    _, first = setter.answers({}, [("x", False)])
    _, second = setter.answers({}, [("y", False)])
    assert "mjx-c1D465" in first
    assert "mjx-c1D465" not in second


@pytest.mark.parametrize(
    ("tex", "said"), [(r"\foo", r"Undefined control sequence \foo"), (r"\frac{a}{b", "Missing close brace")]
)
def test_what_is_no_tex_is_named(setter, tex, said):
    (wrong, right), _ = setter.answers({}, [(tex, False), (r"\mathbb{R}", False)])
    assert wrong == {"error": said}
    assert "<mi" in right


def test_the_books_own_commands_are_known(setter):
    (found,), _ = setter.answers({"tex": {"macros": {"half": r"\frac{1}{2}"}}}, [(r"\half", False)])
    assert "<mfrac>" in found


def test_a_program_that_ends_is_an_error_with_what_it_said(tmp_path):
    program = tmp_path / "node"
    program.write_text("#!/bin/sh\necho no such engine >&2\n")
    program.chmod(0o755)
    with pytest.raises(ExtensionError, match="MathJax ended, so no formula can be set:\nno such engine"):
        FormulaSetter(str(program)).answers({}, [("x", False)])


def test_a_page_holds_no_tex_and_loads_nothing_for_its_formulas(with_formulas):
    page = shown(with_formulas)
    formulas = page.select("article .math")
    assert len(formulas) == 4
    assert all(one.select_one("mjx-container > mjx-math[aria-hidden=true]") for one in formulas)
    assert all(one.select_one("mjx-assistive-mml > math") for one in formulas)
    assert page.select_one(".eqno").get_text().startswith("(1)")
    assert not [one for one in page.find_all("script") if re.search("mathematics|MathJax", str(one))]


def test_headings_are_set_in_the_contents_too(with_formulas):
    place = shown(with_formulas).select_one('.page-toc a[href="#a-heading-with-alpha"]')
    assert place.select_one("mjx-assistive-mml mi").string == "\N{GREEK SMALL LETTER ALPHA}"


def test_the_fonts_of_the_letters_are_there(with_formulas):
    sheet = shown(with_formulas).head.select_one("style.formulas").string
    places = re.findall(r'url\("([^"]+)"\)', sheet)
    assert places
    folder = with_formulas.build(Scale.QUICK) / "_build" / "html" / "book"
    assert [place for place in places if not (folder / place).is_file()] == []


def test_a_formula_that_is_no_tex_fails_the_build_and_is_named(toy_project, render_again, node):
    far = toy_project.root / "book" / "far.md"
    far.write_text("# Far\n\nHere is $\\foo{3}$.\n", encoding="utf-8")
    with pytest.raises(BuildFailed, match=r"book/far.*the formula \\foo\{3\} cannot be set: Undefined control"):
        render_again(toy_project)


def test_without_node_the_page_brings_mathjax(without_node):
    page = shown(without_node)
    assert r"\(x < y\)" in page.get_text()
    assert [one for one in page.find_all("script") if "mathematics.js" in one.get("src", "")]
    assert [one for one in page.find_all("script") if "window.MathJax" in str(one.string)]


@pytest.mark.site
def test_without_node_the_browser_sets_the_formulas(without_node):
    if chromium_path() is None:
        pytest.skip("there is no Chromium")
    address = (without_node.build(Scale.QUICK) / "_build" / "html" / "book" / "far.html").as_uri()

    def work(browser):
        page = browser.new_page()
        page.goto(address)
        page.evaluate("window.MathJax.startup.promise")
        return page.evaluate(
            "[document.querySelectorAll('article .math mjx-container').length, "
            "document.querySelector('article').innerText.includes('\\\\(')]"
        )

    assert in_browser(work) == [4, False]
