"""The equations of lines and planes as they are shown: rounded where that is asked for, and in LaTeX."""

from __future__ import annotations

import re

from derivcli.render.blocks import Line, Style
from derivcli.render.labels import name_latex
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import latex_number, number_at
from derivcli.study.curves.curve import Curve, Tangents, Touching

_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?:e-?\d+)?|(?<![\w.])\d+e-?\d+")
"""A number in an equation that is no whole one."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?|nan|-?inf")

_VECTORS = re.compile(r"\((.*)\) \+ (\w)\*\((.*)\)")


def equation_sides(touching: Touching, style: Style) -> tuple[str, str]:
    """An equation with the name of what it is of before its left side."""
    return f"{touching.kind}: {rounded(touching.left, style)}", rounded(touching.right, style)


def rounded(text: str, style: Style) -> str:
    """An equation with its decimals to so many significant digits."""
    if style.digits is None:
        return text
    import numpy as np

    return _DECIMAL.sub(lambda found: number_at(np.array([float(found[0])]), 0, style.digits), text)


def equation_latex(touching: Touching, style: Style) -> Line:
    """The equation in LaTeX, with the name of what it is of behind it."""
    left, right = rounded(touching.left, style), rounded(touching.right, style)
    vectors = _VECTORS.fullmatch(right)
    if vectors is not None:
        point, letter, way = vectors.groups()
        said = rf"{_vector(point)} + {letter} \, {_vector(way)}"
        head = rf"\left({', '.join(map(name_latex, left.strip('()').split(', ')))}\right)"
    else:
        head, said = (_formula(side) for side in (left, right))
    return head, "=", rf"{said} \quad \text{{({touching.kind})}}"


def _vector(text: str) -> str:
    return rf"\left({', '.join(map(_formula, text.split(', ')))}\right)"


def _formula(text: str) -> str:
    if _NUMBER.fullmatch(text):
        return latex_number(text)
    from derivcli.language.parse import parse_expression

    names = set(re.findall(r"[^\W\d]\w*", text))
    found = parse_expression(text, {name for name in names if len(name) == 1})
    return latex_of(found.tree, found.spelling)


def point_heading(tangents: Tangents, point: int, style: Style) -> str:
    """Where the lines touch."""
    return f"at {', '.join(f'{name} = {text}' for name, text in _place(tangents, point, style))}"


def heading_latex(tangents: Tangents, point: int, style: Style) -> list[Line]:
    """The same in LaTeX."""
    place = [(name_latex(name), _formula(text)) for name, text in _place(tangents, point, style)]
    (first, value), *others = place
    rest = "".join(rf", \, {name} = {text}" for name, text in others)
    return [(rf"\text{{at }} {first}", "=", value + rest)]


def _place(tangents: Tangents, point: int, style: Style) -> list[tuple[str, str]]:
    """The variables with their values, each as it was typed."""
    of = tangents.of
    typed = of.results[0].typed if isinstance(of, Curve) else of.typed
    return [
        (name, (typed[name][point] if name in typed else "") or number_at(values, point, style.digits))
        for name, values in tangents.at.items()
    ]
