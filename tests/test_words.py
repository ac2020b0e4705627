"""Words that are no expressions: mistyped options, words for commands, names of files; and hints that lead on."""

import json
import random
import re
import shlex
from pathlib import Path

import pytest
import typer

from derivcli.cli.argv import parse_argv
from derivcli.cli.command_table import COMMANDS, Command
from derivcli.cli.grammar import built, grammar_of
from derivcli.cli.mistyped_words import check_words
from derivcli.cli.option_synonyms import synonyms
from derivcli.errors import DerivError
from tests.support import Outcome, deriv, each

WORDS = [word for _, words in synonyms() for word in words.split()]
ARGUMENTS = {
    "": ["x^2"], "steps": ["x^2"], "study": ["x^2"], "explain": ["x^2", "--at", "x=2"], "answer": ["exp(x)", "exp(x)"],
    "practice": [], "functions": ["gamma"], "check-fn": ["squares.py:SQ"], "shell": [], "warm": ["status"],
    "data": ["points.csv"],
}  # fmt: skip
"""What each command is happy with."""
assert ARGUMENTS.keys() == {"", *COMMANDS}

NEEDS = re.compile(r"points\.csv|squares\.py|cuda|v='Speed|--implicit|--curl|--show|CLAIM|EXPR")
"""What a hint can hold that only the user has: files, a GPU, a display, an equation, a vector field."""


def hinted(outcome: Outcome) -> list[str]:
    """All that a hint proposes."""
    found = re.search(r"did you mean (.*)\?$", outcome.stderr, re.MULTILINE)
    return re.split(r", or (?:for a formula )?", found[1]) if found else []


@each(
    ("words", "said"),
    [
        ("x^2 --n 2", "--order 2"),
        ("x^2 --n=2", "--order 2"),
        ("x^2 -n 3", "--order 3"),
        ("-n 3 x^2", "--order 3"),
        ("x^n --n 3", "--at n=3"),
        ("x^2 -x", "--wrt x"),
        ("x^2 -x", "deriv -- 'x^2' -x"),
        ("x^2 --x", "--wrt x"),
        ("alpha^2 -alpha", "deriv -- 'alpha^2' -alpha"),
        ("x^2 -pi", "deriv -- 'x^2' -pi"),
        ("x^2 -xy", "deriv --help"),
        ("x^2 --x=3", "--at x=3"),
        ("t^2 --t 3", "--at t=3"),
        ("x^2 -o out.png", "--plot out.png"),
        ("x^2 -o out.csv", "--output out.csv"),
        ("x^2 --at x=0:1:3 --out s.svg", "did you mean --plot s.svg?"),
        ("x^2 --steps", "deriv steps 'x^2'"),
        ("x^2 --latex", "--format latex"),
        ("x^2 --json", "--format json"),
        ("x^2 --csv", "--format csv"),
        ("x^2 --fromat json", "--format json"),
        ("steps x^2 --tsv", "--format tsv"),
        ("answer x^2 2x --markdown", "deriv answer --help"),
        ("t^2 --at t=3 --explain", "deriv explain 't^2' --at t=3"),
        ("x^2 --answer 2x", "deriv answer 'x^2'"),
        ("x^2 --derivative", "deriv differentiates by itself"),
        ("x^2 --integrate", "does not integrate"),
        ("x^2 --point 3", "--at x=3"),
        ("x^2 --var x", "--wrt x"),
        ("x^2 --variable=x", "--wrt x"),
        ("x^2 —order 2", "--order 2"),
        ("x^2 –at x=3", "--at x=3"),
        ("x^2 −−at x=3", "--at x=3"),
        ("x^2 --AT x=3", "--at x=3"),
        ("x^2 -at x=3", "--at x=3"),
        ("x^2 --ordr 3", "--order 3"),
        ("x^2 --no-chek", "--no-check"),
        ("-help", "--help"),
        ("x^2 -V", "deriv --version"),
        ("steps --version", "deriv --version"),
        ("answer x^2 2x -n 2", "--order 2"),
        ("steps x^2 -x", "--wrt x"),
        ("steps x^2 --digits 3", "'steps' has no --digits"),
        ("practice -n", "deriv practice --help"),
        ("x^2 --at --wrt x", "--at needs a value"),
        ("x^2 --at --", "--at needs a value"),
        ("x^2 --wibble", "no such option: --wibble"),
        ("x^2 --check=false", "write --check alone, or --no-check"),
        ("x^2 --zip=yes", "write --zip alone"),
        ("x1^2 --x1 3", "--at x1=3"),
    ],
)
def test_a_mistyped_option_is_no_formula(words: str, said: str) -> None:
    assert said in deriv(*words.split(), status=2).stderr


@each(
    ("words", "value"),
    [
        ("-x**2 --at x=3", "-6"),
        ("-x --at x=3", "-1"),
        ("--at x=3 -x", "-1"),
        ("-x 3x --at x=3", "-1 3"),
        ("sin(x) -cos(x) --at x=0", "1 0"),
        ("x^2 -x^2 --at x=3", "6 -6"),
        ("-x y --at x=1,y=1 --wrt x", "-1 0"),
        ("--at x=3 -- x^2 -x", "6 -1"),
        ("--at x=3 -- --x", "1"),
        ("--2+x --at x=3", "1"),
        ("-2x x --at x=3", "-2 1"),
        ("-n --at n=3", "-1"),
        ("-n n^2 --at n=3", "-1 6"),
        ("-pi*x --at x=3 --digits 3", "-3.14"),
        ("help --at help=3", "1"),
        ("plot*2 --at plot=3", "2"),
        ("plot --at p=1,l=2,o=3,t=4 --wrt p", "24"),
        ("x/y --at x=1,y=2 --wrt x", "0.5"),
        ("d*x --at x=1,d=2 --wrt x", "2"),
        ("d d^2 --at d=2", "1 4"),
    ],
)
def test_formulas_with_a_minus_and_declared_words_stay_formulas(words: str, value: str) -> None:
    assert deriv("--format", "value", *words.split()).stdout.strip() == value


def test_the_claim_of_an_answer_may_be_a_name_with_a_minus() -> None:
    assert "yes" in deriv("answer", "-x^2/2", "-x").stdout
    assert "yes" in deriv("answer", "-n", "-1").stdout
    assert "-x" in deriv("steps", "-x", "--format", "text").stdout


@each(
    ("words", "said"),
    [
        ("plot x^2", "deriv 'x^2' --plot slope.png"),
        ("x*y plot", "deriv 'x*y' --plot slope.png"),
        ("table x^2 --at x=3", "deriv 'x^2' --at x=3 --format table"),
        ("limit sin(x)/x", "finds limits only where"),
        ("limit(x,x,0)", "finds limits only where"),
        ("solve x^2-4", "does not solve"),
        ("integrate x^2 dx", "does not integrate"),
        ("integral x", "does not integrate"),
        ("zeros x^2-2", "does not look for zeros"),
        ("extrema x^2", "does not look for extrema"),
        ("derive x^2", "differentiates by itself"),
        ("d x^2", "differentiates by itself"),
        ("gradient x*y", "differentiates by every variable"),
        ("jacobian x y", "Jacobian"),
        ("hessian x*y", "deriv 'x*y' --hessian"),
        ("taylor sin(x)", "--at x=0 --series 5"),
        ("tangent x^2", "--tangent"),
        ("eval x^2", "--at x=3"),
        ("version", "deriv --version"),
        ("man", "deriv --help"),
        ("list", "deriv functions"),
        ("install", "deriv --help"),
        ("check x^2", "--check"),
        ("step x^2", "deriv steps 'x^2'"),
        ("pratice", "deriv practice"),
        ("points.csv", "deriv 'x**2' --data points.csv"),
        ("x plot.png", "deriv x --plot plot.png"),
        ("t^2 plot.png --at t=0:1:9", "deriv 't^2' --at t=0:1:9 --plot plot.png"),
        ("t^2 slope.tex", "deriv 't^2' --output slope.tex"),
        ("explain t^2 g.svg --at t=1", "deriv explain 't^2' --at t=1 --plot g.svg"),
        ("f.py:SQ", "deriv check-fn f.py:SQ"),
        ("./x", "is a file"),
        ("/etc/passwd", "is a file"),
        ("x --data many/a.csv many/b.csv", "--data 'many/*.csv'"),
        ("steps points.csv", "deriv steps 'x**2'"),
        ("x^2 at x=5", "deriv 'x^2' --at x=5?"),
        ("x^2*y wrt y", "--wrt"),
        ("x^2 order 3", "deriv 'x^2' --order 3?"),
        ("x^2 --at x=1 --code python", "leave it out"),
        ("deriv x^2", "differentiates by itself"),
    ],
)
def test_words_for_commands_and_files_are_told_what_there_is(words: str, said: str) -> None:
    error = deriv(*words.split(), status=2).stderr
    assert said in error
    assert not re.search(r"\b\w\*\w\*\w\*\w", error), "nothing is spelled out letter by letter"


def test_a_file_that_exists_is_no_formula_whatever_its_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "attributes" in deriv("x.dat", status=2).stderr
    Path("x.dat").touch()
    assert "is a file" in deriv("x.dat", status=2).stderr
    Path("2.5x").touch()
    assert deriv("2.5x", "--at", "x=1", "--format", "value").stdout == "2.5\n"


def test_help_is_shown_whatever_else_was_typed() -> None:
    for words in (["plot"], ["x^2", "-x"], ["points.csv"]):
        assert deriv(*words, "--help").stdout == deriv("--help").stdout


def test_no_word_means_two_things() -> None:
    assert len(WORDS) == len(set(WORDS))


@each("command", ARGUMENTS)
def test_no_hint_leads_to_another_refusal(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word that is known, as an option: what the hint proposes is done, for whichever command it was typed."""
    monkeypatch.chdir(tmp_path)
    typed = [*filter(None, [command]), *ARGUMENTS[command]]
    proposed: set[tuple[str, ...]] = set()
    known = deriv("help", command or "options").stdout
    for word in WORDS:
        if f"--{word} " in known or f"--{word}\n" in known:
            continue
        for hint in hinted(deriv(*typed, f"--{word}", status=2)):
            if not NEEDS.search(hint):
                own = shlex.split(hint)
                proposed.add(tuple(own[1:] if own[0] == "deriv" else [*typed, *own]))
    for words in proposed:
        if words[0] in ("check-fn", "warm", "data"):
            assert all(word in known for word in words if word.startswith("--"))
        elif words[0] != "practice":
            deriv(*words)
    assert len(proposed) > (20 if not command else 1)


PIECES = [
    *("- -- --- – — − x n x^2 = at order latex plot ./ / points.csv .py :SQ 3 x=3 --at --wrt --data * é d".split()),
    *("help ( ) ' --help --version π limit --zip".split()), "\n", " ", "\0",
]  # fmt: skip


def test_any_words_are_taken_or_refused_with_a_way_out() -> None:
    draw = random.Random(5)
    hints = []
    for _ in range(5_000):
        words = ["".join(draw.choices(PIECES, k=draw.choice([1, 1, 1, 2, 3]))) for _ in range(draw.randrange(6))]
        grammar = grammar_of(draw.choice(["", *COMMANDS]))
        try:
            check_words(parse_argv(words, grammar), grammar)
        except DerivError as error:
            hints.append(error.hint)
    assert all(hints)
    assert 500 < len(hints) < 4_500


@each("formula", ["t^2", "x*y", "a*exp(b)", "sin(x)"])
@each("word", ["--point", "--graph", "--explain", "--linearize", "--direction", "--verify", "--var"])
def test_hints_are_for_the_formula_that_was_typed(
    formula: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if word == "--linearize" and formula in ("x*y", "a*exp(b)"):
        return  # a series has one variable
    (hint,) = hinted(deriv(formula, word, status=2))
    own = shlex.split(hint)
    deriv(*(own[1:] if own[0] == "deriv" else [formula, *own]))


CASES = Path(__file__).parents[2] / "shared" / "cases" / "reports.jsonl"


@pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is absent")
def test_reported_options() -> None:
    rows = [json.loads(line) for line in CASES.read_text().splitlines()]
    for row in rows:
        if row["kind"] == "option":
            error = deriv(*row["argv"], status=row["status"]).stderr
            assert all(text in error for text in row["has"])


def test_a_command_is_a_function_and_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def double(number: int) -> None:
        """Double a NUMBER."""
        typer.echo(2 * number)

    row = Command(
        "double", lambda: double, 'deriv double "3"', "a number", synonyms="twice", group="Look up", summary="Do twice"
    )
    monkeypatch.setitem(COMMANDS, "double", row)
    built.cache_clear()
    try:
        assert deriv("--help").stdout.index("Look up:") < deriv("--help").stdout.index("  double     Do twice\n")
        assert "Double a NUMBER." in deriv("double", "--help").stdout
        assert deriv("double", "3").stdout == "6\n"
        assert deriv("double", status=2).stderr == 'deriv: a number is missing\n  write one, as in deriv double "3"\n'
        for word in ("dubble", "twice"):
            assert 'did you mean deriv double "3"?' in deriv(word, status=2).stderr
    finally:
        built.cache_clear()
