from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.claims.declared import ParameterRange
from companion.errors import RefusedInput
from companion.source.notebooks import read_notebook
from companion.source.parameters import Parameter, checked_parameters, declared_parameters, parsed_assignments

ALWAYS = 'scale: str = "book"  # size\nseed: int = 0  # of the generator\ndevice: str = "auto"  # where\n'


@pytest.fixture
def declared(tmp_path):
    def write(more, always=ALWAYS):
        (tmp_path / "some.py").write_text(f'# %% parameters tags=["parameters"]\n{always}{more}')
        return declared_parameters(read_notebook(tmp_path / "some.py"))

    return write


def one(kind, annotation="some type", default=None):
    return Parameter("x", annotation, kind, default, "x")


def value_of(kind, given, allowed=None):
    ranges = {} if allowed is None else {"x": allowed}
    return checked_parameters([one(kind)], ranges, {"x": given})["x"]


def test_every_annotation_of_constants_is_read(declared):
    found = {
        p.name: p
        for p in declared(
            "a: int | None = None  # one\n"
            'b: Literal["l2", "linf"] = "l2"  # two\n'
            "# three\n# and more\n"
            "c: list[int] = [1, 2]\n"
            "d: float = -0.5  # four\n"
            "e: bool = True  # five\n"
            "f: Optional[float] = None  # six\n"
        )
    }
    assert list(found) == ["scale", "seed", "device", "a", "b", "c", "d", "e", "f"]
    assert found["a"].type == int | None
    assert found["b"].type == Literal["l2", "linf"]
    assert found["c"] == Parameter("c", "list[int]", list[int], [1, 2], "three and more")
    assert found["d"].default == -0.5
    assert found["f"].annotation == "Optional[float]"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("n = 3  # no type\n", "some.py, line 5: the parameters cell takes typed constants only"),
        ("import os\n", "line 5: the parameters cell takes typed constants only"),
        ("n: int = 2 + len('a')  # computed\n", "line 5: n must be a typed constant"),
        ("n: complex = 1  # odd\n", "the type complex is not one of int, float"),
        ("n: int = 3\n", "line 5: n has no comment"),
        ('n: int = "3"  # text\n', "the default of n, '3', is not of type int"),
        ("n: int = 3  # one\nn: int = 4  # two\n", "declares n twice"),
        ("n: int = = 3\n", r"the parameters cell \(line 5\): invalid syntax"),
    ],
)
def test_what_is_no_typed_constant_is_refused(declared, more, message):
    with pytest.raises(RefusedInput, match=message):
        declared(more)


def test_scale_seed_and_device_are_always_there(declared):
    with pytest.raises(RefusedInput, match="lacks seed, device; every chapter has scale, seed and device"):
        declared("", always='scale: str = "book"  # size\n')


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (int, "3", 3),
        (int, " 3 ", 3),
        (float, "1e-3", 1e-3),
        (float, "3", 3.0),
        (bool, "true", True),
        (bool, "False", False),
        (str, "3", "3"),
        (str, "none", "none"),
        (int | None, "none", None),
        (int | None, "4", 4),
        (Literal["a", "b"], "a", "a"),
        (Literal[1, 2], "2", 2),
        (list[int], "1,2", [1, 2]),
        (list[int], "[1, 2]", [1, 2]),
        (list[int], "3", [3]),
        (list[str], "relu, tanh", ["relu", "tanh"]),
        (list[float], [1, 2.5], [1.0, 2.5]),
        (int, 3, 3),
    ],
)
def test_texts_are_read_by_the_type(kind, given, expected):
    found = value_of(kind, given)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (int, "three"),
        (int, "1.5"),
        (int, "true"),
        (int, True),
        (int, 1.5),
        (int, ""),
        (float, "nan"),
        (float, "1e999"),
        (float, float("inf")),
        (bool, "1"),
        (bool, 1),
        (str, 3),
        (Literal["a", "b"], "c"),
        (list[int], "a,b"),
        (int, "__import__('os')"),
    ],
)
def test_ill_typed_values_are_refused(kind, given):
    with pytest.raises(RefusedInput, match=r"x is .*; expected some type"):
        value_of(kind, given)


def test_ranges_and_choices_are_kept():
    whole = ParameterRange(minimum=1, maximum=9)
    assert value_of(int, "9", whole) == 9
    assert value_of(int | None, "none", whole) is None
    with pytest.raises(RefusedInput, match="x is '10'; expected some type, from 1 to 9"):
        value_of(int, "10", whole)
    with pytest.raises(RefusedInput, match=r"x is '1,99'; expected some type, from 1 to 9"):
        value_of(list[int], "1,99", whole)
    with pytest.raises(RefusedInput, match="at least 1"):
        value_of(int, "0", ParameterRange(minimum=1))
    with pytest.raises(RefusedInput, match="at most 9"):
        value_of(float, "9.5", ParameterRange(maximum=9))
    with pytest.raises(RefusedInput, match="one of relu, tanh"):
        value_of(str, "sine", ParameterRange(choices=("relu", "tanh")))
    assert value_of(float, "2", ParameterRange(choices=(1, 2))) == 2.0
    with pytest.raises(RefusedInput, match="one of 1, 2"):
        value_of(bool, True, ParameterRange(choices=(1, 2)))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sed": "9"}, "no parameter 'sed'. Did you mean 'seed'? The parameters: scale: str = 'book', seed: int = 0"),
        ({"seed": "-1"}, "seed is '-1'; expected int, from 0 to 2147483647"),
        ({"seed": str(2**31)}, "from 0 to 2147483647"),
        ({"scale": "huge"}, "scale is 'huge'; expected str, one of quick, book, paper"),
        ({"device": "tpu"}, "one of auto, cpu, cuda"),
    ],
)
def test_built_in_parameters_have_ranges(declared, given, message):
    with pytest.raises(RefusedInput) as caught:
        checked_parameters(declared(""), {}, given)
    assert message in str(caught.value)


def test_defaults_fill_what_is_not_given_and_are_checked_too(declared):
    parameters = declared("n: int = 3  # cases\n")
    values = checked_parameters(parameters, {"n": ParameterRange(minimum=1)}, {"seed": "5"})
    assert values == {"scale": "book", "seed": 5, "device": "auto", "n": 3}
    with pytest.raises(RefusedInput, match="n is 3; expected int, at least 4"):
        checked_parameters(parameters, {"n": ParameterRange(minimum=4)}, {})


def test_a_range_for_no_parameter_is_refused(declared):
    with pytest.raises(RefusedInput, match="a range for 'm', which is no parameter"):
        checked_parameters(declared(""), {"m": ParameterRange(minimum=1)}, {})


def test_assignments_of_a_command_line():
    assert parsed_assignments(["seed=3", "name=a=b", "empty="]) == {"seed": "3", "name": "a=b", "empty": ""}
    with pytest.raises(RefusedInput, match="given as name=value"):
        parsed_assignments(["seed"])
    with pytest.raises(RefusedInput, match="'seed' is given twice"):
        parsed_assignments(["seed=1", "seed=2"])


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_what_python_writes_is_read_back(value):
    assert value_of(type(value), repr(value)) == value


@given(st.text())
def test_any_text_is_a_number_or_refused(text):
    try:
        found = value_of(int, text)
    except RefusedInput:
        return
    assert found == int(text)
