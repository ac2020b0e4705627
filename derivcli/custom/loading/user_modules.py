"""Runs a user's file or module: the one place that does.

What was named finds its neighbours by `import helper`, but only under names that nothing installed has, and only while
it is run: their folders stand last where Python looks, and no other folder of the user's stands there.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import stat
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from derivcli.custom import PREFIX
from derivcli.errors import DerivError, failure, file_name

FORM = "write it like squares.py:SQ, or package.module:SQ"


_PACKAGES: set[str] = set()
"""The packages of which a file was run. They stay, so that functions can import from them late."""


def module_named(name: str) -> ModuleType:
    """The module that FILE.py makes, or the one called `package.module`, here or installed.

    It is run. Whatever it raises becomes a message of one line.
    """
    if name.endswith(".py") or not all(part.isidentifier() for part in name.split(".")):
        return _run(Path(name))
    if _found_in(name.partition(".")[0]):
        return _installed(name)
    stem = Path(*name.split("."))
    here = next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file()), None)
    if here is None:
        raise DerivError(f"there is no module {name}, here or installed", hint=FORM)
    return _run(here, Path.cwd())


def _found_in(top: str) -> list[Path]:
    """The folders in which Python finds a package, or a module, of a name; none where it would not find it."""
    if top in _PACKAGES:
        _forget({top})
    spec = None if top == "__main__" else importlib.util.find_spec(top)
    places = [] if spec is None else [*(spec.submodule_search_locations or [spec.origin or ""])]
    return [Path(place).resolve().parent for place in places]


def _forget(tops: set[str]) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in tops]:
        del sys.modules[name]


def _installed(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise DerivError(f"cannot import {name}: {failure(error)}", hint=FORM) from error


def _run(path: Path, root: Path | None = None) -> ModuleType:
    """The module that a file makes, as part of the package below `root` where it imports by its place in one."""
    reason = _unfit(path)
    if reason:
        raise DerivError(f"cannot run {file_name(path)}: {reason}", hint=FORM)
    folder = path.resolve().parent
    levels = _relative_levels(path, root or _package_root(folder, 0))
    above = _package_root(folder, levels) if root is None else root.resolve()
    parts = path.resolve().with_suffix("").relative_to(above if levels else folder).parts
    found = _found_in(parts[0]) if levels else []
    is_plain = levels > 0 and (not found or above in found)
    name = ("" if is_plain else PREFIX) + ".".join(parts).removesuffix(".__init__")
    if found and is_plain:
        return _installed(name)
    top = name.partition(".")[0]
    _forget({top})
    try:
        with _beside([*dict.fromkeys((folder, above))]):
            if is_plain:
                _PACKAGES.add(top)
                return importlib.import_module(name)
            return _module_of_package(name, above) if levels else _module(name, path)
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        place = f"{file_name(path)}{_line(path, error)}"
        message = f"cannot run {place}: {failure(error)}".replace(PREFIX, "")
        raise DerivError(message, hint="mend the file") from error


def _module(name: str, path: Path, folders: Sequence[str] | None = None) -> ModuleType:
    """The module of a file; with `folders` it is a package that has its parts there."""
    spec = importlib.util.spec_from_file_location(
        name, path, submodule_search_locations=None if folders is None else list(folders)
    )
    assert spec is not None, "a file that ends in .py has a loader"
    assert spec.loader is not None, "a file is loaded by something"
    module = sys.modules[name] = importlib.util.module_from_spec(spec)  # dataclasses look for it there
    spec.loader.exec_module(module)
    return module


def _module_of_package(name: str, root: Path) -> ModuleType:
    """A module by its place in a package, whose own file is run before; Python finds the other parts from there."""
    top, *inner = name.split(".")
    folder = root / top.removeprefix(PREFIX)
    init = folder / "__init__.py"
    if init.is_file():
        _module(top, init, [str(folder)])
    else:
        package = sys.modules[top] = ModuleType(top)
        package.__path__ = [str(folder)]
    return importlib.import_module(name) if inner else sys.modules[top]


def _relative_levels(path: Path, root: Path) -> int:
    """By how many points an import of a file begins, at the most: 2 for `from ..ops import x`.

    An import of the package of which the file is part, whose folder lies in `root`, counts as one.
    """
    levels = 0
    with suppress(SyntaxError, ValueError):  # which running it will tell of
        own = path.resolve().relative_to(root.resolve()).parts[0]
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom):
                levels = max(levels, node.level, (node.module or "").partition(".")[0] == own)
            elif isinstance(node, ast.Import):
                levels = max(levels, *(each.name.partition(".")[0] == own for each in node.names))
    return levels


def _package_root(folder: Path, levels: int) -> Path:
    """The folder that holds the package of which a folder is part; so many folders are packages in any case."""
    while levels > 0 or (folder / "__init__.py").is_file():
        if folder == folder.parent:
            break
        folder, levels = folder.parent, levels - 1
    return folder


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
def _beside(folders: Sequence[Path]) -> Iterator[None]:
    """A block in which modules of folders can be imported; they are forgotten after it, and leave nothing there.

    So another file finds its own neighbours, and these are read anew when they have changed.
    """
    places = [str(folder) for folder in folders]
    before, known = sys.dont_write_bytecode, {*sys.modules}
    sys.dont_write_bytecode = True
    sys.path.extend(places)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
        for place in places:
            if place in sys.path:
                del sys.path[len(sys.path) - 1 - sys.path[::-1].index(place)]
        new = {name for name in {*sys.modules} - known - _PACKAGES if "." not in name and not name.startswith(PREFIX)}
        _forget({name for name in new if _lies_in(sys.modules[name], places)})


def _lies_in(module: ModuleType, folders: Sequence[str]) -> bool:
    """Whether a module is a file or a folder in one of the folders."""
    path = Path(getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), ""))
    return str(path.parent.parent if path.name == "__init__.py" else path.parent) in folders


def _line(path: Path, error: BaseException) -> str:
    """The last line of a file that an exception passed on its way, in words; a SyntaxError tells its own."""
    passed = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in passed if Path(frame.filename) in (path.absolute(), path.resolve())]
    return f", line {frames[-1].lineno}" if frames else ""
