from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from companion.errors import RefusedInput
from companion.scales import Scale
from companion.staging.bibliography import bibliographies, read_papers
from companion.staging.chapters import read_chapter
from companion.staging.contents import Part
from companion.staging.gallery import HIGHEST, Cover, cover, gallery


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


@pytest.fixture
def page(toy_project, chapter):
    papers = read_papers(bibliographies(toy_project.root / "book"))
    text = gallery(toy_project, [Part("Shapes", ("toy",))], {"toy": chapter}, papers)
    return BeautifulSoup(text, "html.parser")


def with_reader(chapter, **changes):
    reader = chapter.claims.reader.model_copy(update=changes)
    return replace(chapter, claims=chapter.claims.model_copy(update={"reader": reader}))


def test_a_card_says_what_a_reader_chooses_by(page):
    card = page.select_one("li.card")
    assert card.select_one("h4 a")["href"] == "toy.html"
    assert card.select_one("h4").text == "Circles and squares"
    assert card.select_one(".card-source").text == "Püschel and Bo, 2020"
    assert [badge.text for badge in card.select(".verdict")] == ["1 held", "1 violated", "3 not judged"]
    assert card.select_one(".card-facts").text == "2 min to read · introductory"
    assert [topic.text for topic in card.select(".card-topics li")] == ["shapes", "numbers"]


def test_a_card_has_one_link(page):
    assert len(page.select("li.card a")) == 1


def test_a_card_shows_the_chapters_own_figure_by_day_and_at_night(page):
    pictures = page.select(".card-cover img")
    assert [picture["src"] for picture in pictures] == ["../covers/toy.svg", "../covers/toy.night.svg"]
    assert {picture["alt"] for picture in pictures} == {'A "circle" & no corner.'}
    assert {picture["loading"] for picture in pictures} == {"lazy"}


def test_a_card_can_be_found_by_paper_author_topic_and_claim(page):
    card = page.select_one("li.card")
    assert (card["data-topic"], card["data-difficulty"]) == ("shapes|numbers", "introductory")
    assert card["data-verdict"] == "held|violated|not judged"
    for words in ("on round things", "ann püschel", "2020", "journal of toys", "numbers", "every square is a circle"):
        assert words in card["data-text"]


def test_the_form_counts_what_each_choice_leaves_and_is_hidden_until_wired(page):
    form = page.select_one("form.gallery-filter")
    assert form.has_attr("hidden")
    chips = {(chip["name"], chip["value"]): chip.select_one(".chip-count").text for chip in form.select("button.chip")}
    assert chips == {
        ("topic", "numbers"): "1",
        ("topic", "shapes"): "1",
        ("verdict", "held"): "1",
        ("verdict", "violated"): "1",
        ("verdict", "not judged"): "1",
        ("difficulty", "introductory"): "1",
        ("read", "abstract"): "1",
    }
    assert {chip["aria-pressed"] for chip in form.select("button.chip")} == {"false"}
    assert form.select_one("output")["aria-live"] == "polite"


def test_cards_stand_under_the_heading_of_their_part(toy_project, chapter):
    papers = read_papers(bibliographies(toy_project.root / "book"))
    parts = [Part("Shapes", ("toy",)), Part("Others", ("other",))]
    text = gallery(toy_project, parts, {"toy": chapter, "other": chapter}, papers)
    assert text.index("### Shapes") < text.index("card-title") < text.index("### Others") < text.rindex("card-title")


def test_no_blank_line_breaks_the_html(toy_project, chapter):
    papers = read_papers(bibliographies(toy_project.root / "book"))
    text = gallery(toy_project, [Part("Shapes", ("toy",))], {"toy": chapter}, papers)
    assert "\n\n" not in text[text.index("<ul") : text.rindex("</ul>")]


def test_a_chapter_that_joins_others_has_a_card_too(toy_project, chapter):
    joining = replace(chapter, claims=chapter.claims.model_copy(update={"paper": None, "joins": ("one", "two")}))
    text = gallery(toy_project, [Part("Shapes", ("toy",))], {"toy": joining}, {})
    assert "What 2 chapters say together" in text


def test_the_cover_is_the_figure_of_the_run(chapter):
    assert "<circle" in cover(chapter).svg
    assert cover(chapter).alt == 'A "circle" & no corner.'


def test_a_cover_that_the_notebook_does_not_draw_is_refused(chapter):
    wrong = with_reader(chapter, figure="toy-square")
    with pytest.raises(RefusedInput, match=r"toy\.claims\.yml names 'toy-square' .* draws toy-circle, toy-stars"):
        cover(wrong)


def test_a_cover_without_alt_text_is_refused(chapter):
    with pytest.raises(RefusedInput, match="'toy-stars' of toy has no alt text"):
        cover(with_reader(chapter, figure="toy-stars"))


@pytest.mark.parametrize(("height", "tall"), [(100 * HIGHEST - 1, False), (100 * HIGHEST + 1, True)])
def test_of_a_tall_figure_the_upper_part_is_shown(height, tall):
    assert Cover(f'<svg viewBox="0 0 100 {height}">', "", "").is_tall is tall
