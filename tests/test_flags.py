"""Every point that touches a special place is flagged, alone, in a mixed batch and among a million others."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from derivcli import FLAGS, DerivError, derive, parse
from derivcli.engines.program import OPERATIONS, Step
from derivcli.engines.special_functions.kernels import KERNELS
from derivcli.engines.torch.flags import ARRAY_OPERATIONS, TENSOR_OPERATIONS, FlagObserver, special_points
from derivcli.engines.torch.rules import TORCH_RULES, run
from derivcli.language.functions.table import vocabulary
from tests.support import deriv, drawn, each

INFINITE = math.inf, -math.inf, math.nan
FINITE = -2.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0


def flags_at(text: str, at: dict[str, float], wrt: str = "x") -> str:
    """The kinds of places that one point touches."""
    return kinds(derive(text, at, wrt, check=False).flags[0])


def kinds(bits: int) -> str:
    return " ".join(kind for number, kind in enumerate(FLAGS) if bits >> number & 1)


KNOWN = [
    ("abs(x)", 0, "corner"),
    ("abs(x)*0", 0, "corner"),
    ("abs(x)", 1e-300, ""),
    ("relu(x)", 0, "corner"),
    ("max(x, x**2)", 1, "corner"),
    ("max(x, 0, x**2)", 1, "corner"),
    ("min(x, 1)", 1, "corner"),
    ("hypot(x, 2*x)", 0, "corner infinite"),
    ("sign(x)", 0, "jump"),
    ("floor(x)", 2, "jump"),
    ("ceil(x)", -2, "jump"),
    ("frac(x)", 2, "jump"),
    ("x//2", 4, "jump"),
    ("mod(x, 2)", 4, "jump"),
    ("mod(x, 2)", 3, ""),
    ("mod(7, x)", 3.5, "jump"),
    ("atan2(x, -1)", 0, "jump"),
    ("atan2(x, 1)", 0, ""),
    ("sqrt(x)", 0, "edge infinite"),
    ("sqrt(x**2)", 0, "edge infinite"),
    ("sqrt(0*x)", 1, "edge infinite"),
    ("x*sqrt(x)", 0, "edge infinite"),
    ("floor(sqrt(x))", 0, "jump edge infinite"),
    ("sqrt(max(x, 0))", -1, "edge"),
    ("asin(x)", 1, "edge infinite"),
    ("asin(x)", -1, "edge infinite"),
    ("acos(x)", -1, "edge infinite"),
    ("acosh(x)", 1, "edge infinite"),
    ("asec(x)", 1, "edge infinite"),
    ("x^0.5", 0, "edge infinite"),
    ("x^1.5", 0, "edge"),
    ("x^(-0.5)", 0, "edge infinite undefined"),
    ("x^2", 0, ""),
    ("x^x", 0, "edge"),
    ("x^x", -1, "edge infinite"),
    ("x^x", 1, ""),
    ("0^x", 1, "edge"),
    ("2^x", 0, ""),
    ("cbrt(x)", 0, "vertical infinite"),
    ("root(x, 3)", 0, "vertical infinite"),
    ("root(x, 4)", 0, "edge infinite"),
    ("heaviside(x)", 0, "branch"),
    ("leaky_relu(x)", 0, "branch"),
    ("if(x > 0, x, 0)", 0, "branch"),
    ("if(x == 0, 1, sin(x)/x)", 0, "branch"),
    ("if(x > 0, sqrt(x), 0)", 0, "branch"),
    ("if(x >= 0, sqrt(x), 0)", 0, "edge branch infinite"),
    ("if(x < 1, sqrt(x), abs(x - 2))", 0, "edge infinite"),
    ("if(x < 1, sqrt(x), abs(x - 2))", 2, "corner"),
    ("if(sqrt(x) > 1, x, 2)", 0, "edge"),
    ("if(x < 1, if(x < 0, -x, abs(x)), 1)", 0, "corner branch"),
    ("if(x < 0, 1, if(x == 5, 2, x))", 5, "branch"),
    ("abs(if(x > 0, x - 1, 0))", -1, ""),
    ("abs(if(x > 0, x - 1, 0))", 1, "corner"),
    ("Piecewise((abs(x), x < 1))", 0, "corner"),
    ("abs(Piecewise((x, x < 1)))", 2, "undefined"),
    ("log(x)", 0, "infinite undefined"),
    ("log(x)", -1, "undefined"),
    ("1/x", 0, "infinite undefined"),
    ("exp(x)", 1000, "infinite undefined"),
    ("7", 0, ""),
]
"""Formulas, points, and what the points touch: a step that touches a place tells, whatever becomes of it."""


@each(("text", "x", "touched"), KNOWN)
def test_what_a_point_touches(text: str, x: float, touched: str) -> None:
    assert flags_at(text, {"x": x}) == touched


@each("text", ["abs(y)*x", "sqrt(y)*x", "if(y > 0, x, 2*x)", "x*floor(y)", "x*tanh(1/y)"])
def test_what_does_not_vary_touches_nothing(text: str) -> None:
    assert flags_at(text, {"x": 1, "y": 0}) == ""
    assert flags_at(text, {"x": 1, "y": 0}, "y")


SWALLOWED = [
    *("1/{}", "exp(-{})", "expm1(-{})", "atan({})", "tanh({})", "sign({})", "relu(-{})", "erf({})", "erfc({})"),
    *("sigmoid({})", "atan2(1, {})", "atan2({}, 1)", "max(-{}, 1)", "min({}, 1)", "logsumexp(-{}, 0)", "mod(1, {})"),
    *("trigamma({})", "2^(-{})", "(1+{})^0", "{}^(-2)", "1^{}", "root({}, -3)", "0.5^{}"),
    *("if({} > 1, x, 2)", "if({} == 1, x, 2)", "if({} != 1, x, 2)", "heaviside({})"),
]
"""Formulas that are finite, and so are their derivatives, while a step overflows: {} is 1e400*x."""


@each("text", SWALLOWED)
@each("inside", ["{}", "if(x > 0, {}, 0)", "if(x < 0, 0, if(x < 2, {}, 3))"])
def test_an_infinity_that_a_step_swallows_is_told(text: str, inside: str) -> None:
    result = derive(inside.format(text.format("(x*10^200*10^200)")), {"x": [1, -1]}, ["x"], check=False)
    assert math.isfinite(result.value[0])
    assert "infinite" in kinds(result.flags[0])


def operands_of(operation: str) -> Iterator[list[float]]:
    """Operands of an operation of which at least one is not finite."""
    for count in (1,) if operation == "pow_constant" else (1, 2):
        for operands in itertools.product(INFINITE + FINITE, repeat=count):
            if not all(map(math.isfinite, operands)):
                yield list(operands)


def swallowed(operation: str) -> set[int]:
    """The operands that can be infinite, or no number, while the value of the operation is finite."""
    found = set()
    for operands in operands_of(operation):
        tensors = [torch.tensor([value], dtype=torch.float64) for value in operands]
        row = vocabulary().get(operation)
        for number, name in enumerate(row.parameters if row else ()):
            if row and name in (*row.whole, *row.constant) and number < len(tensors):
                tensors[number] = torch.ones_like(tensors[number])
        try:
            with np.errstate(all="ignore"):
                value = run(Step(operation, (), -1.5), tensors, 1, tensors[0])
        except (TypeError, IndexError):  # it takes another number of operands
            continue
        if math.isfinite(value.item()):
            found |= {number for number, each in enumerate(tensors) if not math.isfinite(each.item())}
    return found


LOGIC = {"and", "or", "not", "true", "false"}
"""Operations on truths, which are always finite."""


@each("operation", sorted(OPERATIONS - LOGIC - {"constant", "piecewise", "integral"}))
def test_every_step_that_swallows_is_known(operation: str) -> None:
    known = set(special_points(operation, -1.5)[0])
    assert swallowed(operation) <= known if operation in KERNELS else swallowed(operation) == known


def test_a_power_swallows_nothing_unless_its_exponent_is_negative() -> None:
    for exponent, wanted in ((-2.0, (0,)), (-0.5, (0,)), (0.5, ()), (3.0, ())):
        assert special_points("pow_constant", exponent)[0] == wanted
        values = [math.isfinite(math.pow(each, exponent)) for each in INFINITE]
        assert any(values) == bool(wanted)


@each("operation", sorted(OPERATIONS - {"constant", "piecewise", "pow_constant"}))
def test_conditions_are_made_of_what_is_interpreted(operation: str) -> None:
    for place in special_points(operation, 0.0)[1]:
        assert {step.operation for step in place.condition.steps} <= ARRAY_OPERATIONS.keys() | {"constant"}


@each("operation", sorted(ARRAY_OPERATIONS))
def test_the_interpretations_agree(operation: str) -> None:
    count = 1 if operation in ("abs", "floor", "negative", "not") else 2
    for operands in itertools.product((False, True) if operation in LOGIC else FINITE, repeat=count):
        tensors = list(map(torch.tensor, operands)) if operation in LOGIC else [*map(float64, operands)]
        with np.errstate(all="ignore"):
            value = ARRAY_OPERATIONS[operation](*map(np.array, operands))
        for other in (TORCH_RULES[operation](*tensors), TENSOR_OPERATIONS[operation](*tensors)):
            assert np.array_equal(value, other.numpy(), equal_nan=other.is_floating_point()), operands


def float64(number: float) -> torch.Tensor:
    return torch.tensor(number, dtype=torch.float64)


def test_both_interpretations_know_the_same_operations() -> None:
    assert ARRAY_OPERATIONS.keys() == TENSOR_OPERATIONS.keys()


MILLION = 1_000_000
AMONG_OTHERS = [
    ("abs(x)", 0.0),
    ("max(x, x**2)*sigmoid(x)", 1.0),
    ("floor(x/8)", 16.0),
    ("mod(x, 8)", 0.0),
    ("sqrt(x**2)", 0.0),
    ("x^2.5", 0.0),
    ("hypot(x, x)", 0.0),
    ("atan2(x, -1)", 0.0),
    ("if(x > 0, x, 0)", 0.0),
    ("if(x > 0, if(x < 5, abs(x - 1), x), 0)", 1.0),
    ("exp(-1/x^2)", 0.0),
    ("log(x)", 0.0),
]
"""Formulas with a point that touches something, where nothing between 2 and 3 does."""


@each(("text", "special"), AMONG_OTHERS)
@each("place", [0, 777_777, MILLION - 1])
def test_one_among_a_million_is_flagged(text: str, special: float, place: int) -> None:
    x = np.linspace(2, 3, MILLION)
    x[place] = special
    flags = derive(text, {"x": x}, check=False).flags
    assert np.flatnonzero(flags).tolist() == [place]
    assert kinds(flags[place]) == flags_at(text, {"x": special})


FUNCTIONS = "abs relu sign floor sqrt cbrt log exp atan tanh asin acosh heaviside elu leaky_relu -".split()
PAIRS = "max({},{}) min({},{}) hypot({},{}) atan2({},{}) mod({},{}) logsumexp({},{}) ({}+{}) ({}-{}) ({}*{})".split()
PAIRS += "({}/{}) ({})^({})".split()
CHOICES = [
    *("if({}{sign}{}, {}, {})", "if({}{sign}{} and x > 0, {}, {})", "if(not ({}{sign}{} or y == 1), {}, {})"),
    *("Piecewise(({2}, {0}{sign}{1}), ({3}, x >= 1))", "Piecewise(({2}, {0}{sign}{1}))"),
]
GRID = [(x, y) for x in (-1.0, 0.0, 0.5, 1.0, 2.0) for y in (-0.5, 0.0, 1.0)]


@st.composite
def larger(draw: DrawFn, parts: SearchStrategy[str]) -> str:
    kind = draw(st.sampled_from(["function", "pair", "power", "choice"]))
    if kind == "function":
        return f"{draw(st.sampled_from(FUNCTIONS))}({draw(parts)})"
    if kind == "pair":
        return draw(st.sampled_from(PAIRS)).format(draw(parts), draw(parts))
    if kind == "power":
        return f"({draw(parts)})^({draw(st.sampled_from(['2', '-1', '0.5', '1/3', '-3/2']))})"
    sign = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    return draw(st.sampled_from(CHOICES)).format(*(draw(parts) for _ in range(4)), sign=sign)


formulas = st.recursive(st.sampled_from(["x", "x", "y", "0", "1", "2", "0.5"]), larger, max_leaves=8)


def differences(text: str, wrt: str) -> list[str]:
    """The points that have other flags in a batch than alone."""
    columns = dict(zip("xy", map(np.array, zip(*GRID, strict=True)), strict=True))
    together = derive(text, columns, wrt, paired=True, check=False).flags
    alone = [derive(text, {"x": x, "y": y}, wrt, check=False).flags[0] for x, y in GRID]
    rows = zip(GRID, together, alone, strict=True)
    return [f"{point}: {kinds(batch)}, alone {kinds(one)}" for point, batch, one in rows if batch != one]


@drawn(250, derandomize=True)
@given(formula=formulas, wrt=st.sampled_from(["x", "y", "x,y"]))
def test_a_batch_has_the_flags_of_its_points(formula: str, wrt: str) -> None:
    text = f"{formula} + 0*(x + y)"
    try:
        parse(text)
    except DerivError:  # of a constant that cannot be computed
        return
    assert differences(text, wrt) == []


MIXED = "abs(if(x > 0, x - 1, 0)) + 0*y"
"""A choice that varies at some points only, and a corner where it does not vary."""


def test_a_mixed_batch_has_the_flags_of_its_points() -> None:
    assert differences(MIXED, "x") == []


def test_flags_of_a_whole_batch_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def anywhere(
        observer: FlagObserver, pieces: list[tuple[torch.Tensor, torch.Tensor, object]], value: torch.Tensor
    ) -> None:
        observer.varies.append(any(varies is True for _, _, varies in pieces))

    monkeypatch.setattr(FlagObserver, "observe_choice", anywhere)
    assert differences(MIXED, "x")


def test_flags_of_branches_not_taken_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "if(x > 0, x, 2)*if(x + y > 0, abs(x), sqrt(3))"
    assert differences(text, "x") == []
    monkeypatch.setattr(
        FlagObserver,
        "within",
        lambda observer, points, step, *_: FlagObserver(observer.found, [True] * len(step.inputs)),
    )
    assert differences(text, "x")


SMOOTH = {
    "sqrt(x^4)": "edge", "acos(1-x^4)": "edge", "abs(x)^3": "corner", "floor(x)*0": "jump",
    "relu(x)-relu(-x)": "corner", "cbrt(x)^3": "vertical", "if(x^2 > 0, x, x)": "branch",
    "1/(1+exp(800+x))": "infinite", "exp(800+x)/exp(799+x)": "undefined",
}  # fmt: skip
"""Functions that have a derivative at 0, and what a step of theirs touches there."""


@each("text", SMOOTH)
def test_a_flag_speaks_of_a_step(text: str) -> None:
    told = deriv(text, "--at", "x=0", "--no-check").stderr
    assert SMOOTH[text] in kinds(derive(text, "x=0", check=False).flags[0])
    for claim in ("derivative there is", "derivative there means", "one-sided", "no derivative there", "f is no"):
        assert claim not in told
