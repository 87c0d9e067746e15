"""Which modules a notebook uses, directly or not: the names in its cells, then grimp's graph of the packages.

A package whose ``__init__`` is a lazy table of contents (it defines ``__getattr__``) hides its imports from any static
reading. An import of such a package, or of a name from it, therefore counts as an import of everything beneath it; an
import of one of its modules counts as that module alone.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import grimp
from grimp.exceptions import SourceSyntaxError

from companion.errors import RefusedInput
from companion.files import sha256_of
from companion.notebooks import TextNotebook
from companion.project import Project


def imported_names(notebook: TextNotebook) -> set[str]:
    """Dotted names that the code cells import: ``a.b`` for ``import a.b``, ``a.b.c`` for ``from a.b import c``.

    Raises:
        RefusedInput: If a cell is not Python; the message names the line.
    """
    return {name for node in _nodes(notebook) for name in _names(node)}


def attribute_names(notebook: TextNotebook) -> set[str]:
    """Names that the code cells ask of an object: ``space`` for ``chapter.space(scene)``.

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
    files, names = _module_files(project), imported_names(notebook)
    used, external = _followed(_graph(project), names, files)
    hashes = {name: sha256_of(files[name]) for name in used}
    for name in used:
        if files[name].name == "__init__.py":
            hashes.update({f"{name}/{key}": value for key, value in _data_hashes(files[name].parent)})
    roots = {name.partition(".")[0] for name in names | external} - set(project.packages)
    return Closure(dict(sorted(hashes.items())), frozenset(roots))


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


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            yield f"{node.module}.{alias.name}"


def _module_files(project: Project) -> dict[str, Path]:
    """Dotted name to file, for every module of the project's packages."""
    files = {}
    for package in project.packages:
        folder = _package_folder(project, package)
        for path in folder.rglob("*.py"):
            parts = (package, *path.relative_to(folder).with_suffix("").parts)
            files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


def _package_folder(project: Project, package: str) -> Path:
    own = project.root / "src" / package
    if own.is_dir():
        return own
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RefusedInput(f"the package {package!r} in [tool.companion] is neither in src/ nor installed")
    return Path(spec.submodule_search_locations[0])


def _followed(graph: grimp.ImportGraph, names: Iterable[str], files: dict[str, Path]) -> tuple[set[str], set[str]]:
    """The modules among ``files`` that ``names`` lead to, and what these import from elsewhere."""
    used: set[str] = set()
    external: set[str] = set()
    waiting = [module for name in names for module in _meant(name, files)]
    while waiting:
        module = waiting.pop()
        if module in used:
            continue
        used.add(module)
        parent = module.rpartition(".")[0]
        waiting.extend([parent] if parent in files else [])
        for target in _direct_imports(graph, module):
            meant = _meant(target, files)
            waiting.extend(meant)
            external.update([] if meant else [target])
    return used, external


def _direct_imports(graph: grimp.ImportGraph, module: str) -> set[str]:
    if module in graph.modules:
        return graph.find_modules_directly_imported_by(module)
    folder = module.rpartition(".")[0].replace(".", "/")
    raise RefusedInput(f"the imports of {module} cannot be followed: src/{folder}/ has no __init__.py")


def _meant(name: str, files: dict[str, Path]) -> list[str]:
    """The modules that an import of ``name`` needs: it, or what holds it; all beneath where a table hides which."""
    while name not in files:
        name = name.rpartition(".")[0]
        if not name:
            return []
    if not _is_lazy(files[name]):
        return [name]
    return [name, *(module for module in files if module.startswith(f"{name}."))]


def _is_lazy(path: Path) -> bool:
    return path.name == "__init__.py" and "def __getattr__(" in path.read_text(encoding="utf-8")


def _graph(project: Project) -> grimp.ImportGraph:
    """The imports of the project's packages, without those for type checkers, which run nothing.

    Raises:
        RefusedInput: If a module does not parse.
    """
    try:
        with project.importable():
            return grimp.build_graph(
                *project.packages,
                include_external_packages=True,
                exclude_type_checking_imports=True,
                cache_dir=None,
            )
    except SourceSyntaxError as error:
        raise RefusedInput(f"a module of {', '.join(project.packages)} does not parse: {error}") from None


def _data_hashes(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix not in {".py", ".pyc"} and not path.name.startswith("."):
            yield path.name, sha256_of(path)
