"""A way of calling a function, and how well it goes."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice

import torch
from torch import Tensor

from derivcli.custom.faults.gradient_comparison import deviates
from derivcli.custom.subject import Subject, Tensors
from derivcli.custom.truth.true_values import TrueValues
from derivcli.custom.user_code import NoDerivativeError, UserCodeError, error_text, lines_passed
from derivcli.errors import DerivError

CALL_ERRORS = (UserCodeError, NoDerivativeError, DerivError)
"""What comes of arguments that a function does not take."""

MAX_ROUNDING = 1e-14
"""Numbers that differ relatively by no more may be the same, computed in another order."""

VALUE_ERRORS = (torch.linalg.LinAlgError, ValueError, AssertionError, ArithmeticError)  # type: ignore[attr-defined]
"""What is raised of numbers that a function does not take, and seldom of shapes."""

RANGE = re.compile(r"\bbetween\b|\bpositive\b|\bnon-?negative\b|\b(with)?in the range\b|[<>]=? ?[01]\b")
"""Words of an error that says which numbers a function takes."""

OF_NUMBERS = (
    "is ambiguous",
    "tensors used as indices must be",
    "cannot be converted to Scalar",
    "only one element tensors",
    "only integer tensors of a",
)
"""What PyTorch says of tensors of real numbers that stand where a whole number or one of Python is due."""

CODE_ERRORS = (NameError, ImportError, SystemExit)
"""What is raised of no arguments but of the code itself."""


class Rank(IntEnum):
    """How well a call goes; of several ways the best is taken, of equally good ones the first."""

    FAILS = 0
    NO_DERIVATIVE = 1
    """What comes out has no derivative."""
    NOT_FINITE = 2
    FORWARD_ONLY = 3
    """Backward fails."""
    CONSTANT = 4
    """Forward does not depend on all arguments, or backward gives None for one on which it does."""
    NUMBERS = 5
    """All arguments are single numbers, which tells little of what takes more."""
    SPREAD = 6
    """There are more dimensions in an output than in any argument, as where something is broadcast by chance."""
    GOOD = 7


@dataclass(frozen=True, eq=False)
class Attempt:
    """A function with arguments, how well it goes, and what was raised where it fails."""

    subject: Subject
    rank: Rank
    error: Exception | None = None
    missing: tuple[str, ...] = ()
    """The arguments on which forward depends and for which backward gives None."""
    reasons: frozenset[str] = frozenset()
    """What was raised in it and in others, where all of them fail."""

    @property
    def is_settled(self) -> bool:
        """Whether no other kinds of arguments would be better.

        They may be where backward gives None for one that could be a number of Python, or fails. A function of one
        argument that takes points is to be called so whatever its backward does.
        """
        alone = self.subject.pointwise and len(self.subject.tensor_arguments) == 1
        alone = alone or "incorrect number of gradients" in str(getattr(self.error, "error", ""))
        return (
            self.rank > Rank.CONSTANT
            or (self.rank is Rank.CONSTANT and not self.missing)
            or (alone and self.rank > Rank.NOT_FINITE)
        )

    def gives_numbers_for(self, names: Sequence[str]) -> bool:
        """Whether it has numbers of Python for these arguments."""
        constants = {each.name: each.constant for each in self.subject.arguments if each.shape is None}
        return all(isinstance(constants.get(name), int | float) for name in names)

    @property
    def is_of_types(self) -> bool:
        """Whether it fails since an argument is of the wrong type."""
        error = getattr(self.error, "error", None)
        return isinstance(error, TypeError) or any(said in str(error) for said in OF_NUMBERS)

    @property
    def is_of_code(self) -> bool:
        """Whether it fails as it would with any arguments."""
        return isinstance(getattr(self.error, "error", None), CODE_ERRORS)

    @property
    def is_of_range(self) -> bool:
        """Whether what was raised says in which range numbers have to be."""
        return isinstance(self.error, UserCodeError) and refuses_numbers(self.error)

    @property
    def is_of_values(self) -> bool:
        """Whether it may go better with other numbers in tensors of the same shapes."""
        return self.rank is Rank.NOT_FINITE or isinstance(getattr(self.error, "error", None), VALUE_ERRORS)

    @property
    def reached(self) -> int:
        """The line of the user's code up to which it came where it fails; what is raised further down says more."""
        if self.rank is not Rank.FAILS or not isinstance(self.error, UserCodeError):
            return 0
        return next((line for _, line in lines_passed(self.error.error)), 0)

    def is_better(self, other: Attempt | None) -> bool:
        """Whether it goes better than another, or fails further down."""
        return other is None or (self.rank, self.reached) > (other.rank, other.reached)

    @property
    def reason(self) -> str:
        """What was raised, in a line."""
        if isinstance(self.error, UserCodeError):
            return error_text(self.error)
        return str(self.error) if isinstance(self.error, NoDerivativeError) else ""


def refuses_numbers(error: UserCodeError) -> bool:
    """Whether a forward says that it takes other numbers only."""
    return error.stage == "forward" and RANGE.search(str(error.error)) is not None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """A block in which calls that are meant to find out what a function takes leave no traces on the screen."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def attempted(subject: Subject) -> Attempt:
    """How well the function goes at its points; those where forward gives no finite numbers are left out."""
    try:
        outputs = subject.run(subject.leaves(subject.calls(subject.columns[:, :1])[0], ()))
        if not all(each.isfinite().all() for each in outputs):
            found = where_finite(subject)
            if not found.count:
                return Attempt(subject, Rank.NOT_FINITE)
            subject = found
    except CALL_ERRORS as error:
        dirty = _as_dirty(subject, error)
        if dirty is not None:
            return attempted(dirty)
        return Attempt(subject, Rank.NO_DERIVATIVE if isinstance(error, NoDerivativeError) else Rank.FAILS, error)
    return _with_backward(subject)


def _as_dirty(subject: Subject, error: Exception) -> Subject | None:
    """The function called with tensors that are no leaves, where PyTorch asks for that since it changes them."""
    if subject.in_place or "leaf Variable that requires grad" not in str(getattr(error, "error", "")):
        return None
    return replace(subject, in_place=True)


def _without_gradient(subject: Subject, error: Exception) -> Subject | None:
    """The function without a gradient in the argument that PyTorch says to have none, by its name or as the last."""
    found = re.search(r"not differentiable with respect to argument '(\w+)'", str(getattr(error, "error", "")))
    wanted = [argument.name for argument in subject.tensor_arguments if argument.differentiable]
    if found is None or len(wanted) < 2:
        return None
    name = found[1] if found[1] in wanted else wanted[-1]
    arguments = tuple(replace(each, differentiable=False) if each.name == name else each for each in subject.arguments)
    return replace(subject, arguments=arguments)


def where_finite(subject: Subject, most: int | None = None) -> Subject:
    """The function at the first points at which forward gives finite numbers, and no more than so many."""
    found = [*islice((point for point in range(subject.count) if _is_finite(subject, point)), most)]
    return replace(subject, columns=subject.columns[:, found])


def _is_finite(subject: Subject, point: int) -> bool:
    try:
        outputs = subject.run(subject.leaves(subject.calls(subject.columns[:, point : point + 1])[0], ()))
    except CALL_ERRORS:  # it does not take these numbers, which it says where they are the first
        return False
    return all(bool(each.isfinite().all()) for each in outputs)


def _with_backward(subject: Subject) -> Attempt:
    tensors = subject.calls(subject.columns)[0]
    leaves = subject.leaves(tensors)
    try:
        outputs = subject.run(leaves)
        gradients = iter(subject.pull(outputs, leaves, subject.weights(outputs, 0)))
    except CALL_ERRORS as error:
        other = _as_dirty(subject, error) or _without_gradient(subject, error)
        return _with_backward(other) if other is not None else Attempt(subject, Rank.FORWARD_ONLY, error)
    absent = [k for k, leaf in enumerate(leaves) if leaf.requires_grad and next(gradients) is None]
    dependent = [_depends(subject, tensors, outputs, k) for k in range(len(tensors))]
    missing = tuple(subject.tensor_arguments[k].name for k in absent if dependent[k])
    if missing or not all(dependent):
        return Attempt(subject, Rank.CONSTANT, missing=missing)
    most = max(x.ndim for x in tensors)
    if not most:
        return Attempt(subject, Rank.NUMBERS)
    return Attempt(subject, Rank.SPREAD if max(each.ndim for each in outputs) > most else Rank.GOOD)


def _depends(subject: Subject, tensors: Tensors, outputs: Sequence[Tensor], index: int) -> bool:
    """Whether forward gives another result where one of its arguments is another."""
    x = tensors[index]
    other = x.roll(1, -1) if subject.pointwise else _other(subject, index)
    for moved in (other, x * 1.5, x * 0.75):
        try:
            found = subject.run(subject.leaves([*tensors[:index], moved, *tensors[index + 1 :]], ()))
        except CALL_ERRORS:
            continue
        if any(_differ(one, y.detach()) for one, y in zip(found, outputs, strict=False)):
            return True
    return False


def _differ(one: Tensor, other: Tensor) -> bool:
    """Whether numbers differ by more than rounding."""
    if one.shape != other.shape:
        return True
    alike = (one == other) | ((one - other).abs() <= MAX_ROUNDING * other.abs()) | (one.isnan() & other.isnan())
    return not bool(alike.all())


def _other(subject: Subject, index: int) -> Tensor:
    return subject.calls(subject.columns[:, -1:])[0][index]


def is_pointwise(subject: Subject) -> bool:
    """Whether the forward takes all points as vectors, and that of each does not depend on the others."""
    try:
        found, alone = subject.value(subject.columns), subject.values
    except CALL_ERRORS:
        return False
    return not deviates(subject, found, TrueValues(alone), 0).any()
