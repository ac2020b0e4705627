"""A judged claim for its author: yes, or where it is wrong and what went wrong."""

from __future__ import annotations

from derivcli.explain.answer.answer import Answer, Counterexample
from derivcli.language.printer import place_text
from derivcli.render.ascii_spelling import spelled_for
from derivcli.render.blocks import Block, Document, Equations, Sentence, Style
from derivcli.render.documents.equations import understood
from derivcli.render.quantities import derivative_label, function_names
from derivcli.render.to_json import answer_json_object
from derivcli.result import SymbolicResult

MAX_GAPS = 3
"""So many points at which a right claim has no value are named."""

NEITHER = "no point was found at which both have a value"
NO_FORMULA = "the derivative cannot be written as a formula in time"


def answer_document(answer: Answer, style: Style, show: bool = False) -> Document:
    """The document of a claim; with `show` people are shown the derivative itself too."""
    answer = spelled_for(answer, style)
    return Document(blocks=lambda: _blocks(answer, style, show), data=lambda: answer_json_object(answer))


def _blocks(answer: Answer, style: Style, show: bool) -> list[Block]:
    claimed = SymbolicResult(answer.expression, {answer.key: answer.claim}, dependent=answer.dependent)
    label = derivative_label(function_names([claimed])[0], answer.key, claimed).equation(style.unicode)
    blocks: list[Block] = [
        understood([claimed]),
        Equations([(label, f"{answer.claim.text} ?")]),
        Sentence(marked(answer, style), "verdict" if answer.equal else "wrong"),
        *(Sentence(f"  {line}") for line in details(answer)),
    ]
    if show and answer.truth is None:
        blocks.append(Sentence(f"  {NO_FORMULA}"))
    elif show and answer.truth is not None:
        blocks.append(Equations([(label, answer.truth.text)], role="formula"))
    return blocks


def marked(answer: Answer, style: Style) -> str:
    """The verdict behind its sign."""
    mark = "✓" if answer.equal else "?" if answer.how == "undecided" or answer.meant else "✗"
    return f"{mark} {_verdict(answer)}" if style.unicode else _verdict(answer)


def _verdict(answer: Answer) -> str:
    if answer.how == "proved":
        return "yes: proved"
    if answer.how == "agrees":
        return f"yes: the same at {_points(answer.points)} to {answer.digits} digits"
    if answer.counterexample is None:
        return f"not decided: {_undecided(answer)}"
    return answer.diagnosis.message if answer.meant else f"no: {_difference(answer.counterexample)}"


def _difference(example: Counterexample) -> str:
    yours = "has no value" if example.claim is None else f"is {example.claim_text}"
    named = " and ".join(f"{head} = {text}" for head, text in example.functions.items())
    where = f"for {named}, at" if named else "at"
    return f"{where} {place_text(example.at)} the derivative is {example.derivative_text}, and yours {yours}"


def _undecided(answer: Answer) -> str:
    if answer.open:
        return answer.open
    if answer.vanishing:
        return f"both are too close to 0 to be compared at {_points(answer.vanishing)}"
    if not answer.points:
        return NEITHER
    return f"they agree, but both have a value at {_points(answer.points)} only"


def _points(count: int) -> str:
    return f"{count} point{'s' * (count > 1)}"


def details(answer: Answer) -> list[str]:
    """What else there is to say."""
    if answer.meant and answer.counterexample:
        return [f"not as it is read: {_difference(answer.counterexample)}"]
    reason = answer.counterexample.reason if answer.counterexample else ""
    shorter = f"and here is a shorter form: {answer.shorter.text}" if answer.shorter else ""
    gaps = [f"yours has no value at {place_text(gap)}, where the derivative has one" for gap in answer.gaps[:MAX_GAPS]]
    where = f"equal on the curve only: it uses that {answer.expression.text}" if answer.on_curve else ""
    return [line for line in (reason, answer.diagnosis.message, where, shorter, *gaps) if line]
