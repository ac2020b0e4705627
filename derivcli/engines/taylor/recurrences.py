"""What the first axis of a series grows by: recurrences from the differential equation that a function satisfies.

D is the derivative along the first axis, `base` the function's value there, itself a series in the other axes.
As soon as a coefficient is known its share goes into all later ones (Griewank and Walther, Evaluating
Derivatives, chapter 13, has the same recurrences with each coefficient gathered at its turn).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from derivcli.engines.taylor.series import Series, divided, embed, fill, joint, push

TaylorRule = Callable[..., Series]


def growing(plain: Callable[..., Tensor], grow: TaylorRule) -> TaylorRule:
    """A function of series: `plain` on numbers, and `grow(base, *inputs)` along each axis along which one varies."""

    def value(*inputs: Series) -> Series:
        caps = inputs[0].caps
        if not caps:
            return Series(plain(*(u.terms for u in inputs)), caps)
        base = value(*(u.first for u in inputs))
        if all(len(u) == 1 for u in inputs):
            return base.lifted(caps[0])
        if not any(len(u) > caps[0] or u.terms[1:].any() for u in inputs) and torch.isfinite(base.terms).all():
            return base.lifted(caps[0])
        found = grow(base, *inputs)
        return found if torch.isfinite(found.terms).all() else _still(found, base, *inputs)

    return value


def _still(found: Series, base: Series, *inputs: Series) -> Series:
    """What was found but, where no input moves, a finite base: there a recurrence may have multiplied 0 by infinity.

    An input that has all its terms may move beyond the last of them.
    """
    if any(1 < len(u) > u.caps[0] for u in inputs):
        return found
    moving = torch.stack([torch.any(u.terms[1:].flatten(0, -2) != 0, dim=0).expand(found.points) for u in inputs])
    alone = embed(base.terms[None], list(found.terms.shape))
    kept = moving.any(dim=0) | ~torch.isfinite(base.terms[None].flatten(0, -2)).all(dim=0)
    return Series(torch.where(kept, found.terms, alone), found.caps)


def anchored(formula: TaylorRule) -> TaylorRule:
    """A way to grow by a formula over the whole series, but for the value that is known."""

    def grow(base: Series, *inputs: Series) -> Series:
        found = formula(*inputs)
        out = embed(found.terms, joint(found.terms, base.terms[None])).clone()
        out[0] = 0
        fill(out[0], base.terms)
        return Series(out, found.caps)

    return grow


def sloping(*slopes: TaylorRule) -> TaylorRule:
    """A way to grow by slopes, functions of all inputs, one for each input: D y = sum of slope(u...) D u."""

    def grow(base: Series, *inputs: Series) -> Series:
        moving = [(slope, u) for slope, u in zip(slopes, inputs, strict=True) if len(u) > 1]
        shorter = [truncated(u) for u in inputs]
        total, *rest = [slope(*shorter) * derivative(u) for slope, u in moving]
        for term in rest:
            total = total + term
        return integral(base, total)

    return grow


def where_constant(along: TaylorRule, otherwise: TaylorRule, *places: int) -> TaylorRule:
    """A rule where the inputs at these places do not vary, and another one where they do."""
    return lambda *inputs: (along if all(inputs[place].is_constant for place in places) else otherwise)(*inputs)


def truncated(u: Series) -> Series:
    """The series up to one power less along the first axis."""
    return Series(u.terms[: u.caps[0]], (u.caps[0] - 1, *u.caps[1:]))


def counts(length: int, like: Tensor) -> Tensor:
    """1, 2, 3, ... along the first axis of tensors like this one."""
    return torch.arange(1, length + 1, dtype=like.dtype, device=like.device).reshape(-1, *(1,) * (like.ndim - 1))


def derivative(u: Series) -> Series:
    """D u, with one power less."""
    caps = (u.caps[0] - 1, *u.caps[1:])
    if len(u) == 1:
        return Series(torch.zeros_like(u.terms), caps)
    return Series(u.terms[1:] * counts(len(u) - 1, u.terms), caps)


def integral(base: Series, slope: Series) -> Series:
    """The y that begins with the base and has D y = slope."""
    rest = slope.terms / counts(len(slope), slope.terms)
    shape = joint(rest, base.terms[None])[1:]
    pieces = [embed(base.terms[None], [1, *shape]), embed(rest, [len(rest), *shape])]
    return Series(torch.cat(pieces), (slope.caps[0] + 1, *slope.caps[1:]))


def grown(base: Series, cap: int, *inputs: Series) -> Tensor:
    """Room for all powers along a first axis, of a function of these inputs that begins with the base."""
    shape = joint(base.terms, *(u.terms[0] for u in inputs))
    lengths = [limit + 1 if length > 1 else 1 for limit, length in zip(base.caps, shape[:-1], strict=True)]
    return fill(base.terms.new_zeros([cap + 1, *lengths, shape[-1]]), base.terms[None])


def linear(base: Series, rate: Series) -> Series:
    """The y that begins with the base and has D y = rate * y."""
    cap, axes = rate.caps[0] + 1, len(base.caps)
    if rate.is_zero:
        return base.lifted(cap)
    y = grown(base, cap, rate)
    for k in range(cap):
        push(y, k + 1, y[k], rate.terms, axes)
        y[k + 1] /= k + 1
    return Series(y, (cap, *base.caps))


def pair(first: Series, second: Series, rate: Series, back: Series) -> tuple[Series, Series]:
    """The y and z that begin with these and have D y = rate * z and D z = back * y."""
    cap, axes = rate.caps[0] + 1, len(first.caps)
    y, z = (grown(base, cap, rate, back, first.lifted(cap), second.lifted(cap)) for base in (first, second))
    for k in range(cap):
        push(y, k + 1, z[k], rate.terms, axes)
        push(z, k + 1, y[k], back.terms, axes)
        y[k + 1] /= k + 1
        z[k + 1] /= k + 1
    return Series(y, (cap, *first.caps)), Series(z, (cap, *first.caps))


def power(base: Series, u: Series, exponent: Tensor) -> Series:
    """u to a power r that varies over points only, from u D y = r y D u: k u0 y_k is the sum of (r j - i) u_j y_i."""
    y = grown(base, u.caps[0], u, u.constant(exponent))
    rest, axes = u.terms[1:], len(base.caps)
    raised = exponent * counts(len(rest), u.terms)
    for k in range(len(y)):
        if k:
            y[k] = divided(y[k], k * u.terms[0], base.caps)
        push(y, k + 1, y[k], (raised - k) * rest, axes)
    return Series(y, u.caps)


def square_root(base: Series, u: Series) -> Series:
    """The y with y*y = u: 2 y0 y_k is u_k without the products of those between."""
    y = grown(base, u.caps[0], u)
    fill(y, u.terms)
    fill(y[0], base.terms)
    axes = len(base.caps)
    for k in range(1, len(y)):
        y[k] = divided(y[k], 2 * y[0], base.caps)
        push(y, k + 1, 2 * y[k], y[1:k], axes, -1)
        push(y, 2 * k, y[k], y[k : k + 1], axes, -1)
    return Series(y, u.caps)


def push_product(out: Tensor, k: int, y: Tensor, z: Tensor, axes: int, sign: float = 1.0) -> None:
    """Add to `out` the products y_i z_j of which the greater index is k, for factors that are found step by step."""
    push(out, k, y[k], z[: k + 1], axes, sign)
    push(out, k, z[k], y[:k], axes, sign)


def inverse_error(base: Series, slope: Series, u: Series, rate: float) -> Series:
    """The y with D y = w D u, where w begins with the slope and has D w = rate * w y D y."""
    axes, cap = len(base.caps), u.caps[0]
    y, w = (grown(begin, cap, u) for begin in (base, slope))
    dy, bend = torch.zeros_like(y), torch.zeros_like(y)
    steps = derivative(u).terms
    for k in range(cap):
        push(dy, k, w[k], steps, axes)
        y[k + 1] = dy[k] / (k + 1)
        push_product(bend, k, y, dy, axes)
        push_product(w[1:], k, bend, w, axes)
        w[k + 1] *= rate / (k + 1)
    return Series(y, u.caps)


def lambert(base: Series, raised: Series, bottom: Series, u: Series) -> Series:
    """The y with y*e = u for e = exp(y): (e + u) D y = D u and D e = e D y, where e + u begins with the bottom."""
    axes, cap = len(base.caps), u.caps[0]
    y, e, total = (grown(begin, cap, u) for begin in (base, raised, bottom))
    fill(total[1:], u.terms[1:])
    dy = fill(torch.zeros_like(y), derivative(u).terms)
    for k in range(cap):
        dy[k] = divided(dy[k], total[0], base.caps)
        y[k + 1] = dy[k] / (k + 1)
        push_product(e[1:], k, e, dy, axes)
        e[k + 1] /= k + 1
        total[k + 1] += e[k + 1]
        push_product(dy[1:], k, total[1:], dy, axes, -1)
    return Series(y, u.caps)
