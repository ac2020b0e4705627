"""Cells that are proved to be empty against points of the curves in them."""

from __future__ import annotations

import random
from collections.abc import Callable

import mpmath

from derivcli.language.definitions.equation import parse_equation
from derivcli.study.boxes.empty_cells import cells_not_empty

COLUMNS = [-3 + 6 * place / 24 for place in range(25)]
ROWS = [-2 + 4 * place / 24 for place in range(25)]

Point = Callable[[mpmath.mpf], tuple[mpmath.mpf, mpmath.mpf]]

CURVES: dict[str, Point] = {
    "x^2+y^2=2": lambda turn: (mpmath.sqrt(2) * mpmath.cos(turn), mpmath.sqrt(2) * mpmath.sin(turn)),
    "y^2=x^3": lambda turn: (mpmath.cos(turn) ** 2, mpmath.cos(turn) ** 3),
    "tan(x*y)=x": lambda turn: (turn / 2, 2 * mpmath.atan(turn / 2) / turn),
    "|x|+|y|=1": lambda turn: (mpmath.cos(turn) ** 2, mpmath.sin(turn) ** 2),
    "sqrt(y)=log(x)": lambda turn: (mpmath.exp(abs(mpmath.sin(turn))), mpmath.sin(turn) ** 2),
}
"""Equations, and points of their curves by a parameter."""


def cells(equation: str, most: int = 10_000) -> list[tuple[int, int]] | None:
    tree = parse_equation(equation).expanded
    return cells_not_empty(tree, ("x", "y"), {}, COLUMNS, ROWS, lambda box: True, most)


def test_no_cell_with_a_point_of_the_curve_is_empty() -> None:
    draw = random.Random(3)
    for equation, point in CURVES.items():
        left = cells(equation)
        assert left is not None
        assert len(left) < 0.4 * 24 * 24
        for _ in range(200):
            x, y = point(mpmath.mpf(draw.uniform(-3, 3)))
            place = int((x + 3) * 4), int((y + 2) * 6)
            assert place in left or not (0 <= place[0] < 24 and 0 <= place[1] < 24), (equation, x, y)


def test_cells_that_are_not_asked_for_take_no_boxes() -> None:
    tree = parse_equation("x^2+y^2=2").expanded
    right = cells_not_empty(tree, ("x", "y"), {}, COLUMNS, ROWS, lambda box: box[1] > 12, 10_000)
    assert right is not None
    assert {*right} == {place for place in cells("x^2+y^2=2") or () if place[0] >= 12}
    assert cells("x^2+y^2=2", most=20) is None


def test_other_variables_have_values() -> None:
    tree = parse_equation("x^2+y^2=a").expanded
    assert cells_not_empty(tree, ("x", "y"), {"a": 2.0}, COLUMNS, ROWS, lambda box: True, 10_000) == cells("x^2+y^2=2")
    assert cells_not_empty(tree, ("x", "y"), {"a": -2.0}, COLUMNS, ROWS, lambda box: True, 10_000) == []
