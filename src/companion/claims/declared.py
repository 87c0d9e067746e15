"""A chapter's claims as data, declared before anything runs."""

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from companion.claims.criteria import AllOf, AnyCriterion
from companion.claims.verdicts import Origin
from companion.errors import RefusedInput
from companion.scales import Scale


class Kind(StrEnum):
    """What sort of sentence a claim is; it limits the criteria that may judge it."""

    IDENTITY = "identity"
    INEQUALITY = "inequality"
    THRESHOLD = "threshold"
    STATISTICAL = "statistical"
    TENDENCY = "tendency"
    UNCHECKED = "unchecked"


class Source(StrEnum):
    """What of a paper was read, in the order in which it is told."""

    FULL_TEXT = "full text"
    PARTS = "parts of the text"
    ABSTRACT = "abstract"
    CODE = "official code"
    REVIEWS = "reviews and talks"
    NOTES = "notes by others"


Text = Annotated[str, Field(min_length=3), BeforeValidator(lambda v: " ".join(v.split()) if isinstance(v, str) else v)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Topic = Annotated[str, Field(pattern=r"^[a-z]+([ -][a-z]+){0,2}$", max_length=24)]
Sentence = Annotated[Text, Field(max_length=200, pattern=r"\.$")]


class Claim(BaseModel):
    """One sentence of a paper (or a limit we found), and how it is judged.

    ``threshold`` says whose the numbers are by which a claim of the paper is decided.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: Slug
    sentence: Text
    place: Text
    origin: Origin = Field(alias="of")
    threshold: Origin = Origin.OURS
    kind: Kind
    why: Text
    criterion: AnyCriterion | None = None
    lowest_scale: Scale = Field(alias="from", default=Scale.QUICK)
    needs: tuple[Slug, ...] = ()
    paper_value: Text | None = None

    @model_validator(mode="after")
    def _criterion_fits(self) -> Self:
        if self.kind is Kind.UNCHECKED:
            if self.criterion is not None:
                raise ValueError(f"claim {self.id!r} is unchecked, so it has no criterion")
            return self
        if self.criterion is None:
            raise ValueError(f"claim {self.id!r} has no criterion; only the kind 'unchecked' goes without")
        if self.kind not in self.criterion.kinds:
            allowed = ", ".join(sorted(self.criterion.kinds))
            raise ValueError(f"claim {self.id!r} is of kind {self.kind}, but {self.criterion.test} judges {allowed}")
        parts = self.criterion.parts if isinstance(self.criterion, AllOf) else {self.criterion.test: self.criterion}
        silent = [name for name, part in parts.items() if not part.reads]
        if silent:
            raise ValueError(f"claim {self.id!r}: say under reads how the number of {', '.join(silent)} reads")
        return self

    @property
    def is_threshold_ours(self) -> bool:
        """Whether the paper says it, but not by which number it is to be decided."""
        chosen = self.kind in {Kind.THRESHOLD, Kind.STATISTICAL, Kind.TENDENCY}
        return chosen and self.origin is Origin.PAPER and self.threshold is Origin.OURS


class ParameterRange(BaseModel):
    """What values a parameter may take: a range of numbers or a list of choices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.choices is None and self.minimum is None and self.maximum is None:
            raise ValueError("a parameter needs minimum, maximum or choices")
        if self.choices is not None and (self.minimum is not None or self.maximum is not None):
            raise ValueError("a parameter has either choices or a range, not both")
        return self


class Budget(BaseModel):
    """What a run of one scale may cost. Machines are shared, so time is the kernel's CPU time, not a clock's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpu_seconds: float = Field(gt=0)
    megabytes: int = Field(gt=0)


class Difficulty(StrEnum):
    """How much a chapter asks of its reader."""

    INTRODUCTORY = "introductory"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Reading(BaseModel):
    """What of the paper the chapter rests on: which sources, and in one sentence what was not read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[Source, ...] = Field(min_length=1)
    sentence: Text = Field(max_length=320)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if list(self.sources) != [source for source in Source if source in self.sources]:
            raise ValueError(f"sources are told in this order, each once: {', '.join(Source)}")
        return self


class ReaderNotes(BaseModel):
    """What a reader wants to know of a chapter before opening it.

    Attributes:
        topics: What it is about, in words that other chapters use too, so that a reader can choose by them.
        assumes: One sentence: what is needed to follow.
        difficulty: How much it asks.
        figure: The name of its most striking figure, which its card shows.
        after: The chapters whose ideas it uses; one that joins others comes after those.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    topics: tuple[Topic, ...] = Field(min_length=2, max_length=4)
    assumes: Sentence
    difficulty: Difficulty
    figure: Slug
    after: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _topics_differ(self) -> Self:
        if len(set(self.topics)) < len(self.topics):
            raise ValueError("each topic is named once")
        return self


class ChapterClaims(BaseModel):
    """The content of one ``<slug>.claims.yml``: of a chapter about one paper, or of one that joins other chapters.

    ``part`` is a caption of the table of contents, ``position`` the chapter's place among those of that part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    chapter: Slug
    title: Text
    part: Text
    position: int = Field(ge=1)
    paper: str | None = None
    joins: tuple[Slug, ...] = ()
    reader: ReaderNotes
    read: Reading | None = None
    budget: dict[Scale, Budget]
    parameters: dict[str, ParameterRange] = {}
    claims: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        doubled = sorted(name for name, count in Counter(c.id for c in self.claims).items() if count > 1)
        if doubled:
            raise ValueError(f"claim ids must be unique; doubled: {', '.join(doubled)}")
        if (self.paper is None) == (not self.joins):
            raise ValueError("a chapter names either its paper or, under joins, the chapters that it brings together")
        if (self.paper is None) != (self.read is None):
            raise ValueError("a chapter on a paper says under read what of it was read; one that joins others does not")
        lacking = [str(s) for s in Scale if s not in self.budget]
        if lacking:
            raise ValueError(f"budget lacks the scales {', '.join(lacking)}")
        return self

    @property
    def by_id(self) -> dict[str, Claim]:
        """The claims under their ids."""
        return {claim.id: claim for claim in self.claims}

    @property
    def needs(self) -> tuple[str, ...]:
        """Every data set that some claim needs, sorted."""
        return tuple(sorted({name for claim in self.claims for name in claim.needs}))


def read_claims(path: Path) -> ChapterClaims:
    """The claims declared in ``path``.

    Raises:
        RefusedInput: If the file is missing, is not YAML, or does not validate; the message names file and place.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except FileNotFoundError:
        raise RefusedInput(f"{path.name} is missing: a chapter declares its claims before it runs ({path})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RefusedInput(f"{path.name} is not valid YAML: {error}") from None
    try:
        claims = ChapterClaims.model_validate(document)
    except ValidationError as error:
        raise RefusedInput(_readable(path, document, error)) from None
    if claims.chapter != path.name.removesuffix(".claims.yml"):
        raise RefusedInput(f"{path.name} says chapter: {claims.chapter}; it must be the file's own name")
    return claims


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key given twice; plain YAML keeps the last one and says nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of ``node``.

        Raises:
            ConstructorError: If a key stands twice.
        """
        keys = [key_node for key_node, _ in node.value if isinstance(key_node, yaml.ScalarNode)]
        for index, key in enumerate(keys):
            if any(key.value == former.value for former in keys[:index]):
                problem = f"the key {key.value!r} stands twice in one mapping"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
        return super().construct_mapping(node, deep)


_ADVICE = {
    "cases": "the smallest number of cases is missing; a check that any sample size passes is no check",
    "of": "is missing: whose claim is it? paper, ours (limits and controls) or joint (across papers)",
    "why": "the reason is missing: say why this criterion and this tolerance, or why it is unchecked",
    "reader": "is missing: say for readers topics, assumes, difficulty and figure; another chapter's shows how",
    "part": "is missing: name the part of _toc.yml that the chapter stands in",
    "position": "is missing: say with a number where in its part the chapter stands",
    "topics": "is missing: name two to four topics, if possible ones that other chapters name",
    "assumes": "is missing: say in one sentence what a reader must know to follow",
    "difficulty": "is missing: introductory, intermediate or advanced",
    "figure": "is missing: name the figure of the notebook that the chapter's card shows",
}
_EXPECTED = {
    "reader.topics": "expected a topic in lower-case letters, one to three words, at most 24 letters",
    "reader.assumes": "expected one sentence of at most 200 letters that ends with a full stop",
}


def _readable(path: Path, document: Any, error: ValidationError) -> str:
    lines = [f"{path.name} is refused:"]
    for problem in error.errors():
        message = problem["msg"].removeprefix("Value error, ")
        place = problem["loc"]
        if problem["type"] == "missing" and place[-1] in _ADVICE:
            message = _ADVICE[str(place[-1])]
        elif problem["type"] == "missing":
            message = "is missing"
        elif problem["type"] == "extra_forbidden":
            message = "is no known key; see an existing claims file for those there are"
        elif isinstance(problem["input"], str) and ".".join(map(str, place[:2])) in _EXPECTED:
            message = f"{_EXPECTED['.'.join(map(str, place[:2]))]}, got {problem['input']!r}"
        lines.append(f"  {_place(document, place)}: {message}")
    return "\n".join(lines)


def _place(document: Any, place: tuple[int | str, ...]) -> str:
    """Where in the file, with the claim's id in the place of its number."""
    words = [str(part) for part in place]
    if len(place) > 1 and place[0] == "claims" and isinstance(place[1], int):
        claim = document["claims"][place[1]]
        name = claim.get("id") if isinstance(claim, dict) else None
        words[:2] = [f"claim {name!r}" if name else f"claims, entry {place[1] + 1}"]
    return ".".join(words) or "file"
