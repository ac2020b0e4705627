"""The notebook among the documents: run as a reader would, its outputs are current."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebook.ipynb"


def outputs(notebook: Any) -> list[list[dict[str, Any]]]:
    """What each cell shows, by the type of its content."""
    return [
        [dict(output.get("data", {"stream": output.get("text", "")})) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_outputs_are_current(request: pytest.FixtureRequest) -> None:
    kept, run = (nbformat.reads(NOTEBOOK.read_text("utf-8"), as_version=4) for _ in range(2))  # type: ignore[no-untyped-call]
    NotebookClient(run, timeout=300, kernel_name="python3", record_timing=False).execute()
    if request.config.getoption("--update-golden"):
        NOTEBOOK.write_text(nbformat.writes(run) + "\n", "utf-8")  # type: ignore[no-untyped-call]
        return
    assert outputs(run) == outputs(kept)
    assert all(outputs(kept))
