"""All that was asked for is one request, which Python and the command line make alike and which is refused alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from derivcli import (
    DerivError,
    derive,
    divergence,
    gradient,
    hessian,
    implicit,
    jacobian,
    laplacian,
    pipeline,
    series,
)
from derivcli.points.at_option import read_points
from derivcli.points.files.reading import Reading
from derivcli.points.points import Points
from derivcli.request import Request
from tests.support import deriv

XY = "x=1,y=2"

PAIRS: list[tuple[str, Callable[[], object]]] = [
    ("x^2", lambda: derive("x^2")),
    ("x*y --at x=1,2,y=3 --wrt y", lambda: derive("x*y", "x=1,2,y=3", "y")),
    ("x+y --at x=1,2 --at y=3,4 --zip --order 2", lambda: derive("x+y", "x=1,2,y=3,4", paired=True, order=2)),
    ("x*y --at x=1,y=2 --mixed x,y --mixed x", lambda: derive("x*y", XY, mixed=["x,y", "x"])),
    ("x*y --at x=1,y=2 --along x=1,y=2 --no-check", lambda: derive("x*y", XY, along=XY, check=False)),
    ("z^2 --at x=1 --let z=x+1 --engine taylor", lambda: derive("z^2", "x=1", let={"z": "x+1"}, engine="taylor")),
    ("x*y --at x=1,y=2 --hessian --dtype float32", lambda: hessian("x*y", XY, dtype="float32")),
    ("x*y --at x=1,y=2 --check", lambda: derive("x*y", XY, check=True)),
    ("x y --at x=1,y=2", lambda: jacobian(["x", "y"], XY)),
    ("x^2+y^2=25 --implicit y --at x=3,y=4", lambda: implicit("x^2+y^2=25", "y", "x=3,y=4")),
    ("x*y --gradient --at x=1,y=2", lambda: gradient("x*y", XY)),
    ("x*y --laplacian", lambda: laplacian("x*y")),
    ("x*y y^2 --div --wrt x,y", lambda: divergence(["x*y", "y^2"], wrt="x,y")),
    ("sin(x) --series 3 --at x=0 --on x=0:1", lambda: series("sin(x)", 3, "x=0", on=("0", "1"))),
]


@pytest.mark.parametrize(("line", "call"), PAIRS)
def test_both_surfaces_make_the_same_request(
    line: str, call: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Request] = []
    original = pipeline.parse

    def parse(request: Request, *given: Any) -> Any:
        seen.append(request)
        return original(request, *given)

    monkeypatch.setattr(pipeline, "parse", parse)
    call()
    deriv(*line.split())
    python, command = seen
    for field in fields(Request):
        assert shown(getattr(python, field.name)) == shown(getattr(command, field.name)), field.name


def shown(value: object) -> object:
    """A value that compares as what it holds, which arrays do not."""
    if isinstance(value, Points):
        axes = {axis.name: [str(axis.exact(place)) for place in range(axis.count)] for axis in value.axes}
        return axes, value.paired
    return list(value) if isinstance(value, list | tuple) else value


POINTS = read_points(["x=1,2"])

CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"order": 2, "mixed": [("x",)]}, "`--mixed` and `--order` do not go together"),
    ({"hessian": True, "along": read_points(["x=1"])}, "`--along` and `--hessian` do not go together"),
    ({"series": 2, "dependent": "y"}, "`--series` and `--implicit` do not go together"),
    ({"operator": "div", "order": 2}, "`--div` and `--order` do not go together"),
    ({"operator": "grad"}, "'grad' is no operator of vector calculus"),
    ({"series": 2, "engine": "reverse"}, "a series comes from Taylor arithmetic"),
    ({"series": 2, "points": None}, "a series needs points"),
    ({"check": True, "points": None}, "a check needs points"),
    ({"engine": "taylor", "points": None}, "an engine computes numbers"),
    ({"dtype": "float16"}, "'float16' is not a number format"),
    ({"device": "tpu"}, "'tpu' is no device"),
    ({"data": Reading(("a.csv",))}, "'x' has 2 values, and each row of the file is one point"),
    ({"data": Reading(("a.csv",)), "points": read_points(["x=1"], paired=True)}, "`--zip` pairs what is typed"),
    ({"data": Reading(("a.csv",)), "series": 2}, "the centres of a series are typed"),
    ({"points": read_points(["x=1e39"]), "dtype": "float32"}, "'x' has a value outside the range of float32"),
]


@pytest.mark.parametrize(("asked", "message"), CONTRADICTIONS)
def test_what_contradicts_itself_is_refused(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(DerivError) as refused:
        Request(["x"], **{"points": POINTS} | asked)
    assert refused.value.wording.startswith(message)
