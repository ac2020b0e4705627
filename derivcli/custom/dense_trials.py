"""Trials at thousands of points: where a gradient is wrong that is right at the ordinary ones, and where exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from derivcli.custom.dense_points import Line, lines
from derivcli.custom.gradient_comparison import deviation_text
from derivcli.custom.point_status import RIGHT, UNKNOWN, WRONG, compared, statuses
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.user_code import NoDerivativeError, UserCodeError
from derivcli.custom.zones import Seen, Zone, shortest, where_text, zones
from derivcli.errors import DerivError

MIN_WRONG_SHARE = 0.5
"""Of the points in a zone on another line so many are wrong, or it is no zone."""

QUANTITIES: tuple[tuple[str, Callable[[Tensor, Tensor], Tensor]], ...] = (
    ("{}*{}", torch.mul),
    ("{} + {}", torch.add),
    ("{} - {}", torch.sub),
    ("{}/{}", torch.div),
)
"""What of two arguments may decide where numbers are wrong."""

MIN_QUANTITY_ENDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """The zones of one row of gradients on a line, where there are some."""

    line: Line
    row: int
    status: Tensor
    zones: Sequence[Zone]
    more: bool

    def words(self, name: str) -> str:
        """Where the gradients are wrong, in words."""
        return where_text(name, self.zones, self.more)

    @property
    def shown(self) -> Columns:
        """A point at which the gradients are very wrong."""
        vague = any(zone.vague for zone in self.zones)
        zone = max(self.zones, key=lambda each: each.share) if vague else self.zones[0]
        return self.line.at(torch.tensor([zone.shown], dtype=torch.float64))


def everywhere(subject: Subject) -> Outcome:
    """The backward is the derivative at thousands of points, on no interval of which it is wrong."""
    reason = untried(subject)
    if reason:
        return inapplicable(reason)
    try:
        return _outcome(subject)
    except (UserCodeError, NoDerivativeError, DerivError):
        return inapplicable("it takes not all numbers")


def untried(subject: Subject) -> str:
    """Why other points than those given are not tried; empty where they are."""
    if not subject.pointwise:
        return "it takes no batch of points"
    return "points are given" if subject.typed else ""


def _outcome(subject: Subject) -> Outcome:
    along = list(lines(subject))
    if not along:
        return inapplicable("it has too many arguments")
    columns = torch.cat([line.columns for line in along], 1)
    found = subject.gradients(columns)
    status = statuses(subject, columns, found)
    for finite in (True, False):
        findings = list(_findings(subject, along, found, status, finite))
        if findings:
            return _failure(subject, findings, finite)
    known = int((status != UNKNOWN).all(0).sum())
    return passed(f"right at {known} of {columns.shape[1]} points" if known < columns.shape[1] else "")


def _findings(
    subject: Subject, along: Sequence[Line], found: Tensor, status: Tensor, finite: bool
) -> Iterator[Finding]:
    """The zones of each row on each line."""
    status = _sought(status, found, finite)
    start = 0
    for line in along:
        part = status[:, start : start + len(line.numbers)]
        start += len(line.numbers)
        for row, states in enumerate(part):
            if (states == WRONG).any():
                wrong, more = zones(line.numbers, states, partial(_look, subject, line, row, finite))
                if wrong:
                    yield Finding(line, row, states, wrong, more)


def _sought(status: Tensor, found: Tensor, finite: bool) -> Tensor:
    """What is known of gradients, where those that have numbers are sought that are wrong, or those that have none."""
    number = found.isfinite()
    if finite:
        return status.masked_fill(~number, UNKNOWN)
    return torch.where(number, RIGHT, status)


def _look(subject: Subject, line: Line, row: int, finite: bool, numbers: Tensor) -> Seen:
    given = compared(subject, line.at(numbers))
    found, true = given.found[row], given.truth.numbers[row]
    sizes = torch.maximum(found.abs(), true.abs())
    return Seen(_sought(given.status[row], found, finite), given.errors[row], given.tolerance[row], sizes)


def where_wrong(subject: Subject) -> Outcome | None:
    """What is wrong with a backward that is right at some of the points, if other points tell where."""
    if untried(subject):
        return None
    outcome = everywhere(subject)
    return outcome if outcome.state == "failed" and "any number" not in outcome.sentence else None


def _failure(subject: Subject, findings: Sequence[Finding], finite: bool) -> Outcome:
    first = findings[0]
    row = first.row
    mine = [each for each in findings if each.row == row]
    where = _where(subject, mine)
    name = subject.wrt[row]
    rows = {each.row for each in findings}
    alike = len(rows) == len(subject.indices) and all(
        _where(subject, [each for each in findings if each.row == other]) == where for other in rows
    )
    suffix = f" in {name}" if len(subject.parameters) > 1 and not alike else ""
    sentence = "backward is wrong" if finite else "backward gives no finite number"
    return failed("somewhere" if finite else "infinite", f"{sentence} {where}{suffix}", _shown(subject, first))


def _shown(subject: Subject, finding: Finding) -> str:
    there = replace(subject, columns=finding.shown)
    given = compared(subject, there.columns)
    name = f", by {subject.wrt[finding.row]}" if len(subject.parameters) > 1 else ""
    return deviation_text(there, (finding.row, 0), given.found, given.truth.numbers, name)


def _where(subject: Subject, findings: Sequence[Finding]) -> str:
    """Where a row is wrong, in words that are true on all lines."""
    if len(subject.parameters) == 1:
        return findings[0].words(subject.parameters[0])
    for index, name in enumerate(subject.parameters):
        along = [each for each in findings if each.line.index == index]
        texts = {each.words(name) for each in along}
        if len(texts) == 1 and len(along) > 1 and _holds(findings, index, along[0].zones):
            return texts.pop()
    return _quantity(subject, findings) or "at some of the points"


def _holds(findings: Sequence[Finding], index: int, found: Sequence[Zone]) -> bool:
    """Whether what zones of one argument say is true on the lines along the others."""
    for each in findings:
        if each.line.index == index:
            continue
        inside = any(each.line.columns[index, 0].item() in zone for zone in found)
        known = each.status != UNKNOWN
        share = ((each.status == WRONG).sum() / known.sum()).item()
        if not inside or share < MIN_WRONG_SHARE:
            return False
    return True


def _quantity(subject: Subject, findings: Sequence[Finding]) -> str:
    """What of two arguments decides where numbers are wrong, in words; empty where nothing is found."""
    ends = [
        (each.line.at(torch.tensor([end.low, end.high], dtype=torch.float64)), end is zone.low)
        for each in findings
        for zone in each.zones
        for end in (zone.low, zone.high)
        if end is not None
    ]
    if len(ends) < MIN_QUANTITY_ENDS:
        return ""
    for one in range(len(subject.parameters)):
        for other in range(len(subject.parameters)):
            if one == other:
                continue
            for pattern, compute in QUANTITIES:
                name = pattern.format(subject.parameters[one], subject.parameters[other])
                text = _threshold(name, [(compute(x[one], x[other]), is_low) for x, is_low in ends])
                if text:
                    return text
    return ""


def _threshold(name: str, ends: Sequence[tuple[Tensor, bool]]) -> str:
    """A quantity that has the same value at all ends, with the wrong numbers on the same side of it."""
    low = max(pair.min().item() for pair, _ in ends)
    high = min(pair.max().item() for pair, _ in ends)
    sides = {bool(pair[1] > pair[0]) == is_low for pair, is_low in ends}
    if not low <= high or len(sides) != 1:
        return ""
    return f"where {name} is {'above' if sides.pop() else 'below'} {shortest(low, high)}"
