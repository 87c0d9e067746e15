import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import RefusedInput
from companion.scales import Scale
from companion.source.notebooks import check_form, read_notebook

HEADER = """# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
# ---

"""
PARAMETERS = '# %% parameters tags=["parameters"]\nscale: str = "book"  # size\n\n'


@pytest.fixture
def notebook(tmp_path):
    def write(body, parameters=PARAMETERS):
        (tmp_path / "some.py").write_text(HEADER + parameters + body)
        return read_notebook(tmp_path / "some.py")

    return write


def test_cells_know_their_names_tags_and_lines(notebook):
    read = notebook(
        "# %% [markdown]\n# # Text\n\n"
        '# %% first tags=["setup", "hide-input"]\n\nx = """\n# %% no-cell\n"""\n\n\n'
        "# %% second\n# %% [not a cell either]\n"
        "y = 1\n# %% third\nz = 1\n"
    )
    text = (read.path).read_text().splitlines()
    assert [(cell.name, cell.tags) for cell in read.code_cells][:2] == [
        ("parameters", ("parameters",)),
        ("first", ("setup", "hide-input")),
    ]
    assert read.cell("first").source == '\nx = """\n# %% no-cell\n"""'
    for cell in read.code_cells:
        if cell.source:
            assert text[cell.line - 1] == cell.source.split("\n")[0]
    assert read.cell("third").line == len(text)


def test_ids_are_names_and_do_not_change(notebook):
    body = "# %% [markdown]\n# text\n\n# %% one\n1\n"
    first, second = notebook(body), notebook(body)
    assert [cell.id for cell in first.node.cells] == ["parameters", "text-1", "one"]
    assert first.node == second.node


def test_needs_depend_on_the_scale(notebook):
    cell = notebook('# %% load tags=["needs:mnist@book", "needs:digits"]\n1\n').cell("load")
    assert cell.needs(Scale.QUICK) == ("digits",)
    assert cell.needs(Scale.BOOK) == ("mnist", "digits")
    assert cell.needs(Scale.PAPER) == ("mnist", "digits")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("# %%\n1\n", "line 11: the code cell has no name"),
        ("# %% Two Words\n1\n", "line 11: the name 'Two Words' is not kebab-case"),
        (f"# %% {'a' * 65}\n1\n", "at most 64 characters"),
        ("# %% twice\n1\n\n# %% twice\n2\n", r"2 code cells are named 'twice' \(lines 11, 14\)"),
        ('# %% a tags=["needs:minst"]\n1\n', "cell 'a' needs the unknown data set 'minst'; known: digits, mnist"),
        ('# %% a tags=["needs:mnist@huge"]\n1\n', "scale 'huge'; expected one of quick, book, paper"),
        ('# %% a tags=["needs:"]\n1\n', "names no data set"),
    ],
)
def test_wrong_forms_are_named_with_their_line(notebook, body, message):
    with pytest.raises(RefusedInput, match=message):
        check_form(notebook(body), {"mnist", "digits"})


def test_every_problem_is_told_at_once(notebook):
    with pytest.raises(RefusedInput) as caught:
        check_form(notebook("# %%\n1\n\n# %% B\n1\n"), ())
    assert str(caught.value).count("\n") == 2


def test_there_is_one_parameters_cell(notebook):
    with pytest.raises(RefusedInput, match=r"some\.py has no parameters cell"):
        check_form(notebook("# %% one\n1\n", parameters=""), ())
    with pytest.raises(RefusedInput, match=r"has 2 parameters cells \(lines 8, 11\)"):
        check_form(notebook(PARAMETERS), ())
    with pytest.raises(RefusedInput, match="must also be named so"):
        check_form(notebook("", parameters=PARAMETERS.replace("%% parameters", "%% settings")), ())


def test_a_good_form_passes(notebook):
    check_form(notebook('# %% load tags=["needs:mnist@book"]\n1\n'), {"mnist"})


def test_what_is_no_notebook_is_refused(tmp_path):
    with pytest.raises(RefusedInput, match="there is no notebook"):
        read_notebook(tmp_path / "absent.py")
    (tmp_path / "latin.py").write_bytes("# %% a\n'é'".encode("latin-1"))
    with pytest.raises(RefusedInput, match=r"latin\.py is not UTF-8"):
        read_notebook(tmp_path / "latin.py")
    (tmp_path / "empty.py").write_text("")
    with pytest.raises(RefusedInput, match="has no code cell"):
        read_notebook(tmp_path / "empty.py")


def test_an_unknown_cell_is_refused_with_the_known_ones(notebook):
    with pytest.raises(RefusedInput, match="no cell 'two'; its cells: parameters, one"):
        notebook("# %% one\n1\n").cell("two")


LINES = st.sampled_from(["x = 1", "", "# comment", "# %% marker", "def f():", "    return 2", '"""', "%time x", "x"])


@given(st.lists(st.lists(LINES, max_size=4), min_size=1, max_size=5))
def test_any_text_is_read_or_refused(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("any") / "any.py"
    path.write_text("".join(f"# %% cell-{k}\n" + "\n".join(lines) + "\n\n" for k, lines in enumerate(cells)))
    lines = path.read_text().splitlines()
    read = read_notebook(path)
    for cell in read.code_cells:
        assert 1 <= cell.line <= len(lines) + 1
