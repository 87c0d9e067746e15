"""How the book travels: what a page weighs, what it does without, its PDF, and what it tells programs and hosts."""

import io
import json
import re
import subprocess
import sys
import unicodedata
import urllib.error
import urllib.request
from xml.etree import ElementTree

import nbformat
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from companion.browser import chromium_path

pytestmark = pytest.mark.site

PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(scope="module")
def slugs(html):
    card = json.loads((html / "downloads" / "scorecard.json").read_text(encoding="utf-8"))
    return [chapter["slug"] for chapter in card["chapters"]]


@pytest.fixture(scope="module")
def soups(html, pages):
    return {page: BeautifulSoup((html / page).read_text(encoding="utf-8"), "html.parser") for page in pages}


def test_nothing_heavy_is_loaded_before_a_reader_scrolls_to_it(browser, base, soups):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{base}book/index.html", wait_until="networkidle")
    context.close()
    assert not [url for url in asked if re.search("plotly|mathjax|vendor/space|searchindex", url)]


def test_formulas_are_set_when_a_reader_moves_and_not_before(read):
    reader = read()
    reader.page.goto(f"{reader.base}book/linear-regions.html", wait_until="networkidle")  # begins with a picture
    formulas = reader.page.locator("article mjx-container")
    assert formulas.count() == 0
    assert reader.page.evaluate("typeof MathJax.version") == "undefined"
    reader.page.mouse.wheel(0, 100)
    reader.page.wait_for_function("!document.querySelector('article').innerText.includes('\\\\(')")
    assert formulas.count() > 20
    assert reader.problems == []


def test_at_night_the_pictures_of_the_night_are_loaded_in_the_place_of_those_of_the_day(read):
    for page in ("book/index.html", "book/crown.html"):
        day, dark = (pictures(read(theme), page) for theme in ("light", "dark"))
        assert day
        assert dark == {url.removesuffix("svg") + "night.svg" for url in day}


def pictures(reader, page: str) -> set[str]:
    """The drawings that a page asks for while a reader scrolls through it."""
    reader.open(page)
    reader.scroll_through()
    return {one.url for one in reader.answered if re.search(r"/(covers|_images)/[^?]*\.svg$", one.url)}


def test_the_map_lists_every_page(html, pages):
    places = [place.text for place in ElementTree.parse(html / "sitemap.xml").iter(PLACE)]
    assert sorted(place.split("/", 1)[1] if place.startswith("/") else place for place in places) == sorted(pages)
    assert (html / "robots.txt").read_text(encoding="utf-8").startswith("User-agent: *\nAllow: /\n")


def test_every_page_describes_itself(html, soups):
    for page, soup in soups.items():
        facts = {tag.get("property") or tag.get("name"): tag["content"] for tag in soup.select("meta[content]")}
        assert facts["og:title"], page
        assert 20 <= len(facts["description"]) <= 200, (page, facts["description"])
        if chromium_path():
            assert (html / "cards" / facts["og:image"].rsplit("/", 1)[1]).is_file(), page


def test_descriptions_differ(soups):
    said = [soup.select_one('meta[name="description"]')["content"] for soup in soups.values()]
    assert len(set(said)) == len(said)


def test_an_address_that_is_none_gets_a_helpful_page_at_any_depth(read, base, slugs):
    for place in ("nowhere.html", "a/b/c/nowhere.html"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(base + place)
        assert refused.value.code == 404
        refused.value.close()
        for theme in ("light", "dark"):
            reader = read(theme)
            reader.page.goto(base + place)
            assert reader.page.evaluate("document.documentElement.dataset.theme") == theme
            reader.page.get_by_role("searchbox").fill(slugs[0])
            reader.page.get_by_role("button", name="Search").click()
            reader.page.wait_for_url(f"{base}search.html?q=*")
    reader.page.goto(base + place)
    reader.page.locator(f'a[href$="book/{slugs[0]}.html"]').click()
    reader.page.wait_for_url(f"{base}book/{slugs[0]}.html")


# --- files that readers take away ---


@pytest.fixture(scope="module")
def printed(html, slugs):
    if chromium_path() is None:
        pytest.skip("there is no Chromium on this machine, so no chapter was printed")
    return {slug: (html / "downloads" / f"{slug}.pdf").read_bytes() for slug in slugs}


@pytest.fixture(scope="module")
def readers(printed):
    return {slug: PdfReader(io.BytesIO(content)) for slug, content in printed.items()}


@pytest.fixture(scope="module")
def texts(readers):
    return {slug: "".join(page.extract_text() for page in reader.pages) for slug, reader in readers.items()}


def plain(text: str) -> str:
    """``text`` without spaces, and with its ligatures taken apart."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def test_every_chapter_is_a_pdf_with_its_text_title_and_outline(readers, texts, soups):
    for slug, reader in readers.items():
        text = plain(texts[slug])
        for page in (f"book/{slug}.html", f"notebooks/{slug}.html"):
            heading = soups[page].select_one("article h1").get_text().removesuffix("#")
            assert plain(heading) in text, page
        title = soups[f"book/{slug}.html"].select_one("article h1").get_text().removesuffix("#")
        assert reader.metadata.title.strip() == title.strip()
        assert len(reader.outline) > 1, slug
        assert "\\frac" not in text, slug
        assert plain("could not be loaded") not in text, slug


WHOLE = """() => [...document.querySelectorAll(".cell_input, .cell_input *")].filter(one => {
  const style = getComputedStyle(one);
  const isRow = style.display.includes("flex") || style.overflow !== "visible" || style.breakInside !== "auto";
  return isRow && style.display !== "none" && one.tagName !== "BUTTON" && one.offsetHeight > 200;
}).map(one => one.className)"""


def test_long_code_runs_on_over_the_end_of_a_printed_page(read, slugs):
    for slug in slugs[:3]:
        reader = read()
        reader.page.emulate_media(media="print")
        reader.page.goto(f"{reader.base}notebooks/{slug}.html", wait_until="load")
        assert reader.page.locator(".cell_input").count() > 0
        assert reader.page.evaluate(WHOLE) == []


def test_a_pdf_leads_to_its_own_parts_and_to_other_hosts_and_names_no_place_on_this_machine(
    printed, readers, texts, html
):
    for slug, reader in readers.items():
        notes = [note.get_object() for page in reader.pages for note in page.get("/Annots") or ()]
        inside = [note for note in notes if note.get("/Subtype") == "/Link" and "/Dest" in note]
        outside = [note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})]
        assert any("notebook-claim-" in str(note["/Dest"]) for note in inside), slug
        assert all(re.match(r"https?://(?!127|localhost)", address) for address in outside), (slug, outside)
        for trace in ("127.0.0.1", "localhost", "file://", str(html.parents[3])):
            assert trace.encode() not in printed[slug], (slug, trace)
            assert trace not in texts[slug], (slug, trace)


def test_a_pdf_is_offered_where_there_is_one_and_only_there(html, soups, slugs):
    for slug in slugs:
        for page in (f"book/{slug}.html", f"notebooks/{slug}.html"):
            offered = soups[page].select(f'a[href="../downloads/{slug}.pdf"]')
            assert bool(offered) == (html / "downloads" / f"{slug}.pdf").is_file() == (chromium_path() is not None)


def test_notebooks_open_and_are_what_they_are_called(html, slugs):
    for slug in slugs:
        run, clean = (nbformat.read(html / "downloads" / f"{slug}{kind}.ipynb", as_version=4) for kind in (".run", ""))
        nbformat.validate(run)
        nbformat.validate(clean)
        code = [cell for cell in clean.cells if cell.cell_type == "code"]
        assert code
        assert all(cell.outputs == [] and cell.execution_count is None for cell in code), slug
        assert any(cell.get("outputs") for cell in run.cells), slug


def test_a_clean_notebook_runs_beside_the_project(html, slugs, tmp_path):
    notebook = nbformat.read(html / "downloads" / "geometry.ipynb", as_version=4)
    source = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    setup = "import matplotlib\nmatplotlib.use('Agg')\n"
    script = tmp_path / "geometry.py"
    script.write_text(setup + source.replace('scale: str = "book"', 'scale: str = "quick"'), encoding="utf-8")
    root = html.parents[3]
    run = subprocess.run([sys.executable, str(script)], cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
