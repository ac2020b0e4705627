"""Other ways of calling a function, in which it has to be as right: other values of its constants, other shapes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import torch
from torch import Tensor

from derivcli.custom.arguments.attempts import CALL_ERRORS, Attempt, Rank, attempted, refuses_numbers
from derivcli.custom.arguments.given import Given
from derivcli.custom.arguments.kinds import other_indices, repeats, texts_in
from derivcli.custom.arguments.optional_tensors import given_tensor
from derivcli.custom.arguments.shapes import Shape
from derivcli.custom.report import Outcome, failed, inapplicable
from derivcli.custom.subject import Argument, Subject, Variant, shape_text
from derivcli.custom.trials.examples import tensors_alike
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, code_failure
from derivcli.errors import DerivError

MAX_SHAPE_VARIANTS = 4
MAX_TEXT_VARIANTS = 4
MAX_NUMBER_VARIANTS = 3
"""So many other numbers are found, of which all but the first are tried where that one is wrong."""

MIN_NUMBERS = 2
"""What is said of one number alone is shown by so many others."""

OTHER_NUMBERS = (0.3, 2.5, -0.7, 0.9)
SMALL = 1e-3
"""A smaller number, such as one that keeps from dividing by 0, is varied in its own size."""
SMALL_FACTORS = (10.0, 0.1, 100.0)
OTHER_WHOLE_NUMBERS = (3, 1, 2, 0, -2, -1)

NO_TENSORS = ("out", "generator", "device", "dtype", "layout", "memory_format", "dim", "axis", "dims", "name")
"""Arguments whose default is None that are no tensors."""


def with_variants(subject: Subject, given: Given, named: Collection[str] = ()) -> Subject:
    """The function with other ways of calling it.

    Constants that are `named` in stated gradients are varied even if forward and backward do not depend on them.
    """
    constants = [each for argument in subject.arguments for each in _of_constant(subject, argument, given, named)]
    most = subject.budget.part_of(MAX_SHAPE_VARIANTS, 0)
    shapes = [] if subject.formula is not None else [*islice(_of_shapes(subject, given), most)]
    settled = {*given.constants, *(each.argument for each in constants)}
    axes = [each for variant in shapes[:1] for each in _of_axes(variant, settled, given)]
    return replace(subject, variants=(*constants, *shapes, *axes))


def outcome_of(subject: Subject, variant: Variant, attempt: Callable[[Subject], Outcome]) -> Outcome:
    """What a trial comes to for a variant of a subject; nothing where there is no derivative at its points."""
    try:
        return attempt(replace(variant.subject, stated=subject.stated))
    except UserCodeError as error:
        return inapplicable("forward refuses it") if refuses_numbers(error) else code_failure(error)
    except (NoDerivativeError, DerivError):
        return inapplicable("there is no derivative")


def of_this_constant(subject: Subject, outcome: Outcome, attempt: Callable[[Subject], Outcome]) -> Outcome:
    """What is wrong, said of a constant where that is right with its other values.

    Another number may move where a fault shows, so that there have to be several of them.
    """
    for name in dict.fromkeys(each.argument for each in subject.variants if each.argument):
        variants = [each for each in subject.variants if each.argument == name]
        if len(variants) < MIN_NUMBERS and is_number(value_of(variants[0])):
            continue
        if all(outcome_of(subject, each, attempt).state == "passed" for each in variants):
            return failed("literal", f"backward is wrong where {variants[0].otherwise}", outcome.detail)
    return outcome


def _of_constant(subject: Subject, argument: Argument, given: Given, named: Collection[str]) -> Iterator[Variant]:
    if argument.shape is not None or subject.formula is not None:
        return
    name, value = argument.name, argument.constant
    if value is None and name not in given.constants and name not in NO_TENSORS and not subject.pointwise:
        yield from given_tensor(subject, argument)
        return
    if isinstance(value, Tensor):
        yield from _of_indices(subject, argument, value)
        return
    if name in given.constants:
        for value in given.constants[name][1:]:
            other = _with_constant(subject, argument, value)
            attempt = attempted(other)
            if attempt.rank <= Rank.NOT_FINITE:
                message = f"'{subject.name}' could not be called with {name} = {value!r}: {attempt.reason}"
                raise DerivError(message, hint="give other values with `--with`")
            yield _variant(attempt.subject, argument)
        return
    found = (attempted(_with_constant(subject, argument, value)) for value in _others(subject, argument))
    most = MAX_NUMBER_VARIANTS if is_number(value) else MAX_TEXT_VARIANTS
    fitting = (each for each in found if _is_variant(subject, argument, each, named))
    for count, attempt in enumerate(islice(fitting, most)):
        yield replace(_variant(attempt.subject, argument), spare=count > 0 and is_number(value))


def _of_axes(variant: Variant, settled: Collection[str], given: Given) -> Iterator[Variant]:
    """The function with tensors of other shapes and another constant, such as an axis, that has no other value here."""
    for argument in variant.subject.arguments:
        if isinstance(argument.constant, int | tuple) and argument.name not in settled:
            for each in _of_constant(variant.subject, argument, given, ()):
                yield replace(each, where=f"{variant.where} and {each.where}", otherwise="", argument="", spare=False)


def _of_indices(subject: Subject, argument: Argument, indices: Tensor) -> Iterator[Variant]:
    """The function with indices of which two are alike, where all were different, or the other way round."""
    is_list = indices.ndim == 1 and len(indices) > 1 and not indices.is_floating_point() and indices.dtype != torch.bool
    other = other_indices(indices) if is_list else None
    attempt = None if other is None else attempted(_with_constant(subject, argument, other))
    if other is not None and attempt is not None and attempt.rank >= Rank.CONSTANT:
        alike, different = f"{argument.name} repeats a number", f"{argument.name} repeats no number"
        where, otherwise = (different, alike) if repeats(indices) else (alike, different)
        yield Variant(attempt.subject, where, otherwise, argument.name)


def _others(subject: Subject, argument: Argument) -> Sequence[object]:
    """Values that a constant may have too."""
    value = argument.constant
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [each for each in OTHER_WHOLE_NUMBERS if each != value]
    if isinstance(value, float):
        near = value * (0.5 if 2 / 3 <= value < 1 else 1.5)
        if 0 < abs(value) < SMALL:
            return [value * factor for factor in SMALL_FACTORS]
        return [near, *OTHER_NUMBERS] if value else OTHER_NUMBERS
    if isinstance(value, str):
        return [each for each in texts_in(subject.function) if each != value]
    return []


def _is_variant(subject: Subject, argument: Argument, attempt: Attempt, named: Collection[str]) -> bool:
    """Whether a constant may be so: forward gives finite numbers, the same each time, and something is another.

    That may be what forward gives, or backward, or a stated gradient in which it is named. A backward that fails for
    another number may refuse it; one that fails for another flag or word is wrong.
    """
    chosen = isinstance(argument.constant, bool | str)
    if attempt.rank < (Rank.FORWARD_ONLY if chosen else Rank.CONSTANT):
        return False
    before, now, again = (_outputs(each) for each in (subject, attempt.subject, attempt.subject))
    if not _are_equal(now, again):
        return False
    if isinstance(argument.constant, bool) or argument.name in named or not _are_equal(before, now):
        return True
    slopes = [each.examples[0].gradients for each in (subject, attempt.subject) if attempt.rank >= Rank.CONSTANT]
    return len(slopes) > 1 and not _are_equal(*slopes)


def _outputs(subject: Subject) -> Sequence[Tensor]:
    return [each.detach() for each in subject.run(subject.leaves(subject.calls(subject.columns)[0], ()))]


def _are_equal(ones: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    return len(ones) == len(others) and all(torch.equal(one, other) for one, other in zip(ones, others, strict=True))


def value_of(variant: Variant) -> object:
    """The other value of a constant."""
    return next((each.constant for each in variant.subject.arguments if each.name == variant.argument), None)


def is_number(value: object) -> bool:
    """Whether a constant is a number, and neither true nor false."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _with_constant(subject: Subject, argument: Argument, value: object) -> Subject:
    arguments = tuple(replace(each, constant=value) if each is argument else each for each in subject.arguments)
    if subject.pointwise:
        return replace(subject, arguments=arguments)
    return replace(subject, arguments=arguments, columns=subject.columns[:, :1])


def _variant(subject: Subject, argument: Argument) -> Variant:
    other = next(each for each in subject.arguments if each.name == argument.name)
    name = argument.name
    return Variant(subject, f"{name} is {other.constant!r}", f"{name} is {argument.constant!r}", name)


def _of_shapes(subject: Subject, given: Given) -> Iterator[Variant]:
    """The function with a batch more or less, and with arguments that are broadcast against others."""
    if subject.pointwise and len(subject.tensor_arguments) == 1:
        return  # other trials are of these
    own = {each.name for each in subject.function.parameters if isinstance(each.default, Tensor)}
    fixed = {*given.shapes, *given.tensors, *own}
    seen = {_shapes_of(subject)}
    for shapes, repeated in _other_shapes(_shapes_of(subject)):
        kept = zip(subject.tensor_arguments, shapes, _shapes_of(subject), strict=True)
        if shapes in seen or any(each.name in fixed and one != other for each, one, other in kept):
            continue
        seen.add(shapes)
        attempt = attempted(_reshaped(subject, shapes))
        if attempt.rank is Rank.GOOD and (repeated is None or _is_broadcast(subject, attempt.subject, repeated)):
            changed = zip(subject.tensor_arguments, shapes, strict=True)
            where = " and ".join(_shape_told(each.name, shape) for each, shape in changed)
            yield Variant(attempt.subject, where)


def _shape_told(name: str, shape: Shape) -> str:
    return f"{name} has shape {shape_text(shape)}" if shape else f"{name} is a number"


def _shapes_of(subject: Subject) -> tuple[Shape, ...]:
    if subject.pointwise:
        return ((4,),) * len(subject.tensor_arguments)
    return tuple(each.shape or () for each in subject.tensor_arguments)


def _other_shapes(shapes: Sequence[Shape]) -> Iterator[tuple[tuple[Shape, ...], int | None]]:
    """Other shapes of all arguments, and which of them is to be repeated in them, if one is."""
    first, *others = shapes
    if not others:
        yield ((2, *first),), None
        yield (first[1:],), None
        return
    for k in range(len(others)):
        before, after = others[:k], others[k + 1 :]
        rows = (3, *first) if len(first) == 1 else first
        for shape in (rows[-1:], (*rows[:-1], 1), (1,), (1, *rows[1:]), ()):
            yield (rows, *before, shape, *after), k + 1
    yield ((2, *first), *others), None
    yield tuple((2, *shape) for shape in shapes), None
    yield (first[1:], *others), None
    yield ((), *others), 0


def _is_broadcast(subject: Subject, other: Subject, index: int) -> bool:
    """Whether forward takes an argument of fewer numbers as if these were repeated, and does not misread it."""
    tensors = other.calls(other.columns)[0]
    outputs = [each.detach() for each in other.run(other.leaves(tensors, ()))]
    for shape in dict.fromkeys(
        (*map(tuple, (x.shape for x in tensors)), _shapes_of(subject)[index], *(tuple(each.shape) for each in outputs))
    ):
        try:
            whole = tensors[index].expand(shape).clone()
            found = other.run([*tensors[:index], whole, *tensors[index + 1 :]])
        except (*CALL_ERRORS, RuntimeError):
            continue
        if whole.shape != tensors[index].shape and tensors_alike(found, outputs):
            return True
    return tensors[index].shape == _shapes_of(subject)[index]


def _numbers(subject: Subject) -> Sequence[Tensor]:
    """The numbers of each argument at all points, one point after the other."""
    sizes = [argument.size for argument in subject.tensor_arguments]
    return [part.T.flatten() for part in torch.split(subject.columns, sizes)]


def _as_many(numbers: Tensor, shape: Shape) -> Tensor:
    """So many numbers as a shape has, which are repeated where there are too few."""
    count = torch.Size(shape).numel()
    return numbers.repeat(-(-count // len(numbers)))[:count]


def _reshaped(subject: Subject, shapes: Sequence[Shape]) -> Subject:
    given = iter(shapes)
    arguments = tuple(each if each.shape is None else replace(each, shape=next(given)) for each in subject.arguments)
    columns = torch.cat([_as_many(*pair) for pair in zip(_numbers(subject), shapes, strict=True)])[:, None]
    return replace(subject, arguments=arguments, columns=columns, pointwise=False)
