import pytest

from companion.errors import RefusedInput
from companion.staging.contents import Part, read_parts


def test_parts_hold_chapters_and_leave_other_pages_out(toy_project):
    assert read_parts(toy_project.root / "_toc.yml", ("toy",)) == (Part("Shapes", ("toy",)),)


def test_a_chapter_that_stands_nowhere_is_named(toy_project):
    with pytest.raises(RefusedInput, match="does not list the chapter lost: write file: book/lost"):
        read_parts(toy_project.root / "_toc.yml", ("toy", "lost"))


def test_the_notebook_must_be_a_section_of_its_page(tmp_path):
    (tmp_path / "_toc.yml").write_text("root: book/index\nparts:\n- caption: A\n  chapters:\n  - file: book/toy\n")
    with pytest.raises(RefusedInput, match="does not list the chapter toy"):
        read_parts(tmp_path / "_toc.yml", ("toy",))
