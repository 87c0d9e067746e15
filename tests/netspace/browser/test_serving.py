from urllib.error import URLError
from urllib.request import urlopen

import pytest

from netspace.browser.serving import page_served


def test_every_address_has_the_page_as_long_as_the_block_lasts():
    with page_served("<p>Käse</p>") as address:
        for path in ("", "anything/else.html"):
            with urlopen(address + path) as answer:
                assert answer.read().decode() == "<p>Käse</p>"
    with pytest.raises(URLError):
        urlopen(address)
