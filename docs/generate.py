"""Write the reference pages from the program: `python docs/generate.py`, or `--check` that they are current."""

import sys
from pathlib import Path

import typer

from derivcli.cli.app import app
from derivcli.language.function import Function
from derivcli.language.functions import BRANCHING, FUNCTIONS

HERE = Path(__file__).parent


def functions_page() -> str:
    """The function table as a page."""
    lines = [
        "# Functions\n",
        "Made from the function table by `make docs`; do not edit.\n",
        "| write | or | meaning |\n| --- | --- | --- |",
        *(function_row(row) for row in FUNCTIONS),
        "",
        f"Choices have a notation of their own: {', '.join(f'`{name}`' for name in BRANCHING)}. "
        "The constants are `e`, `E`, `pi` and `tau`.\n",
    ]
    return "\n".join(lines)


def function_row(row: Function) -> str:
    """One line of the table."""
    return f"| `{row.signature}` | {', '.join(f'`{name}`' for name in row.aliases)} | {row.doc} |"


def options_page() -> str:
    """The help text as a page."""
    command = typer.main.get_command(app)
    with command.make_context("deriv", ["x"], terminal_width=100, max_content_width=100) as context:
        text = command.get_help(context)
    return f"# Options\n\nMade from the program's own help by `make docs`; do not edit.\n\n```text\n{text}\n```\n"


PAGES = {"functions.md": functions_page, "cli.md": options_page}


def main() -> int:
    """Write the pages, or name those that are not current."""
    stale = [name for name, make in PAGES.items() if not (HERE / name).exists() or (HERE / name).read_text() != make()]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/{name} is not current; run make docs", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (HERE / name).write_text(PAGES[name]())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
