"""What kind of mistake the gradient of one tensor shows: a table of what may be seen in it, causes before effects.

A recogniser looks at the gradient of one argument in several backwards, beside their Jacobians. It says what the
mistake is only where numbers agree with it in all of them; of drawn numbers no few do so by chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations

import torch
from torch import Tensor

from derivcli.custom.faults.recognized_gradients import NOT_STATED, NOT_STATED_BUT_ZERO, meant
from derivcli.custom.faults.tensor_cases import MIN_NUMBERS, NEAR, NEAR_LARGEST, Case, Look, are_near, off_mask
from derivcli.custom.truth.jacobians import Pullback

MIN_ENTRIES = 3
"""In a gradient of fewer numbers one alone is no exception."""

MAX_RELATIVE_SIZE = 1e-3
"""Numbers below this part of the largest say nothing of a factor."""

MAX_ROUNDED = 1e-2
"""A constant that is rounded makes no larger relative errors."""

ZERO = "backward gives 0, and forward varies"


def transposed(case: Case, a: int) -> Look | None:
    """A matrix that is the transpose of the right one."""
    name = case.names[a]
    if case.fits(a, lambda each, a: each.truths[a].mT if _is_transpose(each, a) else None):
        return "transposed", f"the gradient of {name} is transposed"
    return None


def _is_transpose(each: Pullback, a: int) -> bool:
    return each.truths[a].ndim > 1 and each.found[a].shape == each.truths[a].mT.shape


def not_summed(case: Case, a: int) -> Look | None:
    """A gradient of the output's shape, of an argument that was repeated to it."""
    first = case.pullbacks[0]
    found, truth = first.found[a], first.truths[a]
    for count in range(1, found.ndim + 1):
        for axes in combinations(range(found.ndim), count):
            if found.numel() <= truth.numel() or found.sum(axes).numel() != truth.numel():
                continue
            if all(
                are_near(each.found[a].sum(axes).reshape(-1), each.truths[a].reshape(-1)) for each in case.pullbacks
            ):
                return "unsummed", f"the gradient of {case.names[a]} is not summed over {_axes_text(axes)}"
    return None


def _axes_text(axes: Sequence[int]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {' and '.join(map(str, axes))}"


def wrong_axis(case: Case, a: int) -> Look | None:
    """A gradient of an argument that was repeated along one axis and is summed over another."""
    shape = case.pullbacks[0].upstreams[0].shape
    sums = [axes for count in range(1, len(shape)) for axes in combinations(range(len(shape)), count)]
    for axes in sums:
        if case.fits(a, lambda each, a, axes=axes: _summed(each, a, axes)):  # type: ignore[misc]
            return "axis", f"the gradient of {case.names[a]} is summed over the wrong axis"
    return None


def _summed(each: Pullback, a: int, axes: Sequence[int]) -> Tensor | None:
    """The gradient by what an argument was repeated to, summed over axes, where it was but repeated."""
    block = each.blocks[a][0] if len(each.upstreams) == 1 and each.blocks[a] else None
    if block is None or not block.isfinite().all() or ((block != 0).sum(0) > 1).any() or len(block) == block.shape[1]:
        return None
    return (block.sum(0).reshape(each.upstreams[0].shape) * each.upstreams[0]).sum(tuple(axes))


def part(case: Case, a: int) -> Look | None:
    """A gradient of the first part of a batch alone, or the last."""
    name, shape = case.names[a], case.pullbacks[0].upstreams[0].shape
    for axis, size in enumerate(shape):
        for index, text in ((0, "first"), (-1, "last")):
            if size > 1 and case.fits(a, _of_part(axis, index)):
                return "part", f"the gradient of {name} takes only the {text} part of axis {axis}"
    return None


def _of_part(axis: int, index: int) -> Callable[[Pullback, int], Tensor | None]:
    def masked(each: Pullback, a: int) -> Tensor | None:
        if len(each.upstreams) > 1:
            return None
        kept = torch.zeros_like(each.upstreams[0])
        kept.select(axis, index).fill_(1.0)
        return each.with_upstreams(a, [each.upstreams[0] * kept])

    return masked


def straight(case: Case, a: int) -> Look | None:
    """The upstream gradient itself."""
    if case.fits(a, lambda each, a: each.upstreams[0]) and len(case.pullbacks[0].upstreams) == 1:
        return "straight", meant("straight", "1", _name(case, a))
    return None


def _name(case: Case, a: int) -> str:
    return case.names[a] if len(case.names) > 1 else ""


def reversed_(case: Case, a: int) -> Look | None:
    """A negative multiple of the upstream gradient, where forward gives its argument as it is."""
    if not all(_is_jacobian(each, a, torch.eye) for each in case.pullbacks):
        return None
    ratio = _ratio(case, a)
    if ratio is not None and ratio < 0 and case.fits(a, lambda each, a: ratio * each.upstreams[0]):
        return "reversal", meant("reversal", f"{ratio:.6g}", _name(case, a))
    return None


def surrogate(case: Case, a: int) -> Look | None:
    """A gradient where forward is constant in pieces."""
    if case.names[a] not in case.stated and all(_is_jacobian(each, a, torch.zeros) for each in case.pullbacks):
        return "surrogate", meant("surrogate", "", _name(case, a))
    return None


def _is_jacobian(each: Pullback, a: int, made: Callable[..., Tensor]) -> bool:
    """Whether the Jacobian of the only output is what this makes of its numbers of rows and columns."""
    if len(each.upstreams) > 1 or not each.blocks[a]:
        return False
    (block,) = each.blocks[a]
    return bool(((block - made(*block.shape, dtype=block.dtype)).abs() <= NEAR).all())


def diagonal(case: Case, a: int) -> Look | None:
    """What each number does to its own output, and to no other."""
    if case.fits(a, lambda each, a: _square(each, a, lambda block: block.diagonal().diag())):
        return "diagonal", "backward leaves out how each number moves the others: it is the diagonal of the Jacobian"
    return None


def other_way(case: Case, a: int) -> Look | None:
    """The Jacobian times the upstream gradient, where its transpose is due."""
    if case.fits(a, lambda each, a: _square(each, a, lambda block: block.T)):
        return "jacobian", "backward applies the Jacobian where its transpose is due"
    return None


def _square(each: Pullback, a: int, changed: Callable[[Tensor], Tensor]) -> Tensor | None:
    block = each.blocks[a][0] if len(each.upstreams) == 1 and each.blocks[a] else None
    if block is None or block.shape[0] != block.shape[1] or not block.isfinite().all():
        return None
    return changed(block) @ each.upstreams[0].flatten()


def one_entry(case: Case, a: int) -> Look | None:
    """A gradient in which one number is wrong, the same in all backwards."""
    masks = [off_mask(found, truth) for found, truth in case.pairs(a)]
    places = {int(mask.nonzero()[0]) for mask in masks if mask.sum() == 1}
    if len(places) != 1 or any(mask.sum() > 1 for mask in masks) or len(masks[0]) < MIN_ENTRIES:
        return None
    place = torch.unravel_index(torch.tensor(places.pop()), case.pullbacks[0].truths[a].shape)
    sizes = case.pullbacks[0].truths[a].shape
    shown = [-1 if k == size - 1 > 0 else int(k) for k, size in zip(place, sizes, strict=True)]
    name = case.names[a]
    return "entry", f"the gradient of {name} is wrong at {name}{shown} alone"


def not_finite(case: Case, a: int) -> Look | None:
    """No number where there should be one."""
    wrong = [(found, off_mask(found, truth)) for found, truth in case.pairs(a)]
    if wrong and all(not found[mask].isfinite().any() for found, mask in wrong):
        return "infinite", "backward gives no finite number where there is a derivative"
    return None


def zero(case: Case, a: int) -> Look | None:
    """Nothing where something is due."""
    if all((found == 0).all() for found, _ in case.pairs(a)):
        stated = case.stated.get(case.names[a])
        return "zero", ZERO if stated is None else NOT_STATED_BUT_ZERO.format(stated)
    return None


def factor(case: Case, a: int) -> Look | None:
    """A multiple of the right gradient."""
    ratio = _ratio(case, a)
    if ratio is None or not case.fits(a, lambda each, a: ratio * each.truths[a]):
        return None
    if f"{ratio:.6g}" == "-1":
        return "sign", "wrong sign"
    sentence = f"off by a factor {ratio:.6g}"
    if _reduces(case.pullbacks[0], a):
        sizes = _sizes(case.pullbacks[0], a)
        if any(abs(ratio * size - 1) < NEAR for size in sizes):
            return "factor", f"{sentence}: a mean where a sum is due?"
        if any(abs(ratio / size - 1) < NEAR for size in sizes):
            return "factor", f"{sentence}: a sum where a mean is due?"
    return "factor", sentence


def _ratio(case: Case, a: int) -> float | None:
    """The middle of what the numbers found are of the true ones."""
    ratios = []
    for found, truth in case.pairs(a):
        known = truth.isfinite() & found.isfinite()
        if known.any():
            large = known & (truth.abs() > MAX_RELATIVE_SIZE * truth[known].abs().max())
            ratios.append(found[large] / truth[large])
    together = torch.cat(ratios) if ratios else torch.zeros(0)
    return together.median().item() if len(together) >= MIN_NUMBERS else None


def _reduces(each: Pullback, a: int) -> bool:
    """Whether an argument moves several outputs, or an output is moved by several of its numbers."""
    if not each.blocks[a]:
        return True
    return any(bool(((block != 0).sum(axis) > 1).any()) for block in each.blocks[a] for axis in (0, 1))


def _sizes(each: Pullback, a: int) -> set[int]:
    """The sizes of axes, and of several together, over which something may be summed."""
    found: set[int] = set()
    for shape in (*(x.shape for x in each.tensors), *(u.shape for u in each.upstreams)):
        for count in range(1, len(shape) + 1):
            for axes in combinations(shape, count):
                found.add(math.prod(axes))
    return {size for size in found if size > 1}


def constant(case: Case, a: int) -> Look | None:
    """The right gradient and a number, or the same multiple of the upstream gradient, for each entry."""
    for of_upstream in (True, False):
        shifts = []
        for each, (found, truth) in zip(case.pullbacks, case.pairs(a), strict=False):
            unit = each.upstreams[0].flatten() if of_upstream else torch.ones_like(truth)
            if len(unit) != len(truth):
                break
            shifts.append((found - truth) / unit)
        together = torch.cat(shifts) if len(shifts) == len(case.pullbacks) else torch.zeros(0)
        together = together[together.isfinite()]
        if len(together) < MIN_ENTRIES:
            continue
        shift = together.median()
        if (together - shift).abs().max() <= NEAR * shift.abs():
            return "constant", f"off by an added constant {shift.item():.6g}"
    return None


def rounded(case: Case, a: int) -> Look | None:
    """Numbers that are all a little off."""
    found, truth = (torch.cat(each) for each in zip(*case.pairs(a), strict=True))
    known = truth.isfinite() & (truth.abs() > MAX_RELATIVE_SIZE * truth[truth.isfinite()].abs().max())
    errors = ((found - truth).abs() / truth.abs())[known]
    if len(errors) < MIN_ENTRIES or errors.max() > MAX_ROUNDED or (errors > NEAR_LARGEST).double().mean() < 0.75:
        return None
    count = int(-torch.log10(errors).quantile(0.9))
    return "digits", f"backward is right to {count} digits at best: a constant that is rounded?"


def by_sign(case: Case, a: int) -> Look | None:
    """Numbers that are wrong where their own argument has one sign, and right where it has the other."""
    masks, signs = [], []
    for each, (found, truth) in zip(case.pullbacks, case.pairs(a), strict=True):
        known = truth.isfinite() & (each.tensors[a].flatten() != 0) & ((truth != 0) | off_mask(found, truth))
        masks.append(off_mask(found, truth)[known])
        signs.append(each.tensors[a].flatten()[known] > 0)
    off, positive = torch.cat(masks), torch.cat(signs)
    if min(off.sum(), (~off).sum()) < MIN_ENTRIES:
        return None
    for text, side in (("negative", ~positive), ("positive", positive)):
        if torch.equal(off, side):
            return "somewhere", f"backward is wrong where {case.names[a]} is {text}"
    return None


RECOGNISERS = (
    not_summed,
    not_finite,
    one_entry,
    zero,
    straight,
    reversed_,
    surrogate,
    factor,
    transposed,
    wrong_axis,
    part,
    diagonal,
    other_way,
    constant,
    rounded,
    by_sign,
)
"""What is looked for in the gradient of one argument, in this order."""

FOR_SHAPES = (not_summed, transposed, wrong_axis, part)
"""What may be seen in a gradient of the wrong shape."""


def look(case: Case, a: int) -> Look:
    """What is wrong with the gradient of one argument."""
    refused = case.is_refused(a)
    for recognise in FOR_SHAPES if refused else RECOGNISERS:
        found = recognise(case, a)
        if found is not None:
            return found
    if refused:
        return "shape", "a gradient of the wrong shape"
    if case.names[a] in case.stated:
        return "stated", NOT_STATED.format(case.stated[case.names[a]])
    return "derivative", "backward is not the derivative of forward"
