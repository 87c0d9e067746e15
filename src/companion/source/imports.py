"""The import graph of the project's packages and of this one, built once for one state of their files.

grimp reads every ``import`` that stands in a module, in functions too. What is imported in another way (by
``importlib``, by a package's ``__getattr__``) no reading can see; a run that loads such a module is refused when it
ends, since its stamp does not name it (:mod:`companion.running.execution`).
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import grimp
from grimp.exceptions import SourceSyntaxError

import companion
from companion.errors import RefusedInput
from companion.files import sha256_of
from companion.project import Project

OWN = "companion"
_State = tuple[tuple[str, str, int, int], ...]


@dataclass(frozen=True)
class ImportGraph:
    """Who imports whom.

    Attributes:
        graph: The imports, without those for type checkers, which run nothing.
        files: Dotted name to file, for every module of the packages.
    """

    graph: grimp.ImportGraph
    files: Mapping[str, Path]

    def followed(self, names: Iterable[str]) -> tuple[set[str], set[str]]:
        """The modules that ``names`` lead to, with their parents, and the dotted names that lead elsewhere.

        Raises:
            RefusedInput: If the imports of a module cannot be read.
        """
        used: set[str] = set()
        external: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            module = self._holder(name)
            if module is None:
                external.add(name)
            elif module not in used:
                used.add(module)
                waiting += [parent for parent in [module.rpartition(".")[0]] if parent]
                waiting += self._imported_by(module)
        return used, external

    def hashes(self, modules: Iterable[str]) -> dict[str, str]:
        """SHA-256 of each module, sorted by name; a package's data files stand under ``package/file``."""
        found = {}
        for name in modules:
            found[name] = sha256_of(self.files[name])
            if self.files[name].name == "__init__.py":
                folder = self.files[name].parent
                found |= {f"{name}/{path.relative_to(folder).as_posix()}": sha256_of(path) for path in data_in(folder)}
        return dict(sorted(found.items()))

    def _holder(self, name: str) -> str | None:
        """The module that an import of ``name`` loads: itself, or what holds it."""
        while name and name not in self.files:
            name = name.rpartition(".")[0]
        return name or None

    def _imported_by(self, module: str) -> Collection[str]:
        if module in self.graph.modules:
            return self.graph.find_modules_directly_imported_by(module)
        folder = module.rpartition(".")[0].replace(".", "/")
        raise RefusedInput(f"the imports of {module} cannot be followed: src/{folder}/ has no __init__.py")


def graph_of(project: Project) -> ImportGraph:
    """The imports of the project's packages and of the companion, as their files are now.

    Raises:
        RefusedInput: If a package of ``[tool.companion]`` cannot be found, or a module does not parse.
    """
    packages = tuple(dict.fromkeys([*project.packages, OWN]))
    files = {name: path for package in packages for name, path in _modules_of(project, package)}
    state = tuple((name, str(path), (stat := path.stat()).st_mtime_ns, stat.st_size) for name, path in files.items())
    with project.importable():
        return _built(packages, state)


def data_in(folder: Path) -> list[Path]:
    """The files that come with a package and are no modules, also in folders of theirs; hidden ones do not count."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__" or path.suffix in {".py", ".pyc"}:
            continue
        if path.is_file():
            found.append(path)
        elif path.is_dir() and not (path / "__init__.py").is_file():
            found += data_in(path)
    return found


def machinery(project: Project, entries: Iterable[str]) -> list[Path]:
    """The companion's files that the modules ``entries`` lead to, with the data files of their packages."""
    graph = graph_of(project)
    files = [graph.files[name] for name in graph.followed(entries)[0]]
    packages = [file.parent for file in files if file.name == "__init__.py"]
    return sorted([*files, *(path for folder in packages for path in data_in(folder))])


def loaded_in_a_run(names: Iterable[str], called: Collection[str]) -> set[str]:
    """The companion's modules that ``names`` lead to in a run which calls the methods named ``called``.

    An import inside a public method counts where that method is called; one inside a function whose name begins with
    ``_live`` never does, since such a function serves a person in Jupyter. All others count.
    """
    files, used, waiting = dict(_modules_in(OWN, Path(companion.__path__[0]))), set[str](), list(names)
    while waiting:
        name = waiting.pop()
        while name and name not in files:
            name = name.rpartition(".")[0]
        if name and name not in used:
            used.add(name)
            waiting += [name.rpartition(".")[0], *_imports_in_a_run(files[name], called)]
    return used


def imported_by(node: ast.AST) -> Iterator[str]:
    """Dotted names that one statement imports: ``a.b`` for ``import a.b``, ``a.b.c`` for ``from a.b import c``.

    Yields:
        The names.
    """
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imports_in_a_run(path: Path, called: Collection[str]) -> list[str]:
    found = _imports_with_place(path, path.stat().st_mtime_ns)
    return [name for name, method, is_live in found if not is_live and (not method or method in called)]


@lru_cache(maxsize=256)
def _imports_with_place(path: Path, changed: int) -> tuple[tuple[str, str, bool], ...]:
    """What the module ``path`` imports: names, the public method each stands in, if any, and whether it is for Jupyter.

    ``changed`` is the file's time of change, which keys the memory.
    """
    found: list[tuple[str, str, bool]] = []
    waiting: list[tuple[ast.AST, bool, str, bool]] = [(ast.parse(path.read_bytes()), False, "", False)]
    while waiting:
        node, in_class, method, is_live = waiting.pop()
        found += [(name, method, is_live) for name in imported_by(node)]
        if isinstance(node, ast.FunctionDef):
            method = node.name if in_class and not node.name.startswith("_") else method
            is_live = is_live or node.name.startswith("_live")
        typing_only = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        children = node.orelse if typing_only else ast.iter_child_nodes(node)  # type: ignore[attr-defined]
        waiting += [(child, isinstance(node, ast.ClassDef), method, is_live) for child in children]
    return tuple(found)


def _modules_of(project: Project, package: str) -> Iterator[tuple[str, Path]]:
    own = project.root / "src" / package
    if own.is_dir():
        return _modules_in(package, own)
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RefusedInput(f"the package {package!r} in [tool.companion] is neither in src/ nor installed")
    return _modules_in(package, Path(spec.submodule_search_locations[0]))


def _modules_in(package: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Dotted name and file of each module; a file whose name cannot be imported (a shadow, a lock) is none.

    Yields:
        The pairs, sorted.
    """
    for path in sorted(folder.rglob("*.py")):
        parts = (package, *path.relative_to(folder).with_suffix("").parts)
        if all(part.isidentifier() for part in parts):
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@lru_cache(maxsize=2)
def _built(packages: tuple[str, ...], state: _State) -> ImportGraph:
    """The graph of ``packages`` while their files are in ``state``.

    Raises:
        RefusedInput: If a module does not parse.
    """
    try:
        graph = grimp.build_graph(
            *packages, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
        )
    except SourceSyntaxError as error:
        raise RefusedInput(f"a module does not parse: {error}") from None
    return ImportGraph(graph, {name: Path(path) for name, path, *_ in state})
