import pytest

from companion.errors import BuildFailed
from companion.site.joining import joined_page


def written(root, page, notebook):
    for folder, text in (("book", page), ("notebooks", notebook)):
        (root / folder).mkdir()
        (root / folder / "toy.html").write_text(text, encoding="utf-8")
    return root


def document(body, head=""):
    return f'<html><head>{head}</head><body><article class="bd-article">{body}</article><footer></footer></body></html>'


def test_the_notebook_follows_the_page_with_anchors_of_its_own(tmp_path):
    page = '<section id="idea"><a href="#idea">up</a><a href="../notebooks/toy.html#idea">x</a></section>'
    notebook = '<section id="idea"><a href="#idea">up</a><label for="a b">y</label></section>'
    joined = joined_page(written(tmp_path, document(page), document(notebook)), "toy")
    assert page in joined
    label = '<label for="notebook-a notebook-b">y</label>'
    own = f'<section id="notebook-idea"><a href="#notebook-idea">up</a>{label}</section>'
    assert joined.index(page) < joined.index(f'<div class="print-notebook" id="notebook">{own}</div>')
    assert joined.count("<footer>") == joined.count("<article") == 1


def test_the_frame_is_that_of_the_part_which_leaves_formulas_to_the_browser(tmp_path):
    with_formulas = document("n", '<script src="../_static/mathematics.js"></script>')
    joined = joined_page(written(tmp_path, document("p"), with_formulas), "toy")
    assert "mathematics.js" in joined
    assert joined.index(">p<") < joined.index(">n<")


def test_the_letters_of_both_parts_have_their_rules(tmp_path):
    page, notebook = (document(name, f'<style class="formulas">{name}{{}}</style>') for name in ("mjx-p", "mjx-n"))
    joined = joined_page(written(tmp_path, page, notebook), "toy")
    assert joined.count("mjx-p{}") == joined.count("mjx-n{}") == 1


def test_a_part_without_an_article_is_named(tmp_path):
    with pytest.raises(BuildFailed, match=r"book/toy\.html has no article"):
        joined_page(written(tmp_path, "<p>nothing</p>", document("n")), "toy")
