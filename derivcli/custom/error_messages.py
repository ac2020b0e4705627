"""What the user's code raised, and what PyTorch has against a function, in sentences."""

from __future__ import annotations

import re

from derivcli.custom.probe import OwnError
from derivcli.custom.report import Outcome, failed
from derivcli.errors import failure

COMPLAINTS = (
    (r"gradients \(expected (\d+), got (\d+)\)", "count", "wrong number of gradients: {1}, should be {0}"),
    (r"invalid gradient at index .* shape compatible", "shape", "a gradient of the wrong shape"),
    (r"expected Variable or None \(got (\w+)\)", "type", "backward gives a {0} where a tensor is due"),
    (r"leaf Variable that requires grad", "input", "modifies its input in place"),
    (r"modified by an inplace operation", "saved", "modifies saved tensors in place"),
    (r"must implement either the backward or vjp", "missing", "there is no backward"),
)
"""What PyTorch says, as a pattern, with the kind and the sentence."""


def complaint(error: OwnError, kind: str = "raises", sentence: str = "") -> Outcome:
    """What is wrong with a function whose code failed, or that PyTorch refuses; a sentence for what it does not say."""
    for pattern, known, said in COMPLAINTS:
        match = re.search(pattern, told(error))
        if match is not None:
            return failed(known, said.format(*match.groups()), told(error))
    if isinstance(error.error, ModuleNotFoundError):  # the file's folder is looked in only while the file is run
        return failed("import", f"{error.stage} imports what should be imported at the head of the file", told(error))
    return failed(kind, sentence or f"{error.stage} fails", told(error))


def told(error: OwnError) -> str:
    """What the user's code raised, and where, in a line."""
    return f"{error.stage} raises {failure(error.error)}"
