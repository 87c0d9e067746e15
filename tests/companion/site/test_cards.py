import io
import re

import pytest
from PIL import Image

from companion.machine import browser
from companion.scales import Scale
from companion.site.cards import FRONT, _shape, card_pages, draw_cards
from companion.staging.chapters import read_chapter

needs_chromium = pytest.mark.skipif(browser.chromium_path() is None, reason="there is no Chromium on this machine")


def test_a_card_shows_title_paper_and_verdicts(toy_project):
    pages = card_pages(toy_project, [read_chapter(toy_project, "toy", Scale.QUICK)])
    assert set(pages) == {"toy", FRONT}
    for text in ("Circles and squares", "On ROUND things", "1 held", "1 violated", "3 not judged"):
        assert text in pages["toy"]
    assert "undecided" not in pages["toy"].split("</style>")[1]
    assert "5 claims" in pages[FRONT]


@pytest.mark.parametrize(("box", "shape"), [("300 100", "wide"), ("200 100", "one")])
def test_a_wide_figure_stands_below_the_words(box, shape):
    assert _shape(f'<svg viewBox="0 0 {box}">') == shape


def test_the_card_of_the_book_has_a_square_for_each_claim(toy_project):
    page = card_pages(toy_project, [read_chapter(toy_project, "toy", Scale.QUICK)])[FRONT]
    squares = re.findall(r'<i class="(.*?)">', page)
    assert squares == ["held", "violated", "not-judged", "not-judged", "not-judged"]


def test_a_book_without_chapters_has_a_card_too(toy_project):
    assert "0 claims" in card_pages(toy_project, [])[FRONT]


@needs_chromium
def test_cards_are_pictures_of_the_usual_size_and_drawn_once(toy_project):
    folder = toy_project.build(Scale.QUICK) / "_build" / "html" / "cards"
    (folder / "gone.png").parent.mkdir(parents=True)
    (folder / "gone.png").write_bytes(b"")
    draw_cards(toy_project, Scale.QUICK, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["index.png", "toy.png"]
    picture = Image.open(io.BytesIO((folder / "toy.png").read_bytes()))
    assert picture.size == (1200, 630)
    assert len(picture.convert("L").getcolors(256)) > 20
    when = (folder / "toy.png").stat().st_mtime_ns
    draw_cards(toy_project, Scale.QUICK, folder)
    assert (folder / "toy.png").stat().st_mtime_ns == when


@needs_chromium
def test_a_changed_title_changes_the_card(toy_project):
    folder = toy_project.build(Scale.QUICK) / "_build" / "html" / "cards"
    draw_cards(toy_project, Scale.QUICK, folder)
    before = (folder / "toy.png").read_bytes()
    claims = toy_project.claims("toy")
    claims.write_text(claims.read_text(encoding="utf-8").replace("title: Circles", "title: Rings"), encoding="utf-8")
    draw_cards(toy_project, Scale.QUICK, folder)
    assert (folder / "toy.png").read_bytes() != before
