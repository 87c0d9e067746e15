"""What the theme gets wrong, mended."""

import re


def test_one_search_box_and_no_empty_header(page):
    toy = page("book/toy.html")
    assert len(toy.select(".search-button-field")) == 1
    assert not toy.select_one("#pst-header").get_text(strip=True)


def test_a_build_at_quick_scale_says_so_on_every_page(page, rendered_toy):
    for path in rendered_toy.glob("book/*.html"):
        assert "quick" in page(path.relative_to(rendered_toy)).select_one(".bd-header-announcement").text


def test_nobody_loads_thebe(page):
    assert not re.search("thebe", str(page("notebooks/toy.html").head), re.IGNORECASE)


def test_a_fold_is_called_what_it_says(cited):
    folds = cited("notebooks/toy.html").select("details.hide > summary")
    assert folds
    assert [fold for fold in folds if fold.has_attr("aria-label")] == []
