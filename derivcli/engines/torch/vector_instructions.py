"""Vector instructions for compiled kernels, chosen without trial compilations.

PyTorch compiles and loads a file for each set of instructions that the processor has, up to six, which takes longer
than a kernel. The compiler is asked here whether it knows their flags, which takes milliseconds.
"""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import suppress
from typing import Any

_lock = threading.Lock()
"""Held while PyTorch's trial is replaced."""


def choose(options: dict[str, Any]) -> None:
    """Let PyTorch choose for a compiler with these options, once in a process.

    Where a later PyTorch keeps its trial elsewhere, it makes its trial compilations.
    """
    from torch._inductor import config, cpu_vec_isa

    with suppress(AttributeError), _lock, config.patch(options):
        trial = cpu_vec_isa.VecISA.check_build
        cpu_vec_isa.VecISA.check_build = _compiler_knows  # type: ignore[assignment, method-assign]
        try:
            cpu_vec_isa.valid_vec_isa_list()
        finally:
            cpu_vec_isa.VecISA.check_build = trial  # type: ignore[method-assign]


def _compiler_knows(instructions: Any, code: str) -> bool:
    """Whether the compiler takes the flags of these instructions, for a file without text."""
    from torch._inductor.cpp_builder import get_cpp_compiler

    command = [get_cpp_compiler(), *instructions.build_arch_flags().split(), "-fsyntax-only", "-x", "c++", os.devnull]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
