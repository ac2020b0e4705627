"""The check of a user's function for the reader: its trials, and what is wrong in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from derivcli.hints import COMMAND_LINE, spelled

if TYPE_CHECKING:
    from derivcli.custom.report import FunctionReport, Trial
    from derivcli.render.columns import Style

MARKS = {"passed": "✓", "failed": "✗", "inapplicable": "–", "unreached": "–"}
PLAIN_MARKS = {"passed": "+", "failed": "x", "inapplicable": "-", "unreached": "-"}
COLORS = {"passed": "verdict", "failed": "warning", "inapplicable": "caption", "unreached": "caption"}

FINE = "nothing wrong was found"


def write_report(report: FunctionReport, format_name: str, style: Style) -> str:
    """The report in a format of that name."""
    return FORMATS[format_name](report, style)


def conclusions(report: FunctionReport) -> list[str]:
    """What it all comes to: the diagnosis or, of a function that passes, that it does and what is worth knowing."""
    return [*report.remarks, FINE] if report.ok else [report.diagnosis]


def write_tsv(report: FunctionReport, style: Style) -> str:
    """A line for each trial, and one for what it all comes to."""
    from derivcli.render.tsv_csv_value import delimited_rows

    rows = [(trial.name, trial.state, _detail(trial)) for trial in report.trials]
    conclusion = ("diagnosis", "passed" if report.ok else "failed", "; ".join(conclusions(report)))
    return delimited_rows([("trial", "state", "detail"), *rows, conclusion], "\t")


def write_text(report: FunctionReport, style: Style) -> str:
    """A line for each trial that was reached, then what it all comes to."""
    from derivcli.render.terminal import COLORS as PALETTE
    from derivcli.render.terminal import console_of, print_wrapped, text_on

    console = console_of(style)
    points = f"{report.points} point{'s' * (report.points != 1)}"
    source = f", from {report.source.rpartition(':')[0]}" if report.source else ""
    print_wrapped(console, f"{report.name}({', '.join(report.parameters)}){source}, at {points}")
    for trial in report.trials:
        if trial.state != "unreached":
            print_wrapped(console, _line(trial, style), PALETTE[COLORS[trial.state]])
    unreached = [trial.name for trial in report.trials if trial.state == "unreached"]
    if unreached:
        mark = (MARKS if style.unicode else PLAIN_MARKS)["unreached"]
        more = f"{len(unreached)} more {'are' if len(unreached) > 1 else 'is'} not tried after that"
        print_wrapped(console, f"{mark} {more}", PALETTE["caption"])
    console.print()
    for sentence in conclusions(report):
        print_wrapped(console, sentence, "bold" if report.ok else f"bold {PALETTE['warning']}")
    return text_on(console)


def _line(trial: Trial, style: Style) -> str:
    mark = (MARKS if style.unicode else PLAIN_MARKS)[trial.state]
    return f"{mark} {trial.name}" + (f": {_detail(trial)}" if trial.wording else "")


def _detail(trial: Trial) -> str:
    return spelled(trial.wording, COMMAND_LINE)


def write_json(report: FunctionReport, style: Style) -> str:
    """One object with all of it."""
    from derivcli.render.json import VERSION, dump

    content = {
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
    return dump(content)


FORMATS: Mapping[str, Callable[[FunctionReport, Style], str]] = {
    "text": write_text,
    "tsv": write_tsv,
    "json": write_json,
}
"""The formats by their names."""
