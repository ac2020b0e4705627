"""How a sentence names options: in backticks, as the command line has them. Whoever asks reads them in their notation.

| in the sentence               | on the command line   | in Python                        |
| ----------------------------- | --------------------- | -------------------------------- |
| `--at y=1`                    | --at y=1              | at={"y": 1}                      |
| `--zip`                       | --zip                 | paired=True                      |
| `--at v=2 or --wrt v`         | those of the two that the command or the function has    |
| `deriv "x**2" --at x=3`       | deriv "x**2" --at x=3 | derive("x**2", at={"x": 3})      |
| `shell:...`, `python:...`     | a text that only the one or the other is told            |

The lines of a session have x = 1 for --at x=1, and a colon for the dashes of all other options.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

_USAGE = re.compile(r"`((?:--|deriv |shell:|python:)[^`]*)`")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")


def _text(value: str) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _number(value: str) -> str:
    return value if _NUMBER.fullmatch(value) else _text(value)


def _values(value: str) -> str:
    """What stands behind `x=`: a number or a text, or a list of them."""
    return f"[{', '.join(map(_number, value.split(',')))}]" if "," in value else _number(value)


def _points(value: str) -> str:
    """A mapping for `x=1,2,y=3`."""
    found: dict[str, list[str]] = {}
    name = value
    for part in value.split(","):
        before, equals, number = part.rpartition("=")
        name = before if equals else name
        found.setdefault(name, []).append(number)
    pairs = (f"{_text(name)}: {_values(','.join(values))}" for name, values in found.items())
    return f"{{{', '.join(pairs)}}}"


def _definition(value: str) -> str:
    """A mapping for `z=x+1`."""
    name, _, formula = value.partition("=")
    return f"{{{_text(name)}: {_text(formula)}}}"


def _shape(value: str) -> str:
    """A mapping for `x=4x3`."""
    name, _, sizes = value.partition("=")
    return f"{{{_text(name)}: ({', '.join(sizes.split('x'))})}}"


def _constant(value: str) -> str:
    """A mapping for `lam=0.5`."""
    name, _, constant = value.partition("=")
    return f"{{{_text(name)}: {_number(constant)}}}"


def _thing(value: str) -> str:
    """A mapping for `gate=FILE.py:NAME`, in which the thing itself stands in Python."""
    return f"{{{_text(value.partition('=')[0])}: ...}}"


def _names(value: str) -> str:
    return f"[{_text(value)}]"


def _pair(value: str) -> str:
    """The two ends in `x=0:1`."""
    return f"({', '.join(map(_number, value.rpartition('=')[2].split(':')))})"


SPELLINGS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    **{name: (name, _points) for name in ("at", "along")},
    **{name: (name, _number) for name in ("order", "series")},
    **{name: (name, _text) for name in "wrt mixed engine dtype device plot against gradient variable".split()},
    "let": ("let", _definition),
    "use": ("use", _thing),
    "shape": ("shape", _shape),
    "with": ("with_", _constant),
    "on": ("on", _pair),
    "sigma": ("sigma", _points),
    "study": ("study", str),
    "surface": ("surface", str),
    "equal": ("equal", str),
    "size": ("size", _text),
    "implicit": ("dependent", _text),
    "parametric": ("parameter", _text),
    "polar": ("angle", _text),
    "tangent": ("tangent", str),
    "zip": ("paired", str),
    "hessian": ("hessian", str),
    "exact": ("exact", str),
    "declared": ("declared", _names),
}
"""For each option the parameter of Python's functions, and how its value is written there."""

WITHOUT_VALUE = ("zip", "hessian", "exact", "tangent", "study", "surface", "equal")
"""Options that are there or not."""
ONLY_PYTHON = ("declared", "variable")
"""Parameters that no command has as an option."""

FUNCTIONS = {"check-fn": "check_function", "answer": "answer", "steps": "steps", "explain": "explain"}
"""The functions of the commands; the main command is `derive`, or `implicit` with that option."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Who asks: a command or a function of Python, and the options or parameters that it has; None for all."""

    is_python: bool
    options: Collection[str] | None = None
    is_session: bool = False
    """Whether lines of a session ask, and not a command line."""

    def has(self, usage: str) -> bool:
        """Whether an option such as `--at x=1` is one of this command, or of this function."""
        name = _name(usage.partition(" ")[0])
        if self.options is None or not self.is_python:
            return name not in ONLY_PYTHON and (self.options is None or name in self.options)
        return name in SPELLINGS and SPELLINGS[name][0] in self.options


COMMAND_LINE = Surface(is_python=False)
PYTHON = Surface(is_python=True)
SHELL = Surface(is_python=False, is_session=True)


def spelled(sentence: str, surface: Surface) -> str:
    """The sentence for whoever asks."""
    told = _USAGE.sub(lambda found: _usage(found[1], surface), sentence) if "`" in sentence else sentence
    return in_session(told) if surface.is_session else told


def in_session(sentence: str) -> str:
    """A sentence for the command line as one for the lines of a session."""
    sentence = re.sub(r"deriv(?: [a-z-]+)? --help lists the options", ":help lists what can be typed", sentence)
    sentence = re.sub(r'deriv "([^"]*)"(?: --[a-z]+ \S+)*', r"\1", sentence)
    sentence = re.sub(r'--let "([^"=]+)=([^"]*)"', r"\1 = \2", sentence)
    sentence = re.sub(r"--(?:at|let) (\w+)=(?=[^\s,])", r"\1 = ", sentence)
    sentence = re.sub(r"\bderiv (?=functions\b|[a-z-]+ [A-Z])", ":", sentence)
    return re.sub(r"(?<![\w-])--(?=[a-z])", ":", sentence)


def names_options(sentence: str) -> bool:
    """Whether the sentence names options."""
    return _USAGE.search(sentence) is not None


def _usage(usage: str, surface: Surface) -> str:
    for prefix, is_told in (("shell:", not surface.is_python), ("python:", surface.is_python)):
        if usage.startswith(prefix):
            return usage.removeprefix(prefix) if is_told else ""
    options = {_name(word) for word in usage.split() if word.startswith("--")}
    if not surface.is_python or not options <= SPELLINGS.keys():
        return " or ".join(_kept(usage.split(" or "), surface))
    if usage.startswith("deriv "):
        return _call(usage)
    return " or ".join(_written(way, surface) for way in _kept(usage.split(" or "), surface))


def _kept(ways: list[str], surface: Surface) -> list[str]:
    return [way for way in ways if surface.has(way)] or ways[:1]


def _written(usage: str, surface: Surface) -> str:
    """Options as parameters, those of `derive` where the function has no such ones."""
    arguments = ", ".join(_arguments(usage.split(" ")))
    return arguments if surface.has(usage) or "=" not in arguments else f"derive(..., {arguments})"


def _name(option: str) -> str:
    return option.removeprefix("--")


def _arguments(words: list[str]) -> list[str]:
    """Words as arguments: each option with its value, and all else as texts."""
    found: list[str] = []
    words = list(reversed(words))
    while words:
        word = words.pop()
        if not word.startswith("--"):
            found.append(_text(word))
            continue
        parameter, written = SPELLINGS[_name(word)]
        if _name(word) in WITHOUT_VALUE:
            found.append(f"{parameter}=True")
        else:
            found.append(f"{parameter}={written(words.pop())}" if words else parameter)
    return found


def _call(usage: str) -> str:
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', usage)[1:]]
    function = FUNCTIONS.get(words[0]) or ("implicit" if "--implicit" in words else "derive")
    arguments = _arguments(words[words[0] in FUNCTIONS :])
    if function == "implicit":
        arguments = [each.removeprefix("dependent=") for each in arguments]
    return f"{function}({', '.join(arguments)})"
