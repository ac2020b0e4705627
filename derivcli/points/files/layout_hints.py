"""What is said of a text file that is laid out in another way than it is read in: the options that would read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivcli.points.files.formats import FileFormat


def check_rows_fit(
    first: bytes, name: str, format: FileFormat, separator: str, names: Sequence[str], below: Sequence[Sequence[str]]
) -> None:
    """Refuse a file whose first rows do not fit its header where another layout fits."""
