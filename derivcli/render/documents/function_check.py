"""The check of users' functions for the reader: what is wrong in a sentence, and the trials of which it came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from derivcli.custom.report import RELIES_ON, FileReport, FunctionReport, ReportArgument, State, Trial, Untried
from derivcli.hints import COMMAND_LINE, spelled
from derivcli.render.blocks import Block, Check, Checks, Document, Gap, Sentence, Style, TestCase
from derivcli.render.formats.json import VERSION

STATES = {
    "passed": ("✓", "+", "verdict"),
    "failed": ("✗", "x", "wrong"),
    "inapplicable": ("–", "-", "caption"),
    "unreached": ("–", "-", "caption"),
    "untried": ("?", "?", "warning"),
}
"""The mark of each state with Unicode and without, and its role."""

FINE = "nothing wrong was found"


def function_check_document(report: FunctionReport | FileReport, style: Style) -> Document:
    """The document of a function's check, or of those of all functions of a file."""
    if isinstance(report, FileReport):
        return Document(
            blocks=lambda: _file_blocks(report, style),
            data=lambda: [_untried_data(each) if isinstance(each, Untried) else _data(each) for each in report.reports],
            rows=lambda: _file_rows(report),
            cases=lambda: [case for each in report.reports for case in _cases(each)],
        )
    return Document(
        blocks=lambda: _blocks(report, style),
        data=lambda: _data(report),
        rows=lambda: _rows(report),
        cases=lambda: list(_cases(report)),
    )


def _blocks(report: FunctionReport, style: Style) -> list[Block]:
    """What it all comes to, then the trials: those that failed, those that passed, and why others were not tried.

    Only of trials of which there is something to say each has a line of its own.
    """
    told = [trial for trial in _in_state(report, "passed") if trial.wording]
    return [
        Sentence(conclusion(report), "title" if report.ok else "bad title"),
        *_further(report),
        Gap(),
        Sentence(_title(report)),
        Checks([_check(trial, style) for trial in (*report.failures, *told)]),
        *_folded(report, style),
        *_not_tried(report, style),
    ]


def conclusion(report: FunctionReport) -> str:
    """What is wrong, or that nothing is."""
    return report.diagnosis or FINE


def _further(report: FunctionReport) -> Iterator[Block]:
    """What else is wrong; of a function that passes what is worth knowing."""
    yield from (Sentence(f"also: {sentence}", "warning") for sentence in report.more)
    if report.ok:
        yield from (Sentence(f"note: {remark}") for remark in report.remarks)


def _title(report: FunctionReport, with_source: bool = True) -> str:
    """How the function was called, where it is, and at how many points."""
    points = f"{report.points} point{'s' * (report.points != 1)}"
    source = f", from {report.source.rpartition(':')[0]}" if with_source and report.source else ""
    return f"{report.name}({', '.join(map(_argument, report.arguments))}){source}, at {points}{_stated(report)}"


def _stated(report: FunctionReport) -> str:
    """The gradients that are stated."""
    is_one = len({formula for _, formula in report.gradient}) == 1
    told = [formula if is_one else f"{name}={formula}" for name, formula in report.gradient]
    return f", with the gradient {', '.join(dict.fromkeys(told))}" if told else ""


def _argument(argument: ReportArgument) -> str:
    if argument.shape is None:
        return f"{argument.name}={argument.constant}"
    return f"{argument.name}: {'x'.join(map(str, argument.shape))}" if argument.shape else argument.name


def _in_state(report: FunctionReport, state: State) -> list[Trial]:
    return [trial for trial in report.trials if trial.state == state]


def _check(trial: Trial, style: Style) -> Check:
    mark, plain, role = STATES[trial.state]
    return Check(mark if style.unicode else plain, trial.name, _detail(trial), role)


def _detail(trial: Trial) -> str:
    """What came out, with options as the command line has them."""
    return spelled(trial.wording, COMMAND_LINE)


def _folded(report: FunctionReport, style: Style) -> Iterator[Block]:
    """The trials that passed and of which there is nothing to say."""
    mark, plain, _ = STATES["passed"]
    names = [trial.name for trial in _in_state(report, "passed") if not trial.wording]
    more = " more" * (len(names) < len(_in_state(report, "passed")))
    if names:
        yield Sentence(f"{mark if style.unicode else plain} {len(names)}{more} passed: {', '.join(names)}")


def _not_tried(report: FunctionReport, style: Style) -> Iterator[Block]:
    """Which trials there was nothing to try for, and which rely on others, each with the reason, in few lines."""
    mark, plain, role = STATES["unreached"]
    is_all = {trial.state for trial in report.trials} <= {"failed", "unreached"}
    reasons = [f"{names} ({reason})" for reason, names in _by_reason(_in_state(report, "inapplicable"))]
    lines = [f"not tried: {'; '.join(reasons)}"] if reasons else []
    for reason, names in _by_reason(_in_state(report, "unreached")):
        which = "all others" if is_all else names
        lines.append(f"not tried because of {reason.removeprefix(RELIES_ON)}: {which}")
    yield from (Sentence(f"{mark if style.unicode else plain} {line}", role) for line in lines)


def _by_reason(trials: Iterable[Trial]) -> list[tuple[str, str]]:
    """Each reason with the names of trials, one after another."""
    found: dict[str, list[str]] = {}
    for trial in trials:
        found.setdefault(_detail(trial), []).append(trial.name)
    return [(reason, ", ".join(names)) for reason, names in found.items()]


def _file_blocks(report: FileReport, style: Style) -> list[Block]:
    """A line for each function, then what failed of each that is wrong."""
    blocks: list[Block] = [
        Sentence(file_conclusion(report), "title" if report.ok else "bad title"),
        Gap(),
        Checks([_line(each, style) for each in report.reports]),
    ]
    for each in report.wrong:
        passed = len(_in_state(each, "passed"))
        rest = f"{passed} passed, {len(each.trials) - passed - len(each.failures)} were not tried"
        failed = Checks([_check(trial, style) for trial in each.failures])
        blocks += [Gap(), Sentence(_title(each, with_source=False)), *_further(each), failed, Sentence(rest, "caption")]
    return blocks


def file_conclusion(report: FileReport) -> str:
    """How many functions are wrong, and how many could not be tried."""
    count, wrong, untried = len(report.reports), len(report.wrong), len(report.untried)
    found = (
        f"something is wrong with {wrong} of {count} functions" if wrong else f"{FINE} in {count - untried} functions"
    )
    found = found.replace("1 functions", "1 function")
    return found + (f"; {untried} could not be tried" if untried else "")


def _line(report: FunctionReport | Untried, style: Style) -> Check:
    if isinstance(report, Untried):
        state, detail = "untried", _reason(report)
    else:
        state, detail = ("passed", "; ".join(report.remarks)) if report.ok else ("failed", report.diagnosis)
    mark, plain, role = STATES[state]
    return Check(mark if style.unicode else plain, report.name, detail, role)


def _reason(untried: Untried) -> str:
    return spelled(untried.wording, COMMAND_LINE)


def _rows(report: FunctionReport) -> list[Sequence[str]]:
    trials = [(trial.name, trial.state, _detail(trial)) for trial in report.trials]
    conclusions = "; ".join(report.remarks if report.ok and report.remarks else [conclusion(report), *report.more])
    return [("trial", "state", "detail"), *trials, ("diagnosis", "passed" if report.ok else "failed", conclusions)]


def _file_rows(report: FileReport) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [("function", "trial", "state", "detail")]
    for each in report.reports:
        if isinstance(each, Untried):
            rows.append((each.name, "diagnosis", "untried", _reason(each)))
        else:
            rows += [(each.name, *row) for row in _rows(each)[1:]]
    return rows


def _data(report: FunctionReport) -> dict[str, Any]:
    return {
        "version": VERSION,
        "function": report.name,
        "parameters": list(report.parameters),
        "shapes": {each.name: list(each.shape) for each in report.arguments if each.shape is not None},
        "constants": {each.name: each.constant for each in report.arguments if each.shape is None},
        "source": report.source,
        "formula": report.formula,
        "gradient": dict(report.gradient),
        "points": report.points,
        "ok": report.ok,
        "kind": report.kind,
        "diagnosis": report.diagnosis,
        "also": list(report.more),
        "remarks": list(report.remarks),
        "trials": [
            {
                "name": each.name,
                "state": each.state,
                "detail": _detail(each),
                "kind": each.kind,
                "diagnosis": each.sentence,
            }
            for each in report.trials
        ],
    }


def _untried_data(untried: Untried) -> dict[str, Any]:
    return {"version": VERSION, "function": untried.name, "ok": False, "kind": "untried", "diagnosis": _reason(untried)}


def _cases(report: FunctionReport | Untried) -> Iterator[TestCase]:
    """Each trial as a test of the function's."""
    if isinstance(report, Untried):
        yield TestCase(report.name, "can be tried", "error", _reason(report), "untried")
        return
    for trial in report.trials:
        state = trial.state if trial.state in ("passed", "failed") else "skipped"
        said = ": ".join(filter(None, [trial.sentence, _detail(trial)]))
        yield TestCase(report.name, trial.name, state, said, trial.kind)
