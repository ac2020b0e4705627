"""Everything that a command may need, imported before it is needed, and made ready to be forked."""

from __future__ import annotations

import ctypes
import gc
import importlib
import mmap
import os
import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import derivcli
from derivcli.cli.deferred_modules import defer

LIBRARIES = """torch sympy sympy.assumptions.wrapper sympy.sets.setexpr sympy.tensor.tensor mpmath flint
    numpy.random scipy.special pyarrow.csv pyarrow.parquet pyarrow.json rich.table rich.progress typer.main
    typer._adapters resource""".split()

LEFT_OUT = re.compile(r"derivcli\.(engines\.torch\.compiled|cli\.shell\b.*|(.*\.)?__main__)")
"""Files of ours that bring in what compiles, or a prompt that has settings of its own, or that are run."""


def load() -> None:
    """Import the libraries and every file of the package, and do what each command does before it computes.

    Fails with RuntimeError where this process could then not be forked: a thread does not live on in a fork, and what
    it holds is locked there for ever.
    """
    # PyArrow's memory has no thread of its own then.
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    defer()
    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(derivcli.__path__, "derivcli."):
        if not LEFT_OUT.fullmatch(module.name):
            importlib.import_module(module.name)
    _read_examples()
    _draw_once()
    importlib.import_module("derivcli.language.tree").rows_by_class()
    gc.collect()
    gc.freeze()
    _release_file_pages()
    _end_library_threads()
    if threads() != 1:
        raise RuntimeError(f"{threads()} threads run")
    if importlib.import_module("torch").cuda.is_initialized():
        raise RuntimeError("CUDA is in use")


def threads() -> int:
    """How many threads this process has, those of libraries in C included."""
    return len(os.listdir("/proc/self/task"))


def _read_examples() -> None:
    """Read a command line of each command, for which Typer builds what turns words into values."""
    from derivcli.cli.argv import parse_argv
    from derivcli.cli.command_table import COMMANDS, MAIN
    from derivcli.cli.grammar import built, grammar_of

    for row in (MAIN, *(row for row in COMMANDS.values() if not row.stays_cold)):
        words = shlex.split(row.example)[1 + bool(row.name) :]
        with built(row.name).make_context(row.name, parse_argv(words, grammar_of(row.name)).ordered):
            pass


def _draw_once() -> None:
    """Draw a parabola, for which Matplotlib finds its fonts, with settings that are the same for everybody."""
    from derivcli.cli.kernel_cache import keep_fonts
    from derivcli.picture_plans import Sight, scene
    from derivcli.pictures.drawing.figure import close_fonts
    from derivcli.pictures.look import Look
    from derivcli.pictures.picture_files import picture_file
    from derivcli.pictures.terminal.text_picture import text_picture
    from derivcli.request import Request

    keep_fonts(os.environ)
    found = scene(Request(["x^2"]), Sight())
    picture_file(found, "png", Look())
    close_fonts()
    text_picture(found, 80, 24, color=False)


def _end_library_threads() -> None:
    """Fork once: each OpenBLAS, of which NumPy and SciPy have one, then ends its threads, to start them when needed."""
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def _release_file_pages() -> None:
    """Map no page of most libraries' files until it is used: the kernel keeps it for all, and a fork maps it anew.

    PyTorch's are kept, since each answer runs in them. So are mappings that hold anything else than the file, such as
    addresses that the loader wrote into it.
    """
    madvise = ctypes.CDLL(None, use_errno=True).madvise
    madvise.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
    for start, end in _clean_file_mappings(Path("/proc/self/smaps").read_text()):
        madvise(start, end - start, mmap.MADV_DONTNEED)


def _clean_file_mappings(smaps: str) -> Iterator[tuple[int, int]]:
    """The mappings of files that are read or run, and of which no page was changed, but for PyTorch's."""
    head = r"^([0-9a-f]+)-([0-9a-f]+) r-[-x]p \S+ \S+ [1-9]\d* +/(?!.*/torch/).*\n"
    for found in re.finditer(rf"{head}((?:\w+:.*\n)*)", smaps, re.MULTILINE):
        if re.search(r"^Anonymous: +0 kB$", found[3], re.MULTILINE):
            yield int(found[1], 16), int(found[2], 16)
