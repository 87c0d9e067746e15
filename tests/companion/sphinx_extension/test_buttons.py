"""What a page can be downloaded as, and where it runs."""

from companion.machine.browser import chromium_path
from companion.sphinx_extension.buttons import launchers


def test_downloads_work_offline(page, rendered_toy):
    links = page("notebooks/toy.html").select(".dropdown-download-buttons a")
    printed = ["toy.pdf"] if chromium_path() else []
    assert [link["href"].rsplit("/", 1)[1] for link in links] == [*printed, "toy.run.ipynb", "toy.ipynb", "toy.py"]
    for name in ("book/toy.html", "notebooks/toy.html"):
        for link in page(name).select(".dropdown-download-buttons a, a[download]"):
            is_printed_later = link["href"].endswith(".pdf")
            assert is_printed_later or (rendered_toy / name).parent.joinpath(link["href"]).is_file(), link


def test_a_chapter_is_offered_as_pdf_where_it_will_be_printed(page):
    for name in ("book/toy.html", "notebooks/toy.html"):
        offered = page(name).select('.dropdown-download-buttons a[href="../downloads/toy.pdf"]')
        assert len(offered) == (chromium_path() is not None), name
    assert not page("book/status.html").select('a[href$=".pdf"]')


def test_without_a_repository_there_is_no_button_to_launch(page):
    assert not page("notebooks/toy.html").select(".dropdown-launch-buttons")


def test_a_repository_on_github_can_be_launched():
    urls = {button["text"]: button["url"] for button in launchers("https://github.com/a/b", "toy")}
    assert urls["Colab"].endswith("/github/a/b/blob/notebooks/notebooks/toy.ipynb")
    assert urls["Binder"].endswith("/gh/a/b/main?urlpath=lab/tree/notebooks/toy.py")


def test_another_host_has_no_launcher_that_would_break():
    assert [button["text"] for button in launchers("https://git.example.org/a/b", "toy")] == [
        "Source in the repository"
    ]
