"""The study of a function of one variable on an interval: stretches between walls, zeros, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import thread_time

from flint import ctx

from derivcli.check.enclosure import restored_context
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.language.expression import Expression
from derivcli.simplify.domains.roots import Root
from derivcli.study.breaks.local_germs import Formula
from derivcli.study.breaks.special_points import infinite_end, special_point
from derivcli.study.exact.exact_values import exact_value
from derivcli.study.numbers import ZERO, number_in, number_of
from derivcli.study.root_finding.taylor_model import BITS, Curve, curve_of
from derivcli.study.root_finding.zeros import ORDERS, Open
from derivcli.study.study import Number, SpecialPoint, Study, Undecided
from derivcli.study.variations import special_points
from derivcli.study.variations.course import Column, Course, Section, course_of
from derivcli.study.variations.events import events_of
from derivcli.study.variations.extrema import with_extents
from derivcli.study.variations.special_points import Place, limits, with_growth
from derivcli.study.variations.value_range import united
from derivcli.study.variations.walls import stretches_on

STUDY_SECONDS = 1.2
"""The processor time for one study; what is not decided by then stays open."""

NO_BREAKS = ("regular", "end", "undefined")
"""Kinds of points at which f is smooth, at the ends of the line, and with no value of f on either side."""

WHAT = {0: "zeros", 1: "critical", 2: "inflections", None: "breaks"}
"""What a question is about, by the order of the derivative."""


def study_interval(
    expression: Expression, variable: str, low: Root, high: Root, seconds: float = STUDY_SECONDS
) -> Study:
    """All special points of a function on a closed interval, proved to be all where nothing is left undecided.

    Raises EndlessError where an end is infinite and nothing is proved of the function beyond all bounds.
    """
    places, undecided = places_on(expression, variable, low, high, seconds)
    return _study(expression, variable, places, undecided)


def places_on(
    expression: Expression, variable: str, low: Root, high: Root, seconds: float, orders: Sequence[int] = ORDERS
) -> tuple[list[Place], list[Undecided]]:
    """The points of an interval at which something happens, with what lies between them, and what is not decided.

    Of the derivatives only those of some orders are looked at.
    """
    with restored_context():
        ctx.prec = BITS
        curve = curve_of(expression.expanded, variable, thread_time() + seconds)
        stretches, opened = stretches_on(curve, low, high, orders)
        parts = [(each, each.defined, events_of(each, curve, low, high)) for each in stretches]
        course = course_of(curve, parts, low, high)
        ctx.prec = BITS
        places = [*_places(expression, curve, course)]
        opened += [each for stretch in stretches for each in stretch.open]
        return places, [*_undecided(expression, opened, low, high)]


def _study(expression: Expression, variable: str, places: Sequence[Place], undecided: Sequence[Undecided]) -> Study:
    known = [*limits(places)]
    complete = not undecided and None not in known
    extrema = with_extents([*special_points.extrema(places)], filter(None, known), complete)
    extents = {id(point.x): point for point in extrema}
    critical = [_like(point, extents.get(id(point.x))) for point in special_points.critical(places)]
    breaks = [place.point for place in places if place.point is not None and place.point.kind not in NO_BREAKS]
    return Study(
        expression,
        variable,
        places[0].x,
        places[-1].x,
        zeros=tuple(special_points.zeros(places)),
        critical=tuple(critical),
        inflections=tuple(special_points.inflections(places)),
        breaks=tuple(breaks),
        ends=tuple(special_points.ends(places)),
        extrema=tuple(extrema),
        pieces=tuple(special_points.pieces(places)),
        range=united([*special_points.spans(places)]) if complete else None,
        undecided=tuple(undecided),
    )


def _like(point: SpecialPoint, extremum: SpecialPoint | None) -> SpecialPoint:
    """A critical point with the extent of the extremum that it is, if it is one by f' and not by the interval's end."""
    if extremum is None or extremum.kind != point.kind:
        return point
    return replace(point, extent=extremum.extent, verdict=extremum.verdict)


def _places(expression: Expression, curve: Curve, course: Course) -> Iterator[Place]:
    formula = Formula(curve.tree, curve.name)
    sections: list[Section | None] = [None, *course.sections, None]
    for column, left, right in zip(course.columns, sections[:-1], sections[1:], strict=True):
        x = number_of(column.root, expression.spelling)
        if column.wall is not None and column.wall.break_ is not None:
            point = special_point(column.wall.break_, expression.spelling)
            yield Place(point.x, column, point.value, left, right, point)
        elif not column.root.ball.is_finite():
            yield with_growth(Place(x, column, None, left, right, infinite_end(expression, formula, column.root)))
        else:
            is_defined = any(each is not None and each.defined for each in (left, right))
            yield Place(x, column, _value(expression, curve, column) if is_defined else None, left, right)


def _value(expression: Expression, curve: Curve, column: Column) -> Number | None:
    """f at a point at which it is analytic."""
    if column.event is not None and 0 in column.event.zeros:
        return number_of(ZERO, expression.spelling)
    try:
        tree = None if column.root.tree is None else exact_value(curve.tape, curve.name, column.root)
        return number_in(curve.series(column.root.where, 0)[0], tree, expression.spelling)
    except (UnsureError, TouchError):
        return None


def _undecided(expression: Expression, opened: Sequence[Open], low: Root, high: Root) -> Iterator[Undecided]:
    """What is open inside the interval."""
    for each in opened:
        if not (each.high <= low.ball or each.low >= high.ball):
            start = low.ball if each.low < low.ball else each.low
            stop = high.ball if each.high > high.ball else each.high
            ends = [number_in(ball, None, expression.spelling) for ball in (start, stop)]
            yield Undecided(ends[0], ends[1], WHAT[each.order], each.why)
