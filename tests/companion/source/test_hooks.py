import pytest

from companion.errors import RefusedInput
from companion.source.hooks import asked


def test_a_function_of_the_book_is_asked(scratch_project):
    assert asked(scratch_project, "toymath.doubling:doubled", 4) == 8


@pytest.mark.parametrize("hook", ["toymath.doubling:none", "toymath.none:doubled", "toymath"])
def test_one_that_is_not_there_is_named(scratch_project, hook):
    with pytest.raises(RefusedInput, match=rf"'{hook}' in \[tool.companion\] cannot be used"):
        asked(scratch_project, hook, 4)


@pytest.mark.parametrize("kind", ["RuntimeError", "ValueError", "OSError"])
def test_what_it_refuses_is_refused_in_its_words(scratch_project, kind):
    (scratch_project.root / "src" / "toymath" / f"refusing_{kind.lower()}.py").write_text(
        f"def refuse():\n    raise {kind}('the file is torn')\n"
    )
    with pytest.raises(RefusedInput, match="the file is torn"):
        asked(scratch_project, f"toymath.refusing_{kind.lower()}:refuse")
