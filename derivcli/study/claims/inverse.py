"""The inverse of a function that rises or falls: its values and derivatives, with proof."""

from __future__ import annotations

import math

from flint import arb, ctx

from derivcli.check.enclosure import restored_context
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.symbolic import expression_of
from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.language.tree import add, negative
from derivcli.simplify.domains.roots import Root
from derivcli.study.claims.asked import Asked
from derivcli.study.numbers import number_in, number_of
from derivcli.study.questions import Inverse
from derivcli.study.root_finding.taylor_model import BITS, curve_of
from derivcli.study.root_finding.zeros import EndlessError
from derivcli.study.study_interval import STUDY_SECONDS, places_on
from derivcli.study.variations.extrema import compared
from derivcli.study.variations.special_points import Place, limit_beside

NOT_MONOTONE = "f has no inverse on this interval"


def inverse(asked: Asked, value: Root) -> Inverse:
    """The inverse of f at a value that f has on an interval.

    Raises DerivError where f is not proved to rise, or to fall, on all of the interval, or does not have the value.
    """
    expression, variable, ends = asked.expression, asked.variable, asked.ends
    try:
        places, undecided = places_on(expression, variable, *ends, STUDY_SECONDS, (1,))
    except EndlessError:
        raise DerivError("nothing is proved of f towards infinity", hint=HINT) from None
    if undecided:
        raise DerivError(f"f is not proved to have an inverse here: {undecided[0].why}", hint=HINT)
    rises = _sense(places) > 0
    assert value.tree is not None, "the value was typed"
    difference = expression_of(add([expression.expanded, negative(value.tree)]), expression.spelling)
    solved, undecided = places_on(difference, variable, *ends, STUDY_SECONDS, (0,))
    found = [place for place in solved if place.is_zero(0) or _is_zero(place)]
    shown = number_of(value, expression.spelling)
    if undecided or len(found) != 1:
        text = shown.text if shown.exact is None else shown.exact.text
        raise DerivError(
            f"f does not have the value {text} on this interval", hint="choose a value between those at its ends"
        )
    (place,) = found
    slope = _slope(expression, variable, place.column.root)
    return Inverse(
        asked.interval(),
        shown,
        place.x,
        number_in(_reciprocal(slope, rises)),
        rises,
        Verdict("proved", truth=place.x.value),
    )


HINT = "choose an interval on which f only rises or only falls"


def _is_zero(place: Place) -> bool:
    return place.value is not None and place.value.low == place.value.high == 0


def _continues(place: Place) -> bool:
    """Whether f is continuous at a break, at an end of the interval from the inside."""
    if not math.isfinite(place.x.value):
        return True
    limits = [limit for side in (-1, 1) if (limit := limit_beside(place, side)) is not None]
    value = place.value
    return value is not None and bool(limits) and all(compared(limit, value) == 0 for limit in limits)


def _sense(places: list[Place]) -> int:
    """1 where f rises throughout, -1 where it falls; DerivError where it does neither."""
    signs = set()
    for place in places:
        if place.point is not None and not _continues(place):
            raise DerivError(f"{NOT_MONOTONE}: at {place.x.text} it is not continuous", hint=HINT)
        section = place.right
        if section is None:
            continue
        if not section.defined:
            raise DerivError(f"{NOT_MONOTONE}: beyond {place.x.text} it has no value", hint=HINT)
        signs.add(section.signs[1])
    if signs - {1, -1} or len(signs) != 1:
        turns = [place.x.text for place in places[1:-1] if place.sign(-1, 1) != place.sign(1, 1)]
        where = f": it turns at {turns[0]}" if turns else ""
        raise DerivError(NOT_MONOTONE + where, hint=HINT)
    return signs.pop() or 0


def _reciprocal(slope: arb, rises: bool) -> arb:
    """The derivative of the inverse, which is infinite where f' is 0."""
    if slope.is_zero():
        return arb.pos_inf() if rises else arb.neg_inf()
    if slope.contains(0):
        raise DerivError("it is not known whether f' is 0 there", hint="choose another value")
    return 1 / slope


def _slope(expression: Expression, variable: str, at: Root) -> arb:
    with restored_context():
        ctx.prec = BITS
        try:
            return curve_of(expression.expanded, variable, float("inf")).series(at.where, 1)[1]
        except (TouchError, UnsureError):
            raise DerivError("f has no derivative there", hint="choose another value") from None
