"""`deriv warm`: start, stop or describe the server that answers commands without the time that imports take."""

from __future__ import annotations

import os
import sys
import time
from enum import StrEnum
from typing import Annotated

import typer

from derivcli.cli.warm import address
from derivcli.cli.warm.same_place import difference
from derivcli.cli.warm.start import IDLE_SECONDS, RUNS, start
from derivcli.cli.warm.status import POLL_SECONDS, Running, running, servers, stop
from derivcli.errors import DerivError

MINUTE = 60
WITHOUT = "commands work as they do without it"


class Action(StrEnum):
    """What is done about the server."""

    START = "start"
    STATUS = "status"
    STOP = "stop"


ActionArgument = Annotated[
    Action, typer.Argument(metavar="ACTION", help="start, status or stop.", show_default=False)
]  # fmt: skip
Idle = Annotated[
    int,
    typer.Option(
        "--idle", metavar="MINUTES", min=1, help="With start: end after so many minutes without a command.",
        show_default=True,
    ),
]  # fmt: skip


def warm(action: ActionArgument, idle: Idle = IDLE_SECONDS // MINUTE) -> None:
    """Keep a server ready that answers commands at once, from every terminal of yours.

    It has imported what a command needs, and runs each one in a fork of itself: what comes out is the same. With
    DERIV_WARM=auto in the environment the first command starts it; DERIV_WARM=off lets commands pass it by.
    """
    path = address.socket_path() if sys.platform == "linux" else ""
    if action == Action.STOP:
        said = _stopped()
    elif not path:
        raise DerivError("a warm start is not possible here", hint=WITHOUT)
    else:
        if action == Action.START:
            _start(path, idle * MINUTE)
        said = _described(running(path))
    sys.stdout.write(f"{said}\n")


def _start(path: str, idle_seconds: float) -> None:
    """Start a server, and wait until it can be called."""
    try:
        with os.fdopen(start(path, idle_seconds)) as file:
            said = file.read()
    except OSError as error:
        raise DerivError(f"the server cannot be started: {error}", hint=WITHOUT) from error
    while said == RUNS and not address.is_own_socket(path) and running(path):
        time.sleep(POLL_SECONDS)  # another command has started it
    if said != RUNS:
        raise DerivError(f"the server did not start: {said or 'it ended'}", hint=WITHOUT)


def _described(found: Running | None) -> str:
    if found is None:
        return "no warm server runs; deriv warm start starts one"
    differs = difference(found.pid)
    said = f"a warm server runs: process {found.pid}, since {_duration(found.seconds)}, {found.mebibytes:.0f} MiB"
    return f"{said}\ncommands here pass it by, since their {differs} are not the server's" if differs else said


def _stopped() -> str:
    """End all servers, since those of other versions and environments are not seen otherwise."""
    found = servers()
    for server in found:
        stop(server.pid)
    return "\n".join(f"the warm server of process {server.pid} has ended" for server in found) or "no warm server ran"


def _duration(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min"
