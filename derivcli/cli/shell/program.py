"""What the shell is given of the command line's program, which imports every command and so the shell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivcli.cli.command_table import Command
    from derivcli.cli.grammar import Grammar
    from derivcli.errors import ExitStatus


@dataclass(frozen=True, slots=True)
class Program:
    """The commands with their grammar, and how to run one."""

    commands: Mapping[str, Command]
    built: Callable[[str], Any]
    """Typer's command of a name, the main one having none."""
    grammar_of: Callable[[str], Grammar]
    invoke: Callable[[Sequence[str]], None]
    """Runs a command line; raises whatever ends it."""
    end_by: Callable[[BaseException, Sequence[str]], tuple[ExitStatus, str]]
    """The status of an error, and what is said of it."""
    meaning: Callable[[str], str]
    """What should be written on the command line for a word, or nothing."""
    is_fork: bool = False
    """Whether this is a fork of the warm server, in which no code of a user's runs."""
