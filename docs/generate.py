"""Write the reference pages from the program: `python docs/generate.py`, or `--check` that they are current."""

import sys
from pathlib import Path

from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import whole_help
from derivcli.cli.man_page import man_page
from derivcli.custom.faults.fault_kinds import FAULT_KINDS
from derivcli.custom.trials.trial_table import TRIALS
from derivcli.explain.answer.diagnosis import KINDS
from derivcli.explain.steps.differentiation_rules import RULES
from derivcli.language.functions.forms import forms
from derivcli.language.functions.table import FAMILIES
from derivcli.render.blocks import Style
from derivcli.render.documents.functions import function_list_document
from derivcli.render.format_table import FORMATS, write

HERE = Path(__file__).parent


def functions_page() -> str:
    """The function table as a page."""
    lines = [
        "# Functions\n",
        "Made from the function table by `make docs`; do not edit.\n",
        "`deriv functions NAME` tells more of each, its derivatives among it.\n",
        write(function_list_document(FAMILIES), "markdown", Style()),
        "## Choices and constants\n",
        "These have a [notation](language.md) of their own:\n",
        *(f"- {kind}: {', '.join(names)}" for kind, names in _forms_by_kind().items()),
        "\nThe constants are `e`, `E`, `pi` and `tau`.\n",
    ]
    return "\n".join(lines)


def _forms_by_kind() -> dict[str, list[str]]:
    """The calls that are no functions of the table, by what they make."""
    kinds: dict[str, list[str]] = {}
    for name, form in forms().items():
        kinds.setdefault(form.doc, []).append(f"`{name}`")
    return kinds


def options_page() -> str:
    """The help texts of all commands as a page."""
    texts = [whole_help(name, 100) for name in ("", *COMMANDS)]
    blocks = "\n".join(f"```text\n{text}\n```\n" for text in texts)
    formats = "".join(f"| `{row.name}` | {row.help} | {', '.join(row.documents)} |\n" for row in FORMATS.values())
    return (
        f"# Options\n\nMade from the program's own help by `make docs`; do not edit.\n\n{blocks}\n"
        f"## Formats\n\n| `--format` | it writes | of |\n| --- | --- | --- |\n{formats}"
    )


def findings_page() -> str:
    """What `deriv answer` and `deriv check-fn` can find, as a page."""
    kinds = [f"| `{kind}` | {meaning} |" for kind, meaning in KINDS.items() if kind]
    rules = [f"- {rule.name.format('a function, by its name')}" for rule in RULES]
    trials = [f"{number}. {row.name}" for number, row in enumerate(TRIALS, start=1)]
    faults = [f"| `{kind}` | {meaning} |" for kind, meaning in FAULT_KINDS.items()]
    lines = [
        "# What is found\n",
        "Made from the program's own tables by `make docs`; do not edit.\n",
        "## Mistakes\n",
        "`deriv answer` names the mistake in a wrong claim by its kind, and tells of it in a sentence:\n",
        "| kind | what went wrong |",
        "| --- | --- |",
        *kinds,
        "\nWhere nothing known explains it, the kind is empty.\n",
        "## Rules\n",
        "`deriv steps` takes the first of these rules that fits:\n",
        *rules,
        "\n## Trials\n",
        "`deriv check-fn` tries a function in this order. The first trial that fails names the cause, and those that "
        "rely on it are left out:\n",
        *trials,
        "\n## Faults\n",
        "What is wrong is of one of these kinds:\n",
        "| kind | what is wrong |",
        "| --- | --- |",
        *faults,
    ]
    return "\n".join(lines) + "\n"


PAGES = {"functions.md": functions_page, "cli.md": options_page, "findings.md": findings_page, "deriv.1": man_page}


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
