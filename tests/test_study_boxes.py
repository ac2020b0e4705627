"""Critical points in boxes, against tables from the literature, against SymPy's algebra, and against plain sampling."""

import itertools
import pickle
import random
from typing import Any

import numpy as np
import pytest
import sympy
from flint import arb, ctx

from derivcli import parse
from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.tape import record
from derivcli.simplify.domains.roots import root
from derivcli.study.boxes import jets as jets_module
from derivcli.study.boxes import krawczyk
from derivcli.study.boxes.jets import Jets, pairs
from derivcli.study.boxes.records import BoxStudy
from derivcli.study.boxes.signature import signature
from derivcli.study.boxes.study_box import study_box
from tests.support import each

HIMMELBLAU = "(x^2+y-11)^2+(x+y^2-7)^2"
CAMEL = "(4-2.1x^2+x^4/3)x^2+x*y+(-4+4y^2)*y^2"
PEAKS = "3(1-x)^2*exp(-x^2-(y+1)^2)-10(x/5-x^3-y^5)*exp(-x^2-y^2)-1/3*exp(-(x+1)^2-y^2)"


def studied(text: str, **box: str) -> Any:
    """The study of a formula in a box that is written like -5:5."""
    ends: Any = {name: [root(parse(end).tree) for end in interval.split(":")] for name, interval in box.items()}
    return study_box(parse(text), ends)


def kinds(study: BoxStudy) -> dict[str, int]:
    """How many critical points of each kind there are."""
    names = [point.kind for point in study.critical]
    return {name: names.count(name) for name in sorted({*names})}


KNOWN = [
    (HIMMELBLAU, "-5:5", {"maximum": 1, "minimum": 4, "saddle": 4}),
    ("(1-x)^2+100(y-x^2)^2", "-5:5", {"minimum": 1}),
    (CAMEL, "-3:3", {"maximum": 2, "minimum": 6, "saddle": 7}),
    (PEAKS, "-3:3", {"maximum": 3, "minimum": 3, "saddle": 3}),
    ("x^3-3x*y^2", "-5:5", {"saddle": 1}),
    ("x^4+y^4", "-5:5", {"minimum": 1}),
    ("x^2-y^4", "-5:5", {"saddle": 1}),
    ("(y-x^2)*(y-2x^2)", "-1:1", {"saddle": 1}),
    ("sin(x)*sin(y)", "-5:5", {"maximum": 8, "minimum": 8, "saddle": 9}),
    ("x*y*exp(-x^2-y^2)", "-5:5", {"maximum": 2, "minimum": 2, "saddle": 1}),
    ("x/(1+x^2+y^2)", "-5:5", {"maximum": 1, "minimum": 1}),
    ("x+y", "-1:1", {}),
]
"""Functions of two variables with the critical points that textbooks and test collections give for a square."""


@each("text, sides, expected", KNOWN)
def test_all_critical_points_of_known_functions_are_proved(text: Any, sides: Any, expected: Any) -> None:
    study = studied(text, x=sides, y=sides)
    assert study.complete
    assert kinds(study) == expected
    assert all(point.verdict.kind == "proved" for point in study.critical)


@each("seed", [*range(6)])
def test_critical_points_of_turned_sums_are_those_of_their_parts(seed: Any) -> None:
    draw = random.Random(seed)
    x, y, t = sympy.symbols("x y t")
    first, second = (sorted(draw.sample(range(-2, 3), count)) for count in (draw.randint(1, 3), draw.randint(1, 3)))
    parts = [sympy.integrate(sympy.expand(sympy.prod(t - each for each in roots)), t) for roots in (first, second)]
    text = str(sympy.expand(parts[0].subs(t, x + 2 * y) + parts[1].subs(t, x - y)))
    expected = {}
    for a, b in itertools.product(first, second):
        signs = [sympy.diff(part, t, 2).subs(t, at) > 0 for part, at in zip(parts, (a, b), strict=True)]
        kind = "minimum" if all(signs) else "saddle" if any(signs) else "maximum"
        expected[float(sympy.Rational(a + 2 * b, 3)), float(sympy.Rational(a - b, 3))] = kind
    study = studied(text, x="-4:4", y="-4:4")
    assert study.complete, text
    assert {tuple(number.value for number in point.at): point.kind for point in study.critical} == expected, text


RANGES = [
    (HIMMELBLAU, {"x": "-5:5", "y": "-5:5"}),
    (PEAKS, {"x": "-1:2", "y": "-3:1"}),
    ("x*y", {"x": "-1:2", "y": "-3:1"}),
    ("sin(x)*cos(y)+x/4", {"x": "0:3", "y": "-1:3"}),
    ("(x+y)^2", {"x": "-1:2", "y": "-1:2"}),
    ("x^2+y^2+z^2+x*y*z", {"x": "-3:3", "y": "-3:3", "z": "-3:3"}),
    ("abs(x)+x*y", {"x": "1:2", "y": "-1:1"}),
]


@each("text, box", RANGES)
def test_the_range_is_what_a_fine_grid_comes_close_to(text: Any, box: Any) -> None:
    study = studied(text, **box)
    names = sorted(box)
    ends = [[float(sympy.sympify(end)) for end in box[name].split(":")] for name in names]
    grids = [np.linspace(low, high, 121) for low, high in ends]
    formula = sympy.lambdify(
        names,
        sympy.sympify(
            text.replace("^", "**")
            .replace("2x", "2*x")
            .replace("10(", "10*(")
            .replace("3(", "3*(")
            .replace("2.1x", "2.1*x")
        ),
        "numpy",
    )
    values = formula(*np.meshgrid(*grids))
    spread = values.max() - values.min()
    for bound, seen in ((study.range.low, values.min()), (study.range.high, values.max())):
        assert abs(bound.value - seen) <= 1e-3 * spread
    assert study.range.low.value <= values.min() + 1e-12 * spread
    assert study.range.high.value >= values.max() - 1e-12 * spread


def test_points_on_the_boundary_belong_to_the_box_and_points_beyond_do_not() -> None:
    corner = studied("sin(x)*sin(y)", x="0:pi", y="0:pi/2")
    assert [(point.kind, point.boundary) for point in corner.critical] == [
        ("saddle", True),
        ("maximum", True),
        ("saddle", True),
    ]
    assert corner.complete
    assert studied("x^2+y^2", x="0:1", y="-1:1").critical[0].boundary
    assert not studied("x^2+y^2", x="0.001:1", y="-1:1").critical
    near = studied("(3x-1)^2+y^2", x="1/3:1", y="-1:1")
    assert near.complete
    assert near.critical[0].boundary


OPEN = {
    "sqrt(x^2+y^2)": "no derivative",
    "abs(x)+y^2": "no derivative",
    "1/x+1/y+x*y": "no derivative",
    "(x-sin(y))^2": "fill a curve",
    "(x-sin(x*y))^4+y^4": "Hessian",
}
"""Functions that have critical points, or might have, which nothing proves."""


@each("text, why", [*OPEN.items()])
def test_what_is_not_decided_is_named_with_its_box_and_its_reason(text: Any, why: Any) -> None:
    study = studied(text, x="-1:2", y="-1:2")
    assert not study.complete
    assert any(why in part.why for part in study.undecided)
    assert all(part.what == "critical" for part in study.undecided)


def test_curves_of_critical_points_are_given_by_their_equation() -> None:
    study = studied("(x^2+y^2-1)^2", x="-5:5", y="-5:5")
    assert study.complete
    assert [curve.equation.text for curve in study.curves] == ["x^2 + y^2 - 1 = 0"]
    assert study.curves[0].value.text == "0"
    assert kinds(study) == {"maximum": 1}
    assert study.range.low.text == "0"


def test_minima_of_the_same_value_are_global_only_if_that_is_proved() -> None:
    found = [point.extent for point in studied(HIMMELBLAU, x="-5:5", y="-5:5").critical if point.kind == "minimum"]
    assert found == ["global"] * 4
    camel = [point.extent for point in studied(CAMEL, x="-3:3", y="-2:2").critical if point.kind == "minimum"]
    assert sorted(camel) == ["global", "global", "local", "local", "local", "local"]
    shifted = studied("((x-sqrt(2))^2-1)^2+y^2+x/10^80", x="-5:5", y="-1:1")
    assert {point.extent for point in shifted.critical if point.kind == "minimum"} <= {"", "global", "local"}
    assert [point.kind for point in shifted.extrema].count("least") >= 1


def test_four_variables_are_studied() -> None:
    study = studied("x^2+y^2+z^2+w^2+x*y*z*w", x="-2:2", y="-2:2", z="-2:2", w="-2:2")
    assert study.complete
    assert kinds(study) == {"minimum": 1, "saddle": 8}
    assert {point.signature for point in study.critical} == {(4, 0), (3, 1)}


def test_a_study_pickles_and_compares() -> None:
    study = studied("x*y*exp(-x^2-y^2)", x="-1:2", y="-1:2")
    assert pickle.loads(pickle.dumps(study)) == study
    assert study != studied("x*y*exp(-x^2-y^2)", x="-1:2", y="-1:1")


FORMULAS = [
    "x^y+log(x)*atan(y/x)+sqrt(x+y)",
    "if(x>y, x*y^2, sin(y))",
    "max(x*y, x-2*y)",
    "gamma(x)*cosh(y)",
    "abs(x-y)*x^-3",
    "(x*y)^5/(1+y)+exp(x*y)",
    "x^(5/2)*tan(y/2)",
    "hypot(x,y)^3",
]


@each("text", FORMULAS)
def test_jets_enclose_derivatives_by_sympy_everywhere_in_a_box(text: Any) -> None:
    assert _enclosed(text, Jets(record(parse(text).tree, ("x", "y")), ("x", "y")))


def _enclosed(text: Any, jets: Any) -> bool:
    """Whether the jet over boxes holds the derivatives that SymPy finds at points of theirs."""
    typed = text.replace("^", "**").replace("if(x>y, x*y**2, sin(y))", "Piecewise((x*y**2,x>y),(sin(y),True))")
    positive = {name: sympy.Symbol(name, positive=True) for name in ("x", "y")}
    tree = sympy.sympify(typed.replace("max", "Max").replace("hypot(x,y)", "sqrt(x**2+y**2)"), positive)
    names = sorted(tree.free_symbols, key=str)
    wanted = [tree.diff(name) for name in names] + [tree.diff(names[i], names[k]) for i, k in pairs(2)]
    draw = random.Random(text)
    with restored_context():
        ctx.prec = 64
        for radius in (0.0, 1e-3, 0.05):
            middle = [draw.uniform(1.4, 1.8), draw.uniform(0.6, 1.0)]
            point = [each + draw.uniform(-radius, radius) for each in middle]
            found = jets.at([arb(each, radius * 1.01) for each in middle], 2)
            for ball, formula in zip(found, wanted, strict=True):
                truth = formula.subs(dict(zip(names, map(sympy.Rational, point), strict=True))).evalf(30)
                if not ball.overlaps(arb(str(truth), 1e-17)):
                    return False
    return True


def test_an_enclosure_that_is_too_narrow_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "x^4+y^4"
    monkeypatch.setattr(jets_module, "square", lambda value: value.mid() * value.mid())
    assert not _enclosed(text, Jets(record(parse(text).tree, ("x", "y")), ("x", "y")))


def test_a_test_of_solutions_that_trusts_midpoints_misses_some(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = krawczyk.krawczyk
    monkeypatch.setattr(krawczyk, "krawczyk", lambda system, balls: honest(system, [ball.mid() for ball in balls]))
    study = studied(HIMMELBLAU, x="-5:5", y="-5:5")
    assert not study.complete or kinds(study) != dict(KNOWN[0][2])


def test_signatures_are_those_of_numpy_and_unknown_where_an_eigenvalue_is_zero() -> None:
    draw = np.random.default_rng(1)
    for count in (1, 2, 3, 4):
        for _ in range(20):
            matrix = draw.normal(size=(count, count))
            matrix = matrix + matrix.T
            values = np.linalg.eigvalsh(matrix)
            found = signature([[arb(entry) for entry in row] for row in matrix])
            assert found == ((values > 0).sum(), (values < 0).sum())
            singular = matrix - values[0] * np.eye(count)
            assert signature([[arb(entry, 1e-13) for entry in row] for row in singular]) is None
