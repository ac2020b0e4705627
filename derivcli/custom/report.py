"""What the check of a function came to: a row for each trial, and what is wrong in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from derivcli.hints import PYTHON, spelled
from derivcli.showing import html, mime_bundle, pretty, short, text

State: TypeAlias = Literal["passed", "failed", "inapplicable", "unreached"]
"""What can become of a trial; it is not reached where one failed that it relies on, whose fault would show here too."""

RELIES_ON = "relies on "
"""Begins the detail of a trial that was not reached."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trial came to: its detail says where, what came out and what should have.

    A failed one has a `kind`, a word for programs, and a sentence; a passed one may have a sentence as a remark.
    """

    state: State
    detail: str = ""
    sentence: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A row of the report: a trial, what became of it, and the detail.

    One that failed has the sentence that says what is wrong, and its `kind` as a word.
    """

    name: str
    state: State
    wording: str = ""
    """The detail, in which options are named as in hints."""
    sentence: str = ""
    kind: str = ""

    @property
    def detail(self) -> str:
        """The detail for Python."""
        return spelled(self.wording, PYTHON)


@dataclass(frozen=True, slots=True)
class ReportArgument:
    """An argument as it was given: a tensor of a shape, () for one number at each point, or a constant, as text."""

    name: str
    shape: tuple[int, ...] | None = ()
    constant: str = ""


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """The check of a function that has a backward, at so many points.

    `remarks` are worth knowing of a function that passes. `gradient` is what was stated of gradients, by argument.
    """

    name: str
    arguments: tuple[ReportArgument, ...]
    source: str
    formula: str
    points: int
    trials: tuple[Trial, ...]
    remarks: tuple[str, ...] = ()
    gradient: tuple[tuple[str, str], ...] = ()

    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    @property
    def failures(self) -> tuple[Trial, ...]:
        """The trials that failed."""
        return tuple(trial for trial in self.trials if trial.state == "failed")

    @property
    def ok(self) -> bool:
        """Whether nothing wrong was found."""
        return not self.failures

    def __bool__(self) -> bool:
        """The same, so that `assert check_function(F)` fails where something is wrong."""
        return self.ok

    @property
    def is_wrong(self) -> bool:
        """Whether a fault was shown."""
        return not self.ok

    @property
    def diagnosis(self) -> str:
        """What is wrong: the cause that comes first, since others may follow from it; empty where nothing is."""
        return self.failures[0].sentence if self.failures else ""

    @property
    def kind(self) -> str:
        """The diagnosis as a word for programs."""
        return self.failures[0].kind if self.failures else ""

    @property
    def more(self) -> tuple[str, ...]:
        """What else is wrong, as far as that does not follow."""
        return tuple(dict.fromkeys(trial.sentence for trial in self.failures[1:]))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments."""
        return tuple(each.name for each in self.arguments)

    def raise_if_wrong(self) -> None:
        """Raise FunctionError, an AssertionError that tells the sentence and the trials, where something is wrong."""
        __tracebackhide__ = True  # pytest shows the test's own line
        if not self.ok:
            raise FunctionError(self)


@dataclass(frozen=True, slots=True)
class Untried:
    """A function of a file that could not be tried, and why."""

    name: str
    wording: str
    way_out: str

    @property
    def message(self) -> str:
        """The reason for Python."""
        return spelled(self.wording, PYTHON)


@dataclass(frozen=True, slots=True)
class FileReport:
    """The checks of all functions of a file, in the order in which they stand there."""

    source: str
    reports: tuple[FunctionReport | Untried, ...]

    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    @property
    def wrong(self) -> tuple[FunctionReport, ...]:
        """The reports of functions in which something is wrong."""
        return tuple(each for each in self.reports if isinstance(each, FunctionReport) and not each.ok)

    @property
    def untried(self) -> tuple[Untried, ...]:
        """The functions that could not be tried."""
        return tuple(each for each in self.reports if isinstance(each, Untried))

    @property
    def is_wrong(self) -> bool:
        """Whether a fault was shown."""
        return bool(self.wrong)

    @property
    def ok(self) -> bool:
        """Whether all functions could be tried, and nothing wrong was found."""
        return not (self.wrong or self.untried)

    def __bool__(self) -> bool:
        """The same, so that `assert check_functions("layers.py")` fails where it should."""
        return self.ok

    def raise_if_wrong(self) -> None:
        """Raise FunctionError where something is wrong with one of the functions."""
        __tracebackhide__ = True
        if self.wrong:
            raise FunctionError(self)


class FunctionError(AssertionError):
    """Something is wrong with a function; it says what its `report` says."""

    def __init__(self, report: FunctionReport | FileReport) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return str(self.report)


def passed(detail: str = "", remark: str = "") -> Outcome:
    """Nothing wrong was found."""
    return Outcome("passed", detail, remark)


def failed(kind: str, sentence: str, detail: str = "") -> Outcome:
    """Something is wrong."""
    return Outcome("failed", detail, sentence, kind)


def inapplicable(reason: str) -> Outcome:
    """There is nothing to try."""
    return Outcome("inapplicable", reason)


def first_failure(outcomes: Iterable[Outcome]) -> Outcome:
    """The first outcome that failed; that nothing wrong was found where none did."""
    return next((outcome for outcome in outcomes if outcome.state == "failed"), passed())
