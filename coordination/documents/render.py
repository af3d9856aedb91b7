"""HTML to PDF, by a press of one's own process: within seconds, or not at all."""

import atexit
import os
import subprocess
import sys
import tempfile
import threading
from ctypes import CDLL
from functools import lru_cache

from django.conf import settings

from coordination.base.errors import CareError
from coordination.documents.pdf_process import ANSWER, JOB

LONGEST_SECONDS = 10.0
FIRST_SECONDS = 30.0  # the first letter of a press waits for its fonts and libraries
JOBS_OF_A_PRESS = 500  # then a fresh one, whatever it may have kept in memory
LIBRARIES = ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")


class CannotPrint(CareError):
    """The document could not be set as a PDF."""


class Press:
    """One press process; jobs follow one another. A fork gets a press of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._jobs = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def pdf_of(self, html: str) -> bytes:
        """Raises CannotPrint where it takes too long, needs too much memory, or cannot be laid out."""
        with self._lock:
            process, seconds = self._ready()
            self._jobs += 1
            timer = threading.Timer(seconds, process.kill)
            timer.start()
            try:
                return self._ask(process, html.encode())
            except (OSError, EOFError) as error:
                self._end()
                raise CannotPrint(
                    "The document could not be printed: it is too long, or the printer was stopped."
                ) from error
            finally:
                timer.cancel()

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ready(self) -> tuple["subprocess.Popen[bytes]", float]:
        if self._owner != os.getpid():
            # What the parent had is the parent's.
            self._process, self._folder, self._owner = None, None, os.getpid()
        if self._process and (self._process.poll() is not None or self._jobs >= JOBS_OF_A_PRESS):
            self._end()
        if self._process:
            return self._process, LONGEST_SECONDS
        self._folder = tempfile.TemporaryDirectory(prefix="fourfold-press-")
        self._process, self._jobs = _start(self._folder.name), 0
        return self._process, FIRST_SECONDS

    def _ask(self, process: "subprocess.Popen[bytes]", body: bytes) -> bytes:
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        stdin.write(JOB.pack(len(body)) + body)
        stdin.flush()
        sign, length = ANSWER.unpack(_exactly(stdout.read(ANSWER.size), ANSWER.size))
        answer = _exactly(stdout.read(length), length)
        if sign != b"P":
            raise CannotPrint(f"The document could not be printed ({answer.decode()}).")
        return answer

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                _close(pipe)
        if self._folder:
            self._folder.cleanup()


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    except OSError:
        return  # what was still to be written goes nowhere


def _exactly(found: bytes, length: int) -> bytes:
    if len(found) != length:
        raise EOFError
    return found


def _start(folder: str) -> "subprocess.Popen[bytes]":
    """A press without our environment: it is told neither the database nor a key."""
    return subprocess.Popen(
        [sys.executable, "-m", "coordination.documents.pdf_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": folder},
    )


_press = Press()
atexit.register(_press.close)


def pdf_of(html: str) -> bytes:
    """Set a whole HTML document as a tagged PDF. Raises CannotPrint."""
    if missing := missing_libraries():
        raise CannotPrint(missing)
    return _press.pdf_of(html)


@lru_cache(maxsize=1)
def missing_libraries() -> str:
    """One sentence on what keeps this machine from printing; empty when nothing does."""
    missing = [name for name in LIBRARIES if not _is_there(name)]
    if not missing:
        return ""
    return (
        f"PDF documents cannot be made on this machine: {', '.join(missing)} missing "
        "(Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)."
    )


def _is_there(name: str) -> bool:
    try:
        CDLL(name)
    except OSError:
        return False
    return True
