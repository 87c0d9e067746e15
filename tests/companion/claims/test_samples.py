import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.claims import samples as module
from companion.claims.samples import count, plain_samples

WHERE = "claim 'sound'"


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (1, [1.0]),
        (True, [1.0]),
        (np.float32(0.5), [0.5]),
        ([1, 2.5, False], [1.0, 2.5, 0.0]),
        ((1, 2), [1.0, 2.0]),
        (np.arange(4).reshape(2, 2), [0.0, 1.0, 2.0, 3.0]),
        (torch.tensor([1.0, 2.0], requires_grad=True), [1.0, 2.0]),
        (torch.tensor([0.5], dtype=torch.bfloat16), [0.5]),
        (torch.tensor([True, False]), [1.0, 0.0]),
        ([torch.tensor(1.0, requires_grad=True), torch.tensor(2.0)], [1.0, 2.0]),
        ((value for value in (1.0, 2.0)), [1.0, 2.0]),
        ({"a": 1}.values(), [1.0]),
        ({"a": {"deep": [1]}, 2: torch.ones(2)}, {"a": {"deep": [1.0]}, "2": [1.0, 1.0]}),
    ],
)
def test_everything_that_holds_numbers_is_taken(samples, expected) -> None:
    assert plain_samples(samples, WHERE) == expected


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_survive_json_exactly(values) -> None:
    assert json.loads(json.dumps(plain_samples(values, WHERE))) == values


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_the_place_of_a_number_that_is_not_finite_is_named(bad) -> None:
    with pytest.raises(ValueError, match=rf"claim 'sound', group 'tanh': number 1 of 3 is {bad}"):
        plain_samples({"relu": [1.0], "tanh": [0.0, bad, 1.0]}, WHERE)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([], "there is no number"),
        ({}, "mapping of groups is empty"),
        ({"a": []}, "group 'a': there is no number"),
        ("text", "expected real numbers, got str"),
        (["1", "2"], "expected real numbers, got list"),
        (None, "expected real numbers, got NoneType"),
        ([1j], "expected real numbers"),
        (torch.tensor([1j]), "expected real numbers"),
        ([[1.0], [1.0, 2.0]], "different lengths; use a mapping"),
        ({1: [1.0], "1": [2.0]}, "same name as text"),
    ],
)
def test_other_things_are_refused(samples, message) -> None:
    with pytest.raises(ValueError, match=f"^claim 'sound'.*{message}"):
        plain_samples(samples, WHERE)


def test_too_many_numbers_are_refused_with_advice(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_NUMBERS", 10)
    with pytest.raises(ValueError, match=r"11 numbers are too many for a notebook; .* worst case"):
        plain_samples({"a": np.zeros(6), "b": np.zeros(5)}, WHERE)


def test_count_goes_through_all_groups() -> None:
    assert count({"a": [1.0, 2.0], "b": {"c": [3.0]}}) == 3
