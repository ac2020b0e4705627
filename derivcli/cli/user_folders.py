"""The folders of a user's own files, as the XDG standard names them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def caches(environment: Mapping[str, str]) -> Path:
    """The folder of what can be made anew."""
    return base(environment, "XDG_CACHE_HOME", ".cache")


def state(environment: Mapping[str, str]) -> Path:
    """The folder of what is kept from one run to the next, such as histories."""
    return base(environment, "XDG_STATE_HOME", ".local/state")


def data(environment: Mapping[str, str]) -> Path:
    """The folder of data for other programs, such as completions."""
    return base(environment, "XDG_DATA_HOME", ".local/share")


def settings(environment: Mapping[str, str]) -> Path:
    """The folder of settings."""
    return base(environment, "XDG_CONFIG_HOME", ".config")


def base(environment: Mapping[str, str], variable: str, usual: str) -> Path:
    """A user's folder for files of one kind; the standard says that a relative path does not count."""
    named = Path(environment.get(variable, ""))
    return named if named.is_absolute() else home(environment) / usual


def home(environment: Mapping[str, str]) -> Path:
    """The user's home, which is not made; the null device, below which nothing is, where there is none."""
    named = environment.get("HOME") or _home_by_account()
    return Path(named) if Path(named).is_absolute() and Path(named).is_dir() else Path(os.devnull)


def _home_by_account() -> str:
    """The home of the user's account; nothing where there is no account, as in many containers."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""
