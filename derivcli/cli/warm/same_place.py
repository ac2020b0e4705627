"""Whether a client's process is under the same rules as this one: a child of this one stands in its place."""

from __future__ import annotations

import os
from dataclasses import dataclass

RULES = ("limits", "cgroup", "oom_score_adj", "attr/current")
"""Files of /proc that say what the kernel grants a process."""
SPACES = ("ns/cgroup", "ns/ipc", "ns/mnt", "ns/net", "ns/pid", "ns/user", "ns/uts", "root")
"""Links of /proc to the namespaces that a process sees."""
RIGHTS = """Uid Gid Groups CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Seccomp Cpus_allowed Mems_allowed""".split()
"""Lines of a process's status that say what it may do."""
SCHEDULING = {"niceness": 16, "real-time priority": 37, "scheduling policy": 38}
"""Fields of a process's stat, counted behind its name."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What a child takes over from the process for which it stands."""

    umask: int
    ignored: frozenset[int]
    """The signals that it ignores."""


def caller(pid: int) -> Caller:
    """What the process has that a child can take over. Fails with OSError where it is gone."""
    lines = _status(pid)
    ignored = int(lines["SigIgn"], 16)
    return Caller(int(lines["Umask"], 8), frozenset(number for number in range(1, 65) if ignored >> number - 1 & 1))


def difference(pid: int) -> str:
    """The first rule in which a process differs from this one, or nothing. Fails with OSError where it is gone."""
    theirs, ours = _rules(pid), _rules(os.getpid())
    return next((name for name in ours if theirs[name] != ours[name]), "")


def _rules(pid: int) -> dict[str, object]:
    fields = _read(pid, "stat").rpartition(") ")[2].split()
    status = _status(pid)
    return {
        **{name: _read(pid, name) for name in RULES},
        **{name: _link(pid, name) for name in SPACES},
        **{name: status.get(name) for name in RIGHTS},
        **{name: fields[place] for name, place in SCHEDULING.items()},
    }


def _status(pid: int) -> dict[str, str]:
    return dict(line.split(":\t", 1) for line in _read(pid, "status").splitlines() if ":\t" in line)


def _read(pid: int, name: str) -> str:
    """A file of a process; nothing where the kernel has no such file."""
    try:
        with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        os.stat(f"/proc/{pid}")
        return ""


def _link(pid: int, name: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        os.stat(f"/proc/{pid}")
        return ""
