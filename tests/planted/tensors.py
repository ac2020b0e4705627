"""Planted faults of vectors and matrices: transposed, not summed, summed wrongly, one part of the Jacobian only."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.custom_functions import saving
from tests.planted.making import taking, zeros
from tests.planted.numbers import IGNORES, NOT_DERIVATIVE, NOT_PROPORTIONAL
from tests.planted.row import Rows, fault

DIAGONAL = "backward leaves out how each number moves the others: it is the diagonal of the Jacobian"
JACOBIAN = "backward applies the Jacobian where its transpose is due"
WRONG_AXIS = "the gradient of {} is summed over the wrong axis"
LAYER = {"x": (4, 3), "w": (5, 3), "b": (5,)}
SQUARE = {"x": (4, 4), "w": (4, 4), "b": (4,)}
TWO = {"x": (4, 3), "y": (4, 3)}


def linear(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w.T + b


def scaled_rows(x: Tensor, s: Tensor) -> Tensor:
    return x * s[:, None]


def softmax_slope(g: Tensor, x: Tensor) -> Tensor:
    y = torch.softmax(x, -1)
    return y * (g - (g * y).sum(-1, keepdim=True))


def squared_error(x: Tensor, target: Tensor) -> Tensor:
    return ((x - target) ** 2).mean()


def attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.softmax(q @ k.mT / 3**0.5, -1) @ v


def attention_slopes(g: Tensor, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The right ones."""
    logits = q @ k.mT / 3**0.5
    inner = softmax_slope(g @ v.mT, logits) / 3**0.5
    return inner @ k, inner.mT @ q, torch.softmax(logits, -1).mT @ g


def diagonal_attention(g: Tensor, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    weights = torch.softmax(q @ k.mT / 3**0.5, -1)
    inner = weights * (1 - weights) * (g @ v.mT) / 3**0.5
    return inner @ k, inner.mT @ q, weights.mT @ g


def unscaled_attention(g: Tensor, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    first, *others = attention_slopes(g, q, k, v)
    return first * 3**0.5, others[0], others[1]


def sorted_slope(g: Tensor, x: Tensor) -> Tensor:
    return g.gather(-1, x.argsort(-1))


def hinge(x: Tensor) -> Tensor:
    return torch.relu(1 - x).sum(-1)


def total_variation_slope(g: Tensor, x: Tensor) -> Tensor:
    slope = torch.diff(x, dim=-1) * g[..., None]
    return torch.nn.functional.pad(slope, (1, 0)) - torch.nn.functional.pad(slope[..., 1:], (1, 1))


def sparsemax(x: Tensor) -> Tensor:
    z = x.sort(-1, descending=True).values
    ranks = torch.arange(1, x.shape[-1] + 1, dtype=x.dtype)
    support = (1 + ranks * z > z.cumsum(-1)).sum(-1, keepdim=True)
    threshold = (z.cumsum(-1).gather(-1, support - 1) - 1) / support
    return torch.relu(x - threshold)


def layer_norm(x: Tensor) -> Tensor:
    return (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True, correction=0)


LINEAR: Rows = {
    "transposed weight": fault(
        "transposed", "the gradient of w is transposed",
        taking(linear, lambda g, x, w, b: (g @ w, x.T @ g, g.sum(0))), found=SQUARE,
    ),
    "transposed weight of given shape": fault(
        "transposed", "the gradient of w is transposed",
        taking(linear, lambda g, x, w, b: (g @ w, x.T @ g, g.sum(0))), shape=LAYER,
    ),
    "bias of the first row": fault(
        "first row", "the gradient of b takes only the first part of axis 0",
        taking(linear, lambda g, x, w, b: (g @ w, g.T @ x, g[0])), shape=LAYER,
    ),
    "bias by a mean": fault(
        "mean for sum", "off by a factor 0.25 in b: a mean where a sum is due?",
        taking(linear, lambda g, x, w, b: (g @ w, g.T @ x, g.mean(0))), shape=LAYER,
    ),
    "weight by a mean": fault(
        "mean for sum", "off by a factor 0.25 in w: a mean where a sum is due?",
        taking(linear, lambda g, x, w, b: (g @ w, g.T @ x / len(x), g.sum(0))), shape=LAYER,
    ),
    "bias over the other axis": fault(
        "wrong axis", WRONG_AXIS.format("b"),
        taking(linear, lambda g, x, w, b: (g @ w, g.T @ x, g.sum(1))), shape=SQUARE,
    ),
    "bias over the other axis, refused": fault(
        "wrong axis", WRONG_AXIS.format("b"),
        taking(linear, lambda g, x, w, b: (g @ w, g.T @ x, g.sum(1))), shape=LAYER,
    ),
    "no bias": fault(
        "none", "backward gives None for b, on which forward depends",
        taking(linear, lambda g, x, w, b: (g @ w, g.T @ x, None)), shape=LAYER,
    ),
    "twice the weight": fault(
        "factor", "off by a factor 2 in w",
        taking(linear, lambda g, x, w, b: (g @ w, 2 * g.T @ x, g.sum(0))), shape=LAYER,
    ),
    "weight not transposed back": fault(
        "Jacobian", f"{JACOBIAN} in x",
        taking(linear, lambda g, x, w, b: (g @ w.T, g.T @ x, g.sum(0))), shape=SQUARE,
    ),
    "input and weight swapped": fault(
        "swapped", "the gradients of x and w are swapped",
        taking(linear, lambda g, x, w, b: (g.T @ x, g @ w, g.sum(0))), shape=SQUARE,
    ),
    "layer that forgets": fault(
        "ignores", IGNORES, taking(linear, lambda g, x, w, b: (
            torch.ones_like(g) @ w, torch.ones_like(g).T @ x, torch.ones_like(g).sum(0)
        )), shape=LAYER,
    ),
    "scale of rows not summed": fault(
        "not summed", "the gradient of s is not summed over axis 1",
        taking(scaled_rows, lambda g, x, s: (g * s[:, None], g * x)), shape={"x": (4, 3), "s": (4,)},
    ),
    "scale of rows summed by PyTorch": fault(
        "wrong axis", WRONG_AXIS.format("s"),
        taking(scaled_rows, lambda g, x, s: (g * s[:, None], g * x)), shape={"x": (4, 4), "s": (4,)},
    ),
    "scale of rows over columns": fault(
        "wrong axis", WRONG_AXIS.format("s"),
        taking(scaled_rows, lambda g, x, s: (g * s[:, None], (g * x).sum(0))), found={"x": (4, 4), "s": (4,)},
    ),
    "batch of one": fault(
        "batch of 1", "fails for a batch of 1",
        taking(lambda x, w: x @ w, lambda g, x, w: (g[:, None] * w, x.T @ g.squeeze())), shape={"x": (4, 3), "w": (3,)},
    ),
    "products not transposed": fault(
        "Jacobian", JACOBIAN,
        taking(lambda x, y: x @ y, lambda g, x, y: (g @ y, x @ g)), shape={"x": (4, 4), "y": (4, 4)},
    ),
    "products swapped": fault(
        "swapped", "the gradients of x and y are swapped",
        taking(lambda x, y: x @ y, lambda g, x, y: (x.T @ g, g @ y.T)), shape={"x": (4, 4), "y": (4, 4)},
    ),
    "outer product": fault(
        "factor", "off by a factor 2 in y",
        taking(lambda x, y: x[:, None] * y, lambda g, x, y: (g @ y, 2 * g.T @ x)), found={"x": (4,), "y": (4,)},
    ),
}  # fmt: skip

MATRICES: Rows = {
    "log-det": fault(
        "transposed", "the gradient of i is transposed",
        saving(lambda x: torch.linalg.slogdet(x)[1], lambda g, x: g * torch.linalg.inv(x)), found={"i": (4, 4)},
    ),
    "determinant": fault(
        "transposed", "the gradient of i is transposed",
        saving(torch.det, lambda g, i: g * torch.det(i) * torch.linalg.inv(i)), shape={"i": (3, 3)},
    ),
    "inverse": fault(
        "Jacobian", JACOBIAN,
        saving(torch.linalg.inv, lambda g, i: -torch.linalg.inv(i) @ g @ torch.linalg.inv(i)), found={"i": (4, 4)},
    ),
    "square of a matrix": fault(
        "derivative", NOT_DERIVATIVE, saving(lambda i: i @ i, lambda g, i: 2 * i.mT @ g), found={"i": (4, 4)},
    ),
    "trace of a product": fault(
        "transposed", "the gradient of x is transposed",
        taking(lambda x, y: torch.trace(x @ y), lambda g, x, y: (g * y, g * x.T)), found={"x": (4, 4), "y": (4, 4)},
    ),
    "attention by a diagonal": fault(
        "derivative", f"{NOT_DERIVATIVE} in q", taking(attention, diagonal_attention),
        shape={"q": (4, 3), "k": (4, 3), "v": (4, 3)},
    ),
    "attention not scaled": fault(
        "factor", "off by a factor 1.73205 in q", taking(attention, unscaled_attention),
        shape={"q": (4, 3), "k": (5, 3), "v": (5, 2)},
    ),
    "transposed tensor": fault(
        "transposed", "the gradient of i is transposed",
        saving(lambda i: (i.mT @ i).sum(), lambda g, i: (g * 2 * i.sum(-1, keepdim=True).expand_as(i)).mT),
        shape={"i": (4, 4)},
    ),
}  # fmt: skip

VECTORS: Rows = {
    "softmax by its diagonal": fault(
        "diagonal", DIAGONAL,
        saving(lambda i: torch.softmax(i, -1), lambda g, i: g * torch.softmax(i, -1) * (1 - torch.softmax(i, -1))),
        found={"i": (4,)},
    ),
    "log-softmax by its diagonal": fault(
        "diagonal", DIAGONAL,
        saving(lambda i: torch.log_softmax(i, -1), lambda g, i: g - g * torch.softmax(i, -1)), shape={"i": (3, 5)},
    ),
    "logsumexp without its sum": fault(
        "derivative", NOT_DERIVATIVE,
        saving(lambda i: torch.logsumexp(i, -1), lambda g, i: g[..., None] * i.exp()), found={"i": (4,)},
    ),
    "cumsum forwards": fault(
        "Jacobian", JACOBIAN, saving(lambda i: i.cumsum(-1), lambda g, i: g.cumsum(-1)), found={"i": (4,)},
    ),
    "roll forwards": fault(
        "Jacobian", JACOBIAN,
        saving(lambda i: (i + i.roll(1, -1)) / 2, lambda g, i: (g + g.roll(1, -1)) / 2), found={"i": (4,)},
    ),
    "sort not undone": fault(
        "Jacobian", JACOBIAN, saving(lambda i: i.sort(-1).values, sorted_slope), shape={"i": (5,)},
    ),
    "last difference": fault(
        "one entry", "the gradient of i is wrong at i[-1] alone",
        saving(lambda i: i.diff(dim=-1), lambda g, i: torch.cat([-g, zeros(g[..., :1])], -1)
               + torch.cat([zeros(g[..., :1]), g[..., :-1], zeros(g[..., :1])], -1)),
        shape={"i": (5,)},
    ),
    "first of a variation": fault(
        "one entry", "the gradient of i is wrong at i[0] alone",
        saving(lambda i: (i.diff(dim=-1) ** 2).sum(-1) / 2, total_variation_slope), shape={"i": (6,)},
    ),
    "squared error that forgets": fault(
        "ignores", IGNORES,
        taking(squared_error, lambda g, x, target: (2 * (x - target) / x.numel(), 2 * (target - x) / x.numel())),
        shape={"x": (4, 3), "target": (4, 3)},
    ),
    "squared error by a sum": fault(
        "sum for mean", "off by a factor 12: a sum where a mean is due?",
        taking(squared_error, lambda g, x, target: (2 * g * (x - target), 2 * g * (target - x))),
        shape={"x": (4, 3), "target": (4, 3)},
    ),
    "sum of squares by a mean": fault(
        "mean for sum", "off by a factor 0.2: a mean where a sum is due?",
        saving(lambda i: (i**2).sum(), lambda g, i: g * 2 * i / i.numel()), shape={"i": (5,)},
    ),
    "variance of a sample": fault(
        "factor", "off by a factor 0.8",
        saving(lambda i: i.var(), lambda g, i: g * 2 * (i - i.mean()) / i.numel()), shape={"i": (5,)},
    ),
    "norm without its root": fault(
        "derivative", NOT_DERIVATIVE, saving(lambda i: i.norm(dim=-1), lambda g, i: g[..., None] * i),
        found={"i": (4,)},
    ),
    "product by a quotient": fault(
        "infinite at a point", "backward gives no finite number at i = 0",
        saving(lambda i: i.prod(-1), lambda g, i: (g * i.prod(-1))[..., None] / i), shape={"i": (4,)},
    ),
    "layer norm without its means": fault(
        "derivative", NOT_DERIVATIVE,
        saving(layer_norm, lambda g, i: g / i.std(-1, keepdim=True, correction=0)), shape={"i": (3, 5)},
    ),
    "sparsemax over all": fault(
        "derivative", NOT_DERIVATIVE,
        saving(sparsemax, lambda g, i: (g - g.mean(-1, keepdim=True)) * (sparsemax(i) > 0)),
        found={"i": (4,)},
    ),
    "hinge of the other side": fault(
        "sign", "wrong sign", saving(hinge, lambda g, i: g[..., None] * (i < 1)), shape={"i": (3, 4)},
    ),
    "normalised gradient": fault(
        "upstream", NOT_PROPORTIONAL,
        saving(lambda i: i @ i.mT, lambda g, i: (g + g.mT) @ i / g.norm().clamp(min=1)), shape={"i": (3, 4)},
    ),
    "select with a repeated index": fault(
        "repeated index", "backward is wrong where index repeats a number",
        taking(lambda x, index: x[index], lambda g, x, index: (zeros(x).index_copy(0, index, g), None)),
        shape={"x": (4, 2)}, with_={"index": torch.tensor([0, 2, 2, 3])},
    ),
    "gate without its slope": fault(
        "derivative", f"{NOT_DERIVATIVE} in y",
        taking(lambda x, y: x * torch.sigmoid(y), lambda g, x, y: (g * torch.sigmoid(y), g * x * torch.sigmoid(y))),
        "x*sigmoid(y)",
    ),
    "parametric relu by a mean": fault(
        "mean for sum", "off by a factor 0.166667 in w: a mean where a sum is due?",
        taking(lambda x, w: torch.where(x > 0, x, w * x), lambda g, x, w: (
            g * torch.where(x > 0, 1.0, w), (g * x * (x < 0)).mean().reshape(1)
        )),
        shape={"x": (2, 3), "w": (1,)},
    ),
    "bilinear form": fault(
        "transposed", "the gradient of w is transposed",
        taking(lambda x, w, y: (x @ w * y).sum(), lambda g, x, w, y: (g * y @ w.T, g * y.T @ x, g * x @ w)),
        shape={"x": (4, 3), "w": (3, 3), "y": (4, 3)},
    ),
    "empty": fault(
        "empty", "fails for empty tensors",
        saving(lambda i: i**2, lambda g, i: g.clamp(-g.abs().max(), g.abs().max()) * 2 * i),
    ),
    "cross entropy of the mean": fault(
        "sum for mean", "off by a factor 4: a sum where a mean is due?",
        saving(lambda i: -torch.log_softmax(i, -1)[:, 0].mean(), lambda g, i: g * (
            torch.softmax(i, -1) - torch.eye(i.shape[-1], dtype=i.dtype)[0]
        )),
        shape={"i": (4, 3)},
    ),
}  # fmt: skip
