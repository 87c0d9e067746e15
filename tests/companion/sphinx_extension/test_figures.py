import pytest

from companion.sphinx_extension.figures import pixel_size

BOTH = (("book/toy.html", "A circle."), ("notebooks/toy.html", 'A "circle" & no corner.'))


def figures(page, name):
    return [figure for figure in page(name)("figure") if "companion-interactive" not in figure.get("class", [])]


@pytest.mark.parametrize(("name", "alt"), BOTH)
def test_a_drawing_has_one_image_for_the_day_and_one_for_the_night(page, name, alt):
    figure = figures(page, name)[0]
    day, night = figure("img")
    assert (day["class"], night["class"]) == (["only-light"], ["only-dark"])
    assert day["src"] == "../_images/toy-circle.svg"
    assert night["src"] == "../_images/toy-circle.night.svg"
    assert day["alt"] == night["alt"] == alt
    assert (day["width"], day["height"], day["loading"]) == ("27", "27", "lazy")


@pytest.mark.parametrize(("name", "alt"), BOTH)
def test_its_caption_links_its_numbers(page, rendered_toy, name, alt):
    link = figures(page, name)[0].figcaption.find("a", class_="figure-data")
    file = (rendered_toy / name).parent / link["href"]
    assert file.read_text().startswith("panel,series,kind,x_label,y_label,x,y,value,note\n")
    assert link.get_text() == "Data (CSV) of toy-circle"


def test_a_drawing_that_was_not_made_links_nothing(page):
    stars = figures(page, "book/toy.html")[1]
    assert stars.find("a", class_="figure-data") is None
    assert stars.img["width"] == "640"


def test_wide_drawings_keep_a_width_at_which_they_can_be_read(page):
    boxes = [figure.find("div", class_="companion-scroll") for figure in figures(page, "book/toy.html")]
    assert [box.get("style") for box in boxes] == [None, "--least-width: 448px"]


def test_a_figure_of_a_notebook_keeps_its_name_and_number(page):
    figure = figures(page, "notebooks/toy.html")[0]
    assert figure["id"] == "toy-circle"
    assert figure.find(class_="caption-number").get_text().startswith("Fig.")


def test_sizes_in_points_and_in_pixels():
    assert pixel_size('<svg xmlns="x" width="30pt" height="15.3pt">') == (40, 20)
    assert pixel_size('<svg viewBox="0 0 9 9" width="640" height="120">') == (640, 120)
    with pytest.raises(ValueError, match="needs width and height"):
        pixel_size("<svg>")
