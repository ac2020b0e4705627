"""What functions, derivatives, points and values are called in a picture, in signs and in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.errors import visible
from derivcli.pictures.drawn import Drawn
from derivcli.pictures.scene import Name
from derivcli.render.labels import Label, name_latex, raised
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import latex_number, number_text
from derivcli.render.quantities import function_names
from derivcli.result import ALONG, Partial, SymbolicResult

TITLE_LETTERS, NAME_LETTERS = 64, 24
"""What is longer is cut, and has no LaTeX."""

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
PRIMES = ("", "′", "″", "‴")

DIGITS = 5
"""Significant digits of numbers that stand in a picture."""


def letters_of(drawn: Drawn) -> list[str]:
    """The names of the functions: their own, or f, or f1, f2 and so on."""
    return function_names([SymbolicResult(each, {}) for each in drawn.expressions])


def function_name(drawn: Drawn, number: int) -> Name:
    """As in f(x), or f₂(x) where there are several."""
    letter = letters_of(drawn)[number]
    arguments = arguments_of(drawn, number)
    text = f"{letter.translate(SUBSCRIPTS)}({', '.join(arguments)})"
    return Name(short(text, TITLE_LETTERS), f"{name_latex(letter)}({', '.join(map(name_latex, arguments))})")


def derivative_name(drawn: Drawn, number: int, partial: Partial) -> Name:
    """As in f′(x), or ∂f/∂u where there are several variables."""
    letter = letters_of(drawn)[number]
    notation = notation_of(drawn, number, partial)
    label = Label(letter, partial, notation)
    if notation != "prime":
        return Name(short(label.shown().translate(SUBSCRIPTS) if letter[-1:].isdigit() else label.shown(),
                          TITLE_LETTERS), label.latex)  # fmt: skip
    order = len(partial)
    primes = PRIMES[order] if order < len(PRIMES) else f"⁽{raised(order)}⁾"
    text = f"{letter.translate(SUBSCRIPTS)}{primes}({partial[0]})"
    return Name(short(text, TITLE_LETTERS), label.latex_equation)


def notation_of(drawn: Drawn, number: int, partial: Partial) -> str:
    """How a derivative is written."""
    if ALONG in partial:
        return ALONG
    return "prime" if len({*arguments_of(drawn, number), *partial}) == 1 else "partial"


def arguments_of(drawn: Drawn, number: int) -> list[str]:
    """The variables of a function."""
    expression = drawn.expressions[number]
    return [*(expression.arguments or expression.variables or drawn.names)]


def title(drawn: Drawn, number: int) -> Name:
    """The function and its formula."""
    expression, name = drawn.expressions[number], function_name(drawn, number)
    text = f"{name.text} = {expression.text}"
    if len(text) > 2 * TITLE_LETTERS:
        return Name(short(text, TITLE_LETTERS))
    return Name(short(text, TITLE_LETTERS), f"{name.latex} = {latex_of(expression.tree, expression.spelling)}")


def variable_name(name: str) -> Name:
    """A variable."""
    return Name(short(name, NAME_LETTERS), name_latex(name) if len(name) <= NAME_LETTERS else "")


def shown(value: float, digits: int = DIGITS) -> str:
    """A number for people, with a true minus sign."""
    return number_text(value + 0.0, digits).replace("-", "−")


def latex(value: float, digits: int = DIGITS) -> str:
    """A number in LaTeX."""
    return latex_number(number_text(value + 0.0, digits))


def listed(words: Sequence[str]) -> str:
    """Words with commas, and "and" before the last."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def short(text: str, letters: int) -> str:
    """The text, made visible and cut to a length."""
    text = visible(text)
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
