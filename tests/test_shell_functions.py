"""Functions of a session that call each other, drawn: SymPy says what a call means."""

from __future__ import annotations

import random
from collections.abc import Callable

import sympy
from hypothesis import given
from hypothesis import strategies as st

from derivcli.cli.shell.formulas import formula_in
from tests.support import drawn
from tests.test_shell import after

NAMES = ("a", "b", "x", "y")
Meaning = Callable[..., sympy.Expr]


class Drawn:
    """A drawn session: its lines, and what each function means as a closure over SymPy's expressions."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.functions: dict[str, tuple[int, Meaning]] = {}
        self.lines: list[str] = []
        for name in self.random.sample(("f", "g", "h", "F"), 3):
            parameters = self.random.sample(NAMES, self.random.randint(1, 3))
            text, meaning = self.formula(2)
            self.lines.append(f"{name}({', '.join(parameters)}) = {text}")
            self.functions[name] = len(parameters), self.closure(parameters, meaning)

    @staticmethod
    def closure(parameters: list[str], meaning: Meaning) -> Meaning:
        """What a call means: the globals, but for the parameters, which are the arguments."""
        return lambda known, *arguments: meaning({**known, **dict(zip(parameters, arguments, strict=True))})

    def formula(self, depth: int) -> tuple[str, Meaning]:
        """A formula's text, and what it means by what the names mean around it."""
        kind = self.random.randrange(5 if depth else 2)
        if kind == 0:
            number = self.random.randint(1, 5)
            return str(number), lambda known: sympy.Integer(number)
        if kind == 1 or (kind == 4 and not self.functions):
            name = self.random.choice(NAMES)
            return name, lambda known: known[name]
        if kind == 4:
            return self.call(depth)
        (left, one), (right, two) = self.formula(depth - 1), self.formula(depth - 1)
        if kind == 2:
            return f"({left} + {right})", lambda known: one(known) + two(known)
        return f"{left}*{right}", lambda known: one(known) * two(known)

    def call(self, depth: int) -> tuple[str, Meaning]:
        name = self.random.choice(sorted(self.functions))
        count, meaning = self.functions[name]
        texts, inner = zip(*[self.formula(depth - 1) for _ in range(count)], strict=True)
        globals_ = {each: sympy.Symbol(each) for each in NAMES}
        return f"{name}({', '.join(texts)})", lambda known: meaning(globals_, *[each(known) for each in inner])


@given(st.integers(0, 10**6))
@drawn(200)
def test_no_name_of_an_argument_is_taken_for_one_of_the_function(seed: int) -> None:
    session = Drawn(seed)
    text, meaning = session.call(2)
    state, _ = after(*session.lines)
    expression = formula_in(state, text)
    expected = meaning({name: sympy.Symbol(name) for name in NAMES})
    found = sympy.sympify(expression.text, locals={name: sympy.Symbol(name) for name in NAMES})
    assert sympy.expand(found - expected) == 0, (session.lines, text)


def test_capture_would_be_seen() -> None:
    state, _ = after("f(x) = x + a", "g(a) = f(2a)")
    assert formula_in(state, "g(3)").canonical_text == "2*3 + a"
