"""Parts of PyTorch and SymPy that they import, and that a command line does not use: imported if they are asked for.

They are two fifths of the time that PyTorch takes to import: exporting, distributions and data sets, and the shapes of
results that tensors without numbers have, on which compiling rests. In place of each stands its module, still empty,
which imports itself when something is read of it. All of them are imported before any other part of PyTorch is, after
PyTorch itself, before our own file that compiles, and before a user's code runs.

Before SymPy adds, it asks whether a term is one of its tensors, for which it imports them and the theory of groups.
Until they are imported otherwise there is no such term, so that empty classes answer as well. Whoever wants a tensor
reads more than these of the module.

Only a process of the command line that starts from nothing does this; the library leaves imports alone.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any

DEFERRED: dict[str, tuple[str, ...]] = {
    "torch.distributed._meta_registrations": (),
    "torch._meta_registrations": (),
    "torch.distributions": (),
    "torch.export": (),
    "torch.utils.data": (),
    "sympy.tensor.tensor": ("TensExpr", "TensAdd"),
}
"""The modules, and the classes in them in place of which an empty one stands meanwhile."""

COMPILES = "derivcli.engines.torch.compiled"

_lock = RLock()
_waiting: dict[str, ModuleType] = {}
"""The modules that are still empty."""


def defer() -> None:
    """Defer them from now on, unless one of the two is there already."""
    if sys.modules.keys().isdisjoint(("torch", "sympy")):
        sys.meta_path.insert(0, _FINDER)


def import_deferred() -> None:
    """Import all of them, and defer none from now on."""
    with _lock:
        if _FINDER in sys.meta_path:
            sys.meta_path.remove(_FINDER)
        for name in (*_waiting,):
            _import(name)


def _import(name: str) -> None:
    """Import a module that is still empty, unless that has begun."""
    with _lock:
        module = _waiting.pop(name, None)
        if module is not None and module.__spec__ is not None:
            loader = module.__spec__.loader = module.__loader__ = module.__spec__.loader.of_file  # type: ignore[union-attr]
            loader.exec_module(module)
            module.__class__ = ModuleType


class _Deferred(ModuleType):
    """A module that is empty until something is read of it."""

    def __getattr__(self, name: str) -> Any:
        if name != "__path__":  # which Python asks of every module that something is imported from
            _import(self.__name__)
        return ModuleType.__getattribute__(self, name)  # not super's: by now it may be of another class

    def __dir__(self) -> list[str]:
        _import(self.__name__)
        return list(ModuleType.__dir__(self))


class _Loader:
    """Makes a module, and leaves it empty."""

    def __init__(self, of_file: Any) -> None:
        self.of_file = of_file

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty, but for classes that have no instances yet."""
        module.__class__ = _Deferred
        vars(module).update({name: type(name, (), {}) for name in DEFERRED[module.__name__]})
        _waiting[module.__name__] = module


class _Finder:
    """Finds what is to be deferred, and imports it before what may rest on it."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The module as a file, with a loader of ours; None where others shall find it."""
        if name == COMPILES:
            import_deferred()
        torch = sys.modules.get("torch")
        if name.startswith("torch.") and torch and not getattr(torch.__spec__, "_initializing", False):
            import_deferred()
            return None
        _import(name.rpartition(".")[0])  # the rest of a folder is imported after the folder itself
        spec = PathFinder.find_spec(name, path) if name in DEFERRED else None
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
        return spec


_FINDER: Any = _Finder()
