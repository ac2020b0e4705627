"""What curves, their axes and their numbers are called."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from derivcli.errors import visible
from derivcli.pictures.scene import Name
from derivcli.render.labels import name_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import latex_number, number_text

if TYPE_CHECKING:
    from derivcli.language.expression import Expression

UNNAMED = Name("")
"""The name of a curve that the title tells."""

DIGITS = 5
"""Significant digits of numbers that stand in a picture."""

TITLE_LETTERS = 64
"""What is longer is cut, and has no LaTeX."""

MAX_DENOMINATOR, MAX_TURNS = 12, 1000.0
"""Up to these a multiple of pi is written as one."""


def equation_name(expression: Expression) -> Name:
    """An equation as it was typed."""
    sides = expression.sides or (expression.tree,)
    return _name(expression.text, " = ".join(latex_of(side, expression.spelling) for side in sides))


def coordinate_name(name: str, expression: Expression) -> Name:
    """The equation of a coordinate."""
    formula = latex_of(expression.tree, expression.spelling)
    return _name(f"{name} = {expression.text}", f"{name_latex(name)} = {formula}")


def variable_name(name: str) -> Name:
    """A variable."""
    return _name(name, name_latex(name))


def _name(text: str, latex: str) -> Name:
    text = visible(text)
    return Name(text, latex) if len(text) <= TITLE_LETTERS else Name(text[: TITLE_LETTERS - 1].rstrip() + "…")


def shown(value: float) -> str:
    """A number for people, as a multiple of pi where it is a simple one."""
    part = _part_of_pi(value)
    if part is None:
        return number_text(value + 0.0, DIGITS).replace("-", "−")
    above = {1: "π", -1: "−π"}.get(part.numerator, f"{part.numerator}π".replace("-", "−"))
    return above if part.denominator == 1 else f"{above}/{part.denominator}"


def latex(value: float) -> str:
    """The same in LaTeX."""
    part = _part_of_pi(value)
    if part is None:
        return latex_number(number_text(value + 0.0, DIGITS))
    sign, size = "-" if part < 0 else "", abs(part.numerator)
    above = rf"{size} \pi" if size > 1 else r"\pi"
    return sign + (above if part.denominator == 1 else rf"\frac{{{above}}}{{{part.denominator}}}")


def _part_of_pi(value: float) -> Fraction | None:
    if not 0 < abs(value) < MAX_TURNS:
        return None
    part = Fraction(value / math.pi).limit_denominator(MAX_DENOMINATOR)
    return part if part and abs(float(part) * math.pi - value) <= 1e-12 * abs(value) else None
