"""What a wrong claim is said to be: each kind of diagnosis, alone, nested, in sums, of several variables and orders."""

import random

import pytest
import sympy

from derivcli import answer
from derivcli.explain.answer import right_regions, rule_mistakes
from derivcli.explain.answer.diagnosis import KINDS
from derivcli.explain.steps.differentiation_rules import RULES
from tests.support import each, sample

CASES: dict[str, list[tuple[str, str, str, str]]] = {
    "inner": [
        ("sin(x**2)", "cos(x**2)", "x", "inner derivative 2*x of x**2 is missing"),
        ("x**2 + sin(3x)", "2x + cos(3x)", "x", "inner derivative 3 of 3*x is missing"),
        ("sin(cos(x**2))", "-cos(cos(x**2)) sin(x**2)", "x", "inner derivative 2*x of x**2 is missing"),
        ("exp(-x**2)", "exp(-x**2)", "x", "inner derivative -2*x of -x**2 is missing"),
        ("e**(2x)", "e**(2x)", "x", "inner derivative 2 of 2*x is missing"),
        ("log(sin(x))", "1/sin(x)", "x", "inner derivative cos(x) of sin(x) is missing"),
        ("sin(x)**2", "2 sin(x)", "x", "inner derivative cos(x) of sin(x) is missing"),
        ("sqrt(1 - x**2)", "1/(2 sqrt(1 - x**2))", "x", "inner derivative -2*x of 1 - x**2 is missing"),
        ("(2x + 1)**3", "3(2x + 1)**2", "x", "inner derivative 2 of 2*x + 1 is missing"),
        ("1/(x**2 + 1)", "-1/(x**2 + 1)**2", "x", "inner derivative 2*x of x**2 + 1 is missing"),
        ("cos(3x)/x", "-sin(3x)/x - cos(3x)/x**2", "x", "inner derivative 3 of 3*x is missing"),
        ("x**2 y + sin(x y)", "2x y + cos(x y)", "x", "inner derivative y of x*y is missing"),
        ("x exp(-x)", "exp(-x) + x exp(-x)", "x", "inner derivative -1 of -x is missing"),
        ("sin(2x) exp(3x)", "cos(2x) exp(3x) + sin(2x) exp(3x)", "x", "2 of 2*x is missing (chain rule); the inner"),
        ("sin(x**2)", "cos(2x)", "x", "a factor beside the outer one, not inside of it"),
        ("sin(x*pi/180)", "cos(x*pi/180)", "x", "inner derivative pi/180 of x*pi/180 is missing"),
        ("sin(3x)", "-3 sin(3x)", "x,x", "in the first differentiation"),
        ("sin(x**2)", "2x cos(2x)", "x", "2*x is a factor only: inside of the outer one x**2 stays"),
        ("sin(2x)", "2 cos(x)", "x", "taken at 2*x, not at x"),
        ("x + exp(x**2)", "1 + 2x exp(x)", "x", "taken at x**2, not at x"),
        ("(3x + 1)**4", "12x**3", "x", "taken at 3*x + 1, not at x"),
        ("log(5x)", "5/x", "x", "taken at 5*x, not at x"),
    ],
    "misread": [
        ("(x + 3)**2", "2x", "x", "(x + 3)**2 is not x**2 + 3**2"),
        ("sqrt(x**2 - 9)", "1", "x", "it is not taken term by term"),
        ("1/(x + x**2)", "-1/x**2 - 2/x**3", "x", "1/(x + x**2) is not 1/x + 1/x**2"),
        ("x + sin(x)**2", "1 + 2x cos(x**2)", "x", "sin(x)**2 is not sin(x**2)"),
        ("log(x**2)", "2log(x)/x", "x", "log(x**2) is not log(x)**2"),
        ("(2x)**3", "6x**2", "x", "(2*x)**3 is not 2*x**3"),
    ],
    "confused": [
        ("atan(x)", "1/sqrt(1 - x**2)", "x", "atan(x) is taken for that of asin(x)"),
        ("x + log10(x)", "1 + 1/x", "x", "log10(x) is taken for that of log(x)"),
    ],
    "product": [
        ("x sin(x)", "cos(x)", "x", "x*sin(x) is differentiated factor by factor"),
        ("x sin(x)", "sin(x)", "x", "the term is missing in which sin(x) is differentiated"),
        ("x**2 sin(x)", "2x sin(x) - x**2 cos(x)", "x", "adds its terms"),
        ("sin(2x) exp(3x)", "2 cos(2x)*3 exp(3x)", "x", "factor by factor"),
        ("x e**x", "e**x + x", "x", "of x*e**x the term in which e**x is differentiated lacks the factor e**x"),
        ("x**2 log(x)", "2x log(x) + x**2", "x", "in which log(x) is differentiated lacks the factor 1/x"),
        ("x**2 log(x)", "2x + x", "x", "in which x**2 is differentiated lacks the factor log(x)"),
        ("x sin(3x)", "1 + 3 cos(3x)", "x", "as if it were a sum"),
        ("x**3 + x y exp(x)", "3x**2 + y exp(x)", "x", "product rule"),
    ],
    "quotient": [
        ("x/sin(x)", "1/cos(x)", "x", "not that of the numerator over that of the denominator"),
        ("(x**2 + 1)/(x - 1)", "(x**2 + 1 - 2x(x - 1))/(x - 1)**2", "x", "wrong order"),
        ("(x**2 + 1)/(x - 1)", "(2x(x - 1) - (x**2 + 1))/(x - 1)", "x", "must be squared"),
        ("(x**2 + 1)/(x - 1)", "(2x(x - 1) + x**2 + 1)/(x - 1)**2", "x", "has a minus"),
        ("(x**2 + 1)/(x - 1)", "2x(x - 1) - (x**2 + 1)", "x", "divides by the square"),
        ("1/(x**2 + 1)", "1/(2x)", "x", "not 1 over that of x**2 + 1"),
        ("log(x/(y + x))", "(y + x)/x * (y + x + x)/(y + x)**2", "x", "has a minus"),
    ],
    "power": [
        ("x**3", "x**2", "x", "the factor 3 in the derivative of x**3 is missing"),
        ("x**3", "3x**3", "x", "the exponent of x**3 must be lowered by 1"),
        ("x**-2", "-2x**-1", "x", "the exponent of x**-2 must be lowered by 1"),
        ("log(x**2 + 1)", "2/(x**2 + 1)", "x", "by 1, not by 2"),
        ("log(x**3)", "3/x**3", "x", "in the derivative of x**3 the power behind the factor 3 is missing"),
        ("x**4 + 1", "3x**3", "x", "is the exponent as it was, 4"),
        ("2**x", "x*2**(x - 1)", "x", "the power rule does not hold for 2**x"),
        ("x**x", "x*x**(x - 1)", "x", "the power rule alone does not hold"),
        ("x**sin(x)", "sin(x)*x**(sin(x) - 1)*cos(x)", "x", "the power rule alone does not hold"),
        ("x**x", "x**x log(x)", "x", "the exponential rule alone does not hold"),
        ("sqrt(x)", "1/sqrt(x)", "x", "the factor 1/2"),
        (r"\sqrt{x}", r"\frac{1}{2}\sqrt{x}", "x", "the exponent 1/2"),
        ("(x**2 + 1)**5", "5(x**2 + 1)**4 x", "x", "the factor 2 in the derivative of x**2 is missing"),
    ],
    "sign": [
        ("x**2", "-2x", "x", "minus the derivative"),
        ("cos(x)", "sin(x)", "x", "the derivative of cos(x) is wrong"),
        ("3 sin(x) + 2 cos(x)", "3 cos(x) + 2 sin(x)", "x", "the derivative of cos(x) is wrong"),
        ("sqrt(1 - x**2)", "x/sqrt(1 - x**2)", "x", "the derivative of -x**2 is wrong"),
        ("sin(cos(x**2))", "cos(cos(x**2)) sin(x**2) 2x", "x", "the derivative of cos(x**2) is wrong"),
        ("x cos(x)", "cos(x) + x sin(x)", "x", "the derivative of cos(x) is wrong"),
        ("1/x", "1/x**2", "x", "1/x has a minus sign"),
        ("exp(-x**2)", "2x exp(-x**2)", "x", "the minus sign of -x**2 is lost"),
        ("x**3 - x y", "3x**2 + y", "x", "sign"),
        ("sin(3x)", "9 sin(3x)", "x,x", "in the last differentiation"),
    ],
    "term": [
        ("x**2 + 3x", "2x", "x", "the derivative of the term 3*x is missing"),
        ("sin(x**2 - x)", "cos(x**2 - x)*2x", "x", "the term -x is missing"),
    ],
    "constant": [
        ("x**2 + 5", "2x + 5", "x", "the derivative of 5, a constant, is 0"),
        ("x**2 + 5", "2x + 1", "x", "the derivative of 5, a constant, is 0"),
        ("x**2", "2x + 5", "x", "5 more than"),
        ("tan(x)", "1/cos(x)**2 + 1", "x", "1 more than"),
        ("tan(x)", "1/cos(x)**2 - pi/2", "x", "pi/2 less than"),
        ("sin(x)", "cos(x) - 1/2", "x", "1/2 less than"),
        ("x**2", "2x + 1e-9", "x", "it is 0.000000001 more than"),
        ("x**2", "2x - 0.00012", "x", "it is 0.00012 less than"),
        ("x**2", "2x + pi/10**5", "x", "it is about 3.14159e-5 more than"),
        ("x**2", "2x + C", "x", "right without C"),
        ("a x**2 + b x + c", "2a x + b + c", "x", "the derivative of c, a constant, is 0"),
    ],
    "function": [
        ("sin(x) cos(x)", "cos(x) sin(x)", "x", "the function itself"),
        ("sin(x**2)", "2x sin(x**2)", "x", "the outer function of sin(x**2) is not differentiated"),
        ("x**3 - 2x + 1", "3x**2 - 2x", "x", "the term -2*x is not differentiated"),
    ],
    "factor": [
        ("5x**2", "2x", "x", "the constant factor 5 of 5*x**2 is missing"),
        ("x + log(x)/log(10)", "1 + 1/x", "x", "the constant factor 1/log(10)"),
        ("2**x", "2**x", "x", "the factor log(2) in the derivative of 2**x is missing"),
        ("tan(x)", "3/cos(x)**2", "x", "the factor 3 is too much"),
        ("tan(x)", "-1/(2 cos(x)**2)", "x", "the factor 2 is missing, and the sign is wrong"),
        ("tan(x)", "pi/(4 cos(x)**2)", "x", "the factor pi/4 is too much"),
    ],
    "integral": [
        ("x**2", "x**3/3", "x", "integrated"),
        ("exp(2x)", "exp(2x)/2", "x", "antiderivative"),
        ("1/x", "log(x)", "x", "integrated"),
        ("x exp(x)", "(x - 1) exp(x)", "x", "antiderivative"),
        ("sin(x) + x**2", "cos(x) + x**3/3", "x", "x**2 is integrated"),
    ],
    "order": [
        ("x**2", "2", "x", "the second derivative by x"),
        ("x**3", "6x", "x", "the second derivative by x; the first derivative"),
        ("x**4", "4x**3", "x,x", "the first derivative by x; the second"),
        ("x**2 y**3", "2x y**3", "x,y", "y is missing"),
    ],
    "variable": [
        ("x**2 y", "x**2", "x", "the derivative by y; the one by x is asked for"),
        ("x**2 y", "2x y + x**2", "x", "the derivatives by y are added"),
        ("x**2 y + y**3", "2x y + 3y**2", "x", "y is a constant here: the derivative of y**3 is 0"),
        ("x**2", "2y", "x", "right with x in place of y"),
        ("x**2 y**3", "2x*3y**2", "x", "y is a constant here: the factor y**3 stays as it is"),
        ("x**2", "y**3", "x", "y is no variable of the function"),
    ],
    "partly": [
        ("|x|", "1", "x", "right where x > 0, and wrong where x < 0"),
        ("|x - 3| + x", "2", "x", "right where x > 3, and wrong where x < 3"),
        ("sqrt(sin(x)**2)", "cos(x)", "x", "right where sin(x) > 0"),
        ("if(x > 100, x**2, x)", "1", "x", "right where x < 100"),
        ("max(x, x**2)", "2x", "x", "right where x < x**2, and wrong where x > x**2 except at x = 0.5"),
        ("asin(2x/(1 + x**2))", "2/(1 + x**2)", "x", "wrong where x < -1 or x > 1"),
        ("x**2", "if(x == 0, 5, 2x)", "x", "right except at x = 0"),
        ("|x y|", "x y |y|/|y|/x", "x", "right where x*y > 0"),
        ("arcsin(sin x)", "1", "x", "right where cos(x) > 0, and wrong where cos(x) < 0"),
        ("arccos(cos x)", "1", "x", "right where sin(x) > 0, and wrong where sin(x) < 0"),
        ("max(sin x, cos x)", "cos x", "x", "right where sin(x) > cos(x), and wrong where sin(x) < cos(x)"),
        ("|x**2 - 2|", "2x", "x", "wrong where x**2 < 2 except at x = 0"),
        ("hardtanh(x)", "1", "x", "wrong where x < -1 or x > 1"),
        ("sigmoid(100x)", "100 sigmoid(100x)(1 - sigmoid(100x)) if(x > 10, 2, 1)", "x", "x > 10, and right"),
        ("x**2", "2x + sin(pi x)", "x", "agrees at 14, such as x = 1 and x = -1, and is wrong at 33, such as x = 0.5"),
        ("x**2", "2x + 1e-200 x**500", "x", "of the points tried it agrees at 5, such as x = 0 and"),
        ("x**2", "2x + 1e-3 max(0, sin(x) - 0.99)", "x", "wrong where 0 < sin(x) - 0.99"),
        ("x**2", "2x + floor(sin(x) + 0.001)", "x", "of the points tried"),
    ],
    "undefined": [
        ("cbrt(x)", "x**(-2/3)/3", "x", "right where x > 0, and has no value where x < 0"),
        ("x**2", "2x log(x)/log(x)", "x", "has no value where x < 0"),
    ],
    "rounded": [
        ("3**x", "1.0986*3**x", "x", "1.0986 seems to be a rounded log(3)"),
        ("3**x + x**2", "1.0986*3**x + 2x", "x", "1.0986 seems to be a rounded log(3)"),
        ("x**(1/3)", "0.333x**(-2/3)", "x", "0.333 seems to be a rounded 1/3"),
        ("x**(2/3)", "0.666x**(-1/3)", "x", "0.666 seems to be a rounded 2/3"),
        ("sin(x)", "sin(x + 1.5708)", "x", "1.5708 seems to be a rounded pi/2"),
        ("log10(x) + x**(2/3)", "0.4343/x + 0.667x**(-1/3)", "x", "rounded 1/log(10); 0.667 seems to be a rounded 2/3"),
        ("sin(x*pi/180)", "0.01745cos(0.01745x)", "x", "a rounded pi/180"),
        ("17**x", "2.833*17**x", "x", "at the points tried it is right to 4 digits"),
        ("x**2", "2x(1 + 1e-30)", "x", "right to 29 digits"),
    ],
    "reading": [
        ("1/x/2", "-1/2x^2", "x", "right if you mean -1/(2*x^2)"),
        ("1/(2x) + 1/(3x)", "-1/2x^2 - 1/3x^2", "x", "mean -1/(2*x^2) - 1/(3*x^2)"),
        ("1/(2x) + x/3", "-1/2x^2 + 1/3", "x", "mean -1/(2*x^2) + 1/3"),
        ("exp(2x)", "2e^2x", "x", "mean 2e^(2*x)"),
        ("2 sin(x/2)", "cos x/2", "x", "right if you mean cos(x/2)"),
        ("sin x/2", "cos(x/2)/2", "x", "right if the function is sin(x/2)"),
        ("x^1/2", "1/(2sqrt(x))", "x", "right if the function is x^(1/2)"),
        ("log(3, x)", "1/(x log(3))", "x", "the function is log(x, 3)"),
        ("x^3/2", "3/2 x^1/2", "x", "x^(3/2), and you mean 3/2 x^(1/2)"),
        ("sin(x)(x+1)", "cos x (x+1) + sin x", "x", "mean cos(x)*(x+1) + sin x"),
        ("sin(x)e^x", "cos x e^x + sin x e^x", "x", "mean cos(x)*e^x + sin(x)*e^x"),
    ],
    "": [("x**3", "x", "x", ""), ("tan(x)", "sec(x)", "x", ""), ("sin(x)", "gamma(x)", "x", "")],
}


@pytest.mark.sampled
@each(
    ("kind", "expression", "claim", "by", "words"),
    [(kind, *case) for kind, cases in CASES.items() for case in cases[:: sample(4, 1)]],
)
def test_a_mistake_is_named(kind: str, expression: str, claim: str, by: str, words: str) -> None:
    wanted = {"mixed": by} if "," in by else {"wrt": by}
    found = answer(expression, claim, **wanted)  # type: ignore[arg-type]
    assert found.how == "differs"
    assert (found.diagnosis.kind, words in found.diagnosis.message) == (kind, True), found.diagnosis


def test_a_region_that_further_points_do_not_bear_out_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim is wrong where x < 0, and also where no point lies that is tried at first."""
    case = ("|x|", "1 + sigmoid(1000(x - 70**2))")
    assert "of the points tried" in answer(*case).diagnosis.message
    monkeypatch.setattr(right_regions, "SCALES", ())
    assert "it is right where x > 0" in answer(*case).diagnosis.message


def test_every_kind_has_a_case() -> None:
    assert CASES.keys() == KINDS.keys() - {"solving"}  # which is one of equations alone


def test_every_rule_has_slips() -> None:
    assert rule_mistakes.MISTAKES.keys() == {rule.name for rule in RULES}


def test_a_slip_that_leads_to_what_no_rule_differentiates_explains_nothing() -> None:
    """The inner derivative put inside comes to stand in a derivative that is still to be taken."""
    assert answer("atan2(x**2, 2 + (x**2)**2)", "1").diagnosis.kind == ""


def test_a_factor_that_is_still_to_be_differentiated_is_no_constant() -> None:
    assert answer("x cos(4x + 6y)", "x", "y").how == "differs"


OUTER = {
    "sin": "cos({0})",
    "cos": "-sin({0})",
    "exp": "exp({0})",
    "atan": "1/(1 + ({0})**2)",
    "tanh": "1 - tanh({0})**2",
}
INNER = {"x**2": "2*x", "3*x - 1": "3", "x**3 + x": "3*x**2 + 1", "exp(x/2)": "exp(x/2)/2", "sin(2*x)": "2*cos(2*x)"}
BESIDE = {"x**5": "5*x**4", "sin(x)*x": "sin(x) + x*cos(x)", "7": "0"}


@pytest.mark.sampled
@each(("outer", "inner"), [(outer, inner) for outer in OUTER for inner in INNER][:: sample(6, 1)])
def test_a_lost_inner_derivative_is_named_wherever_it_stands(outer: str, inner: str) -> None:
    draw = random.Random(f"{outer} {inner}")
    beside = draw.choice([*BESIDE])
    lost = f"{OUTER[outer].format(inner)} + {BESIDE[beside]}"
    found = answer(f"{outer}({inner}) + {beside}", lost)
    assert found.diagnosis.kind == "inner", found.diagnosis
    assert f"of {inner} is missing" in found.diagnosis.message
    assert answer(
        f"{outer}({inner}) + {beside}", f"({OUTER[outer].format(inner)})*({INNER[inner]}) + {BESIDE[beside]}"
    ).equal


def test_a_diagnosis_holds_at_points_that_it_was_not_made_of() -> None:
    """The numbers of SymPy, at other points, for claims that are said to be so many times the derivative."""
    x = sympy.Symbol("x", real=True)
    for times in (2, sympy.Rational(3, 7), -5, sympy.pi / 3, 1 / sympy.log(10)):
        claim = sympy.diff(sympy.tan(x) * sympy.exp(x), x) * times
        found = answer("tan(x)*exp(x)", str(claim))
        assert found.diagnosis.kind == "factor"
        text = found.diagnosis.message
        assert str(times).replace(" ", "") in text or str(1 / times) in text, (times, text)


@each(
    ("expression", "claim", "kind", "words"),
    [
        ("x^3", "x^4/4 + C", "integral", "with a constant C"),
        ("exp(2x)", "exp(2x)/2 + C", "integral", "with a constant C"),
        ("x^3", "3x^2 + C", "constant", "right without C"),
        ("x^3", "x^4 + C", "variable", "no variable of the function"),
        ("sin(3x)", "cos(3x)/3", "inner", "a factor, not a divisor"),
        ("sin(3x)", "cos(3x)/2", "factor", "the factor 6 is missing"),
    ],
)
def test_constants_of_integration_and_divided_factors(expression: str, claim: str, kind: str, words: str) -> None:
    found = answer(expression, claim).diagnosis
    assert (found.kind, words in found.message) == (kind, True), found.message


@pytest.mark.sampled
@each("wave", ["sin(3003000*pi*x)", "sin(3003000*pi*x)^2*x", "x*(1 - cos(6006000*pi*x))"][:: sample(2, 1)])
def test_a_wave_through_the_usual_points_is_seen(wave: str) -> None:
    assert answer("x^2", f"2x + {wave}").how == "differs"
    assert answer("x^2*y", f"2x*y + {wave}", "x").how == "differs"


@each(
    ("formula", "claim", "kind"),
    [
        ("integral(cos(t), t, 0, x^2)", "cos(x^2)", "inner"),
        ("integral(cos(t), t, x, x^2)", "2*x*cos(x^2)", "term"),
        ("integral(sin(t*x), t, 1, x^2)", "2*x*sin(x^3)", "term"),
        ("product(x + k^2, k, 1, 6)", "1", "product"),
    ],
)
def test_slips_with_bounds_are_named(formula: str, claim: str, kind: str) -> None:
    assert answer(formula, claim).diagnosis.kind == kind
