"""The check of a user's function for the reader: its trials, and what is wrong in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivcli.custom.report import FunctionReport, Trial
from derivcli.hints import COMMAND_LINE, spelled
from derivcli.render.blocks import Block, Document, Gap, Sentence, Style
from derivcli.render.to_json import VERSION

STATES = {
    "passed": ("✓", "+", "verdict"),
    "failed": ("✗", "x", "warning"),
    "inapplicable": ("–", "-", "caption"),
    "unreached": ("–", "-", "caption"),
}
"""The mark of each state of a trial with Unicode and without, and its role."""

FINE = "nothing wrong was found"


def function_check_document(report: FunctionReport, style: Style) -> Document:
    """The document of a function's check."""
    return Document(blocks=lambda: _blocks(report, style), data=lambda: _data(report), rows=lambda: _rows(report))


def _blocks(report: FunctionReport, style: Style) -> list[Block]:
    """A line for each trial that was reached, then what it all comes to."""
    points = f"{report.points} point{'s' * (report.points != 1)}"
    source = f", from {report.source.rpartition(':')[0]}" if report.source else ""
    texts: list[tuple[str, str]] = [
        (each.state, each.name + (f": {_detail(each)}" if each.wording else "")) for each in report.trials
    ]
    reached = [(state, text) for state, text in texts if state != "unreached"]
    more = len(texts) - len(reached)
    if more:
        reached.append(("unreached", f"{more} more {'are' if more > 1 else 'is'} not tried after that"))
    return [
        Sentence(f"{report.name}({', '.join(report.parameters)}){source}, at {points}"),
        *(Sentence(f"{STATES[state][not style.unicode]} {text}", STATES[state][2]) for state, text in reached),
        Gap(),
        *(Sentence(text, "title" if report.ok else "bad title") for text in _conclusions(report)),
    ]


def _detail(trial: Trial) -> str:
    """What came out, with options as the command line has them."""
    return spelled(trial.wording, COMMAND_LINE)


def _conclusions(report: FunctionReport) -> list[str]:
    """What it all comes to: the diagnosis or, of a function that passes, that it does and what is worth knowing."""
    return [*report.remarks, FINE] if report.ok else [report.diagnosis]


def _rows(report: FunctionReport) -> list[Sequence[str]]:
    trials = [(trial.name, trial.state, _detail(trial)) for trial in report.trials]
    conclusion = ("diagnosis", "passed" if report.ok else "failed", "; ".join(_conclusions(report)))
    return [("trial", "state", "detail"), *trials, conclusion]


def _data(report: FunctionReport) -> dict[str, Any]:
    return {
        "version": VERSION,
        "function": report.name,
        "parameters": list(report.parameters),
        "source": report.source,
        "formula": report.formula,
        "points": report.points,
        "ok": report.ok,
        "kind": report.kind,
        "diagnosis": report.diagnosis,
        "remarks": list(report.remarks),
        "trials": [{"name": each.name, "state": each.state, "detail": _detail(each)} for each in report.trials],
    }
