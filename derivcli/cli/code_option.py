"""`--code`: a job as a script, printed or in a file."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from derivcli.cli.atomic_file import check_output, check_target, write_whole
from derivcli.cli.options import Calculation, Showing
from derivcli.errors import DerivError, draw_note, file_name


def write_code(job: Calculation, showing: Showing, write: Callable[[str], object]) -> list[str]:
    """Write the script of a job, into a file if one is named; gives back notes."""
    from derivcli.explain.code.script import write_script
    from derivcli.points.at_option import read_points
    from derivcli.teach import lesson

    _check(job, showing)
    points = read_points(job.at, job.paired)
    plot = "" if showing.plot is None else str(showing.plot)
    made = lesson(points, job.expressions, job.wanted, job.named, job.dtype, job.device, plot)
    text = write_script(made)
    remarks = chain(points.notes, *(part.notes for part in made.task.expressions))
    notes = [f"note: {draw_note(note)}" for note in remarks]
    notes = list(dict.fromkeys(notes))
    if showing.output is None:
        write(text)
        return notes
    write_whole(showing.output, text.encode(), showing.clobber)
    return [*notes, f"wrote {file_name(showing.output)}"]


def _check(job: Calculation, showing: Showing) -> None:
    """Refuse what a script does not do."""
    if job.data is not None:
        hint = "give some with --at, and leave out --data"
        raise DerivError("a script computes at points that are typed", hint=hint)
    if not job.at:
        raise DerivError("a script computes numbers, and there are no points", hint="add some, as in --at x=3")
    needless = {
        "--format": showing.format, "--digits": showing.digits, "--on": job.on, "--engine": job.wanted.engine,
        "--check": job.check,
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
