"""Theorems, proofs and exercises as valid HTML."""

from collections import Counter


def test_contents_of_theorems_have_ids_of_their_own(cited):
    page = cited("book/toy.html")
    assert page.select_one("#first-content").find_parent(id="first")
    assert not page.select("#proof-content")


def test_the_head_of_a_proof_stands_out(cited):
    proof = next(one for one in cited("book/toy.html").select("div.proof") if not one.select(".admonition-title"))
    assert proof.select_one("em").text == "Proof."
    assert proof.get_text(strip=True) == "Proof.Look at it."
    assert "id" not in proof.attrs


def test_contents_of_exercises_and_of_their_solutions_have_ids_of_their_own(cited):
    page = cited("book/toy.html")
    assert page.select_one("#turn-content").find_parent(id="turn")
    solutions = page.select("div.solution")
    assert [one.section["id"] for one in solutions] == [f"{one['id']}-content" for one in solutions]
    assert not page.select("#exercise-content, #solution-content")


def test_no_id_stands_twice_on_a_page_with_proofs_and_exercises(cited):
    ids = Counter(one["id"] for one in cited("book/toy.html").select("article [id]"))
    assert [name for name, count in ids.items() if count > 1] == []
