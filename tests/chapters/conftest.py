"""What all tests of chapters share."""

import jaxtyping
import pytest


@pytest.fixture(autouse=True, scope="module")
def unchecked_shapes():
    """A chapter calls the library many thousand times, and checking shapes would take most of the time.

    The library's own tests check them.
    """
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
