"""Sound layers, losses, reductions and linear algebra, as public code writes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from tests.custom_functions import saving
from tests.planted.making import taking, zeros
from tests.planted.outputs import sine_and_cosine
from tests.planted.row import Rows, sound
from tests.planted.tensors import attention, attention_slopes, layer_norm, linear, softmax_slope, sparsemax


class Linear(torch.autograd.Function):
    """The layer of PyTorch's own tutorial, whose bias may be missing."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


class Sparsemax(torch.autograd.Function):
    """A projection to the simplex."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, dim: int = -1) -> Tensor:
        ctx.dim = dim
        y = sparsemax(x.movedim(dim, -1)).movedim(-1, dim)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        (y,) = ctx.saved_tensors
        support = (y > 0).to(y.dtype)
        mean = (grad_output * support).sum(ctx.dim, keepdim=True) / support.sum(ctx.dim, keepdim=True)
        return support * (grad_output - mean), None


class MatrixSquareRoot(torch.autograd.Function):
    """The square root of a positive matrix by SciPy, and Sylvester's equation for its gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        root = torch.from_numpy(scipy.linalg.sqrtm(x.detach().numpy() @ x.detach().numpy().T).real)
        ctx.save_for_backward(x, root)
        return root

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        x, root = (each.numpy() for each in ctx.saved_tensors)
        found = scipy.linalg.solve_sylvester(root, root, grad_output.numpy())
        return torch.from_numpy((found + found.T) @ x)


class Largest(torch.autograd.Function):
    """The largest of each row, and where it stands."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        values, indices = x.max(dim=-1)
        ctx.save_for_backward(indices)
        ctx.mark_non_differentiable(indices)
        ctx.size = x.shape
        return values, indices

    @staticmethod
    def backward(ctx: Any, grad_values: Tensor, _: Any) -> Tensor:
        (indices,) = ctx.saved_tensors
        return grad_values.new_zeros(ctx.size).scatter(-1, indices.unsqueeze(-1), grad_values.unsqueeze(-1))


class LargestWithNone(Largest):
    """The same with a None too many, which PyTorch passes over."""

    @staticmethod
    def backward(ctx: Any, grad_values: Tensor, _: Any) -> Any:
        return Largest.backward(ctx, grad_values, _), None


class Sorted(torch.autograd.Function):
    """The numbers in order, and the order."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        values, order = torch.sort(x, dim=-1)
        ctx.mark_non_differentiable(order)
        ctx.save_for_backward(order)
        return values, order

    @staticmethod
    def backward(ctx: Any, g: Tensor, _: Any) -> Tensor:
        (order,) = ctx.saved_tensors
        return torch.gather(g, -1, torch.argsort(order, -1))


class Thrifty(torch.autograd.Function):
    """Sum and sum of squares, with gradients that may be None."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return x.sum(-1), (x * x).sum(-1)

    @staticmethod
    def backward(ctx: Any, grad_sum: Tensor | None, grad_squares: Tensor | None) -> Tensor | None:
        (x,) = ctx.saved_tensors
        found = None
        if grad_sum is not None:
            found = grad_sum.unsqueeze(-1).expand_as(x)
        if grad_squares is not None:
            part = 2 * x * grad_squares.unsqueeze(-1)
            found = part if found is None else found + part
        return found


class CrossEntropy(torch.autograd.Function):
    """A loss of logits and labels."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor, reduction: str = "mean") -> Tensor:
        ctx.save_for_backward(logits, labels)
        ctx.reduction = reduction
        losses = torch.logsumexp(logits, -1) - logits.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
        return losses.mean() if reduction == "mean" else losses.sum() if reduction == "sum" else losses

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None, None]:
        logits, labels = ctx.saved_tensors
        one = torch.nn.functional.one_hot(labels, logits.shape[-1]).to(logits.dtype)
        slope = torch.softmax(logits, -1) - one
        if ctx.reduction == "mean":
            slope = slope / len(labels)
        return slope * (grad_output.unsqueeze(-1) if ctx.reduction == "none" else grad_output), None, None


class Checkpoint(torch.autograd.Function):
    """Computes a layer again in its backward, with a backward inside."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
        ctx.save_for_backward(x, w)
        with torch.no_grad():
            return torch.tanh(x @ w)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, w = (each.detach().requires_grad_() for each in ctx.saved_tensors)
        with torch.enable_grad():
            y = torch.tanh(x @ w)
        torch.autograd.backward(y, grad_output)
        return x.grad, w.grad


class Embedding(torch.autograd.Function):
    """Rows of a table, which may repeat."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, index: Tensor) -> Tensor:
        ctx.save_for_backward(index)
        ctx.rows = table.shape[0]
        return table[index]

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        (index,) = ctx.saved_tensors
        return g.new_zeros(ctx.rows, *g.shape[1:]).index_add(0, index, g), None


class GumbelLike(torch.autograd.Function):
    """Picks the column with a number."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, column: int) -> Tensor:
        ctx.column = column
        ctx.save_for_backward(x)
        return x[..., column] ** 2

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        mask = torch.zeros_like(x)
        mask[..., ctx.column] = 1
        return mask * 2 * x * g.unsqueeze(-1), None


class GatedUnit(torch.autograd.Function):
    """One half of the columns gates the other."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        a, b = x.chunk(2, -1)
        return a * torch.sigmoid(b)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        a, b = x.chunk(2, -1)
        s = torch.sigmoid(b)
        return torch.cat([g * s, g * a * s * (1 - s)], -1)


def layer_norm_slope(g: Tensor, x: Tensor) -> Tensor:
    y, spread = layer_norm(x), x.std(-1, keepdim=True, correction=0)
    return (g - g.mean(-1, keepdim=True) - y * (g * y).mean(-1, keepdim=True)) / spread


def group_mean(x: Tensor) -> Tensor:
    return x.reshape(*x.shape[:-1], -1, 2).mean(-1)


def low_rank(x: Tensor, u: Tensor, v: Tensor) -> Tensor:
    return x @ u @ v.T


def log_det_by_numpy(x: Tensor) -> Tensor:
    return torch.tensor(np.linalg.slogdet(x.detach().numpy())[1], dtype=x.dtype)


def smooth_labels(x: Tensor) -> Tensor:
    return -torch.log_softmax(x, -1).mean(-1).sum()


LAYERS: Rows = {
    "linear layer": sound(Linear, shape={"input": (4, 3), "weight": (5, 3), "bias": (5,)}),
    "linear layer, found": sound(Linear, found={"input": (4, 4), "weight": (4, 4)}),
    "linear layer without a bias": sound(
        Linear, shape={"input": (4, 3), "weight": (5, 3)}, with_={"bias": None},
    ),
    "bias that PyTorch sums": sound(
        taking(linear, lambda g, x, w, b: (g @ w, g.T @ x, g)), shape={"x": (4, 3), "w": (5, 3), "b": (5,)},
    ),
    "attention": sound(taking(attention, attention_slopes), shape={"q": (4, 3), "k": (5, 3), "v": (5, 2)}),
    "gated unit": sound(GatedUnit, shape={"x": (3, 4)}),
    "gate of two": sound(taking(
        lambda x, y: x * torch.sigmoid(y),
        lambda g, x, y: (g * torch.sigmoid(y), g * x * torch.sigmoid(y) * torch.sigmoid(-y)),
    )),
    "layer norm": sound(saving(layer_norm, layer_norm_slope), shape={"i": (3, 5)}),
    "parametric relu": sound(taking(
        lambda x, w: torch.where(x > 0, x, w * x),
        lambda g, x, w: (g * torch.where(x > 0, 1.0, w), (g * x * (x < 0)).sum().reshape(1)),
    ), shape={"x": (4, 3), "w": (1,)}),
    "scale of rows": sound(taking(
        lambda x, s: x * s[:, None], lambda g, x, s: (g * s[:, None], (g * x).sum(1)),
    ), shape={"x": (4, 3), "s": (4,)}),
    "mean of pairs": sound(saving(group_mean, lambda g, i: g.repeat_interleave(2, -1) / 2), shape={"i": (3, 6)}),
    "low rank": sound(taking(
        low_rank, lambda g, x, u, v: (g @ v @ u.T, x.T @ g @ v, g.T @ x @ u),
    ), shape={"x": (4, 3), "u": (3, 2), "v": (5, 2)}),
    "checkpoint": sound(Checkpoint, shape={"x": (4, 3), "w": (3, 2)}),
    "embedding": sound(Embedding, shape={"table": (4, 2)}, with_={"index": torch.tensor([0, 2, 2, 3])}),
    "matrix product": sound(
        taking(lambda x, y: x @ y, lambda g, x, y: (g @ y.mT, x.mT @ g)), found={"x": (4, 4), "y": (4, 4)},
    ),
}  # fmt: skip

VECTORS: Rows = {
    "softmax": sound(saving(lambda i: torch.softmax(i, -1), softmax_slope), found={"i": (4,)}),
    "softmax of its output": sound(saving(lambda i: torch.softmax(i, -1), softmax_slope), shape={"i": (2, 3, 4)}),
    "sparsemax": sound(Sparsemax, shape={"x": (3, 4)}),
    "sparsemax along columns": sound(Sparsemax, shape={"x": (3, 4)}, with_={"dim": 0}),
    "largest": sound(Largest, shape={"x": (3, 4)}),
    "a None too many": sound(LargestWithNone, found={"x": (4,)}),
    "sort": sound(Sorted, shape={"x": (3, 4)}),
    "sort, found": sound(Sorted, found={"x": (4,)}),
    "several gradients of None": sound(Thrifty, shape={"x": (3, 4)}),
    "sine and cosine": sound(taking(sine_and_cosine, lambda g, h, x: g * torch.cos(x) - h * torch.sin(x))),
    "column of a number": sound(GumbelLike, shape={"x": (3, 4)}, with_={"column": 1}),
    "cumulative sum": sound(
        saving(lambda i: i.cumsum(-1), lambda g, i: g.flip(-1).cumsum(-1).flip(-1)), found={"i": (4,)},
    ),
    "norm": sound(saving(lambda i: i.norm(), lambda g, i: g * i / i.norm()), found={"i": (4,)}),
    "mean of squares": sound(saving(lambda i: (i**2).mean(), lambda g, i: g * 2 * i / i.numel()), shape={"i": (3, 4)}),
    "log-sum-exp": sound(
        saving(lambda i: torch.logsumexp(i, -1), lambda g, i: g[..., None] * torch.softmax(i, -1)), shape={"i": (3, 4)},
    ),
    "differences": sound(saving(
        lambda i: i.diff(dim=-1),
        lambda g, i: torch.cat([zeros(i[..., :1]), g], -1) - torch.cat([g, zeros(i[..., :1])], -1),
    ), shape={"i": (3, 5)}),
    "centred": sound(saving(lambda i: i - i.mean(), lambda g, i: g - g.mean()), found={"i": (4,)}),
}  # fmt: skip

LOSSES: Rows = {
    "cross entropy": sound(CrossEntropy, shape={"logits": (4, 3)}, with_={"labels": torch.tensor([0, 2, 1, 1])}),
    "cross entropy, summed": sound(
        CrossEntropy, shape={"logits": (4, 3)}, with_={"labels": torch.tensor([0, 2, 1, 1]), "reduction": "sum"},
    ),
    "cross entropy of each": sound(
        CrossEntropy, shape={"logits": (4, 3)}, with_={"labels": torch.tensor([0, 2, 1, 1]), "reduction": "none"},
    ),
    "squared error": sound(taking(
        lambda x, target: ((x - target) ** 2).sum(), lambda g, x, target: (2 * g * (x - target), -2 * g * (x - target)),
    ), shape={"x": (4, 3), "target": (4, 3)}),
    "smoothed labels": sound(saving(
        smooth_labels, lambda g, i: g * (torch.softmax(i, -1) - 1 / i.shape[-1]),
    ), shape={"i": (4, 3)}),
    "square root of a matrix": sound(MatrixSquareRoot, shape={"x": (3, 3)}),
    "log-det": sound(
        saving(lambda i: torch.linalg.slogdet(i)[1], lambda g, i: g * torch.linalg.inv(i).mT), found={"i": (4, 4)},
    ),
    "log-det by NumPy": sound(
        saving(log_det_by_numpy, lambda g, i: g * torch.linalg.inv(i).mT), shape={"i": (3, 3)},
    ),
    "inverse": sound(saving(
        torch.linalg.inv, lambda g, i: -torch.linalg.inv(i).mT @ g @ torch.linalg.inv(i).mT,
    ), shape={"i": (3, 3)}),
    "trace": sound(saving(
        torch.trace, lambda g, i: g * torch.eye(*i.shape, dtype=i.dtype),
    ), found={"i": (4, 4)}),
}  # fmt: skip
