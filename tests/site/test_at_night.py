"""Every page as it is opened in the dark theme; its colours are looked at where it is read by day."""

import pytest

from tests.site.drawings import everywhere

pytestmark = pytest.mark.site


def test_the_theme_is_dark_for_a_reader_whose_system_is(at_night):
    assert {facts["theme"] for facts in at_night.values()} == {"dark"}


def test_every_page_loads_without_error_and_asks_no_other_host(at_night):
    assert {page: facts["problems"] for page, facts in at_night.items() if facts["problems"]} == {}


def test_one_image_is_seen_and_it_is_that_of_the_night(at_night):
    drawings = everywhere(at_night, "drawings")
    assert drawings
    assert not [(page, one["id"], one["seen"]) for page, one in drawings if (one["images"], len(one["seen"])) != (2, 1)]
    assert not [(page, one["id"]) for page, one in drawings if not one["seen"][0].endswith(".night.svg")]
