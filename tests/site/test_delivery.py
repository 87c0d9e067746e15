"""How the book travels: what a page weighs, what it does without, its PDF, and what it tells programs and hosts."""

import gzip
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
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from companion.machine.browser import chromium_path

pytestmark = pytest.mark.site

MOST_BYTES = 2_000_000
MOST_PACKED = 120_000
SPACE = re.compile(r"/vendor/space[\w.-]*\.js")
HEAVY = {"plotly": "companion-interactive", "mathjax": "math", "vendor/space": "netspace"}
PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
SCROLL = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += 700) {
    window.scrollTo(0, y);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}"""


@pytest.fixture(scope="module")
def slugs(html):
    card = json.loads((html / "downloads" / "scorecard.json").read_text(encoding="utf-8"))
    return [chapter["slug"] for chapter in card["chapters"]]


@pytest.fixture(scope="module")
def soups(html, pages):
    return {page: BeautifulSoup((html / page).read_text(encoding="utf-8"), "html.parser") for page in pages}


def loads(browser, address: str, theme: str = "light") -> dict[str, int]:
    """Everything that a page asks for while a reader scrolls through it: address and bytes as transferred."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme=theme)
    page, answers = context.new_page(), []
    page.on("requestfinished", lambda request: answers.append(request))
    page.goto(address, wait_until="load")
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    sizes = {
        request.url: sum(request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))
        for request in answers
        if request.url.startswith("http")
    }
    context.close()
    return sizes


@pytest.fixture(scope="module")
def loaded(browser, base, pages):
    return {page: loads(browser, base + page) for page in pages}


def test_no_page_weighs_more_than_two_megabytes_without_its_scenes(loaded):
    weights = {page: sum(n for url, n in sizes.items() if not SPACE.search(url)) for page, sizes in loaded.items()}
    assert {page: weight for page, weight in weights.items() if weight > MOST_BYTES} == {}
    assert all(weight > 10_000 for weight in weights.values())


def test_a_page_of_a_chapter_comes_packed_in_few_bytes(html, pages):
    packed = {page: len(gzip.compress((html / page).read_bytes())) for page in pages}
    assert {page: size for page, size in packed.items() if size > MOST_PACKED} == {}


def test_heavy_scripts_are_loaded_only_where_they_are_needed(loaded, soups):
    for page, sizes in loaded.items():
        for name, needed in HEAVY.items():
            if not soups[page].select(f'article [class~="{needed}"], article [class~="mathjax_process"]'):
                assert not [url for url in sizes if name in url], (page, name)
        assert not [url for url in sizes if "fontawesome" in url or "searchindex" in url], page


def test_nothing_heavy_is_loaded_before_a_reader_scrolls_to_it(browser, base, soups):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{base}book/index.html", wait_until="networkidle")
    context.close()
    assert not [url for url in asked if re.search("plotly|mathjax|vendor/space|searchindex", url)]


def test_an_address_of_a_place_leads_there_though_figures_above_it_grow(read, slugs, soups):
    for slug in slugs:
        place = soups[f"book/{slug}.html"].select("article section[id]:has(.math) ~ section[id]")[-1]["id"]
        reader = read()
        reader.goto(f"book/{slug}.html#{place}")
        at = f"document.getElementById({json.dumps(place)}).getBoundingClientRect()"
        assert reader.page.evaluate(f"{at}.top < innerHeight && {at}.bottom > 0"), (slug, place)
        header = 150
        assert reader.page.evaluate(
            f"Math.abs({at}.top) < {header} || scrollY + innerHeight > document.documentElement.scrollHeight - 2"
        ), (slug, place)


def test_pictures_of_the_other_theme_are_not_loaded(browser, base, loaded):
    night = {page: [url for url in sizes if url.endswith(".night.svg")] for page, sizes in loaded.items()}
    assert {page: urls for page, urls in night.items() if urls} == {}
    for page in ("book/index.html", "book/crown.html"):
        day = {url for url in loaded[page] if re.search(r"/(covers|_images)/[^?]*\.svg$", url)}
        dark = {url for url in loads(browser, base + page, "dark") if re.search(r"/(covers|_images)/[^?]*\.svg$", url)}
        assert day
        assert dark == {url.removesuffix("svg") + "night.svg" for url in day}


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
def texts(printed):
    return {slug: text_of(content) for slug, content in printed.items()}


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


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
