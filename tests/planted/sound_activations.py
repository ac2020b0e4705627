"""Sound activations, quantizers, clamps and surrogates, as public code writes them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from tests.custom_functions import dirty, made, saving, straight
from tests.planted.making import taking
from tests.planted.row import Rows, sound


class MemoryEfficientSwish(torch.autograd.Function):
    """Keeps its argument alone and computes the sigmoid again."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        ctx.save_for_backward(i)
        return i * torch.sigmoid(i)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (i,) = ctx.saved_tensors
        s = torch.sigmoid(i)
        found: Tensor = grad_output * (s * (1 + i * (1 - s)))
        return found


class MemoryEfficientMish(torch.autograd.Function):
    """Runs PyTorch again in its backward."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * torch.tanh(torch.nn.functional.softplus(x))

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        t, s = torch.tanh(torch.nn.functional.softplus(x)), torch.sigmoid(x)
        found: Tensor = grad_output * (t + x * s * (1 - t * t))
        return found


class SigmoidOfItsOutput(torch.autograd.Function):
    """Keeps its output, as memory allows."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = 1 / (1 + torch.exp(-x))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        found: Tensor = grad_output * y * (1 - y)
        return found


class InPlaceRelu(torch.autograd.Function):
    """Works in its argument and says so."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.mark_dirty(x)
        x.clamp_(min=0)
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        found: Tensor = grad_output * (y > 0)
        return found


class ClampWithMask(torch.autograd.Function):
    """Keeps a mask of where the gradient passes."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, low: float = -1.0, high: float = 1.0) -> Tensor:
        ctx.mask = (x >= low) & (x <= high)
        return x.clamp(low, high)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None, None]:
        return grad_output * ctx.mask, None, None


class RoundedStraightThrough(torch.autograd.Function):
    """A quantizer to some number of bits."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, bits: int = 4) -> Tensor:
        scale = float(2**bits - 1)
        return torch.round(x * scale) / scale

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        return grad_output.clone(), None


class FastSigmoidSpike(torch.autograd.Function):
    """A spike, with the slope of a fast sigmoid."""

    scale = 10.0

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        out = torch.zeros_like(x)
        out[x > 0] = 1.0
        return out

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        grad = grad_output.clone()
        return grad / (FastSigmoidSpike.scale * torch.abs(x) + 1.0) ** 2


class ReverseGradient(torch.autograd.Function):
    """The reversal of domain adaptation."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, lambd: float) -> Tensor:
        ctx.lambd = lambd
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        return grad_output.neg() * ctx.lambd, None


class SincByNumPy(torch.autograd.Function):
    """Leaves PyTorch for NumPy, once."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return torch.from_numpy(np.asarray(np.sin(x.detach().cpu().numpy()))).to(x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return grad_output * torch.from_numpy(np.asarray(np.cos(x.detach().cpu().numpy()))).to(x)


class ErfByScipy(torch.autograd.Function):
    """Leaves PyTorch for SciPy in its forward, and has a backward of PyTorch."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return torch.as_tensor(scipy.special.erf(x.detach().numpy()), dtype=x.dtype)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        found: Tensor = grad_output * 2 / math.sqrt(math.pi) * torch.exp(-(x**2))
        return found


class ThresholdOfANumber(torch.autograd.Function):
    """Soft thresholding that branches on its number."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, lam: float) -> Tensor:
        ctx.lam = lam
        ctx.save_for_backward(x)
        if lam > 0:
            return torch.sign(x) * torch.relu(x.abs() - lam)
        return x.clone()

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        if ctx.lam > 0:
            return grad_output * (x.abs() > ctx.lam).to(x.dtype), None
        return grad_output, None


class SquarePlus(torch.autograd.Function):
    """Keeps an intermediate result, and has one derivative only."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, b: float = 4.0) -> Tensor:
        root = torch.sqrt(x * x + b)
        ctx.save_for_backward(x / root)
        return (x + root) / 2

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        (ratio,) = ctx.saved_tensors
        return grad_output * (1 + ratio) / 2, None


def gelu_tanh(i: Tensor) -> Tensor:
    return torch.nn.functional.gelu(i, approximate="tanh")


def gelu_tanh_slope(g: Tensor, i: Tensor) -> Tensor:
    c = math.sqrt(2 / math.pi)
    t = torch.tanh(c * (i + 0.044715 * i**3))
    return g * (0.5 * (1 + t) + 0.5 * (1 - t**2) * c * (i + 3 * 0.044715 * i**3))


def gelu_slope(g: Tensor, x: Tensor) -> Tensor:
    return g * (0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * torch.exp(-x * x / 2) / math.sqrt(2 * math.pi))


def log_cosh(x: Tensor) -> Tensor:
    return x.abs() + torch.nn.functional.softplus(-2 * x.abs()) - math.log(2)


def numbers_by_branch(i: Tensor) -> Tensor:
    return i**2 if i.item() > 0 else -i


def slope_by_branch(g: Tensor, i: Tensor) -> Tensor:
    return g * 2 * i if i.item() > 0 else -g


ACTIVATIONS: Rows = {
    "memory-efficient swish": sound(MemoryEfficientSwish, "i*sigmoid(i)"),
    "memory-efficient mish": sound(MemoryEfficientMish),
    "sigmoid of its output": sound(SigmoidOfItsOutput),
    "relu in place": sound(InPlaceRelu),
    "doubling in place": sound(made(dirty, lambda ctx, g: g * 2)),
    "clamp with a mask": sound(ClampWithMask),
    "clamp with other limits": sound(ClampWithMask, with_={"low": 0.0, "high": 6.0}),
    "gelu by tanh": sound(
        saving(gelu_tanh, gelu_tanh_slope), "i/2*(1+tanh(sqrt(2/pi)*(i+0.044715*i^3)))",
        remarks=("backward overflows in float16 on the way to a number that fits",),
    ),
    "gelu": sound(saving(torch.nn.functional.gelu, gelu_slope)),
    "softplus": sound(saving(torch.nn.functional.softplus, lambda g, i: g * torch.sigmoid(i)), remarks=None),
    "elu": sound(taking(
        lambda x, alpha=1.0: torch.where(x > 0, x, alpha * torch.expm1(x.clamp(max=0))),
        lambda g, x, alpha: (g * torch.where(x > 0, 1.0, alpha * torch.exp(x.clamp(max=0))), None),
    )),
    "hard shrink": sound(taking(
        lambda x, lam: torch.where(x.abs() > lam, x, torch.zeros_like(x)),
        lambda g, x, lam: (g * (x.abs() > lam), None),
    ), with_={"lam": 0.5}),
    "soft shrink of a number": sound(ThresholdOfANumber, with_={"lam": 0.5}),
    "soft shrink of no number": sound(ThresholdOfANumber, with_={"lam": 0.0}),
    "square plus": sound(SquarePlus),
    "log-cosh": sound(saving(log_cosh, lambda g, i: g * torch.tanh(i)), "log(cosh(i))"),
    "quantizer, stated": sound(RoundedStraightThrough, gradient="1"),
    "sign, stated": sound(saving(torch.sign, straight), gradient="1"),
    "clipped sign, stated": sound(
        saving(torch.sign, lambda g, i: g * (i.abs() <= 1)), gradient="if(abs(i) <= 1, 1, 0)",
    ),
    "spike, stated": sound(FastSigmoidSpike, gradient="1/(1+abs(10*x))^2"),
    "reversal, stated": sound(ReverseGradient, gradient="-lambd", with_={"lambd": 0.5}),
    "sine by NumPy": sound(SincByNumPy, "sin(x)"),
    "erf by SciPy": sound(ErfByScipy, "erf(x)"),
    "one number by its branch": sound(saving(numbers_by_branch, slope_by_branch), found={"i": (1,)}),
    "a number": sound(saving(lambda i: torch.full_like(i, i.item()), straight), found={"i": (1,)}),
    "nan to the flat side": sound(
        saving(lambda i: torch.where(i > 0, i, torch.zeros_like(i)), lambda g, i: g * (i > 0)),
    ),
    "cube root": sound(saving(lambda i: i.sign() * i.abs() ** (1 / 3), lambda g, i: g / (3 * i.abs() ** (2 / 3)))),
    "step by steps": sound(saving(lambda i: torch.floor(i) * 0.5, lambda g, i: torch.zeros_like(g))),
}  # fmt: skip
