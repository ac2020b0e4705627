"""Where a user's code is run, and what is said of code that fails or that PyTorch refuses."""

from __future__ import annotations

import dis
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from derivcli.custom.budget import EndlessCallError
from derivcli.custom.report import Outcome, failed
from derivcli.errors import failure, file_name


class UserCodeError(Exception):
    """The function's own code failed, in its forward or its backward."""

    def __init__(self, stage: str, error: BaseException) -> None:
        super().__init__(stage)
        self.stage, self.error = stage, error


class NoDerivativeError(Exception):
    """The forward gives what cannot have a derivative; the message says what."""


@contextmanager
def user_code(stage: str) -> Iterator[None]:
    """A block that runs the user's code."""
    try:
        yield
    except EndlessCallError:
        raise
    except (Exception, SystemExit) as error:
        raise UserCodeError(stage, error) from error


OTHERS = ("derivcli", "torch")
"""Packages that stand between a user's code and what calls it."""

TORCH_ERRORS = (
    (r"gradients \(expected (\d+), got (\d+)\)", "count", "wrong number of gradients: {1}, should be {0}"),
    (r"invalid gradient at index .* shape compatible", "shape", "a gradient of the wrong shape"),
    (r"expected Variable or None \(got (\w+)\)", "type", "backward gives a {0} where a tensor is due"),
    (r"leaf Variable that requires grad", "input", "modifies its input in place"),
    (r"modified by an inplace operation", "saved", "modifies saved tensors in place"),
    (
        r"must implement either the backward or vjp|no autograd formula was registered",
        "missing",
        "there is no backward",
    ),
)
"""What PyTorch says, as a pattern, with the kind and the sentence."""


def code_failure(error: UserCodeError, kind: str = "raises", sentence: str = "") -> Outcome:
    """What is wrong with a function whose code failed, or that PyTorch refuses; a sentence for what it does not say."""
    for pattern, known, said in TORCH_ERRORS:
        match = re.search(pattern, error_text(error))
        if match is not None:
            return failed(known, said.format(*match.groups()), error_text(error))
    if isinstance(error.error, ModuleNotFoundError):  # the file's folder is looked in only while the file is run
        return failed(
            "import", f"{error.stage} imports what should be imported at the head of the file", error_text(error)
        )
    return failed(kind, sentence or f"{error.stage} fails", error_text(error))


def error_text(error: UserCodeError) -> str:
    """What the user's code raised, and where, in a line."""
    return f"{error.stage} raises {failure(error.error)}{place_text(error.error)}"


def place_text(error: BaseException) -> str:
    """The line of the user's file at which an exception was raised, in brackets; empty where it passed none."""
    passed = lines_passed(error)
    if not passed:
        return ""
    path, line = passed[-1]
    name = Path(path).name
    return f" (line {line} of {file_name(name)})" if name.endswith(".py") else f" (line {line})"


def lines_passed(error: BaseException) -> list[tuple[str, int]]:
    """The lines of the user's file that an exception passed, the first in what was called, each with its file."""
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if _top(frame) not in OTHERS]
    lines = [(frame.f_code.co_filename, line) for frame, line in frames]
    return [each for each in lines if each[0] == lines[0][0]]


def _top(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]


def is_deliberate(error: UserCodeError) -> bool:
    """Whether the code itself raised this, by `raise` or `assert`, and nothing that it called."""
    place = error.error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None or _top(place.tb_frame) == "torch":
        return False
    return dis.opname[place.tb_frame.f_code.co_code[place.tb_lasti]] == "RAISE_VARARGS"
