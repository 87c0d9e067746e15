import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.claims.criteria import AtLeast, AtMost, Mean, Median, Proportion, Sign
from companion.claims.declared import ChapterClaims
from companion.claims.judging import judge_claim, judge_measurements
from companion.claims.samples import Measurement
from companion.claims.verdicts import Outcome, Reason
from companion.errors import ExecutionFailed
from companion.scales import Scale

QUICK, BOOK = Scale.QUICK, Scale.BOOK
COST = {"cpu_seconds": 1, "megabytes": 10}
READER = {"topics": ["toys", "games"], "assumes": "Nothing.", "difficulty": "introductory", "figure": "toy-car"}


def claim(name: str, **fields) -> dict:
    criterion = {"test": "at-least", "cases": 3, "bound": 0.0, "reads": "the smallest is {number}"}
    given_fields = {
        "sentence": f"It is {name}.",
        "place": "ours",
        "of": "ours",
        "kind": "inequality",
        "why": "Counted.",
    }
    return {"id": name, **given_fields, "criterion": criterion, **fields}


UNCHECKED = {
    "id": "eternal",
    "sentence": "For ever.",
    "place": "ours",
    "of": "ours",
    "kind": "unchecked",
    "why": "It takes too long.",
}
DOCUMENT = {
    "chapter": "toy",
    "title": "A toy",
    "part": "Toys",
    "position": 1,
    "paper": "toy2020paper",
    "read": {"sources": ["abstract"], "sentence": "The abstract; not the body."},
    "reader": READER,
    "budget": {"quick": COST, "book": COST, "paper": COST},
    "claims": [claim("sound"), claim("large", **{"from": "book"}), claim("starry", needs=["stars"]), UNCHECKED],
}
CLAIMS = ChapterClaims.model_validate(DOCUMENT)
GOOD = [1.0, 2.0, 3.0]


def measured(*names: str) -> list[Measurement]:
    return [Measurement(name, GOOD) for name in names]


def judged(names=("sound", "large", "starry"), scale=BOOK, data=("stars",), **options):
    verdicts = judge_measurements(CLAIMS, measured(*names), scale, data, 7, **options)
    return {verdict.id: verdict for verdict in verdicts}


def test_every_declared_claim_gets_one_verdict_in_order() -> None:
    verdicts = judged()
    assert list(verdicts) == ["sound", "large", "starry", "eternal"]
    assert [str(v.verdict) for v in verdicts.values()] == ["held", "held", "held", "not judged"]


def test_a_verdict_says_all_of_the_claim_and_the_decision() -> None:
    verdict = judged()["sound"]
    assert (verdict.sentence, verdict.place, verdict.kind) == ("It is sound.", "ours", "inequality")
    assert (verdict.number, verdict.bound, verdict.margin, verdict.n, verdict.seed) == (1.0, 0.0, 1.0, 3, 7)
    assert verdict.note == "Held: the smallest is 1."


@pytest.mark.parametrize(
    ("name", "options", "reason", "words"),
    [
        ("large", {"scale": QUICK}, Reason.SCALE, "book is the smallest"),
        ("starry", {"data": ()}, Reason.DATA, "needs stars, not found"),
        ("eternal", {}, Reason.UNCHECKED, "Not checked: It takes too long."),
    ],
)
def test_what_cannot_be_judged_says_why_even_if_measured(name, options, reason, words) -> None:
    verdict = judged(**options)[name]
    assert (verdict.verdict, verdict.reason, verdict.number) == (Outcome.NOT_JUDGED, reason, None)
    assert words in verdict.note


def test_where_scale_or_data_is_lacking_measuring_is_optional() -> None:
    verdicts = judged(names=["sound"], scale=QUICK, data=())
    assert [str(v.reason) for v in verdicts.values()] == ["None", "scale", "data", "unchecked"]


def test_tests_lift_the_gates() -> None:
    verdicts = judged(scale=QUICK, data=(), lift_gates=True)
    assert [str(v.verdict) for v in verdicts.values()] == ["held", "held", "held", "not judged"]


def test_lifted_gates_do_not_excuse_a_small_scale_but_do_excuse_lacking_data() -> None:
    assert judged(names=["sound", "large"], data=(), lift_gates=True)["starry"].reason is Reason.DATA
    with pytest.raises(ExecutionFailed, match="toy/large was not measured"):
        judged(names=["sound", "starry"], scale=QUICK, lift_gates=True)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ["sound", "large"],
            r"claim toy/starry was not measured: add chapter.measure\('starry', …\) to notebooks/toy.py",
        ),
        (["sound", "sound"], r"measured more than once in notebooks/toy.py: toy/sound\. .*join the samples"),
        (["sound", "other"], r"not declared: toy/other\. Declare it in notebooks/toy.claims.yml, or .* sound, large"),
        (["sound", "eternal"], r"declared unchecked: toy/eternal\. Give it a kind and a criterion"),
    ],
)
def test_missing_doubled_and_undeclared_measurements_are_named(names, message) -> None:
    with pytest.raises(ExecutionFailed, match=message):
        judged(names=names)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([1.0], "1 cases; .* at least 3"),
        ({"a": GOOD, "b": [1.0]}, "1 cases in group 'b'"),
        ({"a": {"b": GOOD}}, "groups"),
    ],
)
def test_samples_that_do_not_fit_are_refused_with_both_files(samples, message) -> None:
    with pytest.raises(ExecutionFailed, match=rf"claim toy/sound: .*{message}.*notebooks/toy\.py.*toy\.claims\.yml"):
        judge_claim("toy", CLAIMS.by_id["sound"], samples, 0)


# laws that hold whatever the samples

numbers = st.lists(st.floats(-100, 100).map(lambda v: round(v, 3)), min_size=20, max_size=40)
CRITERIA = st.sampled_from(
    [
        AtLeast(test="at-least", cases=1, bound=-50.0),
        AtMost(test="at-most", cases=1, bound=50.0),
        Mean(test="mean", cases=5, above=-10.0),
        Mean(test="mean", cases=5, above=-10.0, below=10.0),
        Median(test="median", cases=12, above=-10.0),
        Proportion(test="proportion", cases=10, above=0.2),
        Sign(test="sign", cases=20, effect=1.0),
    ]
)
UPWARD = st.sampled_from(
    [
        AtLeast(test="at-least", cases=1, bound=-50.0),
        Median(test="median", cases=12, above=-10.0),
        Proportion(test="proportion", cases=10, above=0.2),
        Sign(test="sign", cases=20, effect=1.0),
    ]
)
RANK = {Outcome.VIOLATED: 0, Outcome.UNDECIDED: 1, Outcome.HELD: 2}
lawful = settings(deadline=None, derandomize=True, max_examples=40)


@lawful
@given(CRITERIA, numbers, st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(criterion, values, random) -> None:
    shuffled = random.sample(values, len(values))
    one, other = criterion.decide(values), criterion.decide(shuffled)
    assert one.outcome is other.outcome
    assert one.number == pytest.approx(other.number, rel=1e-9, abs=1e-9)


@lawful
@given(UPWARD, numbers, st.lists(st.floats(0, 50), min_size=40, max_size=40))
def test_larger_samples_never_harm_a_claim_of_largeness(criterion, values, raises) -> None:
    raised = [value + more for value, more in zip(values, raises, strict=False)]
    before, after = criterion.decide(values), criterion.decide(raised)
    assert RANK[after.outcome] >= RANK[before.outcome]
    assert after.margin >= before.margin


@lawful
@given(numbers, st.floats(0, 50))
def test_a_common_shift_never_harms_a_claim_on_the_mean(values, shift) -> None:
    criterion = Mean(test="mean", cases=5, above=0.0)
    shifted = criterion.decide(np.asarray(values) + shift)
    assert RANK[shifted.outcome] >= RANK[criterion.decide(values).outcome]


@lawful
@given(CRITERIA, st.dictionaries(st.text(min_size=1, max_size=3), numbers, min_size=1, max_size=4))
def test_groups_are_as_good_as_the_worst_of_them(criterion, groups) -> None:
    alone = criterion.shared_between(len(groups))
    worst = min(RANK[alone.decide(values).outcome] for values in groups.values())
    together = criterion.decide(groups)
    assert RANK[together.outcome] == worst
    assert together.n == sum(map(len, groups.values()))


@lawful
@given(numbers, st.floats(1e-6, 1e-3), st.floats(1e-6, 1e-3))
def test_a_smaller_alpha_decides_less(values, one, other) -> None:
    small, large = sorted((one, other))
    strict, lax = (Mean(test="mean", cases=5, above=0.0, alpha=alpha).decide(values) for alpha in (small, large))
    assert strict.interval[0] <= lax.interval[0] <= lax.interval[1] <= strict.interval[1]
    assert strict.outcome in {lax.outcome, Outcome.UNDECIDED}
