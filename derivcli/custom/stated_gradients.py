"""The gradients that a backward is meant to give where they are not the derivative, as formulas of the arguments.

A straight-through estimator, a gradient reversal and a surrogate gradient are right when they give what their author
states for an upstream gradient of 1. Of tensors that holds number by number, times the upstream gradient there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def with_stated(subject: Subject, texts: Mapping[str, str], read: Callable[[str], Expression]) -> Subject:
    """The subject with stated gradients; what is stated under "" is that of all arguments that have one."""
    stated = {name: read(text) for name, text in texts.items()}
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
        outputs = subject.run(subject.leaves(tensors, ()))
        if len(outputs) > 1:
            hint = "leave `--gradient` out"
            raise DerivError(f"a gradient is stated of one output, and '{subject.name}' has {len(outputs)}", hint=hint)
        (upstream,) = subject.weights(outputs, point)
        gradients = [
            _by_number(subject, argument, tensors, upstream)
            for argument in subject.tensor_arguments
            if argument.differentiable
        ]
        found.append(subject.rows(gradients, subject.leaves(tensors)))
    return found[0] if subject.pointwise else torch.stack(found, -1)


def _by_number(subject: Subject, argument: Argument, tensors: Tensors, upstream: Tensor) -> Tensor:
    """The stated gradient of an argument, number by number times the upstream gradient; nan where nothing is stated."""
    from derivcli.engines.program import lower
    from derivcli.engines.torch.rules import forward  # late, both: SymPy takes long

    numbers = dict(zip((each.name for each in subject.tensor_arguments), tensors, strict=True))
    x = numbers[argument.name]
    formula = subject.stated.get(argument.name)
    if formula is None:
        return torch.full_like(x, torch.nan)
    for each in subject.arguments:
        if each.name in formula.variables and each.shape is None:
            numbers[each.name] = torch.as_tensor(each.constant, dtype=torch.float64)
    place = upstream.shape or x.shape
    try:
        given = [numbers[name].expand(place) for name in (*formula.variables, argument.name)]
    except RuntimeError as error:
        given_shapes = f"of shape {shape_text(x.shape)} has another than the output, {shape_text(upstream.shape)}"
        message = f"a gradient is stated number by number, and {argument.name} {given_shapes}"
        raise DerivError(message, hint="leave `--gradient` out") from error
    count = given[-1].numel()
    program = lower([formula], formula.variables)
    found = forward(program, [each.flatten() for each in given[:-1]], count).expand(count)
    return (found.reshape(place) * upstream).sum_to_size(x.shape)
