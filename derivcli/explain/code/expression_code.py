"""A tree as Python that PyTorch can differentiate, in the shape that was typed.

A piece of text is a number of Python or a tensor; PyTorch's functions take tensors only, so that a number among
their arguments becomes one. What text alone cannot say goes into lines before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

import sympy

from derivcli.errors import DerivError
from derivcli.explain.code.graph_lifetime import holds
from derivcli.explain.code.script_names import Names
from derivcli.language.bound_variables import Binder, Integral, Summation
from derivcli.language.differentiation.unrolling import unrolled
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.parse import parse_expression
from derivcli.language.parser.constant_folding import Constant
from derivcli.language.printer import (
    AND,
    ATOM,
    COMPARISON,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Piece,
    enclosed,
    number_text,
    sum_writer,
    text_of,
    write_product,
)
from derivcli.language.tree import SIGN_OF, Tree, postorder, row_of, substitute, symbol

NUMBER, FIXED, MOVING = range(3)
"""What a piece is: a number, a tensor that no derivative reaches, or one that it does."""

MAX_CHARACTERS = 4_000
"""Characters of a formula; Python itself gives up on sums of some thousands of terms."""

MAX_BRACKETS = 8
"""Brackets inside each other, before what is inside them gets a name and a line of its own."""

WrittenPart: TypeAlias = tuple[Piece, int]

Scope = Mapping[Tree, WrittenPart]
"""What symbols are written as."""

FunctionCall = tuple[Function, tuple[int, ...]]
"""A function that the script defines, and what its arguments are."""

_SUM = sum_writer(enclosed)


@dataclass
class FormulaWriter:
    """What writes the formulas of one block of a script.

    `like` is the name of a tensor that numbers are made into tensors like; `definitions` are trees that names stand
    for; `called` says what a function of the script's own or of the user's is called, by what its arguments are.
    """

    names: Names
    like: str
    called: Callable[[FunctionCall], str]
    order: int = 1
    """How often what is written is going to be differentiated."""
    definitions: Mapping[Tree, Tree] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def write(self, tree: Tree, scope: Scope) -> WrittenPart:
        """The text of a tree, and what it is."""
        pieces = {node: piece for node, (piece, _) in scope.items()}
        kinds = {node: kind for node, (_, kind) in scope.items()}
        for node in postorder(tree, stop_at=(sympy.Piecewise, Binder)):
            if node in pieces:
                continue
            piece, kinds[node] = self._node(node, pieces, kinds, scope)
            if len(piece[0]) > MAX_CHARACTERS:
                hint = "`shell:leave out --code``python:call derive for the numbers`"
                raise DerivError("the formula is too long for a script", hint=hint)
            deep = node is not tree and kinds[node] != NUMBER and _depth(piece[0]) > MAX_BRACKETS
            pieces[node] = self.named(piece[0], "part") if deep else piece
        return pieces[tree], kinds[tree]

    def tensor(self, piece: Piece, kind: int) -> Piece:
        """A piece as a tensor."""
        if kind != NUMBER:
            return piece
        made = {"0": "torch.zeros_like({0})", "1": "torch.ones_like({0})"}.get(piece[0], "torch.full_like({0}, {1})")
        return made.format(self.like, piece[0]), ATOM

    def named(self, text: str, wanted: str) -> Piece:
        """A text that gets a name and a line of its own."""
        name = self.names.numbered(wanted)
        self.lines.append(f"{name} = {text}")
        return name, ATOM

    def taken(self) -> list[str]:
        """The lines so far, of which the writer lets go."""
        lines, self.lines = self.lines, []
        return lines

    def _node(self, node: Any, pieces: dict[Tree, Piece], kinds: Mapping[Tree, int], scope: Scope) -> WrittenPart:
        if isinstance(node, sympy.Rational):
            return _number(Fraction(node.p, node.q)), NUMBER
        if isinstance(node, sympy.NumberSymbol):
            return ("math.pi" if node is sympy.pi else "math.e", ATOM), NUMBER
        parts = [(pieces[part], kinds[part]) for part in node.args if part in pieces]
        if not any(kind for _, kind in parts):
            constant = self._constant(node, parts, pieces)
            if constant is not None:
                return constant, NUMBER
        if isinstance(node, sympy.Piecewise):
            return self._choice(node, scope)
        if isinstance(node, Binder):
            return self._iterated(node, scope)
        row = row_of(node)
        if row is not None:
            return self._call(row, parts)
        if isinstance(node, sympy.Pow):
            return self._power(node, parts)
        kind = max((kind for _, kind in parts), default=NUMBER)
        return _operation(node, [piece for piece, _ in parts], pieces, kind), kind

    def _constant(self, node: Any, parts: Sequence[WrittenPart], pieces: dict[Tree, Piece]) -> Piece | None:
        """A node without variables as a number of Python; None where it has no finite value that is known."""
        closed = substitute(node, self.definitions) if node.free_symbols else node
        if closed.free_symbols:
            return None
        if isinstance(node, sympy.logic.boolalg.Boolean):
            return ("True" if holds(closed) else "False"), ATOM
        value = _value(closed)
        if isinstance(value, Fraction) and closed is node:
            return _number(value)
        return None if value is None else _computed(node, [piece for piece, _ in parts], pieces, value)

    def _power(self, node: Any, parts: Sequence[WrittenPart]) -> WrittenPart:
        (base, kind), (exponent, other) = parts
        if node.base is sympy.E:
            return (f"torch.exp({self.tensor(exponent, other)[0]})", ATOM), max(other, FIXED)
        if kind == other == NUMBER and not substitute(node, self.definitions).free_symbols:  # no real number
            base, kind = self.tensor(base, kind), FIXED
        if node.exp is sympy.S.Half:
            return (f"math.sqrt({base[0]})", ATOM) if kind == NUMBER else _filled(
                vocabulary()["sqrt"].torch, [base]
            ), kind
        return _raised(base, exponent), max(kind, other)

    def _call(self, row: Function, parts: Sequence[WrittenPart]) -> WrittenPart:
        """The call of a function: of PyTorch, of the script's own or the user's, or its definition written out."""
        kind = max(FIXED, *(kind for _, kind in parts))
        if row.kernel is not None:
            numbers = {place: _float(piece[0]) for place, (piece, each) in enumerate(parts) if each == NUMBER}
            code: Any = row.kernel
            taken = code.numbers_in_code(len(parts), numbers)
            given = [part[0] if place in taken else self.tensor(*part) for place, part in enumerate(parts)]
            return _called(self.called((row, (kind,) * len(parts))), given), kind
        if row.variadic and row.torch:
            pieces = [self.tensor(*part) for part in parts]
            return reduce(lambda one, other: _filled(row.torch, [one, other]), pieces), kind
        missing = len(row.parameters) - len(parts)
        if not row.variadic and missing > 0:
            parts = [*parts, *(self.write(tree, {}) for tree in formulas.defaults(row)[-missing:])]
        number = row.parameters.index(row.torch_number) if row.torch_number else None
        first_only = row.scipy and self.order > 1
        if row.torch and not first_only and (number is None or parts[number][1] == NUMBER):
            given = [part[0] if place == number else self.tensor(*part) for place, part in enumerate(parts)]
            return _filled(row.torch, given), kind
        return (self._own(row, parts), kind) if row.scipy else self._defined(row, parts)

    def _own(self, row: Function, parts: Sequence[WrittenPart]) -> Piece:
        """A call of a function that the script defines; numbers stay numbers, but one argument is a tensor."""
        given = list(parts)
        if not any(kind for _, kind in given):
            place = max(place for place, name in enumerate(row.parameters) if name in row.variables)
            given[place] = self.tensor(*given[place]), FIXED
        return _called(self.called((row, tuple(kind for _, kind in given))), [piece for piece, _ in given])

    def _defined(self, row: Function, parts: Sequence[WrittenPart]) -> WrittenPart:
        """A call by its definition; an argument that stands there more than once gets a name."""
        holes = [symbol(f"#{place}") for place in range(len(parts))]  # names that no formula has
        tree = formulas.rewritten(row, holes)
        scope: dict[Tree, WrittenPart] = {}
        for hole, (piece, kind) in zip(holes, parts, strict=True):
            often = sum(node.args.count(hole) for node in postorder(tree))
            plain = kind == NUMBER or piece[0].isidentifier()
            scope[hole] = (piece if plain or often < 2 else self.named(piece[0], "part")), kind
        return self.write(tree, scope)

    def _iterated(self, node: Any, scope: Scope) -> WrittenPart:
        """A sum or a product over an index as Python's own; term by term where a term takes more than one line."""
        if isinstance(node, Integral):
            hint = "`shell:leave out --code``python:call derive for the numbers`"
            raise DerivError("PyTorch has no function for the integral", hint=hint)
        body, index, *bounds = node.args
        lines = len(self.lines)
        inner, kind = self.write(body, {**scope, index: ((index.name, ATOM), NUMBER)})
        if len(self.lines) > lines:
            del self.lines[lines:]
            return self.write(unrolled(node), scope)
        lower, upper = (self.write(bound, scope)[0] for bound in bounds)
        above = upper[0].isdecimal()
        until = str(int(upper[0]) + 1) if above else f"{enclosed(upper, SUM)} + 1"
        called = "sum" if isinstance(node, Summation) else "math.prod"
        return (f"{called}({inner[0]} for {index.name} in range({lower[0]}, {until}))", ATOM), kind

    def _choice(self, node: Any, scope: Scope) -> WrittenPart:
        """A choice between formulas: tensors by torch.where, from the last branch to the first."""
        expanded = substitute(node, self.definitions)
        node = node if all(_is_harmless(pair.expr) for pair in expanded.args) else expanded
        before: list[str] = []
        branches: list[tuple[WrittenPart, WrittenPart]] = []
        for pair in node.args:
            condition = self.write(pair.cond, scope)
            if condition[0][0] == "False":
                continue
            mask = before if condition[1] == NUMBER else [*before, enclosed(condition[0], ATOM)]
            branches.append((condition, self.write(pair.expr, self._inside(pair.expr, scope, mask))))
            if condition[0][0] == "True":
                break
            before = before if condition[1] == NUMBER else [*before, f"~{enclosed(condition[0], ATOM)}"]
        ends = bool(branches) and branches[-1][0][0][0] == "True"
        rest = branches.pop()[1] if ends else (("math.nan", ATOM), NUMBER)
        return reduce(self._chosen, reversed(branches), rest)

    def _chosen(self, rest: WrittenPart, branch: tuple[WrittenPart, WrittenPart]) -> WrittenPart:
        """A formula where a condition holds, and the rest elsewhere."""
        (condition, known), (value, kind) = branch
        if known == NUMBER:
            return (f"({value[0]} if {condition[0]} else {rest[0][0]})", ATOM), max(kind, rest[1])
        first = self.tensor(value, kind) if kind == rest[1] == NUMBER else value
        return (f"torch.where({condition[0]}, {first[0]}, {rest[0][0]})", ATOM), max(kind, rest[1], FIXED)

    def _inside(self, tree: Tree, scope: Scope, mask: Sequence[str]) -> Scope:
        """The scope for a formula that is wanted only under a condition: elsewhere 1 stands in for its variables."""
        found = dict(scope)
        if not mask or self.order < 1 or _is_harmless(tree):
            return found
        for node in postorder(tree):
            if node in scope and scope[node][1] == MOVING:
                self.lines += [] if LEAK[0] in self.lines else LEAK
                name = scope[node][0][0]
                wanted = f"{name}_inside" if name.isidentifier() else "inside"
                where = mask[0][1:-1] if len(mask) == 1 and mask[0][0] == "(" else " & ".join(mask)
                found[node] = self.named(f"torch.where({where}, {name}, 1.0)", wanted), MOVING
        return found


LEAK = (
    "# torch.where computes every branch, and from one that is not taken nan would leak into the",
    "# derivative (0*inf is nan): where a branch is not taken, 1 stands in for its variable",
)


def _float(text: str) -> float:
    """About the number that a text in Python is."""
    try:
        return float(text)
    except ValueError:  # a product or a function of numbers
        return 0.5


def _called(name: str, arguments: Sequence[Piece]) -> Piece:
    return f"{name}({', '.join(text for text, _ in arguments)})", ATOM


def _computed(node: Any, texts: list[Piece], pieces: dict[Tree, Piece], value: Constant) -> Piece:
    """A node without variables as Python computes it, or else its value."""
    row = row_of(node)
    name = math_name(row) if row is not None else None
    if name is not None:
        return _called(name, texts)
    if isinstance(node, sympy.Pow) and node.exp is sympy.S.Half:
        return f"math.sqrt({texts[0][0]})", ATOM
    if isinstance(node, sympy.Pow):
        return _raised(*texts)
    if isinstance(node, sympy.Add | sympy.Mul):
        return _operation(node, texts, pieces, NUMBER)
    return _signed(repr(float(value)))


def math_name(row: Function) -> str | None:
    """What the row is called in Python's own library, for constants; None where it is not there."""
    module = getattr(row.floats, "__module__", None)
    name = getattr(row.floats, "__name__", "")
    return f"math.{name}" if module == "math" else name if module == "builtins" else None


def _value(tree: Tree) -> Constant | None:
    """The number that a formula without variables is, exact where it is rational."""
    try:
        return parse_expression(text_of(tree)).constant
    except DerivError:
        return None


def _number(value: Fraction) -> Piece:
    """An exact number; a whole one as a float where PyTorch, which has 64 bits for it, would refuse it."""
    if value.denominator == 1 and abs(value) > 2**53:
        return _signed(repr(float(value)))
    text = number_text(sympy.Rational(value.numerator, value.denominator))
    return (text, PRODUCT) if "/" in text else _signed(text)


def _signed(text: str) -> Piece:
    return text, SIGN if text[0] == "-" else ATOM


def _raised(base: Piece, exponent: Piece) -> Piece:
    power = exponent[0] if exponent[1] == SIGN and exponent[0][1:].isdigit() else enclosed(exponent, POWER)
    return f"{enclosed(base, ATOM)}**{power}", POWER


def _operation(node: Any, texts: list[Piece], pieces: dict[Tree, Piece], kind: int) -> Piece:
    """A sum, a product, a comparison or a condition; those of tensors are joined by signs, not by words."""
    if isinstance(node, sympy.Add):
        return _SUM(node, texts, pieces)
    if isinstance(node, sympy.Mul):
        return write_product(node, texts, pieces)
    if isinstance(node, sympy.core.relational.Relational):
        left, right = (enclosed(text, SUM) for text in texts)
        return f"{left} {SIGN_OF[type(node)]} {right}", COMPARISON
    if isinstance(node, sympy.Not):
        word, level = ("not ", NOT) if kind == NUMBER else ("~", COMPARISON)
        return f"{word}{enclosed(texts[0], ATOM)}", level
    assert isinstance(node, sympy.And | sympy.Or), f"nothing writes a {type(node).__name__}"
    both = isinstance(node, sympy.And)
    if kind == NUMBER:
        return (" and " if both else " or ").join(enclosed(text, ATOM) for text in texts), AND if both else OR
    return (" & " if both else " | ").join(enclosed(text, ATOM) for text in texts), COMPARISON


def _filled(spelling: str, arguments: Sequence[Piece]) -> Piece:
    """A row's spelling with its arguments, in brackets where a sign beside them would take them apart."""
    if "#" not in spelling:
        return _called(spelling, arguments)
    text, apart = spelling, "/#" in spelling or "%" in spelling
    for place, piece in enumerate(arguments, 1):
        text = text.replace(f"#{place}", enclosed(piece, ATOM) if apart else piece[0])
    return text, ATOM if spelling.startswith("torch.") else PRODUCT


def _depth(text: str) -> int:
    """How many brackets stand inside each other."""
    deepest = depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _is_harmless(tree: Tree) -> bool:
    """Whether a formula has a finite derivative wherever it is computed, so that nothing can leak from it."""
    return all(map(_is_harmless_node, postorder(tree)))


def _is_harmless_node(node: Any) -> bool:
    if isinstance(node, sympy.Pow):
        return bool(node.exp.is_Integer and node.exp >= 0)
    row = row_of(node)
    return row is None or row.bounded_slope
