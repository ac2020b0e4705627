"""`--code`: a request as a script, printed or in a file."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from derivcli.cli.atomic_file import check_output, check_target, write_whole
from derivcli.cli.options import MainOptions
from derivcli.errors import DerivError, draw_note, file_name
from derivcli.pipeline import script_plan
from derivcli.render.figure import SUFFIXES
from derivcli.request import Request

MEANINGLESS = ("--format", "--digits", "--on", "--engine", "--check", "--exact")
"""Options that have no meaning for a script."""


def write_code(request: Request, options: MainOptions, write: Callable[[str], object]) -> list[str]:
    """Write the script of a request, into a file if one is named; gives back notes."""
    from derivcli.explain.code.script import write_script

    _check(request, options)
    plan = script_plan(request, "" if options.plot is None else str(options.plot))
    text = write_script(plan)
    remarks = chain(plan.points.notes, *(part.notes for part in plan.task.expressions))
    notes = list(dict.fromkeys(f"note: {draw_note(note)}" for note in remarks))
    if options.output is None:
        write(text)
        return notes
    write_whole(options.output, text.encode(), options.clobber)
    return [*notes, f"wrote {file_name(options.output)}"]


def _check(request: Request, options: MainOptions) -> None:
    if request.data is not None:
        hint = "give some with --at, and leave out --data"
        raise DerivError("a script computes at points that are typed", hint=hint)
    if request.points is None:
        raise DerivError("a script computes numbers, and there are no points", hint="add some, as in --at x=3")
    given = (options.format_, options.digits, request.interval, request.engine, request.check, request.exact)
    for option, value in zip(MEANINGLESS, given, strict=True):
        if value:
            raise DerivError(f"{option} has no meaning for a script", hint=f"leave out {option}, or --code")
    _check_files(options)


def _check_files(options: MainOptions) -> None:
    if options.output is not None:
        if options.output.suffix.lower() != ".py":
            raise DerivError("the name of a script ends in .py", hint="name it so, as in --output slope.py")
        check_output(options.output, [], options.clobber)
    elif not options.clobber:
        raise DerivError("--no-clobber is for files that are written", hint="add --output FILE.py, or leave it out")
    if options.plot is not None:
        check_target(options.plot, SUFFIXES)
