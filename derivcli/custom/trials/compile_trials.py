"""The trial of torch.compile, which takes seconds and is made on request."""

from __future__ import annotations

from dataclasses import replace

import torch

from derivcli.custom.report import Outcome, failed, first_failure, inapplicable, passed
from derivcli.custom.subject import Example, Subject
from derivcli.custom.trials.examples import as_before, repeated, values_as_before
from derivcli.custom.user_code import UserCodeError, error_text

BACKEND = "aot_eager"
"""It traces forward and backward as the others do, and needs no compiler of C++: its numbers are those of PyTorch."""

DIFFERS = "gives another result under torch.compile"


def compiled(subject: Subject) -> Outcome:
    """Outputs and gradients are under torch.compile what they are without it."""
    from torch._dynamo import reset
    from torch._dynamo.eval_frame import is_dynamo_supported

    if not is_dynamo_supported():
        return inapplicable("torch.compile does not run here")
    reset()  # of one piece of code no more than a few compilations are kept, and ours is one
    call = torch.compile(subject.function.call, backend=BACKEND)
    tried = replace(subject, function=replace(subject.function, call=call))
    assert subject.examples, "they are computed without it"
    try:
        outcome = first_failure(_compared(subject, tried, example) for example in subject.examples)
    except UserCodeError as error:
        return inapplicable(f"it is refused: {error_text(error)}")
    finally:
        reset()
    return passed(f"by {BACKEND}") if outcome.state == "passed" else outcome


def _compared(subject: Subject, tried: Subject, example: Example) -> Outcome:
    outputs, gradients = repeated(tried, example)
    if len(outputs) != len(example.outputs):
        return failed("compile", DIFFERS, f"{len(outputs)} outputs, should be {len(example.outputs)}")
    return first_failure(
        [
            values_as_before(subject, example, outputs, "compile", DIFFERS),
            as_before(subject, example, gradients, "compile", DIFFERS),
        ]
    )
