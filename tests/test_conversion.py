"""Values of options that are read without Pydantic, against what Typer makes of the same words by itself."""

import subprocess
import sys
from enum import StrEnum
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
import typer

from derivcli.cli.conversion import converting
from tests.support import deriv

Color = StrEnum("Color", ["RED", "BLUE"])
HUGE = "9" * 5_000

GIVEN: dict[str, dict[str, Any]] = {}


def command(
    words: list[str] | None = None,
    texts: Annotated[list[str] | None, typer.Option("--text")] = None,
    text: Annotated[str | None, typer.Option("--one")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=200)] = 1,
    free: Annotated[int | None, typer.Option("--free")] = None,
    counts: Annotated[list[int] | None, typer.Option("--counts")] = None,
    color: Annotated[Color | None, typer.Option("--color")] = None,
    shade: Annotated[Color, typer.Option("--shade", case_sensitive=False)] = Color.RED,
    ratio: Annotated[float, typer.Option("--ratio")] = 0.5,
    parsed: Annotated[int | None, typer.Option("--parsed", parser=lambda text: int(text, 16))] = None,
    flag: Annotated[bool | None, typer.Option("--flag/--no-flag")] = None,
) -> None:
    """Keep what Typer gives."""
    GIVEN["last"] = dict(locals())


def outcome(words: list[str], quickly: bool) -> tuple[Any, ...]:
    """What the function is given, with the types, or the error."""
    app = typer.Typer(add_completion=False)
    app.command()(command)
    built: Any = typer.main.get_command(app)
    if quickly:
        built.params = [converting(each) for each in built.params]
    GIVEN.clear()
    try:
        with built.make_context("deriv", list(words)) as context:
            built.invoke(context)
    except Exception as error:
        return type(error), str(error)
    return tuple((name, type(value), repr(value)) for name, value in GIVEN["last"].items())


LINES = [
    [], ["a", "", "-"], ["--text", "", "--text", "x"], ["--one", ""], ["--one", "\udcff"], ["--flag"], ["--no-flag"],
    *(["--count", word] for word in ("1", "200", "0", "201", "-1", "+5", "05", " 5", "5 ", "5.0", "1e2", "1_0", "x", "",
                                     "\u0665", HUGE, "0x5", "--", "1.5", "nan", "true")),
    *(["--free", word] for word in ("0", "-0", "-7", "999999999", "9999999999", HUGE, "٣", "")),
    *(["--color", word] for word in ("red", "RED", "blue", "", "r", "Red ")),
    *(["--shade", word] for word in ("red", "RED", "Blue", "")),
    ["--counts", "1", "--counts", "2"], ["--counts", "x"], ["--ratio", "2"], ["--ratio", "x"], ["--parsed", "ff"],
    ["--parsed", "5"], ["--parsed", "x"],
]  # fmt: skip


@pytest.mark.parametrize("words", LINES, ids=lambda words: " ".join(words)[:20])
def test_words_come_to_the_same(words: list[str]) -> None:
    assert outcome(words, quickly=True) == outcome(words, quickly=False)


def test_a_wrong_conversion_would_be_seen() -> None:
    assert outcome(["--count", "5"], quickly=True) != outcome(["--count", "6"], quickly=False)


def test_an_unknown_typer_converts_by_itself() -> None:
    """A parameter that is not made as those of the Typer that is pinned is left as it is."""
    plain = SimpleNamespace()
    assert converting(plain) is plain
    assert vars(plain) == {}


def test_plain_values_need_no_pydantic() -> None:
    code = (
        "import sys; from derivcli.cli.app import run; run(['x', '--order', '2', '--format', 'csv', '--wrt', 'x'])\n"
        "print('pydantic' in sys.modules); run(['3', '--digits', '02']); print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert [line for line in done.stdout.split() if line in ("False", "True")] == ["False", "True"]
    assert deriv("x/3", "--at", "x=1", "--digits", "02").stdout == deriv("x/3", "--at", "x=1", "--digits", "2").stdout
