"""Lines of cells under a header, with tabs or commas between them."""

from __future__ import annotations

import csv
import io

from derivcli.render.blocks import Document, Style


def write_delimited(document: Document, style: Style, delimiter: str) -> str:
    """The rows with a delimiter between their cells."""
    assert document.rows is not None, "a document of this kind has rows"
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(document.rows())
    return stream.getvalue()
