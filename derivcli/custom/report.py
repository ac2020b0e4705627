"""What the check of a function came to: a row for each trial, and what is wrong in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from derivcli.hints import PYTHON, spelled
from derivcli.showing import html, mime_bundle, pretty, short, text

State: TypeAlias = Literal["passed", "failed", "inapplicable", "unreached"]
"""What can become of a trial; it is not reached where an earlier one failed, which would be blamed for here too."""

ONE_POINT = "there is one point"


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
    """A row of the report: a trial, what became of it, and the detail."""

    name: str
    state: State
    wording: str = ""
    """The detail, in which options are named as in hints."""

    @property
    def detail(self) -> str:
        """The detail for Python."""
        return spelled(self.wording, PYTHON)


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """The check of a `torch.autograd.Function` at so many points.

    `diagnosis` says what is wrong: the cause that comes first, since others may follow from it. It is empty where
    nothing is; `kind` is the same as a word. `remarks` are worth knowing of a function that passes, and `more`
    is what else is wrong with one that does not.
    """

    name: str
    parameters: tuple[str, ...]
    source: str
    formula: str
    points: int
    trials: tuple[Trial, ...]
    diagnosis: str = ""
    kind: str = ""
    remarks: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    @property
    def ok(self) -> bool:
        """Whether nothing wrong was found."""
        return not self.kind


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
