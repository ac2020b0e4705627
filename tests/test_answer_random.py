"""Claims about random formulas, differentiated and rewritten by SymPy, which the comparison knows nothing of."""

import random

import pytest
import sympy

from derivcli import Answer, answer

X = sympy.Symbol("x", real=True)
FORMS = ["x", "x**2", "3*x", "(x + 2)", "sin({0})", "cos({0})", "exp({0}/4)", "({0})**2", "({0})**3", "atan({0})"]
PAIRS = ["({0})*({1})", "({0}) + ({1})", "({0}) - 2*({1})", "({0})/(({1})**2 + 1)"]


def drawn(draw: random.Random, depth: int = 3) -> str:
    """A random formula in x."""
    if depth == 0 or draw.random() < 0.1:
        return draw.choice(FORMS[:4])
    if draw.random() < 0.5:
        return draw.choice(FORMS[4:]).format(drawn(draw, depth - 1))
    return draw.choice(PAIRS).format(drawn(draw, depth - 1), drawn(draw, depth - 1))


def rewritten(tree: sympy.Expr, draw: random.Random) -> sympy.Expr:
    """The same function in another form."""
    way = draw.choice((sympy.expand, sympy.factor_terms, sympy.together, lambda each: each, sympy.expand_trig))
    return way(tree)


def judged(text: str, tree: sympy.Expr) -> Answer:
    """What is found of a SymPy formula."""
    return answer(text, str(tree).replace("exp(1)", "e"))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.usefixtures("compared_only")
def test_random_right_claims_are_right_and_planted_faults_are_found(seed: int) -> None:
    examine(seed, 6)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.usefixtures("compared_only")
def test_more_random_claims(seed: int) -> None:
    examine(seed, 25)


def examine(seed: int, count: int) -> None:
    """Right claims about so many formulas, and those with a planted fault."""
    draw = random.Random(seed)
    for _ in range(count):
        text = drawn(draw)
        truth = sympy.diff(sympy.parse_expr(text, {"x": X}), X)
        right = judged(text, rewritten(truth, draw))
        assert right.how == "agrees", (text, truth, right.counterexample)
        fault = draw.choice(
            (truth + X / 1000, truth * sympy.Rational(1000001, 1000000) + 1, truth.subs(X, X + 1) + X**2)
        )
        wrong = judged(text, fault)
        assert wrong.how == "differs", (text, fault)


def test_random_claims_with_all_that_follows() -> None:
    examine_wholly(4)


@pytest.mark.sweep
def test_more_random_claims_with_all_that_follows() -> None:
    examine_wholly(40)


def examine_wholly(count: int) -> None:
    """Right and wrong claims about so many formulas, with proofs and the search for the mistake."""
    draw = random.Random(99)
    for _ in range(count):
        text = drawn(draw, 2)
        truth = sympy.diff(sympy.parse_expr(text, {"x": X}), X)
        assert judged(text, rewritten(truth, draw)).equal
        assert judged(text, 2 * truth + X).how == "differs"
