"""The shortest forms of derivatives, judged by what books print, by mpmath and by properties over drawn formulas."""

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivcli import derive, parse
from derivcli.errors import DerivError
from derivcli.language.printer import text_of
from derivcli.simplify.cost import cost
from derivcli.simplify.shortest import shortest
from tests.by_mpmath import POINTS, assert_same, length, number, slope
from tests.support import drawn, sample
from tests.textbook_forms import FORMS


@pytest.mark.sampled
def test_lengths_of_the_textbook() -> None:
    ratios = {}
    for function, book in FORMS[:: sample(3, 1)]:
        ours = derive(function, wrt=["x"]).derivatives["x"].text
        ratios[function] = length(ours) / length(book)
        with mpmath.workdps(30):
            x = next(each for each in POINTS if number(function, each) is not None)
            truth = slope(function, x)
            assert abs(number(book, x) - truth) < 1e-9 * (1 + abs(truth)), (function, book)
            assert_same(book, ours)
    assert [function for function, ratio in ratios.items() if ratio > 1.25] == []
    assert sum(ratio <= 1.1 for ratio in ratios.values()) >= 0.97 * len(ratios)


LEAVES = st.sampled_from("x a 2 3 x^2 e^x e^(-x) 1/x sqrt(x) (x+1) (1-x) (x^2-4) (a*x+b) x^n".split())
SHAPES = ("({}+{})", "({}-{})", "{}*{}", "{}/{}", "({})^2", "({})^3", "ln({})", "sqrt({})", "1/({})")


def _applied(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(SHAPES), parts, parts).map(lambda each: each[0].format(*each[1:]))


@given(st.recursive(LEAVES, _applied, max_leaves=6))
@drawn(80)
def test_forms_are_the_same_never_longer_and_shortest_themselves(formula: str) -> None:
    try:
        tree = parse(formula).expanded
    except DerivError:  # a constant that is no number
        return
    form = shortest(tree)
    assert cost(form.shape) <= cost(tree)
    assert cost(shortest(form.shape).shape) == cost(form.shape)
    assert_same(formula, text_of(form.shape))
