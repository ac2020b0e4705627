"""Answers to single questions about a function: what became of claims, solutions of equations, values of an inverse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

from derivcli.check.verdict_kinds import KINDS
from derivcli.render.blocks import Block, Column, Document, Equations, Gap, Line, Sentence, Style, Table
from derivcli.render.documents.equations import understood
from derivcli.render.formats.json import VERSION
from derivcli.render.labels import name_latex
from derivcli.render.quantities import function_names
from derivcli.render.study_json import exact_text, json_number
from derivcli.render.study_texts import exact_shown, interval_text, number_latex, number_shown
from derivcli.render.to_json import described
from derivcli.result import SymbolicResult
from derivcli.study.questions import PROVED, REFUTED, UNDECIDED, Claim, Inverse, Solutions, StudiedInterval
from derivcli.study.study import Number

Answered: TypeAlias = "Claim | Solutions | Inverse"

HEADER = ("question", "statement", "result", "x", "x exact", "detail", "detail exact", "verdict")

MARKS = {PROVED: KINDS["proved"].marks[0], REFUTED: "✗", UNDECIDED: "?"}
"""What stands before a claim, by what became of it."""

KINDS_OF_SOLUTIONS = {"crossing": "crosses", "touching": "touches", "zero": "reaches"}
"""What the difference of both sides does to 0 there."""


def questions_document(answers: Sequence[Answered], style: Style) -> Document:
    """The document of some answers about one function."""
    return Document(
        blocks=lambda: list(_blocks(answers, style)),
        data=lambda: _data(answers),
        rows=lambda: [HEADER, *(row for each in answers for row in _rows(each))],
    )


def _blocks(answers: Sequence[Answered], style: Style) -> Iterator[Block]:
    on = answers[0].on
    result = SymbolicResult(on.expression, {on.variable: on.expression})
    yield understood([result])
    for each in answers:
        yield Gap()
        if isinstance(each, Claim):
            yield Sentence(claim_text(each, style), "verdict" if each.kind == PROVED else "warning")
        elif isinstance(each, Solutions):
            yield from _solutions(each, style)
        else:
            yield from _inverse(each, function_names([result])[0], style)


def _where(on: StudiedInterval, style: Style) -> str:
    return f"on {interval_text(on.low, on.high, style)}" + (", one period" if on.period else "")


def claim_text(claim: Claim, style: Style) -> str:
    """What became of a claim, in a sentence."""
    mark = f"{MARKS[claim.kind]} " if style.unicode else ""
    why = f" ({claim.why})" if claim.why else ""
    return f"{mark}{claim.statement} {_where(claim.on, style)}: {claim.kind}{why}"


def solutions_text(found: Solutions, style: Style) -> str:
    """How many solutions there are, and whether these are all."""
    count = len(found.found) + len(found.everywhere)
    return f"{found.equation} {_where(found.on, style)}: {count} found" + (
        "" if found.complete else ", not all decided"
    )


def _solutions(found: Solutions, style: Style) -> Iterator[Block]:
    mark = f"{KINDS['proved'].marks[0]} " if style.unicode else ""
    yield Sentence(f"{found.equation}:", "caption")
    if found.found:
        xs = [point.x for point in found.found]
        marks = [KINDS[point.verdict.kind].marks[not style.unicode] or point.verdict.kind for point in found.found]
        words = [KINDS_OF_SOLUTIONS[point.kind] for point in found.found]
        yield Table(
            [
                Column(found.on.variable, [number_shown(x, style) for x in xs], "at", exact=list(map(exact_shown, xs))),
                Column("", words, "words", numeric=False, marks=marks),
            ],
            partial(_lines, found, style),
            is_inline=True,
        )
    for low, high in found.everywhere:
        yield Sentence(f"every {found.on.variable} in {interval_text(low, high, style, (False, False))}")
    for each in found.undecided:
        open_part = interval_text(each.low, each.high, style)
        yield Sentence(f"undecided {open_part}: {each.why}", "warning")
    others = "no others" if found.found or found.everywhere else "no solutions"
    if found.complete:
        yield Sentence(f"{mark}{others} {_where(found.on, style)}: proved", "verdict")


def _lines(found: Solutions, style: Style) -> list[Line]:
    name = name_latex(found.on.variable)
    return [(name, "=", number_latex(point.x, number_shown(point.x, style))) for point in found.found]


def _inverse(found: Inverse, function: str, style: Style) -> Iterator[Block]:
    y = exact_shown(found.y) or number_shown(found.y, style)
    left = f"{function}^-1"
    sides = [
        (f"{left}({y})", _equal(found.x, style)),
        (f"({left})'({y})", _equal(found.derivative, style)),
    ]
    yield Equations(sides, lambda: _inverse_lines(found, function, style), role="value")
    mark = f"{KINDS['proved'].marks[0]} " if style.unicode else ""
    way = "rises" if found.rises else "falls"
    yield Sentence(
        f"{mark}{function} {way} throughout {_where(found.on, style).removeprefix('on ')}: proved", "verdict"
    )


def _equal(number: Number, style: Style) -> str:
    exact = exact_shown(number)
    return number_shown(number, style) + (f" = {exact}" if exact else "")


def _inverse_lines(found: Inverse, function: str, style: Style) -> list[Line]:
    y = number_latex(found.y, number_shown(found.y, style))
    name = name_latex(function)
    return [
        (rf"{name}^{{-1}}({y})", "=", number_latex(found.x, number_shown(found.x, style))),
        (
            rf"\left({name}^{{-1}}\right)'({y})",
            "=",
            number_latex(found.derivative, number_shown(found.derivative, style)),
        ),
    ]


def _data(answers: Sequence[Answered]) -> dict[str, Any]:
    on = answers[0].on
    result = SymbolicResult(on.expression, {on.variable: on.expression})
    return {
        "version": VERSION,
        **described(function_names([result])[0], result),
        "variable": on.variable,
        "claims": [_claim_data(each) for each in answers if isinstance(each, Claim)],
        "solutions": [_solutions_data(each) for each in answers if isinstance(each, Solutions)],
        "inverse": [_inverse_data(each) for each in answers if isinstance(each, Inverse)],
    }


def _on_data(on: StudiedInterval) -> dict[str, Any]:
    return {"on": [json_number(on.low), json_number(on.high)], "is_period": on.period is not None}


def _claim_data(claim: Claim) -> dict[str, Any]:
    at = {"at": json_number(claim.at), "at_exact": exact_text(claim.at)}
    return {"claim": claim.statement, **_on_data(claim.on), "kind": claim.kind, **at, "why": claim.why}


def _solutions_data(found: Solutions) -> dict[str, Any]:
    points = [
        {"x": json_number(point.x), "exact": exact_text(point.x), "digits": point.x.text, "kind": point.kind,
         "verdict": point.verdict.kind}
        for point in found.found
    ]  # fmt: skip
    open_parts = [{"low": json_number(e.low), "high": json_number(e.high), "why": e.why} for e in found.undecided]
    whole = [[json_number(low), json_number(high)] for low, high in found.everywhere]
    return {
        "equation": found.equation, **_on_data(found.on), "complete": found.complete,
        "found": points, "everywhere": whole, "undecided": open_parts,
    }  # fmt: skip


def _inverse_data(found: Inverse) -> dict[str, Any]:
    numbers = {"y": found.y, "x": found.x, "derivative": found.derivative}
    values = {name: json_number(number) for name, number in numbers.items()}
    exact = {f"{name}_exact": exact_text(number) for name, number in numbers.items()}
    return {**_on_data(found.on), **values, **exact, "rises": found.rises, "verdict": found.verdict.kind}


def _rows(answer: Answered) -> Iterator[Sequence[str]]:
    if isinstance(answer, Claim):
        at = ("", "") if answer.at is None else (answer.at.text, exact_text(answer.at) or "")
        yield ("claim", answer.statement, answer.kind, *at, answer.why, "", "")
    elif isinstance(answer, Solutions):
        for point in answer.found:
            exact = exact_text(point.x) or ""
            yield ("solve", answer.equation, point.kind, point.x.text, exact, "", "", point.verdict.kind)
        for low, high in answer.everywhere:
            yield ("solve", answer.equation, "everywhere", f"{low.text}:{high.text}", "", "", "", "proved")
        for each in answer.undecided:
            yield ("solve", answer.equation, "undecided", f"{each.low.text}:{each.high.text}", "", each.why, "", "")
    else:
        derivative = (answer.derivative.text, exact_text(answer.derivative) or "")
        place = (answer.x.text, exact_text(answer.x) or "")
        yield ("inverse", answer.y.text, "rises" if answer.rises else "falls", *place, *derivative, answer.verdict.kind)


def worst_status(answers: Sequence[Answered]) -> int:
    """The exit status of claims: 1 where one is refuted, 2 where one is undecided, else 0."""
    kinds = {each.kind for each in answers if isinstance(each, Claim)}
    return 1 if REFUTED in kinds else 2 if kinds - {PROVED} else 0
