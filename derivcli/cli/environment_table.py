"""The variables of the environment that deriv reads and the files that it keeps, a row each; the manual lists them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A row: a variable of the environment, or several that work alike, and what it is for."""

    names: str
    meaning: str


@dataclass(frozen=True, slots=True)
class File:
    """A row: where something of the user's is kept, and what it is."""

    path: str
    meaning: str


VARIABLES = (
    Variable(
        "DERIV_WARM",
        "Whether a warm server answers: auto starts one at the first command, off lets commands pass it by. "
        "Without it one that runs is used.",
    ),
    Variable(
        "CI",
        "Set to anything, nothing is said of warm servers.",
    ),
    Variable("DERIV_TRACEBACK", "Set to 1, an error of ours shows where it is."),
    Variable("NO_COLOR", "Set to anything, nothing is colored."),
    Variable("FORCE_COLOR", "Set to anything, results are colored where the output is no terminal, too."),
    Variable("TERM", "Nothing is colored where it is dumb or unknown."),
    Variable(
        "DERIV_PICTURES",
        "What --plot - draws with: kitty, iterm or sixel, which show the picture itself; braille, blocks or ascii, "
        "which are text; or text, the finest of these. Without it the terminal is asked what it can show.",
    ),
    Variable("KITTY_WINDOW_ID TERM_PROGRAM TMUX", "Which terminal this is, for the pictures of --plot -."),
    Variable("DISPLAY WAYLAND_DISPLAY SSH_CONNECTION", "Whether there is a display for the window of --show."),
    Variable("COLUMNS", "How wide the terminal is, where it should not be asked."),
    Variable("TORCHINDUCTOR_CACHE_DIR", "Where compiled kernels are kept, instead of the folder below."),
    Variable("MPLCONFIGDIR", "Where Matplotlib keeps its list of fonts."),
    Variable("TMPDIR", "Where temporary files are made."),
    Variable(
        "HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR XDG_STATE_HOME",
        "Where the files below are: the user's home, and what there is instead of a folder in it.",
    ),
    Variable(
        "SHELL BASH_COMPLETION_USER_DIR ZDOTDIR LOCALAPPDATA",
        "Which shell is completed, where it is not the one that deriv was started from, and where it has its files.",
    ),
)

FILES = (
    File("~/.cache/deriv/kernels", "Compiled kernels of --engine compiled. It may be removed at any time."),
    File("$XDG_RUNTIME_DIR/deriv", "The sockets of warm servers; /tmp/deriv-UID where there is no such variable."),
    File("~/.local/state/deriv", "What was typed in deriv shell, and that something was said which is said only once."),
    File("~/.local/state/deriv/shell_history", "What was typed into deriv shell; it may be removed at any time."),
    File("~/.local/share/bash-completion/completions/deriv", "The completion that is installed for bash."),
    File("~/.local/share/deriv/completions", "The completions that are installed for zsh and PowerShell."),
    File("~/.config/fish/completions/deriv.fish", "The completion that is installed for fish."),
)
