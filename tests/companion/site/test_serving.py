import pytest

from companion.errors import RefusedInput
from companion.machine.web import local_server
from companion.project import Project
from companion.scales import Scale
from companion.site import serving
from companion.site.serving import serve_book


def test_without_a_book_it_says_how_to_build_one(scratch_project: Project) -> None:
    with pytest.raises(RefusedInput, match=r"there is no book in .*`make book`"):
        serve_book(scratch_project, Scale.BOOK, port=0, announce=print)


def test_it_says_where_the_book_is_and_ends_at_a_wish(scratch_project: Project, monkeypatch) -> None:
    html = scratch_project.build(Scale.BOOK) / "_build" / "html"
    html.mkdir(parents=True)
    (html / "index.html").write_text("<h1>Toy</h1>")

    def interrupted(folder, port):
        server = local_server(folder, port)
        monkeypatch.setattr(server, "serve_forever", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        return server

    monkeypatch.setattr(serving, "local_server", interrupted)
    said: list[str] = []
    serve_book(scratch_project, Scale.BOOK, port=0, announce=said.append)
    assert said[0].startswith("The book is at http://127.0.0.1:")
    assert said[1:] == [""]
