"""A Taylor polynomial as text in the language itself, which reads it back."""

from __future__ import annotations

import sympy

from derivcli.language.printer import text_of
from derivcli.language.tree import add, negative, substitute, symbol
from derivcli.render.numbers import number_at, number_texts
from derivcli.result import SeriesResult


def polynomial_text(result: SeriesResult, point: int, digits: int | None = None) -> str | None:
    """The polynomial about a point; None where a coefficient is not finite.

    Terms with the coefficient 0 are left out, and so is a coefficient 1 before a power.
    """
    import numpy as np  # late, since formulas need none

    coefficients = result.coefficients[point]
    if not np.isfinite(coefficients).all():
        return None
    offset = offset_text(result, point)
    text = ""
    for order, (value, number) in enumerate(zip(coefficients, number_texts(coefficients, digits), strict=True)):
        if value != 0:
            sign, size = ("-" if number[0] == "-" else "+"), number.lstrip("-")
            power = power_text(offset, order)
            term = power if power and size == "1" else "*".join(filter(None, (size, power)))
            text = f"{text} {sign} {term}" if text else f"{sign}{term}".lstrip("+")
    return text or "0"


def exact_polynomial_text(result: SeriesResult, point: int) -> str | None:
    """The polynomial with exact coefficients; None where one of them is not known."""
    from derivcli.engines.symbolic import arrange, merged  # late, since few polynomials are exact

    variable = symbol(result.variable)
    terms = []
    for order, exact in enumerate(result.exact):
        known = exact[point]
        if known is None:
            return None
        if known.tree != 0:
            terms.append(arrange(merged(known.tree) * variable**order))
    if not terms:
        return "0" if result.exact else None
    place = result.points.exact(result.variable, point)
    assert place is not None, "exact coefficients are those about an exact point"
    offset = variable if place == 0 else add([variable, negative(place)])
    return text_of(
        substitute(add(terms) if len(terms) > 1 else terms[0], {variable: offset}), result.expression.spelling
    )


def power_text(offset: str, order: int) -> str:
    """A power of the distance from the centre; "" for the power 0."""
    return {0: "", 1: offset}.get(order, f"{offset}**{order}")


def offset_text(result: SeriesResult, point: int) -> str:
    """The distance from the centre: `x`, `(x - pi/2)`, `(x + 1)`."""
    if result.at[result.variable][point] == 0:
        return result.variable
    text, is_sum = centre(result, point)
    if is_sum:
        return f"({result.variable} - ({text}))"
    return f"({result.variable} {f'+ {text[1:]}' if text[0] == '-' else f'- {text}'})"


def centre(result: SeriesResult, point: int) -> tuple[str, bool]:
    """The text of the centre as it was typed, or of the float64 that it is, and whether it is a sum."""
    tree = result.points.exact(result.variable, point)
    if tree is None:
        return number_at(result.at[result.variable], point), False
    return text_of(tree), isinstance(tree, sympy.Add)
