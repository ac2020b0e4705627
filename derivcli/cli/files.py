"""Writing a file whole or not at all, and refusing before the work what could not be written after it."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from derivcli.errors import DerivError, ExitStatus


def check_target(path: Path, suffixes: Sequence[str]) -> None:
    """Refuse a name that could not be written to or does not end like one of the `suffixes`."""
    if path.suffix.lower().lstrip(".") not in suffixes:
        endings = ", ".join(f".{suffix}" for suffix in suffixes)
        raise _refusal(
            path, f"the name's ending, {path.suffix or 'none'}, says no known format", f"use one of {endings}"
        )
    try:
        target = _target(path)
        parent = target.parent.stat()
        _check_kind(path, target)
    except OSError as error:
        raise _refusal(path, _reason(error), "name a file in a directory that exists") from error
    if not stat.S_ISDIR(parent.st_mode) or not os.access(target.parent, os.W_OK | os.X_OK):
        raise _refusal(path, f"no file can be made in {target.parent}", "name a file in a directory of your own")


def write_whole(path: Path, data: bytes) -> None:
    """Write the file so that, whatever happens, its old or its new content is there in full.

    A link is followed, an existing file keeps its mode, and nothing but a regular file is replaced.
    """
    try:
        target = _target(path)
        _check_kind(path, target)
        _replace(target, data)
    except OSError as error:
        raise DerivError(f"cannot write {path}: {_reason(error)}", status=ExitStatus.UNWRITABLE) from error


def _target(path: Path) -> Path:
    """The file behind a link; any other path stays as it is, since one above it may be closed to us."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _check_kind(path: Path, target: Path) -> None:
    """Refuse what exists and is no regular file that we may write."""
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


def _replace(target: Path, data: bytes) -> None:
    """Put a new file in the place of the old one in a single step.

    The new one is made with the mode that the umask leaves, beside the old one because only within a file
    system is a replacement one step. Its name is drawn before it exists, so that an interrupt finds it.
    """
    temporary = target.with_name(f".deriv-{secrets.token_hex(8)}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            with suppress(FileNotFoundError):
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _reason(error: OSError) -> str:
    """The system's own words."""
    return error.strerror or str(error)


def _refusal(path: Path, reason: str, hint: str) -> DerivError:
    return DerivError(f"cannot write {path}: {reason}", hint=hint, status=ExitStatus.REFUSED)
