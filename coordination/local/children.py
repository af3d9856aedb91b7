"""Start programs that end when the process that started them ends, however it ends."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
NOBODY = 65534
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_parent(how: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """Return what a new child runs first: ask the kernel for a signal at the parent's death."""
    parent = os.getpid()

    def ask_kernel() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, how.value, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return ask_kernel


def start_child(
    command: Sequence[str | os.PathLike[str]],
    *,
    output: int | IO[bytes] = subprocess.PIPE,
    errors: int | IO[bytes] = subprocess.STDOUT,
    environment: Mapping[str, str] | None = None,
    dies_by: signal.Signals = signal.SIGTERM,
    cwd: Path | None = None,
    passes: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: Ctrl-C at the terminal reaches it only through us."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=None if environment is None else dict(environment),
        cwd=cwd,
        pass_fds=passes,
        start_new_session=True,
        preexec_fn=dies_with_parent(dies_by),
    )


def end_child(child: subprocess.Popen[bytes], *, by: signal.Signals, seconds: float) -> None:
    """Ask a child to end; kill it and its children when it has not within `seconds`."""
    if child.poll() is None:
        child.send_signal(by)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        kill_family(child)


def kill_family(child: subprocess.Popen[bytes]) -> None:
    """Kill a child, if it still runs, and every process of its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def works(command: Sequence[str | os.PathLike[str]]) -> bool:
    """Say whether a program runs here and ends without an error."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def memory_folder() -> Path:
    """Return the folder for throw-away clusters and brokers: in memory where the machine has such a place."""
    memory = Path("/dev/shm")  # noqa: S108  # nosec B108
    return memory if os.access(memory, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def remove_leftovers() -> None:
    """Remove throw-away clusters and brokers whose owners were killed before they could."""
    for folder in memory_folder().glob("fourfold-throwaway-*"):
        owner = folder.name.rsplit("-", 1)[-1]
        if owner.isdecimal() and not Path("/proc", owner).exists() and os.access(folder, os.W_OK):
            shutil.rmtree(folder, ignore_errors=True)
