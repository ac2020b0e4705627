"""Studies made by hand, for tests of how they are shown."""

from collections.abc import Sequence
from decimal import Decimal

import mpmath

from derivcli import Extent, Number, Piece, SpecialPoint, Study, Undecided, Verdict, parse
from derivcli.study.study import Sign

PROVED = Verdict("proved")


def number(text: str) -> Number:
    """A number by a formula that is its exact form, or by digits that begin with `~`, or an infinite one."""
    if text.lstrip("+-") == "inf":
        value = float(text)
        return Number(value, value, value, repr(value))
    exact = None if text.startswith("~") else parse(text)
    decimal = Decimal(text[1:]) if exact is None else Decimal(str(exact.tree.evalf(40)))
    digits = (
        f"{decimal:.17g}" if exact is None or not exact.tree.is_Rational else str(float(decimal)).removesuffix(".0")
    )
    size = float(decimal)
    return Number(size, size, size, digits, exact)


def point(x: str, kind: str, value: str = "", multiplicity: int = 1, extent: str = "", **sides: str) -> SpecialPoint:
    """A special point that is proved; `sides` are limits and slopes."""
    found = {name: number(text) for name, text in sides.items()}
    return SpecialPoint(number(x), kind, PROVED, extent, multiplicity, number(value) if value else None, **found)


def pieces(*rows: str) -> tuple[Piece, ...]:
    """Pieces as `low high sign slope curvature`, where `?` is unknown; without signs f is not defined."""
    signs: dict[str, Sign] = {"+": 1, "-": -1, "0": 0, "?": None}
    found = []
    for low, high, *others in map(str.split, rows):
        found.append(Piece(number(low), number(high), bool(others), *(signs[each] for each in others)))
    return tuple(found)


def study(text: str, on: Sequence[str], **parts: object) -> Study:
    """A study of a formula on an interval."""
    expression = parse(text)
    return Study(expression, "".join(expression.variables) or "x", *map(number, on), **parts)  # type: ignore[arg-type]


def bump() -> Study:
    """x*exp(-x) on [0, 5]."""
    return study(
        "x exp(-x)",
        ("0", "5"),
        zeros=(point("0", "zero", "0"),),
        critical=(point("1", "maximum", "exp(-1)", extent="global"),),
        inflections=(point("2", "inflection", "2*exp(-2)"),),
        ends=(point("0", "end", "0"), point("5", "end", "5*exp(-5)")),
        extrema=(point("0", "minimum", "0", extent="global"), point("1", "maximum", "exp(-1)", extent="global")),
        pieces=pieces("0 1 + + -", "1 2 + - -", "2 5 + - +"),
        range=Extent(number("0"), number("exp(-1)"), True, True),
    )


def poles() -> Study:
    """1/(x^2-1) on [-2, 3]."""
    return study(
        "1/(x^2-1)",
        ("-2", "3"),
        critical=(point("0", "maximum", "-1", extent="local"),),
        breaks=(point("-1", "pole", left="inf", right="-inf"), point("1", "pole", left="-inf", right="inf")),
        ends=(point("-2", "end", "1/3"), point("3", "end", "1/8")),
        pieces=pieces("-2 -1 + + +", "-1 0 - + -", "0 1 - - -", "1 3 + - +"),
        range=Extent(number("-inf"), number("inf"), False, False, ((number("-1"), number("1/8")),), ((True, True),)),
    )


def root() -> Study:
    """A root with an undefined piece, a jump, a constant piece and a corner."""
    return study(
        "sqrt(x)",
        ("-1", "6"),
        zeros=(point("0", "zero", "0"),),
        breaks=(
            point("0", "edge", "0", right_slope="inf"),
            point("2", "jump", "3", left="sqrt(2)", right="3"),
            point("3", "corner", "3", left_slope="0", right_slope="-1"),
            point("4", "cusp", "2", left_slope="-inf", right_slope="inf"),
            point("5", "hole", left="5/2", right="5/2"),
        ),
        ends=(point("-1", "end"), point("6", "end", "4")),
        extrema=(point("0", "minimum", "0", extent="global"), point("6", "maximum", "4", extent="global")),
        pieces=pieces("-1 0", "0 2 + + -", "2 3 + 0 0", "3 4 + - 0", "4 5 + + -", "5 6 + + +"),
        range=Extent(number("0"), number("4"), True, True),
    )


def undecided() -> Study:
    """A study with an open question, on a whole line."""
    return study(
        "exp(-x^2)+x-x",
        ("-inf", "inf"),
        critical=(point("0", "maximum", "1", extent="global"),),
        ends=(point("-inf", "end", right="0"), point("inf", "end", left="0")),
        pieces=pieces("-inf ~-0.70711 + + +", "~-0.70711 ~-0.7071 + + ?", "~-0.7071 0 + + -", "0 inf + - ?"),
        range=Extent(number("0"), number("1"), False, True),
        undecided=(
            Undecided(number("~-0.70711"), number("~-0.7071"), "inflections", "1024 bits do not tell f'' from 0 there"),
        ),
    )


def waves(count: int = 159) -> Study:
    """A study with very many extrema, as that of sin(50x) on [0, 10]."""
    step = mpmath.pi / 50
    places = [f"~{mpmath.nstr(step * (k + 0.5), 17)}" for k in range(count)]
    zeros = [f"~{mpmath.nstr(step * k, 17)}" if k else "0" for k in range(count + 1)]
    ups = [1 if k % 2 == 0 else -1 for k in range(count)]
    marks = ["0", *places, "10"]
    found = []
    for k in range(count):
        sign, slope = "+-"[ups[k] < 0], "+-"[ups[k] < 0]
        found.append(f"{zeros[k]} {places[k]} {sign} {slope} {'-+'[ups[k] < 0]}")
        last = zeros[k + 1] if k + 1 < len(zeros) else "10"
        found.append(f"{places[k]} {last} {sign} {'+-'[ups[k] > 0]} {'-+'[ups[k] < 0]}")
    found.append(f"{zeros[count]} 10 {'+-'[count % 2]} {'+-'[count % 2]} {'-+'[count % 2]}")
    extrema = tuple(
        point(x, "maximum" if up > 0 else "minimum", str(up), extent="global")
        for x, up in zip(places, ups, strict=True)
    )
    assert len(marks) == count + 2
    return study(
        "sin(50x)",
        ("0", "10"),
        zeros=tuple(point(x, "crossing", "0") for x in zeros),
        critical=extrema,
        extrema=extrema,
        inflections=tuple(point(x, "inflection", "0") for x in zeros[1:]),
        ends=(point("0", "end", "0"), point("10", "end", "sin(500)")),
        pieces=pieces(*found),
        range=Extent(number("-1"), number("1"), True, True),
    )


ALL = {"bump": bump, "poles": poles, "root": root, "undecided": undecided, "waves": waves}
