"""Numbers as text: the shortest that reads back the same, or so many significant digits."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal

from derivcli.result import FloatArray

FLOAT32_BYTES = 4


def number_texts(values: FloatArray, digits: int | None = None) -> list[str]:
    """Each number of an array: 38 and not 38.0, 1e16 and not 1e+16; "nan", "inf" or "-inf"."""
    if digits is not None:
        return [number_text(value, digits) for value in values.tolist()]
    if values.dtype.itemsize == FLOAT32_BYTES:
        return [_tidy(str(value)) for value in values]
    return [_tidy(repr(value)) for value in values.tolist()]


def number_text(value: float, digits: int) -> str:
    """One number to so many significant digits."""
    return _tidy(format(value, f".{digits}g"))


def number_at(values: FloatArray, point: int, digits: int | None = None) -> str:
    """One number of an array as text."""
    return number_texts(values[point : point + 1], digits)[0]


def outward_texts(values: FloatArray, digits: int | None, rounding: str) -> list[str]:
    """Each number rounded to so many digits in one direction, which is one of `decimal`'s."""
    if digits is None:
        return number_texts(values)
    context = Context(prec=digits, rounding=rounding)
    exact = [Decimal(repr(value)) for value in values.tolist()]  # as it is written, so that 2e-5 stays 2e-5
    return [_tidy(repr(float(context.plus(value)))) for value in exact]


def aligned(texts: Sequence[str]) -> list[str]:
    """The texts for people: padded to one width, points under each other where no number has an exponent, no -0."""
    texts = ["0" if text == "-0" else text for text in texts]
    if any("e" in text for text in texts):
        tails = [""] * len(texts)
    else:
        tails = [text[len(text.partition(".")[0]) :] for text in texts]
    left = max((len(text) - len(tail) for text, tail in zip(texts, tails, strict=True)), default=0)
    right = max(map(len, tails), default=0)
    return [text.rjust(left + len(tail)) + " " * (right - len(tail)) for text, tail in zip(texts, tails, strict=True)]


def latex_number(text: str) -> str:
    """The text of a number in LaTeX."""
    words = {"nan": r"\text{nan}", "inf": r"\infty", "-inf": r"-\infty"}
    mantissa, _, exponent = text.partition("e")
    return words.get(text, rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else text)


def formula_latex(text: str) -> str:
    """A number that is written as a formula, in LaTeX."""
    from derivcli.language.functions.formulas import parse_tree  # late: few numbers are formulas
    from derivcli.render.latex_printer import latex_of

    return latex_of(parse_tree(text))


def _tidy(text: str) -> str:
    mantissa, mark, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa
