"""What curves, their axes and their numbers are called."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from derivcli.errors import visible
from derivcli.pictures.scene import Name
from derivcli.render.labels import name_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import number_text

if TYPE_CHECKING:
    from derivcli.language.expression import Expression

UNNAMED = Name("")
"""The name of a curve that the title tells."""

DIGITS = 5
"""Significant digits of numbers that stand in a picture."""

TITLE_LETTERS = 64
"""What is longer is cut, and has no LaTeX."""

MAX_DENOMINATOR = 12


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
    part = Fraction(value / math.pi).limit_denominator(MAX_DENOMINATOR) if abs(value) < 1e6 else Fraction(0)
    if not part or abs(float(part) * math.pi - value) > 1e-12 * abs(value):
        return number_text(value + 0.0, DIGITS).replace("-", "−")
    above = {1: "π", -1: "−π"}.get(part.numerator, f"{part.numerator}π".replace("-", "−"))
    return above if part.denominator == 1 else f"{above}/{part.denominator}"
