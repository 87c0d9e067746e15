import pytest

from companion.errors import RefusedInput
from companion.staging.citing import read_citation


def test_a_chapter_of_the_book_is_cited_with_its_version(toy_project, tmp_path):
    from companion.staging.bibliography import read_papers

    entry = read_citation(toy_project.root).bibtex("Circles and squares", "https://example.org/toys")
    assert entry.startswith("@misc{toys2026,\n    title = {Toys: a book of shapes},\n")
    (tmp_path / "r.bib").write_text(entry)
    cited = read_papers([tmp_path / "r.bib"])["toys2026"]
    assert (cited.title, cited.year) == ("Toys: a book of shapes", "2026")
    assert cited.authors == "The toy makers, Eve Fox"
    assert "Version 0.2.0, chapter ``Circles and squares''" in entry
    assert cited.links == (("example.org/toys", "https://example.org/toys"),)


def test_a_book_without_an_address_has_no_line_for_it(toy_project):
    assert "url" not in read_citation(toy_project.root).bibtex("Circles", "")


def test_the_licences_are_the_first_paragraph_of_the_prose_licence(toy_project):
    assert read_citation(toy_project.root).licences == "The prose may be shared & adapted, under CC BY 4.0."


@pytest.mark.parametrize("name", ["CITATION.cff", "LICENSE-prose"])
def test_a_missing_file_is_named(toy_project, name):
    (toy_project.root / name).unlink()
    with pytest.raises(RefusedInput, match=f"{name} is missing: each chapter says how the book is cited"):
        read_citation(toy_project.root)


def test_what_a_reference_needs_and_lacks_is_named(toy_project):
    path = toy_project.root / "CITATION.cff"
    path.write_text(path.read_text().replace("version: 0.2.0", ""))
    with pytest.raises(RefusedInput, match=r"CITATION\.cff lacks 'version'"):
        read_citation(toy_project.root)
