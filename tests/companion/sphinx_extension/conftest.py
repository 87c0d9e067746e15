import pytest
from bs4 import BeautifulSoup


@pytest.fixture(scope="session")
def page(rendered_toy):
    """The parsed HTML of a page of the rendered toy book."""
    return lambda name: BeautifulSoup((rendered_toy / name).read_text(encoding="utf-8"), "html.parser")
