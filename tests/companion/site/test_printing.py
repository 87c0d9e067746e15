"""A chapter on paper, made from the toy book."""

import io
import json
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from companion.errors import BuildFailed
from companion.machine import browser
from companion.scales import Scale
from companion.site import printing
from companion.site.printing import pdf_of, print_book

needs_chromium = pytest.mark.skipif(browser.chromium_path() is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def printed(rendered_project):
    assert print_book(rendered_project, Scale.QUICK) == ""
    return rendered_project


@pytest.fixture(scope="module")
def html(printed):
    return printed.build(Scale.QUICK) / "_build" / "html"


@pytest.fixture(scope="module")
def reader(html):
    return PdfReader(io.BytesIO(pdf_of(html, "toy").read_bytes()))


def links(reader):
    found = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    return [note for note in found if note["/Subtype"] == "/Link"]


@needs_chromium
def test_page_and_notebook_are_one_document_with_title_and_outline(reader):
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert text.index("Circles") < text.index("Circles, measured")
    assert re.fullmatch(r"(\d+\. )?Circles", reader.metadata.title)
    assert reader.outline
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@needs_chromium
def test_links_between_page_and_notebook_stay_inside(reader):
    inside = [link for link in links(reader) if "/Dest" in link]
    assert any("notebook-claim-round" in str(link["/Dest"]) for link in inside)


@needs_chromium
def test_no_address_of_this_machine_is_in_the_file(reader, html):
    addresses = [link["/A"]["/URI"] for link in links(reader) if "/A" in link]
    assert all(address.startswith("https://") for address in addresses), addresses
    content = pdf_of(html, "toy").read_bytes() + "".join(page.extract_text() for page in reader.pages).encode()
    for trace in (b"127.0.0.1", b"localhost", b"file:", str(html).encode()):
        assert trace not in content


@needs_chromium
def test_what_is_up_to_date_is_not_printed_again_and_what_is_lost_is(printed, html):
    target = pdf_of(html, "toy")
    when = target.stat().st_mtime_ns
    print_book(printed, Scale.QUICK)
    assert target.stat().st_mtime_ns == when
    target.unlink()
    print_book(printed, Scale.QUICK)
    assert target.stat().st_mtime_ns > when


@needs_chromium
def test_the_moment_of_printing_is_not_in_the_file(reader):
    assert reader.metadata.creation_date.year == reader.metadata.modification_date.year == 1970


@needs_chromium
def test_a_chapter_that_is_no_more_loses_its_pdf(printed, html):
    old = html / "downloads" / "gone.pdf"
    old.write_bytes(b"")
    print_book(printed, Scale.QUICK)
    assert not old.exists()


@needs_chromium
def test_a_published_book_links_to_its_other_pages(printed, monkeypatch, html):
    monkeypatch.setenv("COMPANION_ADDRESS", "https://example.org/book")
    print_book(type(printed).find(printed.root), Scale.QUICK)
    addresses = [link["/A"]["/URI"] for link in links(PdfReader(pdf_of(html, "toy"))) if "/A" in link]
    assert "https://example.org/book/downloads/toy.ipynb" in addresses


def test_without_a_browser_nothing_is_printed_and_it_says_so(toy_project, monkeypatch):
    monkeypatch.setattr(printing, "chromium_path", lambda: None)
    assert "No PDF of chapters" in print_book(toy_project, Scale.QUICK)


@needs_chromium
def test_pages_that_are_missing_are_named(toy_project):
    with pytest.raises(BuildFailed, match=r"toy cannot be printed: .*toy\.html is missing"):
        print_book(toy_project, Scale.QUICK)


@needs_chromium
def test_what_was_printed_before_a_failure_counts(printed, html):
    pdf_of(html, "toy").unlink()
    record = html.parent / "pdf.json"
    record.unlink()
    print_book(printed, Scale.QUICK)
    assert list(json.loads(record.read_text())) == ["toy"]


@needs_chromium
def test_a_figure_that_a_printed_chapter_shows_twice_has_its_numbers_twice():
    figure = '<figure id="{}"><script type="application/json" data-src="numbers/toy.js"></script></figure>'
    script = Path(__file__).parents[3] / "book" / "_static" / "figure-numbers.js"

    def work(chromium):
        page = chromium.new_page()
        page.set_content(figure.format("toy") + figure.format("notebook-toy"))
        page.add_script_tag(path=script)
        return page.evaluate(
            """async () => {
              const figures = [...document.querySelectorAll("figure")];
              const filled = figures.map((figure) => companionNumbers.fill(figure));
              companionNumbers.take("toy", "[1]");
              await Promise.all(filled);
              return figures.map((figure) => figure.textContent);
            }"""
        )

    assert browser.in_browser(work) == ["[1]", "[1]"]
