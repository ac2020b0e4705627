"""A user's function from its file: the one place that runs a user's Python."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import torch

from derivcli.errors import DerivError, Span
from derivcli.language.function import Function
from derivcli.language.functions import BRANCHING
from derivcli.language.tokens import canonical_name, is_name

CustomFunction: TypeAlias = type[torch.autograd.Function]
"""A class with a forward and a backward of its own."""

WAY_OUT = "write it like --use squares.py:SQ"


def load(text: str) -> Function:
    """The function that FILE.py:NAME names, as a row; the file is run.

    Raises DerivError where there is no such file, where it fails, or where the name is no function of its own.
    """
    path, _, name = text.rpartition(":")
    if not path or not name:
        raise DerivError("a function is a file, ':' and a name in it", text, Span(0, len(text)), WAY_OUT)
    found = getattr(_run(Path(path)), name, None)
    if found is None:
        raise DerivError(f"{path} has no '{name}'", text, Span(len(path) + 1, len(text)), "name a class in it")
    return row_of_class(name, found)


def row_of_class(name: str, function: CustomFunction) -> Function:
    """The row of a function of the user's own that formulas call by this name.

    Raises DerivError where it is no autograd.Function or a formula could not call it so.
    """
    if not (inspect.isclass(function) and issubclass(function, torch.autograd.Function)):
        raise DerivError(f"'{name}' is no subclass of torch.autograd.Function", hint="name a class that is one")
    if not is_name(name) or name in (*BRANCHING, "and", "or", "not"):
        raise DerivError(f"'{name}' cannot be called in a formula", hint="give the class a name of letters")
    doc = (inspect.getdoc(function) or "").partition("\n")[0] if "__doc__" in vars(function) else ""
    return Function(name=canonical_name(name), doc=doc, parameters=parameters_of(name, function), kernel=function.apply)


def parameters_of(name: str, function: CustomFunction) -> tuple[str, ...]:
    """What the class calls its arguments: those of its forward, without the context that comes first in one style."""
    given = list(inspect.signature(function.forward).parameters.values())
    own_context = function.setup_context is not torch.autograd.Function.setup_context
    given = given if own_context else given[1:]
    if not given or any(each.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD for each in given):
        raise DerivError(f"the forward of '{name}' does not name its arguments", hint="write def forward(ctx, x)")
    return tuple(each.name for each in given)


def _run(path: Path) -> ModuleType:
    """The module that a file makes; whatever it raises is told in one line."""
    if path.suffix != ".py" or not path.is_file():
        reason = "there is no such file" if path.suffix == ".py" else "its name does not end in .py"
        raise DerivError(f"cannot run {path}: {reason}", hint=WAY_OUT)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None, "a file that ends in .py has a loader"
    assert spec.loader is not None, "a file is loaded by something"
    module = importlib.util.module_from_spec(spec)
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise DerivError(f"cannot run {path}: {failure(error)}", hint="mend the file") from error
    finally:
        sys.dont_write_bytecode = before
    return module


def failure(error: BaseException) -> str:
    """An exception in one line: its type and the first line of what it says."""
    said: Any = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
