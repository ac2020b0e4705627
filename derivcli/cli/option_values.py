"""The texts of options as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from derivcli.cli.argument_files import Line, Origins, check_once, is_file, readable, values_in
from derivcli.cli.deferred_modules import import_deferred
from derivcli.cli.terminal import aside
from derivcli.errors import DerivError, Span
from derivcli.python_arguments import mixed_of, wrt_of
from derivcli.result import ORDERS, Partial

if TYPE_CHECKING:
    from derivcli.language.functions.row import Function
    from derivcli.points.at_option import Interval
    from derivcli.points.points import Points


def wrt_in(wrt: Sequence[str] | None) -> list[str] | None:
    """The names in `--wrt u,v --wrt w`, each once."""
    return None if wrt is None else wrt_of(",".join(wrt))


def partials_in(mixed: Sequence[str] | None) -> list[Partial] | None:
    """The partials of `--mixed x,x,y --mixed x,y`."""
    return None if mixed is None else [partial for text in mixed for partial in mixed_of(text)]


def points_in(specs: Sequence[str], paired: bool = False, uncertain: bool = False) -> Points:
    """The points of `--at u=1 --at @values.txt`, which may be `uncertain`, or the vector of `--along`."""
    from derivcli.points.at_option import read_points

    origins = Origins()
    lines = {spec: values_in(spec) for spec in specs if is_file(spec)}
    error = next((line.error for found in lines.values() for line in found if line.error is not None), None)
    if error is not None:
        raise error
    texts = [text for spec in specs for text in (origins.add(lines[spec]) if spec in lines else [spec])]
    with origins.named():
        return read_points(texts, paired, uncertain)


def values_of_files(specs: Sequence[str]) -> tuple[list[str], list[Line]]:
    """Of `--at x=3 --at @parameters.toml` the texts that were typed, and the values of files."""
    files = [line for spec in specs if is_file(spec) for line in values_in(spec)]
    check_once(files)
    return [spec for spec in specs if not is_file(spec)], files


def points_with(
    typed: Sequence[str], from_files: Sequence[Line], paired: bool
) -> tuple[Points, Mapping[str, DerivError]]:
    """The points that were typed, of those of files the ones of other variables, and why some are none."""
    known = {*points_in(typed, uncertain=True).names} if typed and from_files else set()
    others, errors = readable(from_files, known)
    return points_in([*typed, *(line.text for line in others)], paired, uncertain=True), errors


def points_or_tensors_in(specs: Sequence[str], paired: bool = False) -> Points | dict[str, object]:
    """The points of `--at`, or tensors where there are some, as in `--at x=[[1,2],[3,4]]`, which are one point."""
    from derivcli.custom.arguments.literals import is_nested, tensors_in

    nested = [spec for spec in specs if is_nested(spec)]
    flat = [spec for spec in specs if spec not in nested]
    if not nested:
        return points_in(flat, paired)
    numbers = points_in(flat, paired).at if flat else {}
    return {**tensors_in(nested), **numbers}


def points_and_intervals_in(at: Sequence[str], on: str | None) -> tuple[list[str], list[Interval]]:
    """Of `--at x=-3:3,y=1 --on z=0:1` the texts that are points, and the intervals of a picture."""
    from derivcli.points.at_option import read_intervals, without_intervals

    points, intervals = without_intervals(at)
    return points, [each for text in [*intervals, *([on] if on is not None else [])] for each in read_intervals(text)]


def orders_in(text: str) -> tuple[int, tuple[int, ...]]:
    """The order of `--order 2`, or of `--order 1,2,3` the first and all."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) < 9 and int(part) in ORDERS for part in parts):
        message = f"`--order` takes a whole number from {ORDERS[0]} to {ORDERS[-1]}, or several"
        raise DerivError(message, text, Span(0, len(text)), "write it like `--order 2` or `--order 1,2,3`")
    found = tuple(dict.fromkeys(map(int, parts)))
    return found[0], found if len(found) > 1 else ()


def interval_in(on: str | None) -> Interval | None:
    """The interval of `--on x=0:1`."""
    if on is None:
        return None
    from derivcli.points.at_option import read_interval

    return read_interval(on)


def operator_in(given: Mapping[str, bool]) -> str:
    """The operator of vector calculus that is asked for, "" where none is."""
    asked = [name for name, is_given in given.items() if is_given]
    if len(asked) > 1:
        raise DerivError(f"`--{asked[0]}` and `--{asked[1]}` do not go together", hint="leave out one of the two")
    return asked[0] if asked else ""


def formulas_in(let: Sequence[str] | None) -> dict[str, str]:
    """The names and formulas of `--let name=expr`."""
    return pairs_in(let or (), "a definition is a name, '=' and a formula", "write it like z=x+1")


def functions_in(use: Sequence[str] | None) -> dict[str, Function]:
    """The functions of `--use`, whose files are run, and print on standard error."""
    if not use:
        return {}
    import_deferred()
    from derivcli.custom.loading.load import load

    with aside():
        return load(use)


def pairs_in(texts: Sequence[str], what: str, hint: str) -> dict[str, str]:
    """The names and texts of options such as `--let z=x+1`, each name once."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, meaning = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise DerivError(what, text, Span(0, len(text)), hint)
        if name in found:
            raise DerivError(f"'{name}' is defined more than once", text, Span(0, len(name)), "use another name")
        found[name] = meaning
    return found
