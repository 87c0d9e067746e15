"""What a notebook uses: the names in its cells, and the modules that these lead to, its own project's and ours."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import companion
from companion.errors import RefusedInput
from companion.files import sha256_of
from companion.project import Project
from companion.source.imports import OWN, graph_of, imported_by, loaded_in_a_run
from companion.source.notebooks import TextNotebook

_KERNEL = "companion.running.kernel_process"  # what runs a notebook


def imported_names(notebook: TextNotebook) -> set[str]:
    """Dotted names that the code cells import: ``a.b`` for ``import a.b``, ``a.b.c`` for ``from a.b import c``.

    Raises:
        RefusedInput: If a cell is not Python; the message names the line.
    """
    return {name for node in _nodes(notebook) for name in imported_by(node)}


def attribute_names(notebook: TextNotebook) -> set[str]:
    """Names that the code cells ask of an object: ``show`` for ``chapter.show(figure)``.

    Raises:
        RefusedInput: If a cell is not Python; the message names the line.
    """
    return {node.attr for node in _nodes(notebook) if isinstance(node, ast.Attribute)}


@dataclass(frozen=True)
class Closure:
    """What a notebook uses.

    Attributes:
        hashes: SHA-256 of every module of the project's packages, sorted by dotted name. Parent packages count, since
            their ``__init__`` runs; data files in the folders of these packages stand under ``package/file``.
        external: Names of packages from elsewhere that the notebook or these modules import.
    """

    hashes: dict[str, str]
    external: frozenset[str]


def import_closure(project: Project, notebook: TextNotebook) -> Closure:
    """Everything of the project's packages that ``notebook`` imports, directly or not.

    Raises:
        RefusedInput: If a package of ``[tool.companion]`` cannot be found or does not parse, or a cell does not.
    """
    graph, names = graph_of(project), imported_names(notebook)
    own = {name for name in names if name.partition(".")[0] in project.packages}
    used, external = graph.followed(own)
    roots = {name.partition(".")[0] for name in (names - own) | external} - {*project.packages, OWN}
    return Closure(graph.hashes(used), frozenset(roots))


def machinery_of(project: Project, notebook: TextNotebook) -> dict[str, str]:
    """Hashes of the companion's own modules that a run of ``notebook`` loads: they decide what it stores.

    The methods of a chapter that stand in its cells count with what they import, others do not: a new key of scenes
    executes no chapter that shows none. What a notebook imports of the companion itself counts as well.

    Raises:
        RefusedInput: If a cell is not Python; the message names the line.
    """
    graph, own = graph_of(project), {name for name in imported_names(notebook) if name.startswith(f"{OWN}.")}
    table = {companion.CONTENTS[name] for name in attribute_names(notebook) & set(companion.CONTENTS)}
    loaded = loaded_in_a_run({_KERNEL, *table}, attribute_names(notebook)) | graph.followed(own)[0]
    return {name: sha256_of(graph.files[name]) for name in sorted(loaded)}


def _nodes(notebook: TextNotebook) -> Iterator[ast.AST]:
    """Every node of the syntax trees of the code cells.

    Yields:
        The nodes.

    Raises:
        RefusedInput: If a cell is not Python; the message names the line.
    """
    for cell in notebook.code_cells:
        source = "\n".join("pass" if line.startswith(("%", "!")) else line for line in cell.source.split("\n"))
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            line = cell.line + (error.lineno or 1) - 1
            raise RefusedInput(f"{notebook.path.name}, line {line}: cell {cell.name!r}: {error.msg}") from None
        yield from ast.walk(tree)
