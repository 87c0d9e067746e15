import pytest

from companion.claims.declared import ChapterClaims
from companion.errors import RefusedInput
from companion.staging.notation import notation_page, without_block

SHARED = """# Notation

## Shapes

| Axis | Length |
| --- | --- |
| `width` | neurons |

## Words
"""
TABLE = "| Paper | Ours | Meaning |\n| --- | --- | --- |\n| $W$ | `weight` | of a layer |\n"
AXES = "| Axis | Length |\n| --- | --- |\n| `batch` | examples |\n"


def page(block: str) -> str:
    return f"# A\n\ntext\n\n:::{{notation}}\n{block}:::\n\nmore\n"


def chapter(slug: str) -> ChapterClaims:
    return ChapterClaims.model_construct(chapter=slug, title=f"On {slug}")


def test_a_page_is_shown_without_its_block():
    assert without_block(page(TABLE)) == "# A\n\ntext\n\n\nmore\n"


def test_blocks_come_under_their_titles_and_axes_into_one_table():
    pages = {"toy": page(TABLE + "\n" + AXES), "bare": "# B\n", "axes": page(AXES)}
    text = notation_page(SHARED, pages, [chapter("toy"), chapter("bare"), chapter("axes")])
    assert "| `batch` | examples |\n| `width` | neurons |\n" in text
    assert text.count("| Axis | Length |") == 1
    assert "## [On toy](./toy.md)\n\n[Its notebook](../notebooks/toy.ipynb). Its short name" in text
    assert text.endswith(TABLE)
    assert "On bare" not in text


def test_one_name_for_two_things_is_refused():
    pages = {"toy": page(AXES.replace("`batch`", "`width`"))}
    with pytest.raises(RefusedInput, match=r"book/toy\.md calls the axis `width` 'examples', and book/notation\.md"):
        notation_page(SHARED, pages, [chapter("toy")])
