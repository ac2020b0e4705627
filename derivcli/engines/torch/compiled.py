"""Programs as one compiled kernel: values, backward passes and flags in a single loop over the points.

The programs run once through the rules of the reverse engine, on tensors without numbers, while PyTorch records
every operation, those of the backward passes and of the observer too; its compiler makes C++ of the record.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from derivcli.engines.chunks import CHUNK_POINTS
from derivcli.engines.program import Program, lower_each
from derivcli.engines.task import Prepared, Progress, Task, UnavailableError
from derivcli.engines.torch.backward_passes import evaluate
from derivcli.engines.torch.decompositions import DECOMPOSITIONS
from derivcli.engines.torch.flags import FlagObserver
from derivcli.engines.torch.rules import NoKernelError
from derivcli.engines.torch.tensors import leaves_of
from derivcli.engines.torch.trusted_folder import is_closed
from derivcli.engines.torch.vector_instructions import choose
from derivcli.result import FloatArray, Result, derivative_key

CompiledKernel = Callable[..., Sequence[Tensor]]
"""Takes a tensor for each variable. Gives the value, derivatives and flags of one program after the other."""

COMPILER_OPTIONS: dict[str, Any] = {
    "cpp_wrapper": True,  # calls the loop from C++, which lets other Python threads run meanwhile
    "cpp.threads": 1,  # two loops in two threads of Python wait for nothing; two threads in one loop do
    "cpp.vec_isa_ok": True,  # no trial compilations to learn what the processor says of itself
    "cpp_cache_precompile_headers": False,  # they would lie in /tmp under a name that anyone can foretell
    "compile_threads": 1,  # no processes that wait for more to compile
}


MAX_OPERATIONS = 10_000
"""Operations that the compiler makes a kernel of in about a minute. More would take minutes."""


class NotCompiledError(UnavailableError):
    """Raised where there is no compiled kernel. The message is the reason, as a clause."""


def prepared(task: Task) -> Prepared:
    """This engine, made ready. Raises NotCompiledError where there is no kernel."""
    if not task.names:
        raise NotCompiledError("a formula without variables is no loop over points")
    if task.device != "cpu":
        raise NotCompiledError("kernels are compiled for the processor")
    try:
        _check_folder()
        with _silence():
            graph = traced(task, CHUNK_POINTS)
            if len(graph.graph.nodes) > MAX_OPERATIONS:
                raise NotCompiledError("a formula so long would take minutes to compile")
            kernel = compiled(graph, columns_of(task, CHUNK_POINTS))
    except NotCompiledError:
        raise
    except Exception as error:  # in a compiler anything can go wrong, and another engine is there
        raise NotCompiledError(_reason(error)) from error

    def run(at: Mapping[str, FloatArray], progress: Progress | None = None) -> list[Result]:
        points = {name: np.ascontiguousarray(at[name], dtype=task.dtype) for name in task.names}
        return results(task, points, _run(kernel, list(points.values())))

    return Prepared(run)


def _check_folder() -> None:
    """Refuse to run what lies in PyTorch's usual folder of kernels, whose name all can foretell, if others can fill it.

    A folder that was named is its namer's choice.
    """
    from torch._inductor.runtime.cache_dir_utils import cache_dir, default_cache_dir

    folder = cache_dir()
    if folder == os.path.abspath(default_cache_dir()) and not is_closed(folder):  # noqa: PTH100 (as PyTorch has it)
        raise NotCompiledError(f"others can write to {folder}, where kernels are kept: remove it")


def columns_of(task: Task, count: int) -> list[Tensor]:
    """A tensor of so many points for each variable."""
    return [torch.ones(count, dtype=getattr(torch, task.dtype)) for _ in task.names]


def traced(task: Task, count: int) -> torch.fx.GraphModule:
    """All that a task asks for at so many points, as a graph of operations of PyTorch's own."""
    from torch.fx.experimental.proxy_tensor import make_fx

    programs = [program for _, program in lower_each(task.expressions, task.names)]
    with torch.inference_mode(False), torch.enable_grad():
        trace = make_fx(lambda *columns: _outputs(task, programs, columns), DECOMPOSITIONS, tracing_mode="fake")
        return trace(*columns_of(task, count))


def _outputs(task: Task, programs: Sequence[Program], columns: Sequence[Tensor]) -> list[Tensor]:
    """The value, the derivatives and the flags of each program. The compiler sees what they share."""
    differentiated = {name for partial in task.partials for name in partial} | {task.dependent}
    count = len(columns[0])
    outputs = []
    for program in programs:
        fixed = {name: column.detach() for name, column in zip(task.names, columns, strict=True)}
        variables, leaves = leaves_of(fixed, differentiated, task.direction)
        inputs = list(variables.values())
        observer = FlagObserver.over(inputs, count)
        value, found = evaluate(program, inputs, leaves, task.partials, observer, task.dependent)
        numbers = [value.expand(count), *(found[partial] for partial in task.partials)]
        # No output may be an input, nor share memory with another output.
        outputs += [*(number.clone() for number in numbers), observer.bits]
    return outputs


def compiled(graph: torch.fx.GraphModule, columns: Sequence[Tensor]) -> CompiledKernel:
    """The kernel of a graph, for columns of this length.

    `torch.compile` would come to the same, but compile anew in a thread that has other settings.
    """
    from torch._inductor import standalone_compile

    choose(COMPILER_OPTIONS)
    with torch.no_grad():
        options = {"config_patches": COMPILER_OPTIONS}
        return standalone_compile(graph, [*columns], dynamic_shapes="from_example_inputs", options=options)


def _reason(error: BaseException) -> str:
    if isinstance(error, NoKernelError):
        return f"{error} has no kernel for the compiler"
    cause = getattr(error, "inner_exception", error)  # the compiler's own way of passing an exception on
    if type(cause).__name__ == "InvalidCxxCompiler":
        return "no C++ compiler was found (g++, or what CXX names)"
    return f"the compiler failed ({type(cause).__name__})"


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing is logged that nobody asked for, and nothing warned of."""
    logger = logging.getLogger("torch")
    before = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            logger.setLevel(before)


def results(task: Task, at: Mapping[str, FloatArray], outputs: Sequence[Any]) -> list[Result]:
    """The results of a task at the points, from the outputs of its kernel."""
    numbers = iter(outputs)
    return [
        Result(
            expression,
            at=dict(at),
            value=next(numbers),
            derivatives={derivative_key(partial): next(numbers) for partial in task.partials},
            flags=next(numbers),
            engine="compiled",
            direction=task.direction,
            dependent=task.dependent,
        )
        for expression in task.expressions
    ]


def _run(kernel: CompiledKernel, columns: Sequence[FloatArray]) -> list[Any]:
    count = len(columns[0])
    pieces = []
    for start in range(0, max(count, 1), CHUNK_POINTS):
        piece = [_padded(column[start : start + CHUNK_POINTS]) for column in columns]
        with torch.no_grad():
            outputs = kernel(*(torch.from_numpy(column) for column in piece))
        pieces.append([output.numpy(force=True)[: count - start] for output in outputs])
    return pieces[0] if len(pieces) == 1 else [np.concatenate(parts) for parts in zip(*pieces, strict=True)]


def _padded(column: FloatArray) -> FloatArray:
    """A column of a kernel's length: the last point stands for those that are missing."""
    if len(column) < CHUNK_POINTS:
        return np.pad(column, (0, CHUNK_POINTS - len(column)), "edge" if len(column) else "constant")
    return column if column.flags.writeable else column.copy()  # torch warns of memory that it must not write to


COMPILE_SECONDS = 6.0
"""Seconds that it takes to compile a short formula, if that was not done before."""

MIN_POINTS = 1_000_000
"""The compiler takes longer for a longer formula: by as much as so many points take without a kernel."""

MIN_SPEEDUP = 4
"""How many times as fast a kernel is, at least."""


def pays(points: int | None, seconds_per_point: float) -> bool:
    """Whether compiling is quicker than computing as before, at so many points, if known, that take so long each."""
    return points is not None and (points * (1 - 1 / MIN_SPEEDUP) - MIN_POINTS) * seconds_per_point > COMPILE_SECONDS
