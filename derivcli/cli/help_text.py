"""The texts of help: of the program one screen, of a command all that is known, its options in groups."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from typer.core import TyperCommand

from derivcli.cli.command_table import COMMANDS, MAIN
from derivcli.cli.conversion import converting
from derivcli.cli.option_declaration import GROUPS, TOPICS

MAX_COLUMNS = 78
MIN_COLUMNS = 20
MAX_NAME_COLUMNS = 24
"""A longer name stands on a line of its own."""
MAX_UNGROUPED = 8
"""More options than these stand in groups."""

MORE = "Options (a group in full by deriv help data, all by deriv help options):"

USAGE = (
    ("deriv EXPR... [OPTIONS]", "deriv 'x^2 sin x' --at x=3"),
    ("deriv COMMAND ...", "deriv steps 'x^2 sin x'"),
)


class Command(TyperCommand):
    """A command of Typer's whose help has its options in groups, as wide as the terminal."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The arguments and options, which convert their values."""
        return [converting(each) for each in super().get_params(ctx)]

    def get_help(self, ctx: Any) -> str:
        """The text that --help shows."""
        return self.whole_help(ctx)

    def whole_help(self, ctx: Any) -> str:
        """All that is known of the command."""
        ctx.terminal_width = ctx.terminal_width or columns()
        return "\n".join(map(str.rstrip, str(super().get_help(ctx)).splitlines()))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and the options."""
        parameters = self.get_params(ctx)
        arguments = [each for each in parameters if each.param_type_name == "argument"]
        options = [each for each in parameters if each.param_type_name == "option"]
        groups = grouped(options) if len(options) > MAX_UNGROUPED else {"Options": options}
        write_groups({"Arguments": arguments, **groups}, ctx, formatter)


class MainCommand(Command):
    """The main command, whose --help is an overview."""

    def get_help(self, ctx: Any) -> str:
        """The text that --help shows."""
        return overview(self.get_params(ctx), ctx.terminal_width or columns())

    def group_help(self, ctx: Any, heading: str) -> str:
        """All that is known of the options of one group."""
        ctx.terminal_width = ctx.terminal_width or columns()
        options = [each for each in self.get_params(ctx) if each.param_type_name == "option"]
        formatter = ctx.make_formatter()
        write_groups({heading: grouped(options)[heading]}, ctx, formatter)
        return str(formatter.getvalue()).strip()


def write_groups(groups: Mapping[str, Sequence[Any]], ctx: Any, formatter: Any) -> None:
    """Write parameters under the headings of their groups, what is said of them in one column."""
    records = {
        heading: [row for each in members if (row := each.get_help_record(ctx)) is not None]
        for heading, members in groups.items()
    }
    most = min(MAX_NAME_COLUMNS, formatter.width // 3)
    room = max(len(name) for rows in records.values() for name, _ in rows if len(name) <= most)
    for heading, rows in records.items():
        if rows:
            with formatter.section(heading):
                padded = [(folded(name, formatter.width - 2).ljust(room), text) for name, text in rows]
                formatter.write_dl(padded, col_max=room)


def folded(name: str, width: int) -> str:
    """An option with its values, on several lines where it is too long for one."""
    lines = [""]
    for part in re.findall(r"[^|]+\|?", name):
        if len(lines[-1] + part) > width:
            lines.append(" " * 6)
        lines[-1] += part
    return "\n".join(lines)


def columns() -> int:
    """How wide a text of help is."""
    return max(MIN_COLUMNS, min(MAX_COLUMNS, shutil.get_terminal_size().columns - 1))


def grouped(options: Iterable[Any]) -> Mapping[str, list[Any]]:
    """Options by the headings over them."""
    groups: dict[str, list[Any]] = {heading: [] for heading in GROUPS}
    for option in options:
        groups[getattr(option, "rich_help_panel", None) or GROUPS[-1]].append(option)
    return groups


def overview(parameters: Iterable[Any], width: int) -> str:
    """The program on one screen: its commands, and the names of its options."""
    options = [each for each in parameters if each.param_type_name == "option" and not each.hidden]
    headings = {heading: topic for topic, heading in TOPICS.items()}
    names = {
        headings[heading]: [name for option in members for name in (*option.opts, *option.secondary_opts)]
        for heading, members in grouped(options).items()
        if members
    }
    room = max(map(len, names))
    shown = {topic: first_names(each, width - room - 4) for topic, each in names.items()}
    lines = [*textwrap.wrap(f"{MAIN.summary}.", width), *usage(width)]
    for heading in dict.fromkeys(row.group for row in COMMANDS.values()):
        rows = {row.name: row.summary for row in COMMANDS.values() if row.group == heading}
        lines += [f"{heading}:", *table(rows, max(map(len, COMMANDS)), width)]
    lines += [*textwrap.wrap(MORE, width), *table(shown, room, width)]
    return "\n".join(lines)


def first_names(names: Sequence[str], width: int) -> str:
    """The names of options as they fit on a line, and how many more there are."""
    for count in range(len(names), 0, -1):
        rest = len(names) - count
        line = " ".join(names[:count]) + f" and {rest} more" * bool(rest)
        if len(line) <= width:
            return line
    return f"{len(names)} options"


def usage(width: int) -> Iterator[str]:
    """The two ways to write a command line, with an example of each where there is room."""
    for start, (form, example) in zip(("Usage: ", "       "), USAGE, strict=True):
        whole = f"{start}{form:<26}{example}"
        yield whole if len(whole) <= width else start + form


def table(rows: Mapping[str, str], room: int, width: int) -> Iterator[str]:
    """Names and what is said of each beside them, or below them where lines are short."""
    beside = width >= 2 * (room + 4)
    hang = " " * (room + 4 if beside else 6)
    for name, text in rows.items():
        first = f"  {name:<{room}}  "
        lines = textwrap.wrap(text, width, initial_indent=hang, subsequent_indent=hang, break_on_hyphens=False)
        if beside:
            lines[0] = first + lines[0].lstrip()
        else:
            yield first.rstrip()
        yield from lines
