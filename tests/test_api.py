"""The Python surface: the same code as the command line, arrays in, arrays out."""

import inspect
import json

import numpy as np
import pytest

import derivcli
from derivcli import DerivError, Result, SymbolicResult, derive, parse
from tests.support import deriv, each


def test_the_example_of_the_documentation() -> None:
    result = derive("u**3+v**2+4*u*v", at={"u": 3, "v": 4}, wrt=["u", "v"])
    assert result.at["u"].tolist() == [3]
    assert result.value.tolist() == [91]
    assert (result.derivatives["u"].tolist(), result.derivatives["v"].tolist()) == ([43], [20])


@pytest.mark.parametrize("at", [{"x": [1, 2]}, {"x": np.array([1.0, 2.0])}, {"x": "1,2"}, {"x": ["1", 2]}, "x=1,2"])
def test_points_may_be_given_in_many_ways(at: object) -> None:
    result = derive("x**2", at)  # type: ignore[call-overload]
    assert result.derivatives["x"].tolist() == [2, 4]


def test_every_array_has_shape_points() -> None:
    result = derive("x*y+3", at={"x": [1, 2, 3], "y": [4, 5]})
    arrays = [*result.at.values(), result.value, *result.derivatives.values(), result.flags]
    assert {array.shape for array in arrays} == {(6,)}


def test_paired_points() -> None:
    result = derive("x*y", at={"x": [1, 2], "y": [3, 4]}, paired=True)
    assert result.value.tolist() == [3, 8]


def test_without_points_the_derivatives_are_formulas() -> None:
    result = derive("u**3+v**2+4*u*v")
    assert isinstance(result, SymbolicResult)
    assert {name: formula.canonical_text for name, formula in result.derivatives.items()} == {
        "u": "3*u**2 + 4*v",
        "v": "4*u + 2*v",
    }


def test_a_parsed_expression_can_be_used_again() -> None:
    expression = parse("speed**2", declared=["speed"])
    result = derive(expression, at={"speed": 3})
    assert isinstance(result, Result)
    assert result.derivatives["speed"].tolist() == [6]


def test_definitions() -> None:
    assert derive("z**2", at={"x": 1}, let={"z": "3*x+1"}).derivatives["x"].tolist() == [24]
    assert parse("z**2", let={"z": "3*x+1"}).variables == ("x",)


def test_chained_definitions_cost_what_they_say() -> None:
    let = {"a0": "x+1"} | {f"a{n}": f"a{n - 1}*a{n - 1}" for n in range(1, 9)}
    assert derive("a8", at={"x": 0}, let=let).derivatives["x"].tolist() == [256]


def test_dtype() -> None:
    result = derive("x/3", at={"x": 1}, dtype="float32")
    assert result.value.dtype == result.at["x"].dtype == result.derivatives["x"].dtype == np.float32
    with pytest.raises(DerivError, match="not a number format"):
        derive("x", at={"x": 1}, dtype="float16")


@each("value", [float("nan"), float("inf"), [[1.0]], [], "nan", "1_000"])
def test_values_that_are_no_points(value: object) -> None:
    with pytest.raises(DerivError):
        derive("x", at={"x": value})  # type: ignore[dict-item]


def test_both_surfaces_give_the_same_numbers() -> None:
    result = derive("sin(x)*exp(-x**2)+log(1+x**2)", at="x=-3:3:101")
    out = deriv("sin(x)*exp(-x**2)+log(1+x**2)", "--at", "x=-3:3:101", "--format", "json").json
    assert out["functions"][0]["derivatives"]["x"] == result.derivatives["x"].tolist()
    assert out["functions"][0]["value"] == result.value.tolist()


def test_json_numbers_read_back_exactly() -> None:
    points = np.random.default_rng(1).standard_normal(200) * 10.0 ** np.random.default_rng(2).integers(-300, 300, 200)
    text = ",".join(map(repr, points.tolist()))
    out = deriv("x", "--at", f"x={text}", "--format", "json")
    assert json.loads(out.stdout)["at"]["x"] == points.tolist()


def test_the_public_names_are_those_listed() -> None:
    assert all(getattr(derivcli, name) is not None for name in derivcli.__all__)
    assert all(getattr(derivcli, name).__doc__ for name in derivcli.__all__ if name != "FLAGS")


def test_help_shows_every_option() -> None:
    """Options that functions share are declared once, and shown as parameters of each."""
    shown = str(inspect.signature(derive))
    assert "let: 'Lets | None' = None, paired: 'bool' = False, order: 'int | Sequence[int]' = 1, mixed:" in shown
    assert "options" not in shown
    with pytest.raises(TypeError, match="unexpected keyword argument 'ordre'"):
        derive("x", "x=1", ordre=2)  # type: ignore[call-overload]
