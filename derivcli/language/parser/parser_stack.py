"""One level of the parser's stack: what is open inside a pair of brackets, and how each precedence closes.

From the tightest to the loosest: powers and signs, products, sums, comparisons, `not`, `and`, `or`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivcli.errors import Span
from derivcli.language import limits, tree
from derivcli.language.functions.forms import Form
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer.tokens import Token
from derivcli.language.parser import operands
from derivcli.language.parser.operands import Operand

if TYPE_CHECKING:
    from derivcli.language.lexer.derivative_signs import Match
    from derivcli.language.parser.ambiguities import Pending

TEXT, GROUP, CALL, BARE, BAR, PAIR, CHOICE, RANGE = "text", "group", "call", "bare", "bar", "pair", "choice", "range"
OPERATOR, OVER, TUPLE, FENCE = "operator", "over", "tuple", "fence"
"""What opened a frame: the whole text, a bracket, a function's bracket, a function without one, `|`, the bracket of a
Piecewise pair, the `if` behind a value, the bracket of a range, `(k, 1, 5)`, `d/dx`, the `d` over `dx`, the bracket of
several arguments of a form, `(x, 2)`, or `⌊` and `⌈`."""

PRODUCTS = (BARE, OPERATOR)
"""Frames that end where a product ends."""

ROOTS = {"√": "sqrt", "∛": "cbrt", "∜": "root"}
FENCES = {"⌊": ("floor", "⌋"), "⌈": ("ceil", "⌉")}
"""By the bracket that opens, the function and the bracket that closes."""


@dataclass(slots=True)
class Frame:
    """What is open inside one bracket: the operands and operators that have been read and wait for others."""

    kind: str
    opener: Token
    row: Function | None = None
    form: Form | None = None
    exponent: Operand | None = None
    base: Operand | None = None
    """The base in a logarithm's name."""
    orders: tuple[int, ...] = ()
    """How often the function is differentiated, by primes or by its arguments' places."""
    below: str = ""
    """The letters of the variables that it is differentiated by."""
    bound: tuple[str, ...] = ()
    """Names that a call binds, or a range and those behind it."""
    ranges: int = 0
    """How many ranges a call has so far."""
    inherits_condition: bool = False
    closes: str = ")"
    """The bracket that ends it."""
    arguments: list[Operand] = field(default_factory=list)
    logic: tuple[str, ...] = ()
    """The words and signs of logic in the argument at hand as typed, each once and the last one at the end."""
    disjuncts: list[Operand] = field(default_factory=list)
    conjuncts: list[Operand] = field(default_factory=list)
    denials: list[Token] = field(default_factory=list)
    compared: list[Operand] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    terms: list[Operand] = field(default_factory=list)
    sign: Token | None = None
    factors: list[Operand] = field(default_factory=list)
    operator: Token | None = None
    prefixes: list[tuple[Token, Operand | None]] = field(default_factory=list)
    operand: Operand | None = None
    depth: int = 0
    """How many open calls and bars there are, this one included."""
    pending: list[Pending] = field(default_factory=list)
    """Places with two meanings that go on."""
    names: tuple[str, ...] = ()
    """What an operator differentiates by."""
    head_stop: int = 0
    """Where the formula behind an operator begins."""
    first: int | None = None
    """Where the first factor behind an operator ends, if it may be all that is differentiated."""
    lineless: dict[str, int] = field(default_factory=dict)
    """By a head, up to where no line of a fraction is that it could stand over."""
    over: tuple[int, Token, Match] | None = None
    """Of the `d` over `dx`: where the line begins, and the head and its order."""

    @property
    def names_in_scope(self) -> tuple[str, ...]:
        """The bound names that mean something here: in the formula all of them, in a range those of later ranges."""
        if self.kind == RANGE:
            return self.bound[1:]
        return () if self.arguments else self.bound

    @property
    def wants_condition(self) -> bool:
        """Whether a condition may stand at this place."""
        if self.kind == CALL:
            return self.form is not None and self.form.is_condition(len(self.arguments))
        return self.inherits_condition or (self.kind in (PAIR, CHOICE) and len(self.arguments) == 1)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been read since the last comma."""
        return not (self.prefixes or self.factors or self.terms or self.operand)

    def push_prefix(self, token: Token, base: Operand | None = None) -> None:
        """Wait for the operand of a sign, a root or, with a base, a power."""
        limits.check_nesting(len(self.prefixes) + 1, token.span)
        self.prefixes.append((token, base))
        self.operand = None

    def close_power(self) -> Operand:
        """Apply the waiting signs, roots and powers to the operand, the innermost first."""
        operand = self.operand
        assert operand is not None, "a power closes only behind an operand"
        while self.prefixes:
            operand = _apply_prefix(*self.prefixes.pop(), operand)
        self.operand = None
        return operand

    def close_factor(self) -> None:
        """Add the operand to the product."""
        factor = self.close_power()
        operator = self.operator.text if self.operator else "*"
        self.operator = None
        self.factors.append(factor if operator == "*" else operands.reciprocal(factor))
        if operator == "//":
            quotient = operands.multiply(self.factors)
            self.factors = [operands.call(vocabulary()["floor"], [quotient], quotient.span)]

    def multiply(self, operator: Token | None) -> None:
        """Close a factor and wait for the next."""
        self.close_factor()
        self.operator = operator

    def close_term(self) -> None:
        """Add the product to the sum."""
        self.close_factor()
        term = self.factors[0] if len(self.factors) == 1 else operands.multiply(self.factors)
        self.factors = []
        if self.sign is not None and self.sign.text == "-":
            term = operands.negative(term, self.sign.start)
        elif self.sign is not None:
            operands.require_number(term)
        self.sign = None
        self.terms.append(term)

    def close_sum(self) -> Operand:
        """The sum read so far, as one operand."""
        self.close_term()
        total = self.terms[0] if len(self.terms) == 1 else operands.add(self.terms)
        self.terms = []
        return total

    def close_comparison(self) -> None:
        """Add the comparison to the conjunction."""
        part = self.close_sum()
        if self.relations:
            part = operands.comparison([*self.compared, part], self.relations)
            self.compared, self.relations = [], []
        while self.denials:
            part = operands.negation(part, self.denials.pop().start)
        self.conjuncts.append(part)

    def close_conjunction(self) -> None:
        """Add the conjunction to the disjunction."""
        self.close_comparison()
        part = self.conjuncts[0] if len(self.conjuncts) == 1 else operands.junction(self.conjuncts, tree.all_of)
        self.conjuncts = []
        self.disjuncts.append(part)

    def close_argument(self) -> None:
        """Add everything since the last comma to the arguments."""
        self.close_conjunction()
        part = self.disjuncts[0] if len(self.disjuncts) == 1 else operands.junction(self.disjuncts, tree.any_of)
        self.disjuncts = []
        self.logic = ()
        self.arguments.append(part)


def _apply_prefix(token: Token, base: Operand | None, operand: Operand) -> Operand:
    if base is not None:
        return operands.power(base, operand)
    if token.text in ROOTS:
        degree = [operands.number("4", token.start, token.stop)] * (token.text == "∜")
        return operands.call(vocabulary()[ROOTS[token.text]], [operand, *degree], Span(token.start, operand.stop))
    if token.text == "-":
        return operands.negative(operand, token.start)
    operands.require_number(operand)
    return operand
