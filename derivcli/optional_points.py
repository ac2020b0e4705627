"""Values that may go unused, as those of a file of parameters: only the ones that a formula takes are points."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivcli.pipeline import parse
from derivcli.validation import variables_of

if TYPE_CHECKING:
    from derivcli.points.files.data_files import DataFiles
    from derivcli.request import Request


def without_unused(request: Request, data: DataFiles | None = None) -> tuple[Request, list[str]]:
    """The request without the optional points that no formula takes or that a column gives, and what is to be said."""
    if not request.optional or request.points is None:
        return request, []
    columns = {*data.variables, *data.ambiguous} if data is not None else set()
    used = {*variables_of(parse(request, data)), *request.names}
    missing = next((name for name in request.unread if name in used and name not in columns), None)
    if missing is not None:
        raise request.unread[missing]
    names = [name for name in (*request.points.names, *request.unread) if name in request.optional]
    given = [name for name in names if name in columns and name in used]
    unused = [name for name in names if name not in used]
    axes = tuple(axis for axis in request.points.axes if axis.name not in (*given, *unused))
    points = replace(request.points, axes=axes) if axes or data is not None else None
    notes = [f"'{name}' is the column of the file here, not the value of the file of parameters" for name in given]
    if unused:
        shown = ", ".join(f"'{name}'" for name in unused)
        notes.append(f"{shown} of the file of parameters {'is' if len(unused) == 1 else 'are'} not used")
    return replace(request, points=points, optional=frozenset(), unread={}), notes
