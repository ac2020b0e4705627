"""Functions of the user's own by what names them: FILE.py:NAME, package.module:NAME, or a whole FILE.py."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from derivcli.custom.loading.custom_function import OPERATORS, custom_function
from derivcli.custom.loading.formula_call import row_of
from derivcli.custom.loading.user_modules import FORM, module_named
from derivcli.errors import DerivError, Span, file_name
from derivcli.language.functions.row import Function
from derivcli.language.lexer.name_resolution import nearest

MAX_NAMES = 12
"""So many names of a file are told."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The modules that were run, each once, by what names them."""

    modules: dict[str, ModuleType] = field(default_factory=dict)

    def module(self, name: str) -> ModuleType:
        """The module of a file or of a name, which is run unless it was."""
        if name not in self.modules:
            self.modules[name] = module_named(name)
        return self.modules[name]


def load(texts: Iterable[str]) -> dict[str, Function]:
    """The functions that texts name, as rows, by the names that formulas call them by.

    A text is FILE.py:NAME, package.module:NAME, either after `name=` for another name, or FILE.py for all autograd
    functions in it. Each file is run, once. Raises DerivError where there is no such file, where it fails, or where a
    name is nothing that has a backward.
    """
    rows: dict[str, Function] = {}
    loaded = Loaded()
    for text in texts:
        for row, place in _rows(text, loaded):
            if row.name in rows:
                hint = f"give one a name of its own, as in `--use other={place}`"
                span = Span(text.rfind(":") + 1, len(text))
                raise DerivError(f"'{row.name}' is used more than once", text, span, hint)
            rows[row.name] = row
    return rows


def find(text: str, loaded: Loaded | None = None) -> tuple[str, Any]:
    """The name and the thing that FILE.py:NAME names; NAME may lead into a class, as in Layers.SQ."""
    where, _, name = text.rpartition(":")
    if not where or not name:
        raise DerivError("a function is a file, ':' and a name in it", text, Span(0, len(text)), FORM)
    module = (loaded or Loaded()).module(where)
    found: Any = module
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except Exception:  # a property of the user's may raise anything
            place = Span(len(where) + 1, len(text))
            raise DerivError(f"{file_name(where)} has no '{name}'", text, place, _instead(name, module)) from None
    return name.rpartition(".")[2], found


def find_all(text: str, loaded: Loaded | None = None) -> list[tuple[str, Any]]:
    """The names and the things that a text names: all autograd functions that FILE.py defines, or one of it.

    Names lead into classes, as in Layers.SQ.
    """
    if not is_whole_file(text):
        return [find(text, loaded)]
    module = (loaded or Loaded()).module(text)
    found = dict(_defined(module, module.__name__))
    if not found:
        message = f"{file_name(text)} defines no torch.autograd.Function"
        raise DerivError(message, hint=_instead("", module))
    return list(found.items())


def is_whole_file(text: str) -> bool:
    """Whether a text names a file and nothing in it."""
    return text.endswith(".py") and ":" not in Path(text).name


def _rows(text: str, loaded: Loaded) -> Iterator[tuple[Function, str]]:
    """The rows of what a text names, each with what names it alone."""
    own, equals, rest = text.partition("=")
    where = text if is_whole_file(text) else text.rpartition(":")[0]
    if equals and own.strip().isidentifier() and not Path(where).is_file():
        if is_whole_file(rest):
            raise DerivError("one name is given to a whole file", text, Span(0, len(own)), "name a function in it")
        yield row_of(custom_function(own.strip(), find(rest, loaded)[1]), rest), rest
    elif not is_whole_file(text):
        yield row_of(custom_function(*find(text, loaded)), text), text
    else:
        refusals: list[DerivError] = []
        everything = find_all(text, loaded)
        for name, thing in everything:
            try:  # what no formula can call is left out, as long as there is something else
                yield row_of(custom_function(name.rpartition(".")[2], thing), f"{text}:{name}"), f"{text}:{name}"
            except DerivError as error:
                refusals.append(error)
        if len(refusals) == len(everything):
            raise refusals[0]


def _defined(module: ModuleType, home: str, holder: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """The autograd functions that a module defines itself, with the classes that they stand in."""
    for name, found in list(vars(module if holder is None else holder).items()):
        if not inspect.isclass(found) or found.__module__ != home or found.__qualname__ != before + name:
            continue
        if issubclass(found, torch.autograd.Function):
            if found.forward is not torch.autograd.Function.forward:
                yield before + name, found
        else:
            yield from _defined(module, home, found, f"{before}{name}.")


def _instead(name: str, module: ModuleType) -> str:
    """What was meant, or what there is to name."""
    names = list(dict(_defined(module, module.__name__))) + [
        each
        for each, found in vars(module).items()
        if isinstance(found, (torch.nn.Module, *OPERATORS))
        or (inspect.ismethod(found) and found.__name__ == "apply")
        or (getattr(found, "__module__", "") == module.__name__ and (inspect.isfunction(found) or _is_module(found)))
    ]
    close = nearest(name, names) if name else ""
    if close:
        return f"did you mean {close}?"
    return "name a function in it" + (f": {', '.join(names[:MAX_NAMES])}" if names else "")


def _is_module(found: object) -> bool:
    return inspect.isclass(found) and issubclass(found, torch.nn.Module)
