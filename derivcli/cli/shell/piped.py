"""Lines from a pipe or a file: one answer for each, at once, so that a program can ask line by line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from derivcli.cli.notes import tell
from derivcli.cli.shell.running import Session, carry_out
from derivcli.errors import DerivError

COMMENT = "#"


def answer_lines(session: Session) -> None:
    """Answer every line of standard input on standard output, and say what is wrong by the number of the line.

    A line that is refused has an empty line as its answer; empty lines and comments have none.
    """
    session.screen = (False, replace(session.screen[1], color=False))  # plain, also where the answers are watched
    for number, line in enumerate(_lines(), start=1):
        text = line.strip()
        if not text or text[0] == COMMENT:
            continue
        is_answered = carry_out(session, text, partial(_tell, number))
        if session.ends:
            return
        if not is_answered:
            sys.stdout.write("\n")
        sys.stdout.flush()


def _lines() -> Iterator[str]:
    """The lines as text; bytes that are none stand for themselves, and are refused with their line."""
    if sys.stdin is None:
        raise DerivError("standard input is closed", hint="pipe lines in, as in deriv shell < FILE")
    stream = sys.stdin.buffer
    first = True
    while line := stream.readline():
        text = line.decode("utf-8", "surrogateescape")
        yield text.removeprefix("\ufeff") if first else text
        first = False


def _tell(number: int, said: str) -> None:
    tell(f"line {number}: {said}")
