"""Text to tokens with positions.

    token  := number | name | operator | superscript | bracket | comma | bar | comparison | logic | prime
    number := digits [ "." digits ] [ ("e" | "E") [ "+" | "-" ] digits ]
    name   := Greek letter or ASCII name, then digits, subscripts or "_" parts; "∂" is one too
    prime  := signs of derivatives behind each other, whose text has a "'" for each order

What looks like an ASCII character but is another one is refused: two variables that look the same would
give a derivative that is quietly wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from derivcli.errors import DerivError, EquationError, Span
from derivcli.language import limits
from derivcli.language.formula_lists import listed_formulas
from derivcli.language.functions import libraries
from derivcli.language.functions.table import vocabulary
from derivcli.language.unsupported_operations import SIGNS

GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω" + "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
            "upsilon phi chi psi omega Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi "
            "Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi Omega"
        ).split(),
        strict=True,
    )
) | {"ϕ": "phi", "ϵ": "epsilon", "ϑ": "theta", "ς": "sigma", "µ": "mu"}
GREEK |= {"\u2206": "Delta", "\u2126": "Omega"}  # the signs of the increment and of the ohm, which look the same
GREEK_NAMES = frozenset(GREEK.values()) | {"lamda"}

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUBSCRIPT_LETTERS = {sign: unicodedata.normalize("NFKC", sign) for sign in "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"}
"""Letters below the line, which are an index: `xₙ` is `x_n`."""

_CANONICAL = SUBSCRIPTS | str.maketrans(GREEK)

SPELLINGS = {
    "^": "**", **dict.fromkeys("×·⋅∗∙•", "*"), **dict.fromkeys("÷∕⁄∶", "/"), **dict.fromkeys("−‐‑‒–—―﹣－", "-"),
    **dict.fromkeys("≤⩽≦", "<="), **dict.fromkeys("≥⩾≧", ">="), "≠": "!=", **dict.fromkeys("°º˚∘", "°"),
    "&": "and", "&&": "and", "∧": "and", "∨": "or", "~": "not", "¬": "not",
}  # fmt: skip
"""Signs by what they are to the parser; dashes of every width are found as minus signs in printed text."""

FRACTIONS = {sign: unicodedata.normalize("NFKC", sign).replace("\u2044", "/") for sign in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
"""Fractions of one character."""

LOOK_ALIKES = dict(zip("авеіјкмнорсѕтухһԁԛԝАВЕІЈКМНОРСЅТУХ", "abeijkmhopcstyxhdqwABEIJKMHOPCSTYX", strict=True))
"""Cyrillic letters that look Latin; compatibility forms are found by normalization."""

PRIMES = {"'": 1, "’": 1, "′": 1, "´": 1, "`": 1, "″": 2, "‴": 3, "⁗": 4}
"""Signs for derivatives, with the order of each."""

_GREEK_CLASS = "".join(GREEK)
_FRACTION_CLASS = "".join(FRACTIONS)
_LOWERED = "".join(SUBSCRIPT_LETTERS)
_FENCES = "⌊⌋⌈⌉"
_OPERATORS = "".join(sign for sign, meant in SPELLINGS.items() if meant in ("*", "/", "-"))
_DASHES = "".join(sign for sign, meant in SPELLINGS.items() if meant == "-")
_MINUS = str.maketrans(dict.fromkeys(_DASHES, "-"))
_COMPARISONS = "".join(sign for sign, meant in SPELLINGS.items() if meant in ("<=", ">=", "!="))
_PATTERN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+{_DASHES}-]?[0-9]+)?)
  | (?P<name>(?:[A-Za-z][A-Za-z0-9]*|[{_GREEK_CLASS}][0-9]*)(?:_[A-Za-z0-9]+)*[₀-₉]*)
  | (?P<partial>∂_?)
  | (?P<prime>[{"".join(PRIMES)}]+)
  | (?P<superscript>[⁺⁻]?[⁰¹²³⁴-⁹]+)
  | (?P<logic>&&?|[∧∨~¬])
  | (?P<comparison><=|>=|==|!=|[<>{_COMPARISONS}])
  | (?P<operator>\*\*|//|[-+*/^!%°º˚{_OPERATORS}√∛∜]|(?<=[0-9])∘)
  | (?P<bracket>[()\[\]{_FENCES}])
  | (?P<fraction>[{_FRACTION_CLASS}])
  | (?P<comma>,)
  | (?P<bar>\|)
    """,
    re.VERBOSE,
)
_WORD = re.compile(rf"[A-Za-z{_GREEK_CLASS}][A-Za-z0-9{_GREEK_CLASS}]*(?:_[A-Za-z0-9{_GREEK_CLASS}]+)*[₀-₉{_LOWERED}]*")
"""A name that is one where it is declared: Greek and Latin letters, as in `Δt` and `µm`."""
_SINGLE = (
    {sign: ("operator", sign) for sign in "+-"} | {"^": ("operator", "**"), ",": ("comma", ","), "|": ("bar", "|")}
    | {sign: ("bracket", sign) for sign in "()[]"}
)  # fmt: skip
"""By a character that is a token whatever stands behind it, the token's kind and canonical text."""
_FOREIGN = re.compile(
    rf"[^\sA-Za-z0-9_.{_GREEK_CLASS}⁰¹²³⁴-⁹₀-₉⁺⁻*/+^!%°º˚∘{_OPERATORS}√∛∜∂()\[\]{_FENCES}{_FRACTION_CLASS}"
    rf"|,<>={_COMPARISONS}&∧∨~¬{''.join(PRIMES)}-]"
)
"""A character that no token has."""
SEARCHED_CHARACTERS = 10_000
"""A longer text is searched for such characters first, since reading up to the last one takes seconds."""
_PREFIX = "|".join(re.escape(prefix) for prefix in sorted(libraries.PREFIXES, key=len, reverse=True))
_QUALIFIED = re.compile(rf"({_PREFIX})\.([A-Za-z]\w*)")
"""A name of a library behind what programs call the library."""
_POINT_IN_A_NAME = re.compile(r"(?<=\w)\.[A-Za-z]")
"""What every such name has."""
_END_OF_A_SENTENCE = re.compile(r"[.;]\s*")
"""What ends a sentence or a statement, and came along with the formula in it."""
LIST_HINT = (
    "`shell:give one formula; only deriv itself takes several, one after the other or in such a list`"
    "`python:jacobian takes several formulas`"
)
_METHOD = re.compile(r"\.([A-Za-z]\w*)(?:\(([^()]{0,40})\))?")
_OBJECT = re.compile(r"(?<![.\w])[A-Za-z][0-9]*$")
_RADIX = re.compile(r"0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+")
EQUATION = "this is an equation; only one expression can be differentiated"
EQUATION_HINT = (
    "move everything to one side, or say which variable it defines, as in "
    '`shell:--implicit y``python:implicit("x^2+y^2=25", "y")`'
)
_ROWS = (
    (".", "attributes are no part of a formula", "write functions alone and around their argument, as in sqrt(x)"),
    ("[]", "square brackets are no part of a formula", "group with round brackets; name elements x1, x2"),
    ("{}", "braces are no part of a formula", "group with round brackets"),
    ("'\"", "strings are no part of a formula", "write the expression without quotes"),
    (":", "'{}' is no part of a formula", "ranges belong to `--at`, as in `--at x=0:1:11`"),
    ("?", "'{}' is no part of a formula", "write if(x > 0, a, b) for a choice"),
    (";", "'{}' is no part of a formula", "give several expressions as separate arguments"),
    ("@", "'{}' is no part of a formula", "for a product write *"),
    ("$", "'{}' is no part of a formula", "write the formula without it"),
    ("\\", "'{}' is no part of a formula", "write functions by name, as in sin(x)"),
    ("_", "'{}' stands only between the letters and digits of a name", "write it like x_1"),
    ("‰", "'{}' is not read here", "divide by 1000"),
    ("∞", "'{}' is not a finite number", "write a finite number"),
    ("±∓", "'{}' is two formulas", "give each as an argument of its own"),
    ("…", "'{}' is not read here", "write the terms in full"),
)
_HINTS = SIGNS | {sign: (message.format(sign), hint) for signs, message, hint in _ROWS for sign in signs}
"""By a character that no token has, what is said of it, and the way out."""


@dataclass(slots=True, eq=False)
class Token:
    """A piece of the text: its kind, its canonical text and where it stands.

    (Not frozen, which would double the time to make one.)
    """

    kind: str
    text: str
    start: int
    stop: int
    prefix: str = ""
    """What stood before the point of a name, such as the `np` of np.sin."""

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return Span(self.start, self.stop)


def tokenize(text: str, declared: Collection[str] = ()) -> Iterator[Token]:
    """The tokens of `text`, the last of kind `end`; raises DerivError when it comes to an unreadable place.

    Names that are `declared` are one token where they mix Greek and Latin letters.
    """
    limits.check_characters(text)
    foreign = _FOREIGN.search(text) if len(text) > SEARCHED_CHARACTERS else None
    if foreign:
        raise unreadable(text, foreign.start())
    position = 0
    may_mix = bool(declared) and not text.isascii()
    may_be_qualified = _POINT_IN_A_NAME.search(text) is not None
    length = len(text)
    while position < length:
        character = text[position]
        if character == " ":
            position += 1
            continue
        single = _SINGLE.get(character)
        if single is not None:
            start, position = position, position + 1
            yield Token(*single, start, position)
            continue
        match = _PATTERN.match(text, position)
        if match is None and position and _END_OF_A_SENTENCE.fullmatch(text, position):
            break
        if match is None:
            raise unreadable(text, position)
        kind = str(match.lastgroup)
        if may_mix and kind == "name":
            word = _WORD.match(text, position)
            match = word if word and canonical_name(word.group()) in declared else match
        is_qualified = may_be_qualified and kind == "name" and text.startswith(".", match.end())
        if is_qualified and (found := _QUALIFIED.match(text, position)):
            yield _qualified(found, text)
            position = found.end()
            continue
        if kind != "space":
            yield _token(kind, match.group(), text, position)
        elif not match.group().isprintable():
            _check_space(text, match.start(), match.end())
        position = match.end()
    yield Token("end", "", position, position)


def is_name(text: str) -> bool:
    """Whether a text is one name and nothing else, if it is declared."""
    return _WORD.fullmatch(text) is not None


def letters_alone(text: str) -> frozenset[str]:
    """The single letters that stand alone as names in a text, readable or not."""
    return frozenset(name for name, start, stop in names_in(text) if stop == start + 1)


def names_in(text: str) -> Iterator[tuple[str, int, int]]:
    """The names in a text, readable or not, and where each starts and stops."""
    for found in _PATTERN.finditer(text):
        is_prefix = text.startswith(".", found.end()) and _QUALIFIED.match(text, found.start())
        if found.lastgroup == "name" and not is_prefix:
            yield found.group(), found.start(), found.end()


_BETWEEN_SIDES = re.compile("[=:≔↦⟼→]")
"""Signs that have no token."""


def place_of(name: str, source: str) -> Span:
    """Where a name first stands in a text; the whole text where it is hidden in a product of letters."""
    readable = _BETWEEN_SIDES.sub(lambda sign: "," * len(sign.group()), source.replace("==", "= "))
    try:
        spans = [token.span for token in tokenize(readable, {name}) if token.kind == "name" and token.text == name]
    except DerivError:  # of another notation, such as LaTeX
        found = re.search(rf"\\?(?<![A-Za-z]){re.escape(name)}(?![A-Za-z0-9])", source)
        return Span(*found.span()) if found else Span(0, len(source))
    return spans[0] if spans else Span(0, len(source))


def canonical_name(name: str) -> str:
    """A name in one spelling: Greek letters by name, subscripts as digits (`x₁` is `x1`, and `xₙ` is `x_n`)."""
    if name.isascii():
        return name
    lowered = re.search(f"[{_LOWERED}]+$", name)
    if lowered is not None:
        name = name[: lowered.start()] + "_" + "".join(map(SUBSCRIPT_LETTERS.__getitem__, lowered[0]))
    return name.translate(_CANONICAL)


def _token(kind: str, raw: str, text: str, start: int) -> Token:
    stop = start + len(raw)
    if kind == "number":
        _check_number(raw, text, start, stop)
        raw = raw if raw.isascii() else raw.translate(_MINUS)
    elif kind == "name":
        raw = canonical_name(raw)
    elif kind == "superscript":
        raw = raw.translate(SUPERSCRIPTS)
    elif kind == "fraction":
        raw = FRACTIONS[raw]
    elif kind in ("operator", "comparison", "logic"):
        raw = SPELLINGS.get(raw, raw)
    elif kind == "prime":
        raw = "'" * sum(PRIMES[mark] for mark in raw)
    elif kind == "partial":
        kind, raw = "name", "∂"
    return Token(kind, raw, start, stop)


def _qualified(found: re.Match[str], text: str) -> Token:
    """A name of a library, which is one of ours, or refused."""
    prefix, name = found.groups()
    span = Span(*found.span())
    other = libraries.refusal(prefix, name)
    if other is not None:
        raise DerivError(f"'{found[0]}' {other[0]}", text, span, other[1])
    known = libraries.our_name(prefix, name)
    if not known:
        raise DerivError(f"deriv has nothing for '{found[0]}'", text, span, "deriv functions lists what it has")
    return Token("name", known, *found.span(), prefix)


def _check_number(raw: str, text: str, start: int, stop: int) -> None:
    """Refuse what is glued to a number, and numbers that are written as no one writes them."""
    following = text[stop : stop + 1]
    if raw[0] != "0" and raw[-1] != "." and following not in ("_", "."):
        return
    span = Span(start, stop)
    radix = _RADIX.match(text, start) if raw[0] == "0" else None
    if radix:
        raise DerivError(
            f"'{radix.group()}' is no decimal number", text, Span(start, radix.end()), "write it in base ten"
        )
    if following == "_" or (following == "." and "." in raw):
        raise DerivError("this is not a number", text, Span(start, stop + 1), "write it like 1000 or 1.5e-3")
    if raw.endswith(".") and following.isalpha():
        raise DerivError("a number cannot end at its point here", text, span, f"write {raw}0 or {raw}0*{following}")
    if len(raw) > 1 and raw[0] == "0" and raw[1].isdigit():
        if text[start - 1 : start] == ",":
            raise DerivError("numbers are written without commas", text, span, "write 1000 for 1,000")
        if re.search(r"[0-9]\s$", text[max(0, start - 2) : start]):
            raise DerivError("numbers are written without blanks", text, span, "write 1000 for 1 000")
        raise DerivError("a number cannot begin with 0", text, span, f"write {raw.lstrip('0') or '0'}")


def _check_space(text: str, start: int, stop: int) -> None:
    """White space may be a line's end or any printable or typographic blank, but no control character."""
    for position in range(start, stop):
        if unicodedata.category(text[position]) == "Cc" and text[position] not in "\t\n\r":
            raise unreadable(text, position)


def unreadable(text: str, position: int) -> DerivError:
    """Why the character at `position` cannot begin a token, or cannot stand there."""
    character = text[position]
    span = Span(position, position + 1)
    if character == "=":
        return equation_refusal(text, span)
    if character in _HINTS:
        message, hint = _HINTS[character]
        hint = _called_like_python(text, position) or hint
        if character == "[" and len(text) <= SEARCHED_CHARACTERS and len(listed_formulas(text)) > 1:
            hint = LIST_HINT
        return DerivError(message, text, span, hint)
    twin = LOOK_ALIKES.get(character) or unicodedata.normalize("NFKC", character)
    code = f"U+{ord(character):04X}"
    if unicodedata.decomposition(character).startswith("<super>"):
        return DerivError(f"the superscript '{character}' is not read here", text, span, f"write ^{twin}")
    if twin != character and len(twin) == 1 and twin.isascii():
        message = f"this character looks like '{twin}' but is a different one ({code})"
        return DerivError(message, text, span, f"type a plain {twin}")
    try:
        name = unicodedata.name(character)
    except ValueError:
        name = "a control character" if unicodedata.category(character) in ("Cc", "Cs") else "an unnamed character"
    hint = "names are made of Latin or Greek letters" if character.isalpha() else "remove it or type it again"
    if unicodedata.category(character)[0] in "SNP":
        hint = "write what it stands for with functions and + - * / ^"
    return DerivError(f"a formula cannot contain {code} ({name})", text, span, hint)


def _called_like_python(text: str, position: int) -> str:
    """The way out for `x.sin()`, whose function is one of ours, and for `lambda x: x^2`, or nothing."""
    before = text[max(0, position - 60) : position]
    if text[position] == ":" and re.fullmatch(r"\s*lambda\s[\s\w,]*", before):
        return f"leave out '{before.strip()}:'"
    method = _METHOD.match(text, position) if text[position] == "." else None
    owner = _OBJECT.search(before)
    if method is None or owner is None or method[1] not in vocabulary() or method[2] is None:
        return ""
    return f"write {method[1]}({', '.join(filter(None, (owner[0], method[2].strip())))})"


_LEFT_SIDE = re.compile(r"\s*([A-Za-z]\w*)\s*(\([^()]*\))?\s*")


def equation_refusal(text: str, span: Span) -> DerivError:
    """The refusal of an `=`: of a definition, a point, an argument by name, or an equation."""
    before, after = text[: span.start], text[span.stop :]
    if before.count("(") > before.count(")"):
        hint = "give them by place, as in elu(x, 2); equality is =="
        return DerivError("arguments have no names here", text, span, hint)
    left = _LEFT_SIDE.fullmatch(before)
    hint = EQUATION_HINT if len(letters_alone(text) - {"e", "E"}) != 1 else "write one side minus the other"
    if left and (left.group(2) or re.search("[A-Za-z]", after)):
        hint = f"leave out '{before.strip()} ='"
    elif left:
        hint = f"points belong to `--at`, as in `--at {''.join(text.split())}`"
    return EquationError(EQUATION, text, span, hint)
