"""A user's function from its file: the one place that runs a user's Python.

The file finds its neighbours by `import helper`, but only under names that nothing installed has, and only while it
is run: its folder stands last where Python looks, and no other folder of the user's stands there.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import stat
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import torch

from derivcli.custom import PREFIX
from derivcli.errors import DerivError, Span, failure, file_name
from derivcli.language.functions.forms import reserved_names
from derivcli.language.functions.row import Function
from derivcli.language.lexer.tokens import canonical_name, is_name

CustomFunction: TypeAlias = type[torch.autograd.Function]
"""A class with a forward and a backward of its own."""

FORM = "write it like squares.py:SQ"


def load(texts: Iterable[str]) -> dict[str, Function]:
    """The functions that FILE.py:NAME each name, as rows, by the names that formulas call them by.

    Each file is run, once. Raises DerivError where there is no such file, where it fails, or where a name is no
    function of its own.
    """
    rows: dict[str, Function] = {}
    modules: dict[Path, ModuleType] = {}
    for text in texts:
        row = row_of_class(*find(text, modules))
        if row.name in rows:
            hint = "give one of the classes another name"
            raise DerivError(f"'{row.name}' is used more than once", text, Span(text.rindex(":") + 1, len(text)), hint)
        rows[row.name] = row
    return rows


def find(text: str, modules: dict[Path, ModuleType] | None = None) -> tuple[str, CustomFunction]:
    """The name and the class that FILE.py:NAME names; NAME may lead into a class, as in Layers.SQ.

    The file is run unless `modules` holds what it made before.
    """
    name_of_file, _, name = text.rpartition(":")
    if not name_of_file or not name:
        raise DerivError("a function is a file, ':' and a name in it", text, Span(0, len(text)), FORM)
    path = Path(name_of_file)
    modules = {} if modules is None else modules
    found: object = modules.get(path) or modules.setdefault(path, _run(path))
    for part in name.split("."):
        found = vars(found).get(part) if isinstance(found, ModuleType | type) else None
    if found is None:
        hint = "name a class in it" + _classes(modules[path])
        raise DerivError(f"{file_name(path)} has no '{name}'", text, Span(len(name_of_file) + 1, len(text)), hint)
    return name.rpartition(".")[2], checked(name, found)


def checked(name: str, found: object) -> CustomFunction:
    """What was named, if it is a function of its own."""
    if not (inspect.isclass(found) and issubclass(found, torch.autograd.Function)):
        hint = "name the class and not its apply" if inspect.isroutine(found) else "name a class that is one"
        raise DerivError(f"'{name}' is no subclass of torch.autograd.Function", hint=hint)
    return found


def row_of_class(name: str, function: CustomFunction) -> Function:
    """The row of a function of the user's own that formulas call by this name.

    Raises DerivError where it is no autograd.Function or a formula could not call it so.
    """
    function = checked(name, function)
    if not is_name(name) or name in (*reserved_names(), "and", "or", "not"):
        raise DerivError(f"'{name}' cannot be called in a formula", hint="give the class a name of letters")
    doc = (inspect.getdoc(function) or "").partition("\n")[0] if vars(function).get("__doc__") else ""
    return Function(name=canonical_name(name), doc=doc, parameters=parameters_of(name, function), kernel=function.apply)


def parameters_of(name: str, function: CustomFunction) -> tuple[str, ...]:
    """What the class calls its arguments: those of its forward, without the context that comes first in one style.

    Those that have a default keep it.
    """
    try:
        given = list(inspect.signature(function.forward).parameters.values())
    except (TypeError, ValueError):  # a forward that was not written in Python
        given = []
    own_context = function.setup_context is not torch.autograd.Function.setup_context
    given = [each for each in (given if own_context else given[1:]) if each.default is inspect.Parameter.empty]
    if not given or any(each.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD for each in given):
        raise DerivError(f"the forward of '{name}' does not name its arguments", hint="write def forward(ctx, x)")
    return tuple(canonical_name(each.name) for each in given)


def _classes(module: ModuleType) -> str:
    names = [
        name
        for name, found in vars(module).items()
        if inspect.isclass(found) and issubclass(found, torch.autograd.Function) and found.__module__ == module.__name__
    ]
    return f": {', '.join(names)}" if names else ""


def _run(path: Path) -> ModuleType:
    """The module that a file makes; whatever it raises becomes a message of one line."""
    reason = _unfit(path)
    if reason:
        raise DerivError(f"cannot run {file_name(path)}: {reason}", hint=FORM)
    name = PREFIX + path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, "a file that ends in .py has a loader"
    assert spec.loader is not None, "a file is loaded by something"
    module = sys.modules[name] = importlib.util.module_from_spec(spec)  # dataclasses look for it there
    try:
        with _beside(path.resolve().parent):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        place = f"{file_name(path)}{_line(path, error)}"
        raise DerivError(f"cannot run {place}: {failure(error)}", hint="mend the file") from error
    return module


def _unfit(path: Path) -> str:
    if path.suffix != ".py":
        return "its name does not end in .py"
    try:
        return "" if stat.S_ISREG(path.stat().st_mode) else "it is no regular file"
    except FileNotFoundError:
        return "there is no such file"
    except OSError as error:
        return error.strerror or str(error)


@contextmanager
def _beside(folder: Path) -> Iterator[None]:
    """A block in which modules of a folder can be imported; they are forgotten after it, and leave nothing there.

    So another file finds its own neighbours, and these are read anew when they have changed.
    """
    before, known, place = sys.dont_write_bytecode, {*sys.modules}, str(folder)
    sys.dont_write_bytecode = True
    sys.path.append(place)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
        if place in sys.path:
            del sys.path[len(sys.path) - 1 - sys.path[::-1].index(place)]
        tops = {name for name in {*sys.modules} - known if "." not in name and _lies_in(sys.modules[name], folder)}
        for name in [name for name in sys.modules if name.partition(".")[0] in tops]:
            del sys.modules[name]


def _lies_in(module: ModuleType, folder: Path) -> bool:
    path = Path(getattr(module, "__file__", None) or "")
    return folder in (path.parent, path.parent.parent if path.name == "__init__.py" else None)


def _line(path: Path, error: BaseException) -> str:
    """The last line of a file that an exception passed on its way, in words; a SyntaxError tells its own."""
    passed = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in passed if Path(frame.filename) == path.absolute()]
    return f", line {frames[-1].lineno}" if frames else ""
