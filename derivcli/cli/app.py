"""The program: one command line, from its words to its exit status."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Never

from derivcli.cli import kernel_cache, terminal
from derivcli.cli.argument_files import Origins, with_definitions, with_formulas
from derivcli.cli.argv import command_in, parse_argv
from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import HELP, built, grammar_of
from derivcli.cli.help_topics import help_asked
from derivcli.cli.install_completion import with_shell
from derivcli.cli.mistyped_words import check_words
from derivcli.cli.notes import tell
from derivcli.cli.option_synonyms import meaning
from derivcli.cli.shell.program import Program
from derivcli.cli.status_of_errors import Terminated, end_by
from derivcli.errors import ExitStatus


def main(
    before_end: Callable[[int], None] | None = None, file_type: type[io.FileIO] = io.FileIO, *, is_fork: bool = False
) -> Never:
    """The console script: real streams, which are opened as files of a type, signals and the end of the process."""
    terminal.open_streams(file_type)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _terminate)
    status = run(sys.argv[1:], is_fork=is_fork)
    if before_end:
        before_end(status)
    # At once: the output is written, and taking torch apart would cost a second.
    os._exit(status)


def run(words: Sequence[str], is_fork: bool = False) -> ExitStatus:
    """Run one command line, perhaps in a fork of the warm server; everything that can go wrong ends here."""
    try:
        try:
            _invoke(words, is_fork)
        finally:
            sys.stdout.flush()
    except BaseException as error:
        status, said = end_by(error, words)
        if said:
            tell(said)
        return status
    finally:
        kernel_cache.remove_temporary()
    return ExitStatus.OK


def _invoke(words: Sequence[str], is_fork: bool) -> None:
    told = help_asked(words)
    if told:
        sys.stdout.write(f"{told}\n")
        return
    words = with_shell(words, os.environ)
    name = command_in(words)
    command, grammar = built(name), grammar_of(name)
    words = words[bool(name) :]
    found = parse_argv(words, grammar)
    origins = Origins()
    if grammar.formulas:
        loose, certain = (with_formulas(words, origins) for words in (found.loose, found.certain))
        found = replace(found, options=with_definitions(found.options, origins), loose=loose, certain=certain)
    if (HELP,) not in found.options:
        check_words(found, grammar)
    # Not command.main(), which has ways of its own out of an interrupt and a closed pipe.
    program = Program(
        COMMANDS,
        built,
        grammar_of,
        partial(_invoke, is_fork=is_fork),
        end_by,
        lambda word: meaning(word, "", grammar_of(""), ()),
        is_fork,
    )
    with origins.named(), command.make_context(grammar.command, found.ordered, obj=program) as context:
        command.invoke(context)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated
