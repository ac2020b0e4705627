"""A line carried out: its reply is shown, and what goes wrong in it is said and ends nothing but the line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from derivcli.cli import terminal
from derivcli.cli.notes import tell
from derivcli.cli.shell.lines import after_refusal, answer
from derivcli.cli.shell.program import Program
from derivcli.cli.shell.reply import Reply
from derivcli.cli.shell.state import State
from derivcli.cli.terminal import Screen
from derivcli.errors import DerivError, ExitStatus, draw_error, visible
from derivcli.hints import SHELL, in_session
from derivcli.render.format_table import FORMATS, default_format, write


@dataclass(slots=True)
class Session:
    """A session between two lines. `said` prefixes what is told of one on standard error."""

    program: Program
    screen: Screen
    state: State = field(default_factory=State)
    status: ExitStatus = ExitStatus.OK
    """The status so far: whether a line was refused or a check found a difference."""
    ends: bool = False


def carry_out(session: Session, text: str, say: Callable[[str], None] = tell) -> bool:
    """Carry out a line; whether it was one. Only what ends the process is raised."""
    try:
        state, reply = answer(session.state, text, session.screen, session.program)
        shown = _show(reply, session, say)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except DerivError as error:
        session.state = after_refusal(session.state, text, error)
        _fail(session, ExitStatus.REFUSED)
        say(draw_error(error, SHELL))
        return False
    except Exception as error:
        status, said = session.program.end_by(error, ["shell"])
        if status is ExitStatus.OK or status is ExitStatus.DIFFERENCE:
            _fail(session, status)
            session.state = state
            return True
        _fail(session, ExitStatus.REFUSED if status is ExitStatus.INTERRUPTED else status)
        say(in_session(said.replace("this command: deriv shell", f"this line: {visible(text)}")))
        return False
    session.state = state
    session.ends = reply.ends
    return shown


def _fail(session: Session, status: ExitStatus) -> None:
    """Keep the worse of two statuses: an internal error, then a refusal, then a difference."""
    session.status = max(session.status, status)


def _show(reply: Reply, session: Session, say: Callable[[str], None]) -> bool:
    """Show what a line came to; whether anything was shown."""
    terminal_, style = session.screen
    if reply.words:
        session.program.invoke(reply.words)
        return True
    if reply.job is not None:
        return _run(reply, session, say)
    if reply.document is not None:
        name = reply.format or default_format("results", terminal_)
        text = write(reply.document, name, style)
        terminal.show(sys.stdout, text, FORMATS[name].is_colored)
    for note in reply.notes:
        say(note)
    if reply.differs:
        _fail(session, ExitStatus.DIFFERENCE)
    return reply.document is not None


def _run(reply: Reply, session: Session, say: Callable[[str], None]) -> bool:
    """Have the main command answer a request."""
    from derivcli.cli.commands.derive import evaluate

    assert reply.job is not None, "there is a job"
    request, options = reply.job
    wrote, output = False, sys.stdout

    def write(text: str, colored: bool = False, drawn: bool = False) -> None:
        nonlocal wrote
        wrote = True
        terminal.show(output, text, colored, drawn)

    with terminal.aside():
        done = evaluate(request, options, session.screen, write)
    for note in done.notes:
        say(note)
    if done.differs:
        _fail(session, ExitStatus.DIFFERENCE)
    return wrote


def screen() -> Screen:
    """What standard output is now."""
    return terminal.screen(os.environ)
