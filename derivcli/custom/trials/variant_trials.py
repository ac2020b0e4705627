"""Trials of other ways of calling a function: with other constants, and with tensors of other shapes."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.custom.arguments.variants import is_number, outcome_of, value_of
from derivcli.custom.report import Outcome, failed, inapplicable, passed
from derivcli.custom.subject import Subject, Variant
from derivcli.custom.trials.backward_trials import is_derivative

MEANT_KINDS = ("straight", "reversal", "surrogate")
"""Kinds of gradients that somebody may mean."""

GIVEN = " is given"
"""Ends what is said of a tensor in the place of None, whose gradient is named by itself."""


def other_constants(subject: Subject) -> Outcome:
    """The backward is the derivative for other values of arguments that are no tensors."""
    variants = [each for each in subject.variants if each.argument]
    if not variants:
        return inapplicable("there are none")
    for name in dict.fromkeys(each.argument for each in variants):
        outcome = _of_constant(subject, [each for each in variants if each.argument == name])
        if outcome.state == "failed":
            return outcome
    return passed(", ".join(each.where for each in variants if not each.spare))


def _of_constant(subject: Subject, variants: Sequence[Variant]) -> Outcome:
    """The outcome for other values of one constant; where several numbers and no other one are wrong, all may be."""
    wrong: list[tuple[Variant, Outcome]] = []
    are_right = False
    for variant in variants:
        if variant.spare and are_right and not wrong:
            break
        outcome = outcome_of(subject, variant, is_derivative)
        are_right |= outcome.state == "passed"
        wrong += [(variant, outcome)] if outcome.state == "failed" else []
    if not wrong:
        return passed()
    variant, outcome = wrong[0]
    if variant.where.endswith(GIVEN):
        return outcome
    where = variant.where
    if is_number(value_of(variant)) and len(wrong) > 1 and not are_right:
        where = variant.otherwise.replace(" is ", " is not ", 1)
    verb = "fails" if outcome.kind == "raises" else "is wrong"
    return failed("literal", f"backward {verb} where {where}", outcome.detail)


def other_shapes(subject: Subject) -> Outcome:
    """The backward is the derivative for tensors of other shapes that the forward takes."""
    variants = [each for each in subject.variants if not each.argument]
    if not variants:
        return inapplicable("forward takes none")
    for variant in variants:
        outcome = outcome_of(subject, variant, is_derivative)
        if outcome.state == "failed":
            what, colon, why = outcome.sentence.partition(":")
            kind = outcome.kind
            if kind in MEANT_KINDS:  # nobody means what shows in these shapes alone
                kind, what, colon, why = "derivative", "backward is not the derivative of forward", "", ""
            return failed(kind, f"{what} where {variant.where}{colon}{why}", outcome.detail)
    return passed("; ".join(each.where for each in variants))
