"""Trials at thousands of points: where a gradient is wrong that is right at the ordinary ones, and where exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from derivcli.custom.budget import CHECK_SECONDS
from derivcli.custom.dense_points import SPACING, Line, line_through, scattered, scattered_points, whole_line
from derivcli.custom.gradient_comparison import deviation_text
from derivcli.custom.point_status import RIGHT, UNKNOWN, WRONG, compared, statuses
from derivcli.custom.precision_trials import through_lower_format
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Columns, Subject
from derivcli.custom.user_code import NoDerivativeError, UserCodeError
from derivcli.custom.zone_words import ANY, SOMEWHERE, Zone, shortest, where_text
from derivcli.custom.zones import Seen, zones
from derivcli.errors import DerivError

MAX_SEEDS = 3
"""Through so many wrong points lines are laid."""

MIN_WRONG_SHARE = 0.1
"""In a zone of one argument so many of the points are wrong, whatever the others are."""
MAX_ZONE_SHARE = 0.97
"""What holds more of all points is no zone."""
MIN_SHARE_OF_ALL = 0.8
"""In a zone of several arguments nearly all are."""
MOST = 0.5
"""Where more than this share of the numbers are wrong, and no words tell where, it is everywhere."""
MAX_OUTSIDE_SHARE = 0.02
"""So many of the wrong ones may lie outside of it."""

QUANTITIES: tuple[tuple[str, Callable[[Tensor, Tensor], Tensor]], ...] = (
    ("{}*{}", torch.mul),
    ("{} + {}", torch.add),
    ("{} - {}", torch.sub),
    ("{}/{}", torch.div),
)
"""What of two arguments may decide where numbers are wrong."""

MIN_QUANTITY_ENDS = 3

ZONE_CALLS = 250
"""About so many calls tell where the ends of a zone are."""
PROBE_STRIDE = 128
"""One of so many points is tried to see how long they take."""
MAX_POINT_SECONDS = 1e-4
"""Where each point takes longer, fewer of them are tried."""
FEW_POINTS = 40
"""Of so few nothing would be learned."""
MAX_LOOKED = 8
"""So many of those that seem wrong are looked at again."""
MIN_WRONG_POINTS = 3
"""Where these take too long, so many points have to be wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """The zones of one row of gradients on a line, where there are some."""

    line: Line
    row: int
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
    one = len(subject.parameters) == 1
    columns = scattered(SPACING)[None] if one else scattered_points(len(subject.parameters))
    seconds = _seconds_a_point(subject, columns)
    if seconds or not subject.budget.allows(ZONE_CALLS, CHECK_SECONDS):
        most = subject.budget.points(seconds, columns.shape[1])
        if most < FEW_POINTS:
            return inapplicable(f"a point takes {seconds:.2g} s")
        columns = columns[:, :: -(-columns.shape[1] // most)]
        if seconds:
            wrong = (statuses(subject, columns, subject.gradients(columns)) == WRONG).any(0)
            columns = columns[:, wrong][:, :: 1 + int(wrong.sum()) // MAX_LOOKED]
        return _at_once(subject, columns) if columns.shape[1] >= MIN_WRONG_POINTS else passed()
    line = whole_line(lambda numbers: subject.gradients(numbers[None])[0]) if one else None
    columns = scattered_points(len(subject.parameters)) if line is None else line.columns
    found = subject.gradients(columns)
    status = statuses(subject, columns, found)
    for finite in (True, False):
        sought = _sought(status, found, finite)
        for row in (sought == WRONG).any(1).nonzero()[:, 0].tolist():
            along = (
                _on_lines(subject, row, columns, sought, finite)
                if line is None
                else _on_line(subject, line, sought, finite)
            )
            findings = list(along)
            if findings:
                lower = through_lower_format(subject, "backward", subject.gradients, subject.slopes)
                return lower or _failure(subject, findings, columns, sought, finite)
    known = int((status > 0).all(0).sum())
    rest = columns.shape[1] - known
    return passed(f"right at {known}; {rest} cannot be judged" if rest else "")


def _seconds_a_point(subject: Subject, columns: Columns) -> float:
    """How long each point takes in a call with many; 0 where that is hardly anything."""
    found: list[float] = [torch.inf]
    while len(found) < 4 and found[-1] > MAX_POINT_SECONDS:
        start, probe = subject.budget.spent, columns[:, len(found) :: PROBE_STRIDE]  # others, since it may remember
        subject.gradients(probe)
        found.append((subject.budget.spent - start - subject.budget.seconds) / probe.shape[1])
    return min(found) if min(found) > MAX_POINT_SECONDS else 0.0


def _at_once(subject: Subject, columns: Columns) -> Outcome:
    """The outcome where a call takes so long that no ends are sought of what is wrong."""
    given = compared(subject, columns)
    for finite in (True, False):
        off = _sought(given.status, given.found, finite) == WRONG
        if off.sum() >= MIN_WRONG_POINTS:
            row, point = off.nonzero()[int((given.errors[off] / given.true[off].abs()).nan_to_num().argmax())].tolist()
            there = replace(subject, columns=columns)
            by = f", by {subject.wrt[row]}" if len(subject.parameters) > 1 else ""
            detail = deviation_text(there, (row, point), given.found, given.true, by)
            kind, sentence = (
                ("somewhere", "backward is wrong") if finite else ("infinite", "backward gives no finite number")
            )
            return failed(kind, f"{sentence} {SOMEWHERE}", detail)
    return passed()


def _on_line(subject: Subject, line: Line, status: Tensor, finite: bool) -> Iterator[Finding]:
    """The zones of a function of one argument."""
    found, more = zones(line.numbers, status[0], partial(_look, subject, line, 0, finite))
    if found:
        yield Finding(line, 0, found, more)


def _on_lines(subject: Subject, row: int, columns: Columns, status: Tensor, finite: bool) -> Iterator[Finding]:
    """The zones of a row of gradients on lines along each argument through some of the points where it is wrong."""
    wrong = columns[:, status[row] == WRONG]
    wrong = wrong[:, wrong.abs().log().abs().amax(0).argsort()]  # the ordinary ones first
    for column in wrong[:, :: max(1, wrong.shape[1] // MAX_SEEDS)].T[:MAX_SEEDS]:
        for index in range(len(columns)):
            line = line_through(column, index)
            given = line.columns
            gradients = subject.gradients(given)
            here = _sought(statuses(subject, given, gradients), gradients, finite)[row]
            found, more = zones(line.numbers, here, partial(_look, subject, line, row, finite))
            if found:
                yield Finding(line, row, found, more)


def _sought(status: Tensor, found: Tensor, finite: bool) -> Tensor:
    """What is known of gradients, where those that have numbers are sought that are wrong, or those that have none."""
    number = found.isfinite()
    if finite:
        return status.masked_fill(~number, UNKNOWN)
    return torch.where(number, RIGHT, status)


def _look(subject: Subject, line: Line, row: int, finite: bool, numbers: Tensor) -> Seen:
    given = compared(subject, line.at(numbers))
    found, true = given.found[row], given.true[row]
    sizes = torch.maximum(found.abs(), true.abs())
    return Seen(_sought(given.status[row], found, finite), given.errors[row], given.tolerance[row], sizes)


def where_wrong(subject: Subject) -> Outcome | None:
    """What is wrong with a backward that is right at some of the points, if other points tell where."""
    if not subject.pointwise:
        return None
    outcome = _between_points(subject) if subject.typed else everywhere(subject)
    return outcome if outcome.state == "failed" and ANY not in outcome.sentence else None


def _between_points(subject: Subject) -> Outcome:
    """Where a function of one argument is wrong, by bisection between the points that were typed."""
    if len(subject.parameters) > 1:
        return passed()
    line = Line(0, subject.columns.unique(sorted=True)[None])  # type: ignore[no-untyped-call]
    given = compared(subject, line.columns)
    for finite in (True, False):
        status = _sought(given.status, given.found, finite)
        findings = list(_on_line(subject, line, status, finite))
        if findings and not any(zone.vague for zone in findings[0].zones):
            return _failure(subject, findings, line.columns, status, finite)
    return passed()


def _failure(subject: Subject, findings: Sequence[Finding], columns: Columns, status: Tensor, finite: bool) -> Outcome:
    """What is wrong, where the status of all rows at points is known too."""
    row = findings[0].row
    several = len(subject.parameters) > 1
    shown = _shown(subject, findings[0])
    where = _where(subject, findings, columns, status[row])
    others = [k for k in range(len(status)) if k != row]
    alike = all((status[k] == WRONG).any() and _where(subject, findings, columns, status[k]) == where for k in others)
    part = f" in {subject.wrt[row]}" if several and not alike else ""
    if finite and where == SOMEWHERE and (status[row] == WRONG).sum() > MOST * (status[row].abs() == 1).sum():
        return failed("derivative", f"backward is not the derivative of forward{part}", shown)
    sentence = "backward is wrong" if finite else "backward gives no finite number"
    return failed("somewhere" if finite else "infinite", f"{sentence}{part} {where}", shown)


def _shown(subject: Subject, finding: Finding) -> str:
    there = replace(subject, columns=finding.shown)
    given = compared(subject, there.columns)
    name = f", by {subject.wrt[finding.row]}" if len(subject.parameters) > 1 else ""
    return deviation_text(there, (finding.row, 0), given.found, given.true, name)


def _where(subject: Subject, findings: Sequence[Finding], columns: Columns, status: Tensor) -> str:
    """Where a row is wrong, in words that are true at all points."""
    if len(subject.parameters) == 1:
        return findings[0].words(subject.parameters[0])
    parts, inside = [], torch.ones_like(status, dtype=torch.bool)
    for index, name in enumerate(subject.parameters):
        along = [each for each in findings if each.line.index == index]
        for text, count in Counter(each.words(name) for each in along).most_common(1):
            within = _within(columns[index], next(each.zones for each in along if each.words(name) == text))
            told = count > 1 and text != SOMEWHERE and within.double().mean() < MAX_ZONE_SHARE
            if told and _holds(status, within):
                parts.append(text)
                inside &= within
    if len(parts) > 1 and not _holds(status, inside, MIN_SHARE_OF_ALL):
        parts = parts[:1]
    return " and ".join(parts).replace(" and where ", " and ") or _quantity(subject, findings) or SOMEWHERE


def _within(numbers: Tensor, found: Sequence[Zone]) -> Tensor:
    """Which numbers lie in zones."""
    return torch.stack([zone.holds(numbers) for zone in found]).any(0)


def _holds(status: Tensor, inside: Tensor, share: float = MIN_WRONG_SHARE) -> bool:
    """Whether all wrong numbers lie inside, and are such a share of what is known there."""
    wrong, known = status == WRONG, status.abs() == 1
    many = wrong.any() and (wrong & inside).sum() >= share * (known & inside).sum()
    return bool(many and (wrong & ~inside).sum() <= MAX_OUTSIDE_SHARE * wrong.sum())


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
