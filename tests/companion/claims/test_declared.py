import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.claims.declared import ChapterClaims, Claim, Difficulty, Kind, ParameterRange, read_claims
from companion.errors import RefusedInput
from companion.scales import Scale

CRITERION = {"test": "at-least", "cases": 3, "bound": 0.0, "reads": "the smallest is {number}"}
CLAIM = {
    "id": "sound",
    "sentence": "Bounds are sound.",
    "place": "Theorem 3.2",
    "of": "paper",
    "kind": "inequality",
    "criterion": CRITERION,
    "why": "Rounding only.",
}
COST = {"cpu_seconds": 1, "megabytes": 10}
READER = {"topics": ["toys", "games"], "assumes": "Nothing.", "difficulty": "introductory", "figure": "toy-car"}
DOCUMENT = {
    "chapter": "toy",
    "title": "A toy",
    "part": "Toys",
    "position": 1,
    "paper": "toy2020paper",
    "read": {"sources": ["abstract"], "sentence": "The abstract; not the body."},
    "reader": READER,
    "budget": {"quick": COST, "book": COST, "paper": COST},
    "parameters": {"width": {"minimum": 1, "maximum": 9}},
    "claims": [CLAIM],
}


def document(**changes) -> dict:
    """The toy's claims file; ``claim`` changes fields of its claim, None removes a field."""
    whole = copy.deepcopy(DOCUMENT)
    whole["claims"][0].update(changes.pop("claim", {}))
    whole.update(changes)
    whole["claims"] = [{k: v for k, v in claim.items() if v is not None} for claim in whole["claims"]]
    return {key: value for key, value in whole.items() if value is not None}


def written(folder: Path, content: dict | str, name: str = "toy") -> Path:
    path = folder / f"{name}.claims.yml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def test_a_claims_file_is_read(tmp_path) -> None:
    claims = read_claims(written(tmp_path, document(claim={"from": "book", "needs": ["mnist", "fashion-mnist"]})))
    claim = claims.by_id["sound"]
    assert (claim.kind, claim.lowest_scale, claim.criterion.bound) == (Kind.INEQUALITY, Scale.BOOK, 0.0)
    assert claims.needs == ("fashion-mnist", "mnist")


def test_a_chapter_may_join_others_in_place_of_having_a_paper(tmp_path) -> None:
    claims = read_claims(written(tmp_path, document(paper=None, read=None, joins=["crown", "random-matrix"])))
    assert claims.paper is None
    assert claims.joins == ("crown", "random-matrix")


@pytest.mark.parametrize("changes", [{"paper": None}, {"joins": ["crown"]}])
def test_a_chapter_has_either_a_paper_or_chapters_that_it_joins(tmp_path, changes) -> None:
    with pytest.raises(RefusedInput, match="either its paper or, under joins, the chapters that it brings together"):
        read_claims(written(tmp_path, document(**changes)))


@pytest.mark.parametrize("changes", [{"read": None}, {"paper": None, "joins": ["crown"]}])
def test_a_chapter_on_a_paper_says_what_of_it_was_read(tmp_path, changes) -> None:
    with pytest.raises(RefusedInput, match="says under read what of it was read; one that joins others does not"):
        read_claims(written(tmp_path, document(**changes)))


def test_sources_are_told_in_one_order(tmp_path) -> None:
    read = {"sources": ["official code", "abstract"], "sentence": "Both."}
    with pytest.raises(RefusedInput, match="in this order, each once: full text, parts of the text, abstract"):
        read_claims(written(tmp_path, document(read=read)))


@pytest.mark.parametrize(
    ("claim", "is_ours"),
    [
        ({"of": "paper", "kind": "threshold"}, True),
        ({"of": "paper", "kind": "threshold", "threshold": "paper"}, False),
        ({"of": "paper", "kind": "inequality"}, False),
        ({"of": "ours", "kind": "threshold"}, False),
    ],
)
def test_a_threshold_that_we_chose_for_a_claim_of_the_paper_is_said(tmp_path, claim, is_ours) -> None:
    (read,) = read_claims(written(tmp_path, document(claim=claim))).claims
    assert read.is_threshold_ours is is_ours


def test_a_reader_learns_what_a_chapter_is_about_and_how_hard_it_is(tmp_path) -> None:
    reader = read_claims(written(tmp_path, document())).reader
    assert (reader.topics, reader.difficulty, reader.figure) == (("toys", "games"), Difficulty.INTRODUCTORY, "toy-car")


def test_an_exponent_without_a_point_is_a_number(tmp_path) -> None:
    text = yaml.safe_dump(document()).replace("bound: 0.0", "bound: 1e-9")
    assert read_claims(written(tmp_path, text)).claims[0].criterion.bound == 1e-9


def test_folded_sentences_become_one_line(tmp_path) -> None:
    claims = read_claims(written(tmp_path, document(claim={"sentence": "Bounds\n  are  sound.\n"})))
    assert claims.claims[0].sentence == "Bounds are sound."


def without(field: str) -> dict:
    return {name: value for name, value in READER.items() if name != field}


def unchecked(**changes) -> dict:
    return {"kind": "unchecked", "criterion": None, **changes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verdict": "held"}, "verdict: is no known key"),
        ({"claim": {"verdict": "held"}}, "claim 'sound'.verdict: is no known key"),
        ({"claim": {"why": None}}, "claim 'sound'.why: the reason is missing"),
        ({"claim": {"why": " "}}, "claim 'sound'.why"),
        ({"claim": unchecked(why=None)}, "claim 'sound'.why: the reason is missing"),
        ({"claim": {"id": None}}, "claims, entry 1.id: is missing"),
        ({"claim": {"id": "Not Kebab"}}, "claim 'Not Kebab'.id"),
        ({"claim": {"sentence": None}}, "claim 'sound'.sentence: is missing"),
        ({"claim": {"place": None}}, "claim 'sound'.place: is missing"),
        ({"claim": {"of": None}}, "claim 'sound'.of: is missing: whose claim is it?"),
        ({"claim": {"criterion": {**CRITERION, "reads": ""}}}, "say under reads how the number of at-least reads"),
        ({"claim": {"criterion": {**CRITERION, "reads": "it is so"}}}, "reads must show {number}"),
        (
            {"claim": {"criterion": {**CRITERION, "reads": "{number} of {cases}"}}},
            "reads names {cases}; here there are",
        ),
        ({"claim": {"criterion": {**CRITERION, "reads": "{number:.1x}"}}}, "reads cannot be filled"),
        ({"claim": {"criterion": None}}, "claim 'sound' has no criterion"),
        ({"claim": {"criterion": {"test": "at-least", "bound": 0.0}}}, "smallest number of cases is missing"),
        ({"claim": {"criterion": {**CRITERION, "cases": 0}}}, "greater than or equal to 1"),
        ({"claim": {"criterion": {**CRITERION, "retry": 3}}}, "retry: is no known key"),
        ({"claim": {"criterion": {"test": "looks-good"}}}, "looks-good"),
        ({"claim": {"kind": "identity"}}, "of kind identity, but at-least judges inequality, threshold"),
        ({"claim": {"kind": "tendency"}}, "of kind tendency, but at-least judges"),
        ({"claim": {"kind": "certain"}}, "claim 'sound'.kind"),
        ({"claim": {"kind": "unchecked"}}, "is unchecked, so it has no criterion"),
        ({"claim": {"from": "huge"}}, "claim 'sound'.from"),
        ({"claims": []}, "claims"),
        ({"claims": [CLAIM, CLAIM]}, "claim ids must be unique; doubled: sound"),
        ({"budget": {"quick": COST}}, "budget lacks the scales book, paper"),
        ({"budget": {**DOCUMENT["budget"], "quick": {"cpu_seconds": 0, "megabytes": 1}}}, "budget.quick.cpu_seconds"),
        ({"parameters": {"width": {}}}, "needs minimum, maximum or choices"),
        ({"parameters": {"width": {"choices": [1], "minimum": 0}}}, "either choices or a range"),
        ({"title": None}, "title: is missing"),
        ({"reader": None}, "reader: is missing: say for readers topics, assumes, difficulty and figure"),
        ({"reader": without("topics")}, "reader.topics: is missing: name two to four topics"),
        ({"reader": without("assumes")}, "reader.assumes: is missing: say in one sentence"),
        ({"reader": without("difficulty")}, "reader.difficulty: is missing: introductory, intermediate or advanced"),
        ({"reader": without("figure")}, "reader.figure: is missing: name the figure of the notebook"),
        ({"reader": {**READER, "topics": ["toys"]}}, "reader.topics: Tuple should have at least 2 items"),
        ({"reader": {**READER, "topics": ["toys", "games", "dice", "cards", "dolls"]}}, "at most 4 items"),
        ({"reader": {**READER, "topics": ["toys", "toys"]}}, "reader: each topic is named once"),
        ({"reader": {**READER, "topics": ["toys", "Games"]}}, "expected a topic in lower-case letters"),
        (
            {"reader": {**READER, "topics": ["toys", "a b c d"]}},
            "one to three words, at most 24 letters, got 'a b c d'",
        ),
        (
            {"reader": {**READER, "assumes": "Nothing"}},
            "one sentence of at most 200 letters that ends with a full stop",
        ),
        ({"reader": {**READER, "assumes": 70 * "No " + "."}}, "reader.assumes: expected one sentence"),
        ({"reader": {**READER, "difficulty": "easy"}}, "reader.difficulty: Input should be 'introductory'"),
        ({"reader": {**READER, "figure": "Toy car"}}, "reader.figure"),
        ({"reader": {**READER, "minutes": 5}}, "reader.minutes: is no known key"),
        ({"chapter": "other"}, "says chapter: other; it must be the file's own name"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_place(tmp_path, changes, message) -> None:
    with pytest.raises(RefusedInput) as refused:
        read_claims(written(tmp_path, document(**changes)))
    assert message in str(refused.value)
    assert str(refused.value).startswith("toy.claims.yml ")


def test_every_problem_is_listed(tmp_path) -> None:
    with pytest.raises(RefusedInput, match=r"(?s)'sound'\.why.*verdict"):
        read_claims(written(tmp_path, document(claim={"why": None}, verdict="held")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("claims: [", "not valid YAML"),
        ("", "toy.claims.yml is refused"),
        ("- 1", "toy.claims.yml is refused"),
        ("title: one\ntitle: two\n", "the key 'title' stands twice"),
        ("a:\n  - {why: one, why: two}\n", "the key 'why' stands twice"),
        ("? [a, b]\n: 1\n", "toy.claims.yml is"),
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path, text, message) -> None:
    with pytest.raises(RefusedInput, match=message):
        read_claims(written(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path) -> None:
    with pytest.raises(RefusedInput, match=r"toy\.claims\.yml is missing: a chapter declares its claims"):
        read_claims(tmp_path / "toy.claims.yml")


def test_bytes_that_are_no_text_are_refused(tmp_path) -> None:
    path = tmp_path / "toy.claims.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RefusedInput, match="not valid YAML"):
        read_claims(path)


@pytest.mark.parametrize(
    "given_range", [{"minimum": 0}, {"maximum": 1.5}, {"choices": [1, "a"]}, {"minimum": 0, "maximum": 1}]
)
def test_ranges(given_range) -> None:
    assert ParameterRange.model_validate(given_range).model_dump(exclude_none=True).keys() == given_range.keys()


READS = st.just("the number is {number:.3g}")
finite = st.floats(-1e9, 1e9, allow_nan=False)
positive = st.floats(1e-12, 1e3, allow_nan=False)
slugs = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=3, max_size=20)
by_kind = st.one_of(
    st.tuples(
        st.sampled_from(["inequality", "threshold"]),
        st.fixed_dictionaries(
            {"test": st.just("at-most"), "reads": READS, "cases": st.integers(1, 999), "bound": finite}
        ),
    ),
    st.tuples(
        st.just("identity"),
        st.fixed_dictionaries(
            {"test": st.just("agree"), "reads": READS, "cases": st.integers(1, 99), "tolerance": positive}
        ),
    ),
    st.tuples(
        st.just("tendency"),
        st.fixed_dictionaries(
            {"test": st.just("sign"), "reads": READS, "cases": st.integers(20, 99), "effect": positive}
        ),
    ),
    st.tuples(
        st.just("statistical"),
        st.fixed_dictionaries(
            {
                "test": st.just("all-of"),
                "parts": st.dictionaries(
                    slugs,
                    st.fixed_dictionaries(
                        {"test": st.just("mean"), "reads": READS, "cases": st.integers(5, 99), "above": finite}
                    ),
                    min_size=2,
                    max_size=3,
                ),
            }
        ),
    ),
    st.tuples(st.just("unchecked"), st.none()),
)
claims_given = st.builds(
    lambda name, sentence, pair, scale, needs: {
        "id": name,
        "sentence": sentence,
        "place": "ours",
        "of": "ours",
        "why": "Because.",
        "kind": pair[0],
        "from": scale,
        "needs": needs,
        **({} if pair[1] is None else {"criterion": pair[1]}),
    },
    slugs,
    texts,
    by_kind,
    st.sampled_from(list(map(str, Scale))),
    st.lists(slugs, max_size=2),
)


@settings(deadline=None, derandomize=True)
@given(st.lists(claims_given, min_size=1, max_size=4, unique_by=lambda claim: claim["id"]))
def test_claims_survive_writing_and_reading(claims) -> None:
    read = ChapterClaims.model_validate(document(claims=claims))
    again = yaml.safe_load(yaml.safe_dump(read.model_dump(mode="json", by_alias=True)))
    assert ChapterClaims.model_validate(again) == read
    assert [claim.id for claim in read.claims] == [claim["id"] for claim in claims]


@settings(deadline=None, derandomize=True)
@given(claims_given, texts)
def test_no_unknown_key_passes(claim, key) -> None:
    known = {*Claim.model_fields, "from", "of"}
    if key not in known:
        with pytest.raises(ValueError, match="Extra inputs"):
            Claim.model_validate({**claim, key: 1})


@settings(deadline=None, derandomize=True)
@given(claims_given, st.sampled_from(["id", "sentence", "place", "kind", "why"]))
def test_no_claim_lacks_what_it_needs(claim, key) -> None:
    with pytest.raises(ValueError, match=key):
        Claim.model_validate({name: value for name, value in claim.items() if name != key})
