"""Trials of other ways of calling a function: with other constants, and with tensors of other shapes."""

from __future__ import annotations

from derivcli.custom.backward_trials import is_derivative
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Subject
from derivcli.custom.variants import outcome_of

GIVEN = " is given"
"""Ends what is said of a tensor in the place of None, whose gradient is named by itself."""


def other_constants(subject: Subject) -> Outcome:
    """The backward is the derivative for other values of arguments that are no tensors."""
    variants = [each for each in subject.variants if each.argument]
    if not variants:
        return inapplicable("there are none")
    for variant in variants:
        outcome = outcome_of(subject, variant, is_derivative)
        if outcome.state == "failed":
            if variant.where.endswith(GIVEN):
                return outcome
            verb = "fails" if outcome.kind == "raises" else "is wrong"
            return failed("literal", f"backward {verb} where {variant.where}", outcome.detail)
    return passed(", ".join(each.where for each in variants))


def other_shapes(subject: Subject) -> Outcome:
    """The backward is the derivative for tensors of other shapes that the forward takes."""
    variants = [each for each in subject.variants if not each.argument]
    if not variants:
        return inapplicable("forward takes none")
    for variant in variants:
        outcome = outcome_of(subject, variant, is_derivative)
        if outcome.state == "failed":
            what, colon, why = outcome.sentence.partition(":")
            return failed(outcome.kind, f"{what} where {variant.where}{colon}{why}", outcome.detail)
    return passed("; ".join(each.where for each in variants))
