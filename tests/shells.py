"""Shells for the tests of completion: asked for what they offer, and typed into."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "derivcli" / "cli" / "completions"
PATIENCE = 30
"""Seconds after which a shell that does not answer is given up."""

PROGRAM = f"#!{sys.executable}\nimport sys\nsys.path[0] = {str(ROOT)!r}\nfrom derivcli.__main__ import main\nmain()\n"


PICTURES = {
    "my pic.png", "st*r.svg", "pic.PNG", "-dash.png", "~t.pdf", 'q"u.png', "new\nline.png", "$(touch ran).png",
    "`touch ran`.svg",
}  # fmt: skip
OTHERS = {"a=b/in.pdf", "dir/in side.svg", "dir.txt", "notes.txt", "png", ".hidden.png", "square.PY"}


def odd_files(folder: Path) -> Path:
    """Fill a folder with files of odd names, some of which would leave a trace if they were run."""
    for name in PICTURES | OTHERS:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return folder


def put_on_path(text: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Make a program of that text the `deriv` that shells find."""
    (folder / "deriv").write_text(text, "utf-8")
    (folder / "deriv").chmod(0o755)
    patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


def run(*words: str | Path, folder: Path = ROOT) -> str:
    """What a command prints; it has to succeed and to complain of nothing."""
    environment = os.environ | {"HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout.decode()


def bash_replies(line: str, folder: Path, script: Path = SCRIPTS / "deriv.bash", rest: str = "") -> list[str]:
    """What is offered between the line and the rest of its last word."""
    code = """
        source "$1"; COMP_LINE=$2$3; COMP_POINT=${#2}; typed=$4; shift 4
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _deriv deriv "$typed" ''
        for reply in "${COMPREPLY[@]}"; do printf '%s\\0' "$reply"; done
    """
    pieces = re.findall(r"""(?:'[^']*'?|"[^"]*"?|\\.|[^\s=:'"\\])+|[=:]+""", line)
    if not line.endswith(pieces[-1]):
        pieces.append("")
    typed = pieces[-1].lstrip("\"'=:")
    pieces[-1] += rest
    return run("bash", "-c", code, "bash", script, line, rest, typed, *pieces, folder=folder).split("\0")[:-1]


def fish_replies(lines: list[str], folder: Path, script: Path = SCRIPTS / "deriv.fish") -> dict[str, list[str]]:
    """For each line what is offered at its end: a word, a tab and a description."""
    code = r"source $argv[1]; for line in $argv[2..]; complete -C $line; printf '\0'; end"
    answers = run("fish", "--no-config", "-c", code, script, *lines, folder=folder).split("\0")[:-1]
    return {line: answer.splitlines() for line, answer in zip(lines, answers, strict=True)}


RC = {
    "bash": f"""
        source '{SCRIPTS}/deriv.bash'
        bind 'set bell-style none'
    """,
    "zsh": f"""
        fpath=('{SCRIPTS}' $fpath)
        autoload -Uz compinit && compinit -u -D
        bindkey '^I' complete-word
    """,
}
SHOW = """
    PS1='READY> '
    deriv() { printf '=>'; printf '%s|' "$@"; printf '<=\\n'; }
"""
COMMANDS = {"bash": ("bash", "--noprofile", "--rcfile", ".zshrc", "-i"), "zsh": ("zsh", "-d", "-i")}
"""Both read the file whose name zsh does not let one choose."""

IN_TERMINAL = "import os, sys; os.open(os.ttyname(0), os.O_RDWR); os.execvp(sys.argv[1], sys.argv[1:])"
"""Makes the terminal the one that controls a new session, which interactive shells insist on."""


class Terminal:
    """An interactive shell that is typed into; what it reads first ends with SHOW."""

    def __init__(self, shell: str, home: Path, startup: str) -> None:
        (home / ".zshrc").write_text(startup + SHOW, "utf-8")
        places = {"HOME": str(home), "ZDOTDIR": str(home), "HISTFILE": os.devnull}
        environment = os.environ | places | {"TERM": "dumb", "COLUMNS": "400", "LC_ALL": "C.UTF-8"}
        self.keys, screen = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-ISc", IN_TERMINAL, *COMMANDS[shell]],
            cwd=home, env=environment, stdin=screen, stdout=screen, stderr=screen, start_new_session=True,
        )  # fmt: skip
        os.close(screen)
        self.read("READY> ")

    def type(self, line: str) -> str:
        """The words that the command got."""
        os.write(self.keys, f"{line}\n".encode())
        return self.read(r"=>(.*?)\|?<=.*READY> ")[1].replace("\r\n", "\n")

    def read(self, pattern: str) -> re.Match[str]:
        """Read until the pattern was there."""
        text, end = b"", time.monotonic() + PATIENCE
        while not (found := re.search(pattern, text.decode(errors="replace"), re.DOTALL)):
            ready = select.select([self.keys], [], [], max(0, end - time.monotonic()))[0]
            assert ready, f"the shell is stuck after {text!r}"
            text += os.read(self.keys, 65536)
        return found

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.keys)
