"""A text of several lines, as it is pasted at a prompt, is its statements one by one.

    text := statement { newline statement }

A statement is one line, or several while a bracket is open.
"""

from __future__ import annotations


def statements(text: str) -> list[str]:
    """The statements of a text, of which only the last can have an open bracket; there is at least one."""
    found: list[str] = []
    for line in text.split("\n"):
        if found and is_open(found[-1]):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def is_open(statement: str) -> bool:
    """Whether a bracket is open at the end of a statement."""
    text = without_comments(statement)
    return text.count("(") > text.count(")")


def without_comments(statement: str) -> str:
    """A statement without what stands behind `#` in any of its lines."""
    return "\n".join(line.partition("#")[0].rstrip() for line in statement.split("\n"))
