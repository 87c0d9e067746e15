"""What a run will do: everything that can be refused is refused here, before a kernel starts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.claims.declared import ChapterClaims, read_claims
from companion.errors import RefusedInput
from companion.files import sha256_of
from companion.project import Project
from companion.running.outputs import broken_beside, checked_output
from companion.scales import Scale
from companion.source.datasets import registered_data
from companion.source.notebooks import TextNotebook, check_form, read_notebook
from companion.source.parameters import Parameter, checked_parameters, declared_parameters
from companion.source.stamp import Inputs, canonical_json, inputs_of

BUDGETS_ALLOWED = 10  # a machine ten times slower than the one the budget was measured on still finishes
SHORTEST_LIMIT = 120.0  # seconds
_HASH_LENGTH = 12


@dataclass(frozen=True)
class Plan:
    """A run whose every input is checked.

    Attributes:
        project: The book.
        notebook: The source.
        claims: What it declares.
        scale: Size of the run.
        declared: Its parameters as the notebook declares them.
        values: The value of each.
        inputs: Hashes of everything that decides the result.
        output: Where the executed notebook goes.
        limit: Seconds after which the kernel is killed.
        claims_file: SHA-256 of the claims file.
    """

    project: Project
    notebook: TextNotebook
    claims: ChapterClaims
    scale: Scale
    declared: tuple[Parameter, ...]
    values: dict[str, Any]
    inputs: Inputs
    output: Path
    limit: float
    claims_file: str

    @property
    def broken(self) -> Path:
        """Where the notebook is kept if it fails."""
        return broken_beside(self.output)

    @property
    def changed(self) -> dict[str, Any]:
        """The parameters that differ from what the notebook's own cell says: these are injected."""
        return {p.name: self.values[p.name] for p in self.declared if self.values[p.name] != p.default}


def planned_run(
    project: Project,
    slug: str,
    *,
    scale: Scale | str,
    parameters: Mapping[str, object] | None = None,
    output: Path | None = None,
    limit: float | None = None,
) -> Plan:
    """Check everything that a run needs, and execute nothing. Arguments as of :func:`run_chapter`.

    Raises:
        RefusedInput: If something is wrong; the message says what is allowed.
    """
    project.check_slug(slug)
    size = checked_scale(scale)
    claims, notebook = read_claims(project.claims(slug)), read_notebook(project.notebook(slug))
    known = registered_data(project)
    check_form(notebook, known)
    _check_needs(claims, known)
    declared, given = declared_parameters(notebook), dict(parameters or {})
    if given.setdefault("scale", str(size)) != str(size):
        raise RefusedInput(f"scale is given twice: as {size} and as the parameter scale={given['scale']}")
    values = checked_parameters(declared, claims.parameters, given)
    inputs = inputs_of(project, notebook, size, values)
    place = _output(project, slug, size, declared, values, output)
    seconds = limit if limit is not None else max(SHORTEST_LIMIT, BUDGETS_ALLOWED * claims.budget[size].cpu_seconds)
    return Plan(
        project, notebook, claims, size, declared, values, inputs, place, seconds, sha256_of(project.claims(slug))
    )


def checked_scale(scale: Scale | str) -> Scale:
    """``scale`` as one of the three.

    Raises:
        RefusedInput: If it does not exist.
    """
    try:
        return Scale(scale)
    except ValueError:
        raise RefusedInput(f"there is no scale {str(scale)!r}; the scales: {', '.join(Scale)}") from None


def parameters_hash(values: Mapping[str, Any]) -> str:
    """Short hash of parameter values: the name of the folder of a run with other parameters than the defaults."""
    return hashlib.sha256(canonical_json(dict(values)).encode()).hexdigest()[:_HASH_LENGTH]


def _check_needs(claims: ChapterClaims, known: Mapping[str, object]) -> None:
    for claim in claims.claims:
        for name in claim.needs:
            if name not in known:
                listing = ", ".join(sorted(known)) or "none is registered"
                where = f"{claims.chapter}.claims.yml: claim {claim.id!r}"
                raise RefusedInput(f"{where} needs the unknown data set {name!r}; known: {listing}")


def _output(
    project: Project,
    slug: str,
    scale: Scale,
    declared: tuple[Parameter, ...],
    values: dict[str, Any],
    wanted: Path | None,
) -> Path:
    """Where the run writes; what the book shows has default parameters only.

    Raises:
        RefusedInput: If another run would take the place of one that the book shows, or something else is there.
    """
    is_default = all(values[p.name] == p.default for p in declared if p.name != "scale")
    published = project.executed(slug, scale)
    if wanted is None:
        return published if is_default else project.run_folder(slug, parameters_hash(values)) / f"{slug}.ipynb"
    is_published = wanted.resolve().parent in {project.build(size).resolve() for size in Scale}
    if is_published and not (is_default and wanted.resolve() == published.resolve()):
        raise RefusedInput(
            f"{project.relative(wanted.resolve())} is a place for a run with default parameters; this run is of {slug} "
            f"at scale {scale} with {values}. Leave the output out, or choose another folder"
        )
    return checked_output(project, wanted)
