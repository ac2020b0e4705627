"""Folders whose files are run as code: nobody else may rename, replace or fill one anywhere on the way to it.

PyTorch's compiler takes a path and no descriptor, so a folder is as safe as its name. From the root on each one
therefore belongs to the user or to root, and others cannot write to it or, where it is sticky as /tmp is, can rename
only what is theirs. Each is opened from the one before it and looked at through its descriptor.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
PARENT_FLAGS = os.O_DIRECTORY | os.O_NOFOLLOW | getattr(os, "O_PATH", os.O_RDONLY)
FOLDER_FLAGS = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_RDONLY


def is_closed(path: str) -> bool:
    """Whether a folder is the user's alone. An empty one is closed to others, if it was open to them."""
    parent, name = os.path.split(path)
    try:
        with opened(os.path.realpath(parent), make_all=False) as above:
            folder = os.open(name, FOLDER_FLAGS, dir_fd=above)
            try:
                return _closed(folder)
            finally:
                os.close(folder)
    except OSError:
        return False


def _closed(folder: int) -> bool:
    """The same of an open folder. If something is in it that may be theirs, it stays open."""
    mode = mode_of(folder)
    if not mode & OTHERS_WRITE:
        return True
    if os.listdir(folder):
        return False
    os.fchmod(folder, stat.S_IMODE(mode & ~OTHERS_WRITE))
    if os.listdir(folder):
        os.fchmod(folder, stat.S_IMODE(mode))
        return False
    return True


def mode_of(folder: int) -> int:
    """The mode of a folder of the user's. Raises PermissionError where it is another's."""
    found = os.fstat(folder)
    if found.st_uid != os.getuid():
        raise PermissionError
    return found.st_mode


@contextmanager
def opened(path: str | Path, make_all: bool) -> Iterator[int]:
    """A descriptor of a folder all the way to which nobody else can change anything. `path` is free of links."""
    folder = os.open("/", PARENT_FLAGS)
    try:
        check(folder)
        for part in Path(path).parts[1:]:
            if make_all:
                make(part, folder)
            inner = os.open(part, PARENT_FLAGS, dir_fd=folder)
            os.close(folder)
            folder = inner
            check(folder)
        yield folder
    finally:
        os.close(folder)


def make(name: str, parent: int) -> None:
    """Make a folder that is the user's alone, unless there is something of that name."""
    try:
        os.mkdir(name, stat.S_IRWXU, dir_fd=parent)
    except OSError:
        os.stat(name, dir_fd=parent, follow_symlinks=False)


def check(folder: int) -> None:
    """Raise PermissionError if somebody else can rename or replace what lies in a folder and is not theirs."""
    found = os.fstat(folder)
    if found.st_uid not in (0, os.getuid()) or (found.st_mode & OTHERS_WRITE and not found.st_mode & stat.S_ISVTX):
        raise PermissionError


def check_writable(folder: int) -> None:
    """Raise PermissionError if the user cannot write to a folder."""
    if not os.access(".", os.W_OK | os.X_OK, dir_fd=folder):
        raise PermissionError
