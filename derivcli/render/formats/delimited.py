"""Lines of cells under a header, with tabs or commas between them."""

from __future__ import annotations

import csv
import io

from derivcli.render.blocks import Document, Style


def write_tsv(document: Document, style: Style) -> str:
    """The rows with tabs."""
    return _delimited(document, "\t")


def write_csv(document: Document, style: Style) -> str:
    """The rows with commas."""
    return _delimited(document, ",")


def _delimited(document: Document, delimiter: str) -> str:
    assert document.rows is not None, "a document of this kind has rows"
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(document.rows())
    return stream.getvalue()
