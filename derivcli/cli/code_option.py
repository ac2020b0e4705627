"""`--code`: a request as a script, printed or in a file."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from derivcli.cli.atomic_file import check_output, check_target, write_whole
from derivcli.cli.options import Showing
from derivcli.errors import DerivError, draw_note, file_name
from derivcli.request import Request


def write_code(request: Request, showing: Showing, write: Callable[[str], object]) -> list[str]:
    """Write the script of a request, into a file if one is named; gives back notes."""
    from derivcli.explain.code.script import write_script
    from derivcli.pipeline import script_plan

    _check(request, showing)
    plan = script_plan(request, "" if showing.plot is None else str(showing.plot))
    text = write_script(plan)
    remarks = chain(plan.points.notes, *(part.notes for part in plan.task.expressions))
    notes = [f"note: {draw_note(note)}" for note in remarks]
    notes = list(dict.fromkeys(notes))
    if showing.output is None:
        write(text)
        return notes
    write_whole(showing.output, text.encode(), showing.clobber)
    return [*notes, f"wrote {file_name(showing.output)}"]


def _check(request: Request, showing: Showing) -> None:
    """Refuse what a script does not do."""
    if request.data is not None:
        hint = "give some with --at, and leave out --data"
        raise DerivError("a script computes at points that are typed", hint=hint)
    if request.points is None:
        raise DerivError("a script computes numbers, and there are no points", hint="add some, as in --at x=3")
    needless = {
        "--format": showing.format, "--digits": showing.digits, "--on": request.interval, "--engine": request.engine,
        "--check": request.check,
    }  # fmt: skip
    for option, given in needless.items():
        if given:
            raise DerivError(f"{option} has no meaning for a script", hint=f"leave out {option}, or --code")
    if showing.output is not None:
        if showing.output.suffix.lower() != ".py":
            raise DerivError("the name of a script ends in .py", hint="name it so, as in --output slope.py")
        check_output(showing.output, [], showing.clobber)
    elif not showing.clobber:
        raise DerivError("--no-clobber is for files that are written", hint="add --output FILE.py, or leave it out")
    if showing.plot is not None:
        from derivcli.render.figure import SUFFIXES

        check_target(showing.plot, SUFFIXES)
