"""What letters that stand side by side mean: `xy` is x*y, and `2xsinx` is 2*x*sin(x).

    run      := [ letters ] call { call } | product
    call     := function [ digits ] [ "pi" | the name of a Greek letter ] [ letters ]
    product  := two or three letters | "pi" with one or two letters

A run is read where one cut alone is possible. Letters are any that are no constant; bounds on their number keep
words and slips such as `sinus` from being read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from derivcli.language.functions.row import FUNCTION_LETTERS
from derivcli.language.functions.table import CONSTANTS, FAMILIES
from derivcli.language.lexer.tokens import GREEK_NAMES
from derivcli.language.lexer.unsupported_operations import OPERATIONS

MAX_CHARACTERS = 40
"""A longer run is not cut."""

MAX_FACTORS = 3
"""Letters of a product, and before a function."""

MAX_CUTS = 3
"""Cuts of a run that are looked for; two make it ambiguous."""

_FAMILIES = ("powers and logarithms", "trigonometric functions", "hyperbolic functions", "steps and extremes")
"""Whose functions of one argument are written without brackets."""

_NEVER_GLUED = frozenset(("th", "fix", "fabs", "degrees", "radians"))
"""What is rather letters, and programmers' names, who write brackets."""

_ALSO_GLUED = ("sinc", "erf")
"""Functions of other families that textbooks write so."""

_NO_LETTERS = frozenset("eEdDoO")
"""Constants, signs of derivatives, and what is rather a zero: in no run with functions."""

_LAST_LETTERS = frozenset("txyzuvwr")
"""One of these ends an argument of two letters: sin(ax), and not `sinus`."""

_WORDS = frozenset(
    "is of if in for let def int sum var lim rad deg det arg gcd lcm sgn sen sqr cis mod xor nor im re Im Re ans fun "
    "fn and or not AND OR NOT nan NaN inf Inf oo zoo".split()
)
"""What is no product, though it has two or three letters."""

_OTHER_FUNCTIONS = frozenset(("isqrt", "expr", "frexp", "ldexp", "dexp"))
"""What is cut into no functions: names of other programs' functions, and what stands for any formula."""

_COUNTERS = frozenset("nkm")
"""One of these stands before pi and a letter: npix, and not `spin`."""

_TWO_LETTER_NAMES = frozenset(name for name in GREEK_NAMES if len(name) == 2 and name != "pi")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a run: its kind, its text and where it starts in the run."""

    kind: str
    """What it is: `function`, `number`, `constant` or `letter`."""
    text: str
    start: int

    @property
    def stop(self) -> int:
        """Where it ends in the run."""
        return self.start + len(self.text)


Cut = tuple[Piece, ...]

LETTERS, POWER, ARGUMENT, CALL, NOTHING = "letters", "power", "argument", "call", "nothing"
"""What stands behind a run: letters that it goes on with, such as θ; an exponent; something else that can be the
argument of a function; a bracket; or nothing of the kind."""


@cache
def functions() -> frozenset[str]:
    """The names of functions that are written without brackets."""
    rows = [row for family in _FAMILIES for row in FAMILIES[family] if not row.variadic and row.arity[0] <= 1]
    names = {name for row in rows for name in (row.name, *row.aliases)}.union(_ALSO_GLUED)
    return frozenset(name for name in names if len(name) > 1 and name.isalnum() and name.islower()) - _NEVER_GLUED


@lru_cache(maxsize=4_096)
def cuts(run: str, behind: str) -> tuple[Cut, ...]:
    """The ways to cut a run into functions and single letters, up to `MAX_CUTS`."""
    if not 2 < len(run) <= MAX_CHARACTERS or run in _OTHER_FUNCTIONS:
        return ()
    found: list[Cut] = []
    for count in range(MAX_FACTORS + 1):
        head = run[:count]
        if len(head) == count and all(_may_be_letter(run, place) for place in range(count)):
            letters = tuple(Piece("letter", letter, place) for place, letter in enumerate(head))
            found += [(*letters, *rest) for rest in _calls(run, count, behind)]
    return tuple(found[:MAX_CUTS])


def product(run: str, behind: str, letters: Collection[str]) -> Cut:
    """A run as a product of its letters, some of which are known to be variables; nothing where it is none."""
    number_of_letters = len(run) - (run[-1:] == "e" and behind == POWER)
    if not run.isascii() or not run.isalpha() or not 1 < len(run) <= 4 or run in _WORDS or run in OPERATIONS:
        return ()
    if "pi" in run and len(run) <= 4:
        return _with_pi(run)
    base = run[:number_of_letters]
    is_differential = re.search("d.", base) is not None and "d" not in letters
    if len(base) > MAX_FACTORS or is_differential or not CONSTANTS.keys().isdisjoint(base):
        return ()
    if re.search(r"(.)\1", base) or any(name in base for name in _TWO_LETTER_NAMES):
        return ()
    return tuple(Piece("letter", letter, place) for place, letter in enumerate(run))


def rivals(run: str, behind: str) -> list[str]:
    """What else a run of letters that are all known variables may mean: `tant` is tan(t) too, and `npix` n*pi*x."""
    found = [spelled(cut) for cut in cuts(run, behind)]
    if len(run) > MAX_FACTORS + 1:
        return found
    for name in sorted(GREEK_NAMES):
        if name in run and name != run:
            found.append("*".join(filter(None, (*run.partition(name)[0], name, *run.partition(name)[2]))))
    return found


def before_function(run: str) -> Cut:
    """A letter and one that is a function before a bracket, as in `xf(x)`; nothing where it is none."""
    if (
        len(run) != 2
        or run[1] not in FUNCTION_LETTERS
        or run in _WORDS
        or not run[0].isalpha()
        or run[0] in _NO_LETTERS
    ):
        return ()
    return tuple(Piece("letter", letter, place) for place, letter in enumerate(run))


def spelled(cut: Cut) -> str:
    """A cut with all its signs and brackets; a function at its end has none."""
    factors: list[str] = []
    opened: list[str] = []
    argument: list[str] = []
    for piece in cut:
        if piece.kind == "function" and opened and not argument:
            opened.append(piece.text)
        elif piece.kind == "function":
            factors += _closed(opened, argument)
            opened, argument = [piece.text], []
        elif opened:
            argument.append(piece.text)
        else:
            factors.append(piece.text)
    return "*".join(factors + _closed(opened, argument))


def _closed(opened: list[str], argument: list[str]) -> list[str]:
    if not argument:
        return ["(".join(opened) + ")" * (len(opened) - 1)] * bool(opened)
    return ["(".join([*opened, "*".join(argument)]) + ")" * len(opened)]


def ends_in_differential(run: str) -> bool:
    """Whether a run is a letter or functions with a differential such as dx at the end, as under an integral."""
    body = run[:-2]
    is_differential = run[-2:-1] == "d" and run[-1:] in _LAST_LETTERS
    return is_differential and (len(body) == 1 or bool(cuts(body, NOTHING)))


def meanings(run: str, called: bool) -> list[str]:
    """What a run may mean that is read in no way, since it may mean several things or what it means is not clear."""
    if called:
        found = [spelled(cut) for cut in cuts(run, CALL)]
        argument_ends = not found and run[-1] in _LAST_LETTERS  # sinx(x+1), but not sinn(x)
        for whole in [spelled(cut) for cut in cuts(run, NOTHING)] if argument_ends else []:
            found += [f"{whole}*(...)", f"{whole.rstrip(')')}*(...)" + whole[len(whole.rstrip(")")) :]]
        return found
    found = [spelled(cut) for cut in cuts(run, NOTHING)]
    if len(found) > 1 or not run.isascii():
        return found
    numbered = re.fullmatch("([a-z]+)([0-9]+)", run)
    if numbered and numbered[1] in functions() - {"log"}:
        return [f"{numbered[1]}({numbered[2]})*...", f"{numbered[1]}({numbered[2]}*...)"]
    if re.fullmatch("e[A-Za-z]", run):
        return [f"e^{run[1]}", f"e*{run[1]}"]
    if re.fullmatch(r"([A-Za-z])\1", run):
        return [f"{run[0]}*{run[0]}", f"{run[0]}^2"]
    if re.fullmatch(r"[A-Za-z]{1,2}[0-9]+[A-Za-z]?|[A-Za-z][0-9]+[A-Za-z][0-9]+", run):
        return _with_index(run)
    greek = [name for name in _TWO_LETTER_NAMES if name in run] if len(run) == MAX_FACTORS else []
    if not greek:
        return []
    before, _, after = run.partition(greek[0])
    return ["*".join(filter(None, (before, greek[0], after))), "*".join(run)]


def _with_index(run: str) -> list[str]:
    """`x2y`, which may be x2*y and x^2*y; of `v0t` nobody means a power."""
    factors = re.findall("[A-Za-z][0-9]*", run)
    powers = [f"{factor[0]}^{factor[1:]}" if factor[1:] else factor for factor in factors]
    return ["*".join(factors)] + ["*".join(powers)] * all(factor[1:] not in ("0", "1") for factor in factors)


def _with_pi(run: str) -> Cut:
    """A product of pi and one or two letters."""
    before, _, after = run.partition("pi")
    if not before + after or len(before) > 1 or not _NO_LETTERS.isdisjoint(before + after):
        return ()
    if before and after and before not in _COUNTERS:
        return ()
    pieces = [("letter", letter) for letter in before] + [("constant", "pi")] + [("letter", letter) for letter in after]
    starts = [*range(len(before) + 1), *range(len(before) + 2, len(run))]
    return tuple(Piece(kind, text, start) for (kind, text), start in zip(pieces, starts, strict=True))


def _may_be_letter(run: str, place: int) -> bool:
    """Whether a letter may stand for itself: it begins no function, but for the a of `asinx`, which is a*sin(x) too."""
    letter = run[place]
    if not (letter.isascii() and letter.isalpha()) or letter in _NO_LETTERS:
        return False
    begun = [name for name in functions() if run.startswith(name, place)]
    longest = max(begun, key=len, default="")
    return not longest or (letter == "a" and longest[1:] in functions())


def _calls(run: str, start: int, behind: str) -> Iterator[Cut]:
    """The ways to cut a run from a place on into calls of functions."""
    for name in sorted(functions(), key=len, reverse=True):
        if not run.startswith(name, start):
            continue
        for argument in _arguments(run, start + len(name)):
            stop = argument[-1].stop if argument else start + len(name)
            if stop == len(run):
                rests: Iterable[Cut] = [()] if _may_end(argument, behind) else []
            elif argument and argument[-1].kind == "number":
                continue
            else:
                rests = _calls(run, stop, behind)
            for rest in rests:
                yield from ((*called, *rest) for called in _called(name, argument, start))


def _called(name: str, argument: Cut, start: int) -> Iterator[Cut]:
    """The ways to understand a name and its argument: the digits of log5x may be a base, those of sqrt2x all of it."""
    number, *rest = argument if argument and argument[0].kind == "number" else (None,)
    if name != "log" or number is None or rest:
        yield (Piece("function", name, start), *argument)
    if number is None or not rest:
        return
    if name == "log" and f"log{number.text}" not in functions():
        yield (Piece("function", f"log_{number.text}", start), *rest)
    elif name in ("sqrt", "cbrt"):
        yield (Piece("letter", f"{name}({number.text})", start), *rest)


def _arguments(run: str, start: int) -> Iterator[Cut]:
    """The arguments that may begin at a place: nothing, a number, letters, or a number and letters."""
    digits = re.compile("[0-9]*").match(run, start)
    assert digits is not None, "no digits are digits too"
    number = (Piece("number", digits[0], start),) if digits[0] else ()
    place = digits.end()
    yield number
    yield from ((*number, *letters) for letters in _letters(run, place))
    for named in _named(run, place):
        yield (*number, named)
        yield from ((*number, named, *letters) for letters in _letters(run, named.stop))
    index = re.compile(r"[A-Za-z](?:_[0-9]+|[₀-₉]+)$").match(run, place)
    if index:
        yield (*number, Piece("letter", index[0], place))


def _letters(run: str, place: int) -> Iterator[Cut]:
    """One or two letters from a place on."""
    letters: Cut = ()
    for count in range(2):
        if place + count >= len(run) or not _may_be_letter(run, place + count):
            return
        letters = (*letters, Piece("letter", run[place + count], place + count))
        if count == 0 or letters[-1].text in _LAST_LETTERS:
            yield letters


def _named(run: str, place: int) -> Iterator[Piece]:
    """The number pi, or a Greek letter by its name."""
    for name in GREEK_NAMES - {"tau"}:
        if run.startswith(name, place):
            yield Piece("constant" if name == "pi" else "letter", name, place)


def _may_end(argument: Cut, behind: str) -> bool:
    """Whether a run may end in an argument, or in a function without one."""
    if not argument:
        return behind in (POWER, ARGUMENT, CALL, LETTERS)
    if argument[-1].kind == "number":
        return behind in (LETTERS, NOTHING)
    return behind != CALL
