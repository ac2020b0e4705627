"""Writing a file whole or not at all, and refusing before the work what could not be written after it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from derivcli.errors import DerivError, ExitStatus, file_name


def check_target(path: Path, suffixes: Sequence[str]) -> None:
    """Refuse a name that could not be written to or does not end like one of the `suffixes`."""
    if path.suffix.lower().lstrip(".") not in suffixes:
        endings = ", ".join(f".{suffix}" for suffix in suffixes)
        raise _refusal(
            path, f"the name's ending, {path.suffix or 'none'}, says no known format", f"use one of {endings}"
        )
    _check_place(path)


def check_output(path: Path, inputs: Sequence[Path], clobber: bool) -> None:
    """Refuse an output that could not be written, that is one of the inputs, or that exists and may not be replaced.

    A file is known by its device and inode, so that no link hides an input.
    """
    _check_place(path)
    with suppress(FileNotFoundError):
        output = path.stat()
        for each in inputs:
            with suppress(OSError):  # the reader tells of those that cannot be found
                if os.path.samestat(output, each.stat()):
                    raise _refusal(path, "it is one of the inputs", "choose another name")
        if not clobber:
            raise _existing(path)


def write_whole(path: Path, data: bytes, clobber: bool = True) -> None:
    """Write the file so that, whatever happens, its old or its new content is there in full."""
    with replacing(path, clobber) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, clobber: bool = True) -> Iterator[BinaryIO]:
    """Yield a new file that takes the place of `path` when the block ends well, and is removed when it does not.

    A link is followed, an existing file keeps its mode, and nothing but a regular file is replaced; without
    `clobber` nothing is, also where a file appears while the block runs. The new file is made with the mode
    that the umask leaves, beside the old one because only within a file system is a replacement one step.
    Its name is drawn before it exists, so that an interrupt finds it.
    """
    try:
        target = _target(path)
        _check_kind(path, target)
        temporary = target.with_name(f".deriv-{os.urandom(8).hex()}.tmp")
        try:
            yield from _filled(temporary, target)
            _move(temporary, target, path, clobber)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise DerivError(f"cannot write {file_name(path)}: {_reason(error)}", status=ExitStatus.UNWRITABLE) from error


def _filled(temporary: Path, target: Path) -> Iterator[BinaryIO]:
    """Yield the new file with the mode of the old one, and see it on the disk before it ends."""
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        with suppress(FileNotFoundError):
            os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
        try:
            yield file
        except BaseException:
            with suppress(OSError):
                file.close()  # here, where a disk that is full cannot hide what came first
            raise
        file.flush()
        os.fsync(file.fileno())


def _move(temporary: Path, target: Path, path: Path, clobber: bool) -> None:
    """Give the file its final name in a single step, which without `clobber` no other file may have."""
    if clobber:
        temporary.replace(target)
        return
    try:
        _claim(temporary, target)
    except FileExistsError as error:
        raise _existing(path) from error


def _claim(temporary: Path, target: Path) -> None:
    """Give the file a second name and take the first one away: of the two ways, the one that replaces nothing."""
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: an empty file holds the name until it is replaced.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        try:
            temporary.replace(target)
        except BaseException:
            with suppress(OSError):
                target.unlink()
            raise
    else:
        temporary.unlink()


def _check_place(path: Path) -> None:
    try:
        target = _target(path)
        parent = target.parent.stat()
        _check_kind(path, target)
    except OSError as error:
        nowhere = isinstance(error, FileNotFoundError | NotADirectoryError)
        hint = ("name a file" if nowhere else "choose another name,") + " in a directory that exists"
        raise _refusal(path, _reason(error), hint) from error
    if not stat.S_ISDIR(parent.st_mode) or not os.access(target.parent, os.W_OK | os.X_OK):
        reason = f"no file can be made in {file_name(target.parent)}"
        raise _refusal(path, reason, "name a file in a directory of your own")


def _target(path: Path) -> Path:
    """The file behind a link; any other path stays as it is, since one above it may be closed to us."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _check_kind(path: Path, target: Path) -> None:
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise _refusal(path, "it is a directory", "name a file in it")
    if not stat.S_ISREG(mode):
        raise _refusal(path, "it is no regular file", "name a file that may be replaced")
    if not os.access(target, os.W_OK):
        raise _refusal(path, "it is read-only", "choose another name, or make it writable")


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _existing(path: Path) -> DerivError:
    return _refusal(path, "it exists", "choose another name`shell:, or leave out --no-clobber`")


def _refusal(path: Path, reason: str, hint: str) -> DerivError:
    return DerivError(f"cannot write {file_name(path)}: {reason}", hint=hint, status=ExitStatus.REFUSED)
