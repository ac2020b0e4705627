"""Keys typed into shells where `deriv` is completed: what the command then gets, and that nothing is ever run."""

import random
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shells import PROGRAM, RC, SCRIPTS, Terminal, fish_replies, needs, odd_files, put_on_path, run

SHELLS = [pytest.param(shell, marks=needs(shell)) for shell in RC]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A directory with odd file names, some of which would leave a trace if they were run."""
    yield odd_files(tmp_path)
    assert not (tmp_path / "ran").exists(), "a completion ran a command"


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program as shells find it."""
    put_on_path(PROGRAM, tmp_path_factory.mktemp("bin"), monkeypatch)


TYPED = {
    "deriv x --zi\t": "x|--zip",
    "deriv func\t gam\t": "functions|gamma",
    "deriv functions --format=js\t": "functions|--format=json",
    "deriv functions --format js\t leaky\t": "functions|--format|json|leaky",
    "deriv --zip func\t": "--zip|func",
    "deriv --zip --zi\t": "--zip|--zi",
    "deriv -- --zi\t": "--|--zi",
    "deriv no\t": "no",
    "deriv --format=js\t": "--format=json",
    "deriv --format js\t --zi\t": "--format|json|--zip",
    "deriv --at x=-3:3\t --at y=1 --zi\t": "--at|x=-3:3|--at|y=1|--zip",
    "deriv 'x = 1' --at x=-3:3\t:5 --dtype=float3\t": "x = 1|--at|x=-3:3:5|--dtype=float32",
    "deriv 'u*v' --wrt u,\t --zi\t": "u*v|--wrt|u,v|--zip",
    "deriv u --wrt=\t --zi\t": "u|--wrt=u|--zip",
    "deriv 'u*v' --at u=3,\t4": "u*v|--at|u=3,v=4",
    "deriv 'u*v' --at=u=3,\t4": "u*v|--at=u=3,v=4",
    "deriv u\\*v --at u=3 --let \t2": "u*v|--at|u=3|--let|v=2",
    "deriv 'z^2' --let 'z=log(b)' --at \t2": "z^2|--let|z=log(b)|--at|b=2",
    "deriv steps 'α' --wrt \t --or\t 2": "steps|α|--wrt|α|--order|2",
    "deriv '$(touch ran)' '`touch ran`' ';touch ran' 'u' --at u\t1": "$(touch ran)|`touch ran`|;touch ran|u|--at|u=1",
    "deriv help pra\t": "help|practice",
    "deriv check-fn sq\t --ag\t": "check-fn|square.PY|--against",
    "deriv --plot my\t": "--plot|my pic.png",
    "deriv --plot=my\t": "--plot=my pic.png",
    'deriv --plot "my\t': "--plot|my pic.png",
    "deriv --plot my\\ \t": "--plot|my pic.png",
    "deriv --plot ~/my\t": "--plot|{home}/my pic.png",
    "deriv --plot pi\t": "--plot|pic.PNG",
    "deriv --plot -d\t": "--plot|-dash.png",
    "deriv --plot st\t": "--plot|st*r.svg",
    "deriv --plot ne\t": "--plot|new\nline.png",
    "deriv --plot di\tin\t": "--plot|dir/in side.svg",
    "deriv --plot a=b/\t": "--plot|a=b/in.pdf",
    "deriv --plot no\t": "--plot|no",
    "deriv --plot '$(\t": "--plot|$(touch ran).png",
    "deriv --plot '$(touch ran)/\t'": "--plot|$(touch ran)/",
    "deriv --plot \"$(touch ran)/\t\x15deriv": "",
    "deriv --plot `touch ran`/\t\x15deriv": "",
    "deriv '$(touch ran)/\t'": "$(touch ran)/",
}  # fmt: skip
"""Ctrl-U takes back what had better not be run."""
QUOTED = {
    "bash": {"deriv 'u*v' --at 'u=3,\t4": "u*v|--at|u=3,v=4"},
    "zsh": {"deriv 'u*v' --at 'u=3,\t4'": "u*v|--at|u=3,v=4"},
}
"""Where there is one way to go on, bash writes the closing quote too."""


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("shell", SHELLS)
def test_keys_typed_into_a_shell(shell: str, folder: Path) -> None:
    terminal = Terminal(shell, folder, RC[shell])
    try:
        words = {line: terminal.type(line) for line in TYPED | QUOTED[shell]}
    finally:
        terminal.close()
    assert words == {line: expected.format(home=folder) for line, expected in (TYPED | QUOTED[shell]).items()}


# Any words at all: they come to the program as they are, whatever a shell could make of them.

PIECES = r"""
$(touch_ran) `touch_ran` ;touch_ran; ${x:=$(touch_ran)} |touch_ran <(touch_ran) =(touch_ran) (touch_ran) $((1)) $HOME
* ? ~ [a-z]* {a,b} !! %1 ^x^y \ ' " # & > é α , : @ _ u*v x^2 -x
""".split()
LISTED = """#!/bin/sh
for word; do printf '%s\\0' "$word"; done >>"$LOG"
printf 'u\\n'
"""
"""Stands for the program: notes the words that it gets, and names one variable."""


def hostile(seed: int) -> list[str]:
    """Two words that shells would like to run."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(PIECES, k=draw.randint(1, 4))).replace("_", " ") for _ in range(2)]
    return [word if not word.startswith("-") else f" {word}" for word in words]


@pytest.fixture
def log(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the words are noted that the program gets."""
    path = tmp_path_factory.mktemp("bin") / "log"
    put_on_path(LISTED, path.parent, monkeypatch)
    monkeypatch.setenv("LOG", str(path))
    return path


def noted(log: Path) -> list[list[str]]:
    """The words that the program got, call by call, without the lists of options."""
    calls: list[list[str]] = []
    for word in log.read_text("utf-8").split("\0")[:-1]:
        if word == "--complete-names":
            calls.append([])
        calls[-1].append(word)
    return [words[3:] for words in calls]


@pytest.mark.parametrize("shell", SHELLS)
def test_any_words_come_to_the_program_as_they_are(shell: str, folder: Path, log: Path) -> None:
    cases = [hostile(seed) for seed in range(40)]
    terminal = Terminal(shell, folder, RC[shell])
    try:
        for words in cases:
            terminal.type(f"deriv {shlex.join(words)} --at \t\x15deriv")
    finally:
        terminal.close()
    assert noted(log) == [[*words, "--at", ""] for words in cases]


def hostile_files(folder: Path) -> dict[str, str]:
    """Files whose names shells would like to run, by the letters that each begins with."""
    draw = random.Random(3)
    names = {f"f{number}": "".join(draw.choices(PIECES, k=3)).replace("_", " ") for number in range(10, 40)}
    for start, rest in names.items():
        (folder / f"{start}{rest}.png").touch()
    return {start: f"{start}{rest}.png" for start, rest in names.items()}


@pytest.mark.parametrize("shell", SHELLS)
def test_any_file_name_comes_to_the_program_as_it_is(shell: str, folder: Path) -> None:
    files = hostile_files(folder)
    terminal = Terminal(shell, folder, RC[shell])
    try:
        words = {start: terminal.type(f"deriv --plot {start}\t") for start in files}
    finally:
        terminal.close()
    assert words == {start: f"--plot|{name}" for start, name in files.items()}


@needs("fish")
def test_any_file_name_is_offered_as_it_is_in_fish(folder: Path) -> None:
    files = hostile_files(folder)
    replies = fish_replies([f"deriv --plot {start}" for start in files], folder)
    assert [each for offered in replies.values() for each in offered] == list(files.values())


UNFINISHED = [
    "$(touch ran) u --at ", "`touch ran` --wrt ", "u --at $(touch ran),", 'u --at "$(touch ran),', "u --at=`touch ran`",
    "${x:=$(touch ran)} --at ", "u --at ${x:=$(touch ran)}", "<(touch ran) --at ", "u --let $(touch ran)",
]  # fmt: skip
"""Words that are no quoted ones, of which a shell would run a part if the line were entered."""


@pytest.mark.parametrize("shell", SHELLS)
def test_nothing_is_run_before_the_line_is_entered(shell: str, folder: Path, log: Path) -> None:
    terminal = Terminal(shell, folder, RC[shell])
    try:
        for line in UNFINISHED:
            terminal.type(f"deriv {line}\t\x15deriv")
    finally:
        terminal.close()
    assert noted(log)


@needs("bash")
def test_a_script_that_runs_a_word_is_found_out(tmp_path: Path, log: Path) -> None:
    text = (SCRIPTS / "deriv.bash").read_text("utf-8")
    assert 'typed+=("$plain")' in text
    (tmp_path / "fault").write_text(text.replace('typed+=("$plain")', 'eval "typed+=($plain)"'), "utf-8")
    terminal = Terminal("bash", tmp_path, RC["bash"].replace(str(SCRIPTS / "deriv.bash"), str(tmp_path / "fault")))
    try:
        terminal.type("deriv '$(touch ran)' --at \t\x15deriv")
    finally:
        terminal.close()
    assert (tmp_path / "ran").exists()


@needs("fish")
def test_any_words_come_to_the_program_as_they_are_in_fish(folder: Path, log: Path) -> None:
    cases = [hostile(seed) for seed in range(40)]
    lines = [f"deriv {' '.join(map(fish_quoted, words))} --at " for words in cases]
    code = "source $argv[1]; for line in $argv[2..]; complete -C $line; end"
    assert run("fish", "--no-config", "-c", code, SCRIPTS / "deriv.fish", *lines, folder=folder).split() == ["u="] * 40
    assert noted(log) == [[*words, "--at", ""] for words in cases]


def fish_quoted(word: str) -> str:
    """A word in fish's quotes."""
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"


# Installed by the program itself, in a home where there was nothing.


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("shell", SHELLS)
def test_an_installed_script_is_read(shell: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "it's $(touch ran) é"))
    run("deriv", "--install-completion", shell, folder=folder)
    startup = (folder / f".{shell}rc").read_text("utf-8")
    terminal = Terminal(shell, folder, f"{startup}\nbind 'set bell-style none'\n" if shell == "bash" else startup)
    try:
        assert terminal.type("deriv 'u*v' --at u=3,\t4 --zi\t") == "u*v|--at|u=3,v=4|--zip"
    finally:
        terminal.close()


@needs("fish")
@pytest.mark.usefixtures("program")
def test_an_installed_script_is_read_by_fish(folder: Path) -> None:
    run("deriv", "--install-completion", "fish", folder=folder)
    assert run("fish", "-c", "complete -C 'deriv u --wrt '; complete -C 'deriv --zi'", folder=folder).split()[:2] == [
        "u",
        "--zip",
    ]
