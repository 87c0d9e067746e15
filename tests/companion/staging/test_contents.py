import pytest
import yaml

from companion.claims.declared import ChapterClaims
from companion.errors import RefusedInput
from companion.staging.contents import Part, gathered_contents, read_parts

CONTENTS = """
format: jb-book
root: book/index
parts:
  - caption: First
    chapters: [{file: book/how}]
  - {caption: Shapes, numbered: 1}
  - {caption: Colours}
  - {caption: Empty}
"""


@pytest.fixture
def toc(tmp_path):
    path = tmp_path / "_toc.yml"
    path.write_text(CONTENTS)
    return path


def chapter(slug: str, part: str, position: int) -> ChapterClaims:
    return ChapterClaims.model_construct(chapter=slug, part=part, position=position)


CHAPTERS = [chapter("circle", "Shapes", 2), chapter("red", "Colours", 1), chapter("square", "Shapes", 1)]


def test_a_part_has_the_chapters_that_name_it_by_position(toc):
    assert read_parts(toc, CHAPTERS) == (Part("Shapes", ("square", "circle")), Part("Colours", ("red",)))


def test_the_contents_keep_other_pages_and_drop_empty_parts(toc):
    parts = yaml.safe_load(gathered_contents(toc, CHAPTERS))["parts"]
    assert [part["caption"] for part in parts] == ["First", "Shapes", "Colours"]
    assert parts[0]["chapters"] == [{"file": "book/how"}]
    assert parts[1] == {
        "caption": "Shapes",
        "numbered": 1,
        "chapters": [
            {"file": f"book/{slug}", "sections": [{"file": f"notebooks/{slug}"}]} for slug in ("square", "circle")
        ],
    }


def test_a_chapter_whose_claims_file_cannot_be_read_comes_last(toc):
    parts = yaml.safe_load(gathered_contents(toc, [*CHAPTERS, chapter("broken", "", 0), chapter("lost", "", 0)]))
    last = parts["parts"][-1]
    assert last["caption"] == "Chapters whose claims files cannot be read"
    assert [entry["file"] for entry in last["chapters"]] == ["book/broken", "book/lost"]


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (("blue", "Colors", 1), r"blue\.claims\.yml says part: Colors; _toc\.yml has First, Shapes, Colours, Empty"),
        (("blue", "Colours", 1), r"blue and red both say position: 1 in the part Colours; the first free one is 2"),
    ],
)
def test_a_part_that_is_not_there_and_a_place_that_is_taken_are_refused(toc, odd, message):
    with pytest.raises(RefusedInput, match=message):
        read_parts(toc, [*CHAPTERS, chapter(*odd)])
