"""The gradients that a backward is meant to give where they are not the derivative, as formulas of the arguments.

A straight-through estimator, a gradient reversal and a surrogate gradient are right when they give what their author
states for an upstream gradient of 1. Of tensors that holds number by number, times the upstream gradient there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from derivcli.custom.subject import Argument, Subject, Tensors, shape_text
from derivcli.custom.user_code import NoDerivativeError, UserCodeError
from derivcli.errors import DerivError
from derivcli.language.expression import Expression
from derivcli.language.lexer.tokens import place_of

NUMBERS = (int, float, Tensor)
"""What a name in a stated gradient may stand for, beside the numbers of the points."""


def with_stated(subject: Subject, formulas: Mapping[str, Expression]) -> Subject:
    """The subject with stated gradients; what is stated under "" is that of all arguments that have one."""
    stated = dict(formulas)
    for formula in stated.values():
        _check_numbers(subject, formula)
    general = stated.pop("", None)
    wanted = [argument.name for argument in subject.tensor_arguments if argument.differentiable]
    for name in stated:
        if name not in wanted:
            raise DerivError(f"'{subject.name}' has no gradient in '{name}'", hint=f"it has one in {', '.join(wanted)}")
    if general is not None:
        stated = dict.fromkeys(_with_gradient(subject, wanted), general) | stated
    return replace(subject, stated=stated)


def _check_numbers(subject: Subject, formula: Expression) -> None:
    """Refuse names that stand for no number."""
    for argument in subject.arguments:
        constant = argument.constant
        if argument.name in formula.variables and argument.shape is None and not isinstance(constant, NUMBERS):
            place = place_of(argument.name, formula.source)
            raise DerivError(f"{argument.name} is {constant!r} and no number", formula.source, place, "leave it out")


def _with_gradient(subject: Subject, wanted: Sequence[str]) -> Sequence[str]:
    """Those of the arguments whose gradient is more than None and 0; all where none is."""
    try:
        examples = subject.examples
    except (UserCodeError, NoDerivativeError):  # which a trial tells
        return wanted
    found = {
        argument.name
        for example in examples
        for argument, gradient in zip(subject.tensor_arguments, example.gradients, strict=True)
        if gradient.any()
    }
    return [name for name in wanted if name in found] or wanted


def stated_slopes(subject: Subject) -> Tensor:
    """What is stated of the gradients at all points, of shape (rows, points); nan of those of which nothing is."""
    found = []
    for point, tensors in enumerate(subject.calls(subject.columns)):
        upstreams = subject.weights(subject.run(subject.leaves(tensors, ())), point)
        pairs = zip(subject.tensor_arguments, tensors, strict=True)
        gradients = [
            stated_gradient(subject, each, tensors, upstreams)
            if each.name in subject.stated
            else torch.full_like(x, torch.nan)
            for each, x in pairs
            if each.differentiable
        ]
        found.append(subject.rows(gradients, subject.leaves(tensors)))
    return found[0] if subject.pointwise else torch.stack(found, -1)


def stated_gradient(subject: Subject, argument: Argument, tensors: Tensors, upstreams: Tensors) -> Tensor:
    """The stated gradient of an argument for an upstream gradient."""
    upstream = _only(subject, upstreams)
    numbers, x = _by_number(subject, argument, tensors, upstream.shape)
    return (numbers * upstream).sum_to_size(x.shape)


def stated_jacobian(subject: Subject, argument: Argument, tensors: Tensors, upstreams: Tensors) -> Tensor:
    """The Jacobian that has the stated gradient, of shape (entries, entries of the output)."""
    upstream = _only(subject, upstreams)
    numbers, x = _by_number(subject, argument, tensors, upstream.shape)
    entries = torch.arange(x.numel()).reshape(x.shape).expand(numbers.shape).flatten()
    outputs = torch.arange(upstream.numel()).reshape(upstream.shape).expand(numbers.shape).flatten()
    found = torch.zeros(x.numel(), upstream.numel(), dtype=torch.float64)
    found[entries, outputs] = numbers.flatten()
    return found


def _only(subject: Subject, upstreams: Tensors) -> Tensor:
    if len(upstreams) > 1:
        message = f"a gradient is stated of one output, and '{subject.name}' has {len(upstreams)}"
        raise DerivError(message, hint="leave `--gradient` out")
    return upstreams[0]


def _by_number(subject: Subject, argument: Argument, tensors: Tensors, output: Sequence[int]) -> tuple[Tensor, Tensor]:
    """What is stated of an argument, in the shape of the output or, where that is one number, its own; and itself."""
    from derivcli.engines.program import lower
    from derivcli.engines.torch.rules import forward  # late, both: SymPy takes long

    numbers = dict(zip((each.name for each in subject.tensor_arguments), tensors, strict=True))
    x, formula = numbers[argument.name], subject.stated[argument.name]
    for each in subject.arguments:
        if each.name in formula.variables and each.shape is None:
            numbers[each.name] = torch.as_tensor(each.constant, dtype=torch.float64)
    place = torch.Size(output) or x.shape
    try:
        given = [numbers[name].expand(place) for name in (*formula.variables, argument.name)]
    except RuntimeError as error:
        shapes = f"of shape {shape_text(x.shape)} has another than the output, {shape_text(output)}"
        message = f"a gradient is stated number by number, and {argument.name} {shapes}"
        raise DerivError(message, hint="leave `--gradient` out") from error
    count = given[-1].numel()
    program = lower([formula], formula.variables)
    found = forward(program, [each.flatten() for each in given[:-1]], count).expand(count)
    return found.reshape(place), x
