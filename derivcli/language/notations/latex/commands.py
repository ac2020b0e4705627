"""The commands of LaTeX that are read, and those that are refused by name: a row each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer.tokens import GREEK_NAMES
from derivcli.language.lexer.unsupported_operations import SIGNS

SIGN, NAME, FUNCTION, CALL, BLANK, SIZE, FENCE, WORD, OPEN, CLOSE, BIG, DROPPED, REFUSED = (
    "sign", "name", "function", "call", "blank", "size", "fence", "word", "open", "close", "big", "dropped", "refused",
)  # fmt: skip
"""What a command is: an operator, a name or a constant, a function, a structure with arguments in braces, a blank, the
size of a bracket, `\\left`, an upright word, a bracket, a sum or an integral, what is left out, what is not read."""


@dataclass(frozen=True, slots=True)
class Command:
    """All that is known of a command: how many arguments it takes and what is written for it in our notation."""

    name: str
    kind: str
    doc: str
    writes: str = ""
    """The text in our notation, in which `#1` and `#2` stand for the arguments; of a bracket its closing command."""
    arguments: int = 0
    option: str = ""
    """What is written instead where an argument in square brackets, `#0`, comes first."""
    hint: str = ""
    """The way out of a command that is refused; `doc` then is the reason."""


def _rows(kind: str, doc: str, names: str, writes: str = "", **columns: int | str) -> list[Command]:
    """Commands that mean the same."""
    return [Command(name, kind, doc, writes, **columns) for name in names.split()]  # type: ignore[arg-type]


_NO_TEX = "deriv runs no TeX"
_ALONE = "write the formula alone"
_ROWS: tuple[Command, ...] = (
    *_rows(CALL, "a fraction", "frac dfrac tfrac cfrac", "((#1)/(#2))", arguments=2),
    Command("sqrt", CALL, "a root", "sqrt(#1)", 1, option="root(#1, #0)"),
    *_rows(CALL, "a binomial coefficient", "binom dbinom tbinom", "binomial(#1, #2)", arguments=2),
    *_rows(CALL, "a rising or a falling power, as an exponent", "overline underline", arguments=1),
    *_rows(SIGN, "times", "cdot times ast", "*"),
    *_rows(SIGN, "divided by", "div slash", "/"),
    *_rows(SIGN, "at most", "le leq leqslant", "<="),
    *_rows(SIGN, "at least", "ge geq geqslant", ">="),
    *_rows(SIGN, "less than", "lt", "<"),
    *_rows(SIGN, "greater than", "gt", ">"),
    *_rows(SIGN, "not equal", "ne neq", "!="),
    *_rows(SIGN, "equal", "coloneqq", "="),
    *_rows(SIGN, "and", "land wedge", " and "),
    *_rows(SIGN, "or", "lor vee", " or "),
    *_rows(SIGN, "not", "lnot neg", " not "),
    *_rows(SIGN, "percent", "%", "%"),
    *_rows(SIGN, "degrees", "degree circ", "°"),
    *_rows(SIGN, "a derivative", "prime", "'"),
    *_rows(SIGN, "plus or minus, which is two formulas", "pm", "±"),
    *_rows(SIGN, "minus or plus, which is two formulas", "mp", "∓"),
    *_rows(SIGN, "terms left out", "ldots cdots dots", "…"),
    *_rows(NAME, "infinity", "infty", "∞"),
    *_rows(NAME, "a small epsilon", "varepsilon", "epsilon"),
    *_rows(NAME, "a small phi", "varphi", "phi"),
    *_rows(NAME, "a small theta", "vartheta", "theta"),
    *_rows(NAME, "a small rho", "varrho", "rho"),
    *_rows(NAME, "a small sigma", "varsigma", "sigma"),
    *_rows(NAME, "a small kappa", "varkappa", "kappa"),
    *_rows(NAME, "a small l", "ell", "l"),
    *_rows(NAME, "a partial derivative", "partial", "∂"),
    *_rows(BIG, "a sum", "sum", "sum"),
    *_rows(BIG, "a product", "prod", "product"),
    *_rows(BIG, "an integral", "int", "integral"),
    *_rows(BLANK, "a blank", ", ; : ! > quad qquad enspace thinspace hspace hfill"),
    Command(" ", BLANK, "a blank"),
    Command("~", BLANK, "a blank"),
    *_rows(BLANK, "the style", "displaystyle textstyle scriptstyle limits nolimits nonumber notag allowbreak hline"),
    *_rows(SIZE, "the size of a bracket", "big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm"),
    *_rows(FENCE, "a bracket as high as what it holds", "left right"),
    *_rows(WORD, "an upright word", "operatorname operatorname* mathrm text textrm mathit mathop mbox textnormal"),
    *_rows(OPEN, "the largest whole number below", "lfloor", "rfloor"),
    *_rows(OPEN, "the least whole number above", "lceil", "rceil"),
    *_rows(OPEN, "the absolute value", "lvert", "rvert"),
    *_rows(OPEN, "a brace", "lbrace {", "}"),
    *_rows(OPEN, "a bracket", "lparen", ")"),
    *_rows(OPEN, "a bracket", "lbrack", "]"),
    *_rows(CLOSE, "the end of a bracket", "rfloor rceil rvert", ""),
    *_rows(CLOSE, "the end of a brace", "rbrace }", "}"),
    *_rows(CLOSE, "the end of a bracket", "rparen", ")"),
    *_rows(CLOSE, "the end of a bracket", "rbrack", "]"),
    *_rows(OPEN, "a bar", "vert mid", "|"),
    *_rows(DROPPED, "a label", "label tag", arguments=1),
    *_rows(REFUSED, "a norm is not read here", "lVert rVert Vert |", hint="write \\sqrt{x^2 + y^2}"),
    *_rows(REFUSED, "limits are not read here", "lim limsup liminf to rightarrow", hint=SIGNS["→"][1]),
    *_rows(REFUSED, SIGNS["∇"][0], "nabla", hint=SIGNS["∇"][1]),
    *_rows(REFUSED, "deriv takes no such integrals", "iint iiint oint", hint="write \\int with its bounds"),
    *_rows(REFUSED, "a remainder has no sign here", "bmod pmod mod", hint="write \\operatorname{mod}(x, y)"),
    *_rows(REFUSED, "sets are not read here", "in notin subset cup cap emptyset mathbb", hint="write comparisons"),
    *_rows(REFUSED, "a fraction is written before its parts", "over atop", hint="write \\frac{a}{b}"),
    *_rows(REFUSED, "a coefficient is written before its parts", "choose", hint="write \\binom{n}{k}"),
    *_rows(REFUSED, "marks on letters are not read here", "hat bar tilde vec dot ddot widehat widetilde mathbf mathcal "
           "boldsymbol mathfrak mathsf bm", hint="write the letter alone, or with an index, as in x_1"),
    *_rows(REFUSED, "vectors and matrices are not read here", "det langle rangle", hint="write their elements"),
    *_rows(REFUSED, "a sign near equality is not read here", "approx sim equiv propto simeq cong perp parallel",
           hint="write =, or the formula alone"),
    *_rows(REFUSED, _NO_TEX, "def edef gdef xdef let newcommand renewcommand providecommand DeclareMathOperator input "
           "include write immediate openin openout read csname endcsname catcode expandafter noexpand usepackage "
           "documentclass loop repeat special directlua newenvironment includegraphics verbatiminput jobname message "
           "typeout string middle futurelet afterassignment href url", hint=_ALONE),
)  # fmt: skip

LETTERS = tuple(sorted(GREEK_NAMES - {"lamda"})) + tuple(
    f"var{name}"
    for name in ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
)
"""The Greek letters that have a command."""

ENVIRONMENTS = frozenset(("cases", "dcases", "rcases", "array", "cases*", "dcases*"))
"""The environments that are choices; an array is one behind a brace."""
DISPLAYS = frozenset(
    "equation align aligned alignat gather gathered multline split displaymath math eqnarray flalign".split()
)
"""The environments around one formula, with a star or without."""


@cache
def commands() -> dict[str, Command]:
    """Every command by its name, without its backslash: those of the rows, Greek letters, functions of the table."""
    rows = {row.name: row for row in _ROWS}
    letters = {name: Command(name, NAME, "a Greek letter", name.removeprefix("var")) for name in LETTERS}
    functions = {
        name: Command(name, FUNCTION, "a function", name)
        for name in (*vocabulary(), "lg", "ln")
        if len(name) > 1 and name.isalpha()
    }
    return functions | letters | rows


def command_names() -> tuple[str, ...]:
    """The commands that are read."""
    return tuple(name for name, row in commands().items() if row.kind != REFUSED)
