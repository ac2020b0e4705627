"""Faults planted into the study of curves, each of which the table and the dense look find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import mpmath
import pytest
from flint import arb, arb_poly

from derivcli.simplify.domains.roots import Root
from derivcli.study import study_interval
from derivcli.study.breaks.kinds import break_at
from derivcli.study.claims.claims import decide, solve
from derivcli.study.root_finding import isolation, taylor_model, touches, zeros
from derivcli.study.root_finding.taylor_model import Curve, TaylorModel
from derivcli.study.tails.beside import sign_beside
from derivcli.study.variations import walls
from derivcli.study.variations.extrema import with_extents
from derivcli.study.variations.value_range import united
from tests import drawn_boxes, drawn_claims
from tests.drawn_curves import Drawn, misses, studied
from tests.support import each

ORIGINALS: dict[str, Callable[..., Any]] = {
    "model": taylor_model.model, "isolated": isolation.isolated, "sign_beside": sign_beside,
    "break_at": break_at, "with_extents": with_extents,
    "united": united, "series": Curve.series, "derivative": TaylorModel.derivative,
}  # fmt: skip


def without_remainder(curve: Curve, low: Any, high: Any, precision: int = 128) -> TaylorModel:
    """A Taylor polynomial that is taken for the function."""
    centre, radius = (low + high) / 2, (arb(high - low) / 2).upper()
    return TaylorModel(low, high, centre, radius, [arb_poly(curve.series(centre, 6, precision))])


def at_the_centre(self: Curve, at: Any, order: int, precision: int = 128) -> Any:
    """Series that hold at the centre of a ball alone."""
    return ORIGINALS["series"](self, at.mid() if isinstance(at, arb) else at, order, precision)


def of_other_sign(self: TaylorModel, order: int) -> Any:
    """A second derivative of the other sign."""
    found = ORIGINALS["derivative"](self, order)
    return -found if order == 2 else found


def turned(*given: Any) -> Iterator[Any]:
    """Zeros at which a function is said to fall where it rises."""
    for found in ORIGINALS["isolated"](*given):
        yield replace(found, rises=not found.rises) if isinstance(found, isolation.Simple) else found


def without_one(*given: Any) -> Iterator[Any]:
    """All zeros but the last."""
    yield from list(ORIGINALS["isolated"](*given))[:-1]


def believed(curve: Curve, order: int, touch: Any, *_: Any) -> list[Any]:
    """A zero wherever a function comes near to 0."""
    return [touches.zero_of(touch, Root(touch.ball, touch.ball))]


def too_far(*given: Any) -> Any:
    """A proof of one sign that reaches further than it does."""
    found = ORIGINALS["sign_beside"](*given)
    return found and (found[0] * 1000 if len(given) < 6 else arb(given[5]), found[1])


def nowhere(*given: Any) -> bool:
    """Whether a function is defined between two points."""
    return False


def mirrored(*given: Any) -> Any:
    """What a function does on the other side of a break."""
    found = ORIGINALS["break_at"](*given)
    return replace(found, left=found.right, right=found.left)


def all_global(*given: Any) -> Any:
    return [replace(point, extent="global") for point in ORIGINALS["with_extents"](*given)]


def of_the_first(spans: Any) -> Any:
    """The range on the first piece."""
    return ORIGINALS["united"](spans[:1])


FAULTS: list[tuple[Any, str, Callable[..., Any], str]] = [
    (taylor_model, "model", without_remainder, "sin(9*x)"),
    (Curve, "series", at_the_centre, "sin(x)/(1+25*x^2)"),
    (TaylorModel, "derivative", of_other_sign, "sin(x^2) + x"),
    (zeros, "isolated", turned, "x*sin(x)"),
    (zeros, "isolated", without_one, "sin(x)"),
    (walls, "decided", believed, "exp(x) - x - 1 + 1e-42"),
    (walls, "sign_beside", too_far, "exp(x)*sqrt(x+1)*(x-2)"),
    (walls, "defined_on", nowhere, "exp(x)/(x-1)"),
    (walls, "break_at", mirrored, "exp(x)/(x-1)"),
    (study_interval, "with_extents", all_global, "x^3 - 3*x"),
    (study_interval, "united", of_the_first, "sin(x)"),
]  # fmt: skip
"""Where a fault is planted, and a function of which something false is said with it."""


def misses_of(text: str) -> list[str]:
    drawn = Drawn("", text, "-1.5", "3.25")
    try:
        return list(misses(drawn, studied(drawn)))
    except ValueError as error:  # enclosures that contradict each other
        return [str(error)]


@each("module, name, fault, text", FAULTS)
def test_a_fault_is_found(
    module: Any, name: str, fault: Callable[..., Any], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert misses_of(text) == []
    monkeypatch.setattr(module, name, fault)
    assert misses_of(text)


def test_a_point_that_is_left_out_of_a_box_is_missed() -> None:
    drawn = drawn_boxes.Drawn(("sin(x)", "x^3 - x"), ((1, 1), (1, -1)))
    study = drawn_boxes.studied(drawn)
    assert list(drawn_boxes.misses(drawn, study)) == []
    assert list(drawn_boxes.misses(drawn, replace(study, critical=study.critical[:-1])))
    turned_point = replace(study.critical[0], kind="maximum", signature=(0, 2))
    assert list(drawn_boxes.misses(drawn, replace(study, critical=(turned_point, *study.critical[1:]))))


def test_a_wrong_answer_to_a_claim_is_seen() -> None:
    drawn = Drawn("", "x*exp(-x)", "0", "5")
    asked = drawn_claims.asked_about(drawn)
    judge = partial(drawn_claims.wrong_claim, drawn, 1, ">", "0")
    assert list(judge(replace(decide("f' > 0", asked), kind="proved")))
    solutions = solve("f = 0.2", asked)
    judge_solutions = partial(drawn_claims.wrong_solutions, drawn, 0, "0.2")
    with mpmath.workdps(50):
        assert list(judge_solutions(solutions)) == []
        assert list(judge_solutions(replace(solutions, found=solutions.found[:1])))
