import pytest

from companion.claims.declared import read_claims
from companion.errors import RefusedInput
from companion.staging.bibliography import bibliographies, joined_bibliography, read_papers, source_line


def test_an_entry_as_readers_see_it(toy_project):
    paper = read_papers(bibliographies(toy_project.root / "book"))["toy2020paper"]
    assert paper.title == "On ROUND things"
    assert paper.authors == "Ann Püschel, Cy Bo"
    assert (paper.venue, paper.year) == ("Journal of Toys", "2020")
    assert paper.links == (("arXiv:2001.00001", "https://arxiv.org/abs/2001.00001"),)


def test_an_entry_is_there_as_bibtex_for_who_cites_it(toy_project, tmp_path):
    paper = read_papers(bibliographies(toy_project.root / "book"))["toy2020paper"]
    (tmp_path / "again.bib").write_text(paper.bibtex)
    assert paper.bibtex.startswith("@article{toy2020paper,")
    assert read_papers(bibliographies(tmp_path)) == {"toy2020paper": paper}


@pytest.mark.parametrize(
    ("authors", "short"),
    [
        ("Ann Bo", "Bo"),
        ("Ann Bo and Cy van Dam", "Bo and van Dam"),
        ("Ann Bo and Cy Dam and Eve Fox", "Bo et al."),
    ],
)
def test_many_authors_are_named_in_short(tmp_path, authors, short):
    (tmp_path / "r.bib").write_text(f"@misc{{a1, title={{A}}, author={{{authors}}}, year={{2000}}}}")
    assert read_papers(bibliographies(tmp_path))["a1"].short_authors == short


def test_doi_and_address_become_links(tmp_path):
    entry = "@misc{a1, title={A}, author={B, C}, year={2000}, doi={10.1/x}, url={https://example.org/y}}"
    (tmp_path / "r.bib").write_text(entry)
    links = read_papers(bibliographies(tmp_path))["a1"].links
    assert links == (("doi:10.1/x", "https://doi.org/10.1/x"), ("example.org/y", "https://example.org/y"))


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "r.bib").write_text("@article{a, title = {unclosed")
    with pytest.raises(RefusedInput, match=r"r\.bib cannot be read as a bibliography"):
        read_papers(bibliographies(tmp_path))


def test_the_chapters_files_are_read_with_the_books_and_a_key_stands_once(tmp_path):
    for name, key in (("references", "a1"), ("toy", "b2")):
        (tmp_path / f"{name}.bib").write_text(f"@misc{{{key}, title={{A}}, author={{B, C}}, year={{2000}}}}\n")
    assert set(read_papers(bibliographies(tmp_path))) == {"a1", "b2"}
    (tmp_path / "joined").mkdir()
    (tmp_path / "joined" / "all.bib").write_text(joined_bibliography(bibliographies(tmp_path)))
    assert read_papers(bibliographies(tmp_path / "joined")) == read_papers(bibliographies(tmp_path))
    (tmp_path / "other.bib").write_text("@misc{b2, title={Other}, author={B, C}, year={2000}}\n")
    with pytest.raises(RefusedInput, match=r"other\.bib and toy\.bib both have the key b2"):
        read_papers(bibliographies(tmp_path))


def test_the_books_own_bibliography_is_readable(request):
    papers = read_papers(bibliographies(request.config.rootpath / "book"))
    assert all(paper.title and paper.authors and paper.year for paper in papers.values())
    assert not any(set("{}\\") & set(paper.title + paper.authors + paper.venue) for paper in papers.values())


def test_a_source_is_authors_and_year_or_how_many_chapters_are_joined(toy_project):
    papers, claims = read_papers(bibliographies(toy_project.root / "book")), read_claims(toy_project.claims("toy"))
    assert source_line(claims, papers) == "Püschel and Bo, 2020"
    joining = claims.model_copy(update={"paper": None, "joins": ("one", "two")})
    assert source_line(joining, papers) == "What 2 chapters say together"
    assert source_line(joining.model_copy(update={"joins": ()}), papers) == ""
