"""Random formulas of the tests' own, what they come to in 50 digits, and how people write them in three notations.

Nothing here is taken from the package: a formula is nested tuples, its first part says what it is.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import sympy

Formula = tuple[Any, ...]
Piece = tuple[str, int, bool]
"""A piece of text, how tightly it holds together, and whether it ends in a function's argument without brackets."""

SUM, PRODUCT, POWER, ATOM = range(4)

VARIABLES = ("x", "y", "t", "u", "v", "a", "b", "n")
GREEK = {"alpha": "\\alpha", "theta": "\\theta", "omega": "\\omega"}
NUMBERS = ("2", "3", "4", "7", "10", "0.5", "1.25")
WORDS = {"at", "an", "tan", "nu", "tau", "but", "ab"}
"""Runs of those letters that mean something, or may come to."""

GLUED = ("sin", "cos", "tan")
"""Functions whose argument is written behind the name without a blank, where nothing else can be meant."""

CALLS: dict[str, tuple[Callable[..., Any], str, Any]] = {
    "sin": (mpmath.sin, "\\sin", sympy.sin),
    "cos": (mpmath.cos, "\\cos", sympy.cos),
    "tan": (mpmath.tan, "\\tan", sympy.tan),
    "sec": (mpmath.sec, "\\sec", sympy.sec),
    "sinh": (mpmath.sinh, "\\sinh", sympy.sinh),
    "tanh": (mpmath.tanh, "\\tanh", sympy.tanh),
    "atan": (mpmath.atan, "\\arctan", sympy.atan),
    "arcsin": (mpmath.asin, "\\arcsin", sympy.asin),
    "ln": (mpmath.log, "\\ln", sympy.log),
    "log": (mpmath.log, "\\log", sympy.log),
    "exp": (mpmath.exp, "\\exp", sympy.exp),
    "erf": (mpmath.erf, "\\operatorname{erf}", sympy.erf),
}
"""Functions of one argument: the value, the command of TeX, and SymPy's."""
LARGEST = mpmath.mpf(10) ** 30
RELATIONS = {"<": ("<", mpmath.mpf.__lt__), ">=": ("\\ge", mpmath.mpf.__ge__)}


def draw(dice: random.Random, depth: int = 4) -> Formula:
    """A formula in which no part without variables is more than a number, so that none is refused."""
    kind = dice.choice(_KINDS) if depth else "var"
    if kind == "var":
        return ("var", dice.choice((*VARIABLES, *GREEK)) if dice.random() < 0.2 else dice.choice("xyt"))
    part = draw(dice, depth - 1)
    if kind in ("add", "mul"):
        others = [draw(dice, depth - 1) for _ in range(dice.choice((1, 1, 2)))]
        if dice.random() < 0.5:
            others.insert(0, ("num", dice.choice(NUMBERS)) if dice.random() < 0.8 else ("pi",))
        signs = [dice.choice((1, -1)) for _ in others]
        return (kind, part, *others) if kind == "mul" else (kind, part, *zip(signs, others, strict=True))
    if kind == "div":
        over = ("num", dice.choice(NUMBERS)) if dice.random() < 0.3 else draw(dice, depth - 1)
        return (kind, over, ("num", dice.choice(NUMBERS)) if dice.random() < 0.3 and over[0] != "num" else part)
    if kind == "pow":
        exponent = ("num", dice.choice("23")) if dice.random() < 0.7 else draw(dice, depth - 2 if depth > 1 else 0)
        return (kind, part, exponent)
    if kind == "call":
        return (kind, dice.choice(list(CALLS)), part)
    if kind == "cases":
        return (kind, part, dice.choice("xyt"), dice.choice(list(RELATIONS)), dice.choice("123"), draw(dice, depth - 1))
    return (kind, part)


_KINDS = [
    *(["add"] * 4 + ["mul"] * 5 + ["div"] * 3 + ["pow"] * 4 + ["call"] * 5),
    *("neg", "sqrt", "abs", "exp", "cases", "var", "var"),
]


def value(formula: Formula, at: Mapping[str, Any]) -> Any:
    """What a formula comes to, over the complex numbers; OverflowError where a part of it is huge."""
    found = _value(formula, at)
    if abs(found) > LARGEST:  # whose sine takes for ever
        raise OverflowError
    return found


def _value(formula: Formula, at: Mapping[str, Any]) -> Any:
    kind, *parts = formula
    if kind == "num":
        return mpmath.mpf(parts[0])
    if kind == "var":
        return at[parts[0]]
    if kind == "pi":
        return mpmath.pi()
    if kind == "call":
        return CALLS[parts[0]][0](value(parts[1], at))
    if kind == "cases":
        holds = RELATIONS[parts[2]][1](at[parts[1]], mpmath.mpf(parts[3]))
        return value(parts[0] if holds else parts[4], at)
    if kind == "add":
        return value(parts[0], at) + sum(sign * value(part, at) for sign, part in parts[1:])
    found = [value(part, at) for part in parts]
    if kind == "mul":
        return mpmath.fprod(found)
    if kind == "div":
        return found[0] / found[1]
    if kind == "pow":
        return found[0] ** found[1]
    return {"neg": mpmath.mpf(-1).__mul__, "sqrt": mpmath.sqrt, "abs": abs, "exp": mpmath.exp}[kind](found[0])


def in_brackets(piece: Piece, level: int) -> str:
    return piece[0] if piece[1] >= level else f"({piece[0]})"


class Hand:
    """Writes formulas as people do: signs left out, brackets left out, superscripts, bars."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def often(self) -> bool:
        return self.dice.random() < 0.5

    def write(self, formula: Formula) -> str:
        return self.piece(formula)[0]

    def piece(self, formula: Formula) -> Piece:
        piece: Piece = getattr(self, formula[0])(*formula[1:])
        return piece

    def num(self, text: str) -> Piece:
        return text, ATOM, False

    def var(self, name: str) -> Piece:
        return {"alpha": "α", "theta": "θ"}.get(name, name), ATOM, False

    def pi(self) -> Piece:
        return self.dice.choice(("pi", "π")), ATOM, False

    def neg(self, part: Formula) -> Piece:
        return f"{self.dice.choice('-−')}{in_brackets(self.piece(part), PRODUCT)}", SUM, self.piece(part)[2]

    def add(self, first: Formula, *others: tuple[int, Formula]) -> Piece:
        text = self.piece(first)[0]
        blank = " " if self.often() else ""
        for sign, part in others:
            text += f"{blank}{'+' if sign > 0 else '-'}{blank}{in_brackets(self.piece(part), PRODUCT)}"
        return text, SUM, False

    def mul(self, *parts: Formula) -> Piece:
        text, ends_bare = "", False
        for place, part in enumerate(parts):
            piece = self.piece(part)
            written = in_brackets(piece, PRODUCT if place == 0 and part[0] == "div" else POWER)
            bare = piece[2] and piece[1] >= POWER
            if text:
                text += self.between(text, written, ends_bare) + written
            else:
                text = written
            ends_bare = bare
        return text, PRODUCT, ends_bare

    def between(self, left: str, right: str, ends_bare: bool) -> str:
        """What stands between two factors: nothing, a blank, or a sign."""
        is_glued = right.startswith(GLUED) and right[3].isalnum() and right[3] != "h"
        if is_glued and left in ("x", "y", "t") and self.often():
            return ""
        if ends_bare or right[0].isdigit() or "|" in left[-1] + right[0] or self.dice.random() < 0.2:
            return self.dice.choice(("*", " * ", "·"))
        if right[0] == "(":
            return "" if not left[-1].isalpha() else "*"
        if left[-1].isdigit() and "^" not in left[-3:] and right[0] not in "eE":
            return "" if left[-2:-1].isdigit() or not left[-2:-1].isalpha() else " "
        joined = left[-1] + right
        if (
            len(joined) == 2
            and joined.isalpha()
            and not left[-2:-1].isalnum()
            and joined not in WORDS
            and joined[0] != joined[1]
            and self.often()
        ):
            return "" if left[-2:-1] not in ("^", "_") else " "
        return " "

    def div(self, over: Formula, under: Formula) -> Piece:
        upper, lower = self.piece(over), self.piece(under)
        top = in_brackets(upper, PRODUCT)
        bottom = in_brackets(lower, POWER) if not lower[2] else f"({lower[0]})"
        return f"{top}{self.dice.choice(('/', ' / '))}{bottom}", PRODUCT, False

    def pow(self, base: Formula, exponent: Formula) -> Piece:
        lower, upper = self.piece(base), self.piece(exponent)
        if exponent[0] == "num" and base[0] == "call" and self.often():
            name = base[1]
            sign = f"^{exponent[1]}" if self.often() or "." in exponent[1] else exponent[1].translate(_SUPERSCRIPTS)
            return f"{name}{sign}({self.write(base[2])})", POWER, False
        under = f"({lower[0]})" if lower[1] < ATOM or lower[2] else lower[0]
        if exponent[0] == "num" and self.often() and "." not in exponent[1]:
            return f"{under}{exponent[1].translate(_SUPERSCRIPTS)}", POWER, False
        sign = self.dice.choice(("^", "**"))
        return f"{under}{sign}{in_brackets(upper, ATOM) if not upper[2] else f'({upper[0]})'}", POWER, False

    def call(self, name: str, part: Formula) -> Piece:
        if self.often():
            glued = "" if name in GLUED and self.often() else " "
            if part[0] == "var" and part[1] in VARIABLES:
                return f"{name}{glued}{part[1]}", ATOM, True
            if part[0] == "var":
                return f"{name} {self.write(part)}", ATOM, True
            if part[0] == "pow" and part[1][0] == "var" and part[2][0] == "num":
                return f"{name} {part[1][1]}^{part[2][1]}", ATOM, True
            if part[0] == "mul" and [p[0] for p in part[1:]] == ["num", "var"]:
                glued = glued if part[1][1].isdigit() and part[2][1] in VARIABLES else " "
                return f"{name}{glued}{part[1][1]}{self.write(part[2])}", ATOM, True
        return f"{name}({self.write(part)})", ATOM, False

    def sqrt(self, part: Formula) -> Piece:
        inner = self.write(part)
        return (f"√({inner})", POWER, False) if self.often() else (f"sqrt({inner})", ATOM, False)

    def abs(self, part: Formula) -> Piece:
        inner = self.write(part)
        return (f"|{inner}|" if "|" not in inner and self.often() else f"abs({inner})"), ATOM, False

    def exp(self, part: Formula) -> Piece:
        return f"e^({self.write(part)})", POWER, False

    def cases(self, then: Formula, name: str, sign: str, number: str, other: Formula) -> Piece:
        first, second = self.write(then), self.write(other)
        if self.often():
            return f"if({name} {sign} {number}, {first}, {second})", ATOM, False
        return f"Piecewise(({first}, {name} {sign} {number}), ({second}, True))", ATOM, False


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class TeX(Hand):
    """Writes formulas as papers and chats do."""

    def var(self, name: str) -> Piece:
        return GREEK.get(name, name), ATOM, False

    def pi(self) -> Piece:
        return "\\pi", ATOM, False

    def bracketed(self, text: str) -> str:
        return f"\\left({text}\\right)" if self.often() else f"({text})"

    def neg(self, part: Formula) -> Piece:
        piece = self.piece(part)
        return f"-{piece[0] if piece[1] >= PRODUCT else self.bracketed(piece[0])}", SUM, piece[2]

    def mul(self, *parts: Formula) -> Piece:
        text, bare = "", False
        for part in parts:
            piece = self.piece(part)
            written = piece[0] if piece[1] >= POWER else self.bracketed(piece[0])
            signed = bare or written[0].isdigit() or "|" in written or self.dice.random() < 0.3
            gap = self.dice.choice((" \\cdot ", "\\times ")) if signed else self.dice.choice((" ", " \\, "))
            text = f"{text}{gap}{written}" if text else written
            bare = piece[2] and piece[1] >= POWER
        return text, PRODUCT, bare

    def div(self, over: Formula, under: Formula) -> Piece:
        command = self.dice.choice(("\\frac", "\\frac", "\\dfrac"))
        return f"{command}{{{self.write(over)}}}{{{self.write(under)}}}", ATOM, False

    def pow(self, base: Formula, exponent: Formula) -> Piece:
        lower = self.piece(base)
        if exponent[0] == "num" and base[0] == "call" and self.often():
            return f"{CALLS[base[1]][1]}^{{{exponent[1]}}}{self.bracketed(self.write(base[2]))}", POWER, False
        apart = lower[1] < ATOM or lower[2] or base[0] in ("div", "call")
        under = self.bracketed(lower[0]) if apart else lower[0]
        upper = self.write(exponent)
        return f"{under}^{upper if len(upper) == 1 and self.often() else f'{{{upper}}}'}", POWER, False

    def call(self, name: str, part: Formula) -> Piece:
        command = CALLS[name][1]
        if part[0] == "var" and self.often():
            return f"{command} {self.write(part)}", ATOM, True
        return f"{command}{self.bracketed(self.write(part))}", ATOM, False

    def sqrt(self, part: Formula) -> Piece:
        return f"\\sqrt{{{self.write(part)}}}", ATOM, False

    def abs(self, part: Formula) -> Piece:
        left, right = self.dice.choice((("\\left|", "\\right|"), ("\\lvert ", " \\rvert")))
        return f"{left}{self.write(part)}{right}", ATOM, False

    def exp(self, part: Formula) -> Piece:
        base = self.dice.choice(("e", "\\mathrm{e}"))
        return f"{base}^{{{self.write(part)}}}", POWER, False

    def cases(self, then: Formula, name: str, sign: str, number: str, other: Formula) -> Piece:
        opposite = f"\\text{{if }} {name} {_OPPOSITE[sign]} {number}"
        last = self.dice.choice(("\\text{otherwise}", opposite))
        word = self.dice.choice(("", "\\text{if } "))
        first = f"{self.write(then)} & {word}{name} {RELATIONS[sign][0]} {number}"
        return f"\\begin{{cases}}{first} \\\\ {self.write(other)} & {last}\\end{{cases}}", ATOM, False


_OPPOSITE = {"<": "\\geq", ">=": "<"}


def sympy_of(formula: Formula) -> Any:
    """The formula as SymPy has it, whose own printer writes it."""
    kind, *parts = formula
    if kind == "num":
        return sympy.Rational(parts[0])
    if kind == "var":
        return sympy.Symbol(parts[0])
    if kind == "pi":
        return sympy.pi
    if kind == "call":
        return CALLS[parts[0]][2](sympy_of(parts[1]))
    if kind == "cases":
        left, right = sympy.Symbol(parts[1]), sympy.Integer(parts[3])
        condition = left < right if parts[2] == "<" else left >= right
        return sympy.Piecewise((sympy_of(parts[0]), condition), (sympy_of(parts[4]), True), evaluate=False)
    if kind == "add":
        return sympy.Add(sympy_of(parts[0]), *(sign * sympy_of(part) for sign, part in parts[1:]))
    found = [sympy_of(part) for part in parts]
    if kind == "mul":
        return sympy.Mul(*found)
    if kind == "div":
        return found[0] / found[1]
    if kind == "pow":
        return found[0] ** found[1]
    if kind == "neg":
        return -found[0]
    return {"sqrt": sympy.sqrt, "abs": sympy.Abs, "exp": sympy.exp}[kind](found[0])


def value_of_tree(tree: Any, at: Mapping[str, Any]) -> Any:
    """What a SymPy tree comes to, node by node, by this file's own rules."""
    if tree.is_Symbol:
        return at[tree.name]
    if tree.is_Rational:
        return mpmath.mpf(int(tree.p)) / int(tree.q)
    name = type(tree).__name__
    if name in ("Pi", "Exp1"):
        return mpmath.pi() if name == "Pi" else mpmath.e()
    if isinstance(tree, sympy.Piecewise):
        return next(value_of_tree(pair.args[0], at) for pair in tree.args if _holds(pair.args[1], at))
    parts = [value_of_tree(part, at) for part in tree.args]
    if name == "Add":
        return mpmath.fsum(parts)
    if name == "Mul":
        return mpmath.fprod(parts)
    if name == "Pow":
        return parts[0] ** parts[1]
    if name in ("Abs", "abs"):
        return abs(parts[0])
    return _BY_CLASS[name](*parts)


_BY_CLASS = {kind.__name__: number for number, _, kind in CALLS.values()} | {"floor": mpmath.floor}


def _holds(condition: Any, at: Mapping[str, Any]) -> bool:
    if condition in (sympy.true, sympy.false):
        return bool(condition)
    left, right = (value_of_tree(part, at) for part in condition.args)
    holds: dict[str, bool] = {
        "StrictLessThan": left < right,
        "LessThan": left <= right,
        "StrictGreaterThan": left > right,
        "GreaterThan": left >= right,
    }
    return holds[type(condition).__name__]
