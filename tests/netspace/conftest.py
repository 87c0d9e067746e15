"""The tests of one file share a browser; each visit has a context of its own in it."""

import pytest

from companion.machine.browser import browsers_shared


@pytest.fixture(autouse=True, scope="module")
def one_browser():
    with browsers_shared():
        yield
