"""`--code`: a request as code in a language, printed or in a file."""

from __future__ import annotations

from collections.abc import Callable

from derivcli.atomic_file import check_output, check_target, write_whole
from derivcli.cli.options import MainOptions
from derivcli.cli.point_source import opened
from derivcli.code_plans import Code, code
from derivcli.errors import DerivError, draw_note, file_name
from derivcli.explain.code.languages import LANGUAGES, Language
from derivcli.pictures.drawing.figure import SUFFIXES
from derivcli.request import Request

MEANINGLESS = ("--format", "--digits", "--on", "--engine", "--check", "--exact")
"""Options that have no meaning for code."""


def write_code(request: Request, options: MainOptions, write: Callable[[str], object]) -> list[str]:
    """Write the code of a request, into a file if one is named; gives back notes."""
    assert options.code is not None, "a language is asked for"
    language = LANGUAGES[options.code.value]
    _check(request, options, language)
    plot = "" if options.plot is None else str(options.plot)
    if request.data is None:
        made: Code = code(request, language, plot)
    else:
        with opened(request) as (source, request):
            made = code(request, language, plot, source.data)
    notes = [f"note: {draw_note(note)}" for note in made.notes]
    if options.output is None:
        write(made.text)
        return notes
    write_whole(options.output, made.text.encode(), options.clobber)
    return [*notes, f"wrote {file_name(options.output)}"]


def _check(request: Request, options: MainOptions, language: Language) -> None:
    given = (options.format_, options.digits, request.interval, request.engine, request.check, request.exact)
    for option, value in zip(MEANINGLESS, given, strict=True):
        if value:
            raise DerivError(f"{option} has no meaning for code", hint=f"leave out {option}, or --code")
    _check_files(options, language)


def _check_files(options: MainOptions, language: Language) -> None:
    suffix = language.suffix
    if options.output is not None:
        if options.output.suffix.lower() != suffix:
            hint = f"name it so, as in --output slope{suffix}"
            raise DerivError(f"the name of a file for {language.title} ends in {suffix}", hint=hint)
        check_output(options.output, [], options.clobber)
    elif not options.clobber:
        hint = f"add --output FILE{suffix}, or leave it out"
        raise DerivError("--no-clobber is for files that are written", hint=hint)
    if options.plot is not None:
        check_target(options.plot, SUFFIXES)
