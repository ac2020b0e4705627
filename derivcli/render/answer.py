"""A judged claim for its author: yes, or where it is wrong and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from derivcli.result import SymbolicResult

if TYPE_CHECKING:
    from derivcli.explain.answer.answer import Answer, Counterexample
    from derivcli.render.columns import Style

MOST = 3
"""So many points at which a right claim has no value are told."""

NEITHER = "no point was found at which both have a value"
NO_FORMULA = "the derivative cannot be written as a formula in time"


def write_answer(answer: Answer, format_name: str, style: Style, show: bool = False) -> str:
    """The answer in a format; with `show` the derivative itself too."""
    return FORMATS[format_name](answer, style, show)


def write_text(answer: Answer, style: Style, show: bool) -> str:
    """The function, the claim, and what is found of it."""
    from derivcli.render.columns import derivative_label, equations, function_names
    from derivcli.render.terminal import COLORS, console_of, print_equations, print_wrapped, text_on

    console = console_of(style)
    claimed = SymbolicResult(answer.expression, {answer.key: answer.claim})
    label = derivative_label(function_names([claimed])[0], answer.key, claimed).equation(style.unicode)
    print_equations(console, equations([claimed]))
    print_equations(console, [(label, f"{answer.claim.text} ?")])
    print_wrapped(console, marked(answer, style), COLORS["verdict" if answer.equal else "wrong"])
    for line in details(answer):
        print_wrapped(console, f"  {line}")
    if show and answer.truth is None:
        print_wrapped(console, f"  {NO_FORMULA}")
    elif show and answer.truth is not None:
        print_equations(console, [(label, answer.truth.text)], COLORS["formula"])
    return text_on(console)


def write_json(answer: Answer, style: Style, show: bool) -> str:
    """The answer as one object, the derivative always in it."""
    from derivcli.render.json import write_answer_json

    return write_answer_json(answer)


def verdict(answer: Answer) -> str:
    """Whether the claim is right, and how that is known or where it is not."""
    if answer.how == "proved":
        return "yes: proved"
    if answer.how == "agrees":
        return f"yes: the same at {number_of(answer.points)} to {answer.digits} digits"
    if answer.counterexample is None:
        return f"not decided: {undecided(answer)}"
    return answer.diagnosis.message if answer.meant else f"no: {_difference(answer.counterexample)}"


def _difference(example: Counterexample) -> str:
    """Where a claim is wrong."""
    from derivcli.language.printer import place_text

    yours = "has no value" if example.claim is None else f"is {example.claim_text}"
    return f"at {place_text(example.at)} the derivative is {example.derivative_text}, and yours {yours}"


def undecided(answer: Answer) -> str:
    """Why nothing is known."""
    if answer.open:
        return answer.open
    if answer.vanishing:
        return f"both are too close to 0 to be compared at {number_of(answer.vanishing)}"
    if not answer.points:
        return NEITHER
    return f"they agree, but both have a value at {number_of(answer.points)} only"


def number_of(points: int) -> str:
    """So many points, in words."""
    return f"{points} point{'s' * (points > 1)}"


def details(answer: Answer) -> list[str]:
    """What else there is to say."""
    from derivcli.language.printer import place_text

    if answer.meant and answer.counterexample:
        return [f"not as it is read: {_difference(answer.counterexample)}"]
    reason = answer.counterexample.reason if answer.counterexample else ""
    gaps = [f"yours has no value at {place_text(gap)}, where the derivative has one" for gap in answer.gaps[:MOST]]
    return [line for line in (reason, answer.diagnosis.message, *gaps) if line]


def marked(answer: Answer, style: Style) -> str:
    """The verdict behind its sign."""
    mark = "✓" if answer.equal else "?" if answer.how == "undecided" or answer.meant else "✗"
    return f"{mark} {verdict(answer)}" if style.unicode else verdict(answer)


FORMATS: Mapping[str, Callable[[Answer, Style, bool], str]] = {"text": write_text, "json": write_json}
