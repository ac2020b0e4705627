"""What is printed in LaTeX is read back: it prints the same again, and has the same values."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from derivcli import DerivError, derive, parse
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.notations.latex.commands import commands
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree
from derivcli.render import latex_printer
from derivcli.render.latex_printer import latex_of
from tests.support import deriv, each, sample

ALIKE = {
    "exp(x)": "e^x", "root(x, 3)": "cbrt(x)", "j0(x)": "besselj(0, x)", "e1(x)": "expint(1, x)",
    "x/2/y": "x/(2*y)", "(x*y)/2": "x*y/2", "log(x, 5)": "log(x)/log(5)", "(-x)/y": "-x/y", "x_1": "x1",
}  # fmt: skip
"""Formulas that are printed alike, and mean the same: which of the two was typed is not seen."""

PRINTED_ALIKE = frozenset(
    ("exp", "root", "expint", "besselj", "bessely", "besseli", "besselk", "jn", "lambertw", "zeta_s")
)
"""Functions of which another one is a case, or whose defaults are printed."""

AROUND = (
    "{}", "({})^2", "({})^x", "x*{}", "{}*(x+1)", "sin({})", "1/{}", "-{}", "({})!", "sqrt({})", "e^({})", "({})^-1",
    "y+{}", "|{}|", "if({} > 0, x, {})", "{}/y*x",
)  # fmt: skip


def again(tree: Tree) -> Tree:
    """The tree read back from the LaTeX of another, which has to print the same."""
    printed = latex_of(tree)
    found = parse(printed).tree
    assert latex_of(found) == printed
    return found


def calls(row: Function) -> list[str]:
    """Calls of a row with every number of arguments that it takes."""
    typed = {name: str(row.least or 2) for name in row.whole} | dict.fromkeys(row.constant, "1/2")
    arguments = [typed.get(name, name[0]) for name in row.parameters]
    fewest = len(arguments) - len(row.defaults)
    return [f"{row.name}({', '.join(arguments[:count])})" for count in range(fewest, len(arguments) + 1)]


@pytest.mark.sampled
@each("row", FUNCTIONS)
def test_each_function_comes_back_wherever_it_stands(row: Function) -> None:
    """In every place in the sweep, and else in one of four, which is another from row to row."""
    read = 0
    apart = sample(4, 1)
    places = AROUND[FUNCTIONS.index(row) % apart :: apart]
    for call in calls(row):
        for text in (around.format(*[call] * around.count("{}")) for around in places):
            try:
                tree = parse(text).tree
            except DerivError:  # a constant off the domain
                continue
            found = again(tree)
            assert "/" in text or "^-1" in text or row.name in PRINTED_ALIKE or text_of(found) == text_of(tree)
            read += 1
    assert read > len(places) / 2


@each("text", ALIKE)
def test_formulas_that_are_printed_alike_are_equal(text: str) -> None:
    other = ALIKE[text]
    assert latex_of(parse(text).tree) == latex_of(parse(other).tree)
    found = parse(latex_of(parse(text).tree))
    if text != "x_1":
        at = dict.fromkeys(found.variables, 0.7)
        assert derive(found, at=at).value[0] == pytest.approx(derive(text, at=at).value[0], rel=1e-14)


def drawn(dice: random.Random, depth: int) -> str:
    """A formula in plain notation."""
    if not depth:
        return dice.choice(("x", "y", "t1", "alpha", "sigma", "f", "P_0", "2", "1.5", "pi", "e", "K", "1e-30", "k"))
    left, right = drawn(dice, depth - 1), drawn(dice, dice.randrange(depth))
    return dice.choice(
        (
            f"({left})*({right})", f"({left})/({right})", f"({left})+({right})", f"({left})-({right})", f"-({left})",
            f"({left})^2", f"({left})^(1/3)", f"({left})^(-{right})", f"{left}*{right}", f"{left}/{right}",
            f"{left}+{right}", f"exp({left})", f"sqrt({left})", f"|{left}|", f"sigmoid({left})",
            f"sin({left})", f"({left})^2*({right})",
            f"atan2({left}, {right})", f"log({left})^2", f"if(x > 0, {left}, {right})", f"floor({left})",
            f"gamma({left})",
            f"max({left}, {right})", f"sum(({left})*k, k, 1, 3)", f"besselj(2, {left})", f"binomial({left}, 2)",
        )
    )  # fmt: skip


def texts(count: int) -> list[str]:
    dice = random.Random(3)
    return [drawn(dice, dice.choice((1, 2, 3))) for _ in range(count)]


def failures(texts: list[str]) -> list[str]:
    """Formulas that do not come back, and what of them."""
    found = []
    for text in texts:
        try:
            expression = parse(text)
        except DerivError:
            continue
        try:
            back = parse(latex_of(expression.tree))
        except DerivError as error:
            found.append(f"{text}: {error}")
            continue
        if latex_of(back.tree) != latex_of(expression.tree) or not _near(back.tree, expression.tree):
            found.append(f"{text}: {back.text}")
    return found


def _near(found: Tree, tree: Tree) -> bool:
    """Whether two trees have the same values in SymPy's own arithmetic, where they have any."""
    point = {
        "x": 0.7,
        "y": 1.3,
        "t1": 0.4,
        "alpha": 1.1,
        "sigma": 0.6,
        "f": 2.1,
        "P_0": 0.8,
        "P0": 0.8,
        "K": 1.7,
        "k": 3.0,
    }
    values = []
    for each_tree in (found, tree):
        names = {symbol: point[str(symbol)] for symbol in each_tree.free_symbols}
        try:
            values.append(complex(each_tree.subs(names).doit().evalf(30)))
        except Exception:  # a function of ours alone, which SymPy does not know the value of
            return True
    found_value, wanted = values
    apart, size = found_value - wanted, max(1, abs(wanted.real), abs(wanted.imag))
    return max(abs(apart.real), abs(apart.imag)) <= 1e-9 * size or found_value != found_value or found_value == wanted


@pytest.mark.sampled
def test_drawn_formulas_come_back() -> None:
    assert not failures(texts(sample(150, 4000)))


def test_a_print_that_is_read_otherwise_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex_printer, "_like_functions", lambda pieces: frozenset())
    assert len(failures(["sigma*(x+1)", "f*(x+1)^2", "P_0*(x+1)", "zeta^2*(x+1)", "x*(y+1)"])) == 4


def test_a_misreading_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    row = commands()["frac"]
    monkeypatch.setitem(commands(), "frac", replace(row, writes="((#2)/(#1))"))
    monkeypatch.setitem(commands(), "sin", replace(commands()["sin"], writes="cos"))
    assert failures(["sin(x)+1", "x^2*sin(x)"])


@each(
    "text", ["x^2*sin(x)", "sigmoid(x)", "x^y", "besselj(2, x)", "1/(x^2+1)", "if(x > 0, x^2, -x)", "log(x)/x", "x^x"]
)
def test_every_formula_of_a_printed_line_comes_back(text: str) -> None:
    lines = deriv(text, "--format", "latex").stdout.splitlines()[1:-1]
    assert len(lines) >= 2
    for line in lines:
        right = line.removesuffix(r"\\").partition("&=")[2].strip()
        assert latex_of(parse(right).tree, parse(right).spelling) == right


@each(
    "text",
    [
        "sum(k*x, k, 1, 3) + k",
        "x - product(k + x, k, 1, 3) - k",
        "sum(k, k, 1, 3) + sum(k*x, k, 1, 3) + x*k",
        "sum(k, k, 1, 3) + x",
    ],
)
def test_a_sum_over_an_index_keeps_apart_from_a_variable_of_its_name(text: str) -> None:
    assert parse(latex_of(parse(text).tree)).canonical_text == parse(text).text
