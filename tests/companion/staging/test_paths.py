import pytest
from bs4 import BeautifulSoup

from companion.errors import RefusedInput
from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.contents import Part
from companion.staging.paths import arrows, boxes, in_reading_order, needed, paths, routes

AFTER = {"one": ("three",), "two": (), "three": (), "four": ("one", "two")}


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


def test_each_chapter_stands_behind_what_it_comes_after_and_else_as_before():
    assert in_reading_order(list(AFTER), AFTER) == ["two", "three", "one", "four"]


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ({"one": ("none",), "two": ()}, "one.claims.yml says that it comes after none, which is no chapter"),
        ({"one": ("two",), "two": ("one",)}, "each of one, two comes after another of them"),
    ],
)
def test_what_leads_to_no_order_is_refused(after, message):
    with pytest.raises(RefusedInput, match=message):
        in_reading_order(list(after), after)


def test_a_box_stands_one_column_behind_the_last_of_those_before_it_and_none_covers_another():
    placed = {box.slug: box for box in boxes(["two", "three", "one", "four"], AFTER, dict.fromkeys(AFTER, "A title"))}
    assert [placed[slug].x for slug in ("two", "three", "one", "four")] == [0, 0, 250, 500]
    assert len({(box.x, box.y) for box in placed.values()}) == 4


def test_a_long_title_is_broken_into_lines():
    (box,) = boxes(["one"], {"one": ()}, {"one": "A title of many words that fits on no line"})
    assert len(box.lines) > 1
    assert all(len(line) <= 22 for line in box.lines)


def test_a_chapter_that_joins_others_comes_after_them(chapter):
    assert needed(chapter.claims) == ()
    assert needed(chapter.claims.model_copy(update={"joins": ("one", "two")})) == ("one", "two")


def test_an_arrow_that_others_say_already_is_left_out():
    after = {"one": (), "two": ("one",), "three": ("one", "two")}
    assert arrows(["one", "two", "three"], after) == [("one", "two"), ("two", "three")]


def test_an_hour_holds_easy_chapters_that_fit_and_come_after_nothing_else_and_the_course_holds_all():
    minutes = {"two": 30, "three": 40, "one": 20, "four": 200}
    found = routes(["two", "three", "one", "four"], AFTER, {"two", "one", "three"}, minutes)
    assert found == {"An hour": ["two"], "A week": list(minutes), "A course": list(minutes)}


def test_every_chapter_can_be_reached_from_the_graph_and_from_the_course(toy_project, chapter):
    page = BeautifulSoup(paths(toy_project, [Part("Shapes", ("toy",))], {"toy": chapter}), "html.parser")
    assert [link["href"] for link in page.select("svg a")] == ["toy.html"]
    assert page.select("svg a text")[0].get_text(" ").split() == ["Circles", "and", "squares"]
    assert [link["href"] for link in page.select("ol.route")[-1].select("a")] == ["toy.html"]
