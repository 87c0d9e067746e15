"""What an executed notebook was made from, written into it, and the check that this still is so.

A stamp detects accidents: a source that changed after the run, an output edited by hand, a notebook from another
branch. It is no signature: whoever wants to forge one can.

What counts: the notebook's text, the modules of the project's packages that it imports, its parameters, the lock file,
the data, the outputs. Of the companion itself those modules count that are loaded while a notebook runs
(:func:`companion.source.closure.machinery_of`): a better error message in the runner must not execute thirty chapters
again, nor a new key of scenes those that show none. The claims file does not count, since it is judged after the run.
``SCHEMA_VERSION`` is raised when the runner changes what it writes.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Self

import nbformat
from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, ValidationError

from companion.claims.declared import read_claims
from companion.errors import StaleResult
from companion.files import sha256_of, write_if_different
from companion.project import Project
from companion.scales import Scale
from companion.source.closure import import_closure, machinery_of
from companion.source.datasets import fingerprints
from companion.source.notebooks import TextNotebook, node_from, read_notebook
from companion.source.parameters import checked_parameters, declared_parameters

SCHEMA_VERSION = 4


class Inputs(BaseModel):
    """Everything that decides what a run computes: hashes, and the values of the parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int
    slug: str
    scale: Scale
    parameters: dict[str, Any]
    source: str
    modules: dict[str, str]
    lock: str | None
    data: dict[str, str | None]

    @property
    def digest(self) -> str:
        """One SHA-256 over all of them."""
        document = self.model_dump(mode="json", include=set(Inputs.model_fields))
        return hashlib.sha256(canonical_json(document).encode()).hexdigest()


class Stamp(Inputs):
    """The inputs of a finished run, its outputs, and what it cost and where.

    ``seconds`` is what a clock measured, ``cpu_seconds`` what the kernel and its children used of the processors;
    ``other_versions`` holds what was installed or loaded in another version than the lock file names.
    """

    outputs: str
    versions: dict[str, str]
    other_versions: dict[str, str] = {}
    hardware: dict[str, str | int | float | None]
    threads: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    finished: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """The stamp that ``path`` carries, unchecked.

        Raises:
            StaleResult: If there is none, or it has another form than today's.
        """
        return cls.of(_executed(path), path)

    @classmethod
    def of(cls, node: NotebookNode, path: Path) -> Self:
        """The stamp in the metadata of ``node``; ``path`` is for the message.

        Raises:
            StaleResult: If there is none, or it has another form than today's.
        """
        try:
            return cls.model_validate(node.metadata["companion"]["stamp"])
        except (KeyError, TypeError):
            raise StaleResult(f"{path} carries no stamp: it was not written by `companion run`") from None
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(map(str, problem["loc"]))
            raise StaleResult(
                f"{path} carries a stamp of another form ({place}: {problem['msg']}); run it again"
            ) from None


def canonical_json(document: object) -> str:
    """``document`` as JSON of one form only: sorted keys, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def outputs_digest(node: NotebookNode) -> str:
    """SHA-256 over all cells of ``node``: sources, outputs and metadata."""
    return hashlib.sha256(canonical_json(node.cells).encode()).hexdigest()


def current_inputs(project: Project, slug: str, scale: Scale, parameters: dict[str, Any] | None = None) -> Inputs:
    """What a run of ``slug`` would depend on now.

    Args:
        project: The book.
        slug: The chapter.
        scale: Size of the run.
        parameters: Values that differ from the defaults, as texts or typed.

    Returns:
        The inputs, with the value of every parameter.

    Raises:
        RefusedInput: If chapter, parameters or data are wrong, as :mod:`companion.running.execution` refuses them.
    """
    notebook = read_notebook(project.notebook(project.check_slug(slug)))
    ranges = read_claims(project.claims(slug)).parameters
    given = {**(parameters or {}), "scale": str(scale)}
    values = checked_parameters(declared_parameters(notebook), ranges, given)
    return inputs_of(project, notebook, scale, values)


def inputs_of(project: Project, notebook: TextNotebook, scale: Scale, values: dict[str, Any]) -> Inputs:
    """The inputs of a run of ``notebook`` with the checked parameters ``values``.

    Raises:
        RefusedInput: If a module does not parse, or a data file is corrupt.
    """
    return Inputs(
        schema_version=SCHEMA_VERSION,
        slug=notebook.path.stem,
        scale=scale,
        parameters=values,
        source=sha256_of(notebook.path),
        modules={**import_closure(project, notebook).hashes, **machinery_of(project, notebook)},
        lock=sha256_of(project.lock) if project.lock.is_file() else None,
        data=fingerprints(project, notebook.needs(scale)),
    )


def moved(stamped: Inputs, now: Inputs) -> tuple[str, ...]:
    """What differs between a stamp and the present inputs, one phrase each; empty when the result still stands.

    Data that was lacking and is here now counts: the run skipped what it could do today. Data that was there and is
    gone does not: what was computed from it is as true as before, and a reader without the data may check it.
    """
    found = [
        _phrase("the form of the stamp (schema_version)", stamped.schema_version, now.schema_version),
        _phrase("the source of the notebook", stamped.source, now.source),
        _named("modules", stamped.modules, now.modules),
        _named("parameters", stamped.parameters, now.parameters),
        _phrase("the lock file", stamped.lock, now.lock),
        _named("data", stamped.data, {**now.data, **_gone(stamped, now)}),
    ]
    return tuple(phrase for phrase in found if phrase)


def check_stamp(project: Project, path: Path) -> Stamp:
    """The stamp of the executed notebook ``path``, if it matches the present sources and its own outputs.

    Raises:
        StaleResult: If not; the message names what moved: source, modules (which), parameters, lock, data, outputs.
        RefusedInput: If the present sources are refused themselves.
    """
    node = _executed(path)
    stamp, name = Stamp.of(node, path), project.relative(path)
    if stamp.outputs != outputs_digest(node):
        raise StaleResult(f"{name} was edited after its run: its outputs do not match its stamp. {_again(stamp)}")
    if _is_published(project, path) and path.resolve() != project.executed(stamp.slug, stamp.scale).resolve():
        raise StaleResult(f"{name} holds another run: chapter {stamp.slug} at scale {stamp.scale}. {_again(stamp)}")
    now = _inputs_today(project, path, stamp)
    changes = moved(stamp, now)
    if changes:
        raise StaleResult(f"{name} is stale. Since its run moved: {'; '.join(changes)}. {_again(stamp)}")
    return stamp


def refresh_inputs(project: Project, slug: str, scale: Scale) -> Path:
    """Write the digest of the chapter's inputs, only when it differs, so that the pipeline sees what must run again.

    While a finished run still stands by :func:`moved`, its own digest stays in the file.

    Returns:
        The file, ``build/<scale>/<slug>.inputs.json``.

    Raises:
        RefusedInput: If the chapter is refused.
        BuildFailed: If the file cannot be written.
    """
    inputs, executed = current_inputs(project, slug, scale), project.executed(slug, scale)
    if executed.is_file():
        try:
            stamp = Stamp.read(executed)
        except StaleResult:
            stamp = None
        if stamp is not None and not moved(stamp, inputs):
            inputs = stamp
    path = project.inputs(slug, scale)
    write_if_different(path, json.dumps({"slug": slug, "scale": str(scale), "digest": inputs.digest}, indent=1) + "\n")
    return path


def _inputs_today(project: Project, path: Path, stamp: Stamp) -> Inputs:
    """The inputs of the run of ``stamp`` if it were made now.

    What stands in ``build/<scale>`` must have the default parameters; any other run keeps those it was given.
    """
    notebook = read_notebook(project.notebook(project.check_slug(stamp.slug)))
    given = {"scale": str(stamp.scale)} if _is_published(project, path) else stamp.parameters
    values = {p.name: given.get(p.name, p.default) for p in declared_parameters(notebook)}
    return inputs_of(project, notebook, stamp.scale, values)


def _is_published(project: Project, path: Path) -> bool:
    """Whether ``path`` lies where the book takes its notebooks from."""
    return path.resolve().parent in {project.build(scale).resolve() for scale in Scale}


def _executed(path: Path) -> NotebookNode:
    try:
        return node_from(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StaleResult(f"{path} does not exist: run the chapter first") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        raise StaleResult(f"{path} is no notebook ({str(error).splitlines()[0][:80]}); run the chapter again") from None


def _phrase(what: str, before: object, after: object) -> str:
    return what if before != after else ""


def _named(what: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return f"{what} ({', '.join(names)})" if names else ""


def _gone(stamped: Inputs, now: Inputs) -> dict[str, str | None]:
    return {name: stamped.data[name] for name, found in now.data.items() if found is None and name in stamped.data}


def _again(stamp: Stamp) -> str:
    return f"Run it again: companion run {stamp.slug} --scale {stamp.scale}"
