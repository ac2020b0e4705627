"""Everything that a command may need, imported before it is needed, and made ready to be forked."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import sys

import derivcli

LIBRARIES = """torch torch.fx.experimental.symbolic_shapes sympy sympy.sets.setexpr sympy.tensor.tensor mpmath flint
    numpy.random scipy.special pyarrow.csv pyarrow.parquet pyarrow.json rich.table rich.progress typer.main
    typer._adapters""".split()
"""Without Matplotlib, which reads its settings when it is imported, and of which each picture has its own."""


def load() -> None:
    """Import the libraries and every file of the package, and look up each command's options.

    Fails with RuntimeError where this process could then not be forked: a thread does not live on in a fork, and what
    it holds is locked there for ever.
    """
    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(derivcli.__path__, "derivcli."):
        if module.name != "derivcli.__main__":
            importlib.import_module(module.name)
    _build_grammars()
    gc.collect()
    gc.freeze()
    _end_library_threads()
    if threads() != 1:
        raise RuntimeError(f"{threads()} threads run")
    if importlib.import_module("torch").cuda.is_initialized():
        raise RuntimeError("CUDA is in use")


def threads() -> int:
    """How many threads this process has, those of libraries in C included."""
    return len(os.listdir("/proc/self/task"))


def _build_grammars() -> None:
    from derivcli.cli.command_table import COMMANDS
    from derivcli.cli.grammar import grammar_of

    for name in ("", *COMMANDS):
        grammar_of(name)


def _end_library_threads() -> None:
    """Fork once: OpenBLAS, of which NumPy and SciPy have one each, then ends its threads, to start them when needed."""
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    sys.stdout.flush()
