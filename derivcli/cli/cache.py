"""Where compiled kernels are kept: in a folder of the user's own, since what lies there is run as code."""

from __future__ import annotations

import os
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

FOLDER = "TORCHINDUCTOR_CACHE_DIR"
"""The variable that names the folder to PyTorch's compiler, whose own would be one in /tmp."""


def keep_kernels(environment: MutableMapping[str, str]) -> None:
    """Name a folder that nobody else can write to, unless the user names one; a new one where the usual cannot be."""
    if environment.get(FOLDER):
        return
    folder = _caches(environment) / "deriv" / "kernels"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError
        folder.chmod(0o700)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="deriv-kernels-"))
    environment[FOLDER] = str(folder)


def _caches(environment: MutableMapping[str, str]) -> Path:
    """The folder of a user's caches; the standard says that a relative path does not count."""
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path(environment.get("HOME") or Path.home()) / ".cache"
