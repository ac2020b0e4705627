"""Lines that are typed on a terminal, with the keys, the history and the completions of a shell."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.input import create_input
from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor
from prompt_toolkit.output import ColorDepth, create_output
from prompt_toolkit.shortcuts import CompleteStyle

from derivcli import __version__
from derivcli.cli.shell.completing import LineCompleter
from derivcli.cli.shell.highlighting import STYLE, FormulaLexer
from derivcli.cli.shell.history import KeptHistory, history_path
from derivcli.cli.shell.running import Session, carry_out, screen
from derivcli.cli.shell.statements import is_open, statements
from derivcli.cli.terminal import Canvas, Terminal
from derivcli.errors import visible

PROMPT = "> "
GOES_ON = ". "
WELCOME = f"deriv {__version__}; :help lists what can be typed, Ctrl-D ends"


def type_lines(session: Session) -> None:
    """Ask for lines and answer them until the session ends."""
    prompt = _prompt(session)
    sys.stdout.write(f"{WELCOME}\n")
    sys.stdout.flush()
    while not session.ends:
        text = ""
        try:
            text = _ask(prompt)
            _carry_out_each(session, statements(text))
        except KeyboardInterrupt:  # a key at the prompt, a signal in a computation
            if text:
                _say("interrupted")
        except EOFError:
            return


def _carry_out_each(session: Session, texts: Sequence[str]) -> None:
    """Carry out the statements of a text until one ends the session; of several, each is shown before its answer."""
    texts = [text for text in texts if text.strip()]
    for text in texts:
        if len(texts) > 1:
            shown = f"\n{GOES_ON}".join(map(visible, text.split("\n")))
            sys.stdout.write(f"{PROMPT}{shown}\n")
        session.screen = screen()
        carry_out(session, text, _say)
        sys.stdout.flush()
        if session.ends:
            return


def _goes_on() -> bool:
    """Whether a bracket is open at the end of what is typed, so that Enter goes on in a new line."""
    return is_open(statements(get_app().current_buffer.document.text)[-1])


def _ask(prompt: PromptSession[str]) -> str:
    """Ask for a line.

    A closed terminal ends the process at once: an exception is lost while the prompt comes back from Ctrl-Z, and the
    process would wait for ever.
    """
    before = signal.getsignal(signal.SIGHUP)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        return prompt.prompt(PROMPT, prompt_continuation=GOES_ON)
    finally:
        signal.signal(signal.SIGHUP, before)


def _prompt(session: Session) -> PromptSession[str]:
    color = session.screen[1].color
    return PromptSession(
        history=KeptHistory(history_path(os.environ)),
        completer=LineCompleter(lambda: session.state, session.program),
        complete_while_typing=False,
        enable_history_search=True,
        complete_style=CompleteStyle.MULTI_COLUMN,
        lexer=FormulaLexer(lambda: session.state) if color else None,
        style=STYLE if color else None,
        color_depth=None if color else ColorDepth.DEPTH_1_BIT,
        include_default_pygments_style=False,
        input_processors=[HighlightMatchingBracketProcessor(chars="()")] if color else None,
        multiline=Condition(_goes_on),
        enable_suspend=True,
        reserve_space_for_menu=4,
        input=create_input(sys.stdin),
        output=create_output(_stream()),
    )


def _stream() -> Any:
    return Canvas(sys.stdout) if isinstance(sys.stdout, Terminal) else sys.stdout


def _say(text: str) -> None:
    """Say something on standard error, behind all that was answered so far."""
    sys.stdout.flush()
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
