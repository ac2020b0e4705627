"""Where compiled kernels are kept, since what lies there is run as code, and Matplotlib's list of fonts.

Links on the way to a user's caches are resolved first; those below it are not followed. Where no folder can be had
that only the user can fill, a temporary one is made, which is removed in the end.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

from derivcli.cli.user_folders import caches, settings
from derivcli.engines.torch.trusted_folder import FOLDER_FLAGS, OTHERS_WRITE, check_writable, make, mode_of, opened
from derivcli.errors import visible

FOLDER = "TORCHINDUCTOR_CACHE_DIR"
"""The variable that names the folder to PyTorch's compiler, whose own would be one in /tmp."""

FONTS = "MPLCONFIGDIR"
"""The variable that names one to Matplotlib."""

_temporary: list[tuple[MutableMapping[str, str], str, Path]] = []
"""The temporary folders of this process, with the variable that names each."""


def keep_kernels(environment: MutableMapping[str, str]) -> None:
    """Name a folder that nobody else can write to, unless the user names one.

    The C++ compiler writes what it assembles and links to the folder of temporary files, so that one must be safe too.
    """
    if environment.get(FOLDER):
        return
    environment[FOLDER] = _kept(caches(environment), "kernels") or _made(environment, FOLDER)
    # Not what Python makes of the variables: the compiler reads them too, and chooses otherwise.
    environment["TMPDIR"] = _usual_temporary() if _is_sound(_usual_temporary()) else environment[FOLDER]
    tempfile.tempdir = None


def keep_fonts(environment: MutableMapping[str, str]) -> None:
    """Leave Matplotlib its usual folders where nobody else can write to them, or name it another one.

    Where it cannot write it would make a temporary one that stays, and the same goes for one that the user names.
    """
    if environment.get(FONTS) and _is_usable(Path(environment[FONTS])):
        return
    usual = caches(environment), settings(environment)
    if environment.get(FONTS) or not all(_is_sound(base / "matplotlib", make=True) for base in usual):
        environment[FONTS] = _kept(caches(environment), "matplotlib") or _made(environment, FONTS)


def _is_usable(folder: Path) -> bool:
    """Whether there is such a folder, or can be, and the user may write there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def remarks() -> list[str]:
    """What to say of kernels that were compiled into a temporary folder, of which the next run knows nothing."""
    lost = [each for each, variable, folder in _temporary if variable == FOLDER and any(folder.glob("*"))]
    return [f"note: the compiled kernel is not kept, since {_why_not(caches(each))}, in {FOLDER}" for each in lost]


def _why_not(caches: Path) -> str:
    """Why no folder can be kept among the user's caches, and the way out."""
    if caches.is_relative_to(os.devnull):
        return "you have no home: name a folder of your own"
    return f"{visible(str(caches))} is no folder that only you can write to: chmod go-w may mend it, or name another"


def remove_temporary() -> None:
    """Remove the temporary folders, and forget their names: another user could make a folder of such a name."""
    while _temporary:
        environment, variable, folder = _temporary.pop()
        for name in (variable, "TMPDIR"):
            if environment.get(name) == str(folder):
                del environment[name]
        shutil.rmtree(folder, ignore_errors=True)
        tempfile.tempdir = None  # which may be that folder


def _kept(caches: Path, name: str) -> str:
    """The path of a folder of ours among the user's caches, empty where it cannot be had.

    One to which others could write is emptied: what lies there may be theirs.
    """
    folder = Path(os.path.realpath(caches), "deriv")
    try:
        with opened(folder, make_all=True) as parent:
            make(name, parent)
            inner = os.open(name, FOLDER_FLAGS, dir_fd=parent)
            try:
                _close(inner)
            finally:
                os.close(inner)
    except OSError:
        return ""
    return str(folder / name)


def _close(folder: int) -> None:
    """Close a folder of the user's to all others, and empty it if it was open to them.

    It is sticky until all is removed, so that one that was closed and not emptied is known.
    """
    mode = mode_of(folder)
    if mode & (OTHERS_WRITE | stat.S_ISVTX):
        os.fchmod(folder, stat.S_IRWXU | stat.S_ISVTX)
        _empty(folder)
    if stat.S_IMODE(os.fstat(folder).st_mode) != stat.S_IRWXU:
        os.fchmod(folder, stat.S_IRWXU)
    check_writable(folder)


def _empty(folder: int) -> None:
    for name in os.listdir(folder):
        if stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
            shutil.rmtree(name, dir_fd=folder)
        else:
            os.unlink(name, dir_fd=folder)


def _made(environment: MutableMapping[str, str], variable: str) -> str:
    """A new temporary folder; where none is safe, a path at which there can be none, so that nothing is run from it."""
    for parent in dict.fromkeys((_usual_temporary(), "/tmp", "/var/tmp")):
        if _is_sound(parent):
            folder = tempfile.mkdtemp(prefix="deriv-", dir=os.path.realpath(parent))
            _temporary.append((environment, variable, Path(folder)))
            return folder
    return f"{os.devnull}/deriv"


def _usual_temporary() -> str:
    """The folder of temporary files; the null device, which is none, where none can be written to."""
    try:
        return tempfile.gettempdir()
    except FileNotFoundError:
        return os.devnull


def _is_sound(path: str | Path, make: bool = False) -> bool:
    """Whether nobody else can put another folder in the place of this one, and one may write there."""
    try:
        with opened(os.path.realpath(path), make_all=make) as folder:
            check_writable(folder)
    except OSError:
        return False
    return True
