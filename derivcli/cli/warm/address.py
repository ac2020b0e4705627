"""Where the warm server of this very program listens, by the least that can tell it from every other.

Imported at the start of each command, before anything else: it imports nothing that Python has not loaded by itself,
except for a hash.
"""

import os
import sys
from stat import S_ISDIR, S_ISSOCK

TYPE_CHECKING = False  # that of `typing` takes longer to import than all of this

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_PATH = 107
"""Bytes of a Unix socket's name."""

READ_AT_IMPORT = tuple(
    """ACC_ ARROW_ AZURE_ COMPILE_STROBELIGHT_ CUBLAS_ CUDA CUDNN_ DERIV_ DNNL_ FX_ GCONV_PATH GFORTRAN_ GLIBC_ GOMP_
    GOTO_ INTEL_ I_MPI_ KINETO_ KMP_ LANG LC_ LD_ LOCPATH MALLOC_ MKL MPI_ MPMATH_ NCCL_ NPY_ NUMPY_ NVIDIA_ OMP
    ONEDNN_ OPENBLAS_ OPENSSL_ PYDANTIC_ PYTHON PYTORCH_ SAGE_ROOT SCIPY_ SOURCE_DATE_EPOCH SSL SYMPY_ THP_
    TORCH TYPER_ TZ __PYVENV _PYTHON _TYPER""".split()
)
"""How the names of variables begin that the interpreter, PyTorch, SymPy or another library reads when it is loaded."""

USE = "DERIV_WARM"
"""The variable that says whether a server is used. It belongs to the client, and may differ from the server's."""


def folder() -> str:
    """The folder of the user's sockets: below the runtime directory, else a private one beside temporary files."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return f"{runtime}/deriv" if runtime.startswith("/") and is_private(runtime) else f"/tmp/deriv-{os.geteuid()}"


def is_private(path: str) -> bool:
    """Whether a path is a real folder of the user's that nobody else can look into."""
    return _is_own(path, S_ISDIR, others=0o077)


def is_own_socket(path: str) -> bool:
    """Whether a path is a socket of the user's that nobody else can write to."""
    return _is_own(path, S_ISSOCK, others=0o177)


def _is_own(path: str, is_kind: "Callable[[int], bool]", others: int) -> bool:
    """Whether a path is of a kind and the user's, no link, and has none of the rights that others could use."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return is_kind(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & others


def socket_path() -> str:
    """The socket of the server that can stand for this process, whether it runs or not; nothing where none can."""
    identity = _identity() if os.geteuid() == os.getuid() else b""
    path = f"{folder()}/{_digest(identity)}" if identity else ""
    return path if len(os.fsencode(path)) <= LONGEST_PATH else ""


def _identity() -> bytes:
    """All that must be the same in a server: interpreter, prefix, versions, files, and settings read at import.

    Nothing where the process was started in a way that shows while libraries are imported, such as with warnings.
    """
    flags = sys.flags
    shows = flags.verbose or flags.inspect or flags.interactive or flags.debug or flags.dev_mode or flags.bytes_warning
    if shows or sys.warnoptions or sys._xoptions or not all(path.startswith("/") for path in sys.path):
        return b""
    parts = [sys.executable, sys.prefix, sys.base_prefix, sys.version, repr(flags), *sys.path]
    parts += [f"{name}={value}" for name, value in sorted(os.environ.items()) if _is_read_at_import(name)]
    parts += [_changed(path) for path in sys.path if path.endswith("-packages")]
    parts += _files(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
    return os.fsencode("\0".join(parts))


def _is_read_at_import(name: str) -> bool:
    return name.startswith(READ_AT_IMPORT) and not name.startswith(USE)


def _files(folder: str) -> list[str]:
    """The package's files, each with its size and the time of its last change."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                status = entry.stat()
                found.append(f"{entry.path} {status.st_size} {status.st_mtime_ns}")
            elif entry.name != "__pycache__" and entry.is_dir():
                found += _files(entry.path)
    return sorted(found)


def _changed(path: str) -> str:
    """When something was last installed into a folder of libraries or removed from it."""
    try:
        return str(os.stat(path).st_mtime_ns)
    except OSError:
        return ""


def _digest(identity: bytes) -> str:
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return str(blake2b(identity, digest_size=16).hexdigest())
