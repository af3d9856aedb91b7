"""Keep child processes running: prefixed log lines, restarts, and an orderly end.

One thread: children ask the kernel to be ended when the thread that started them ends.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coordination.local.children import kill_family, start_child

RESTARTS = 5
WITHIN_SECONDS = 60


class GaveUpError(RuntimeError):
    """A child ended again and again; the text names it."""


@dataclass
class Program:
    """A program that is to run: how to start it, and how long it may take to end."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ends_within: float = 5
    passes: tuple[int, ...] = ()
    child: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)
    unfinished: bytes = b""


@dataclass
class Supervisor:
    """Starts programs, shows what they write, starts them again, ends them.

    `watched` are services that are started elsewhere: a name, whether it is alive, how to start it.
    """

    folder: Path
    log: Path
    watched: Sequence[tuple[str, Callable[[], bool], Callable[[], object]]] = ()
    programs: list[Program] = field(default_factory=list)
    asked_to_end: int = 0
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def listen_for_the_end(self) -> None:
        """The first signal ends everything in order, the second at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_end)

    def _ask_to_end(self, *_: object) -> None:
        self.asked_to_end += 1

    def run(self, program: Program) -> None:
        """Start a program and keep it running."""
        self.programs.append(program)
        self._start(program)

    def _start(self, program: Program) -> None:
        now = time.monotonic()
        program.starts = [begun for begun in program.starts if now - begun < WITHIN_SECONDS] + [now]
        if len(program.starts) > RESTARTS:
            raise GaveUpError(f"{program.name} ended {RESTARTS} times within a minute; see {self.log}")
        program.child = start_child(
            program.command, environment=program.environment, cwd=self.folder, passes=program.passes
        )
        assert program.child.stdout is not None  # noqa: S101
        os.set_blocking(program.child.stdout.fileno(), False)
        self._selector.register(program.child.stdout, selectors.EVENT_READ, program)

    def turn(self, seconds: float = 0.25) -> None:
        """Wait a moment, showing what is written; then start again what has ended."""
        self._show(seconds)
        if self.asked_to_end:
            return
        for name, is_alive, start in self.watched:
            if not is_alive():
                self.say(name, "ended; starting it again")
                start()
        for program in self.programs:
            if program.child is not None and program.child.poll() is not None:
                self.say(program.name, f"ended with {program.child.returncode}; starting it again")
                self._forget(program)
                self._start(program)

    def _show(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            self._read(key.data)

    def _read(self, program: Program) -> None:
        assert program.child is not None and program.child.stdout is not None  # noqa: S101
        try:
            written = os.read(program.child.stdout.fileno(), 65536)
        except BlockingIOError:
            return
        if not written:
            self._selector.unregister(program.child.stdout)
            return
        *lines, program.unfinished = (program.unfinished + written).split(b"\n")
        for line in lines:
            self.say(program.name, line.decode(errors="replace"))

    def say(self, name: str, text: str) -> None:
        """Write one prefixed line to the terminal and to the log file."""
        line = f"{name:<8} | {text}\n"
        try:
            sys.stdout.write(line)
            sys.stdout.flush()
        except OSError:
            # The terminal has gone; the log file has the line.
            pass
        with self.log.open("a", encoding="utf-8") as log:
            log.write(line)

    def _forget(self, program: Program) -> None:
        """Show its last lines and leave nothing of it behind, not even children it left."""
        if program.child is None:
            return
        kill_family(program.child)
        if program.child.stdout is not None:
            if program.child.stdout.fileno() in self._selector.get_map():
                self._read(program)
            if program.child.stdout.fileno() in self._selector.get_map():
                self._selector.unregister(program.child.stdout)
            program.child.stdout.close()

    def end(self) -> None:
        """End all programs together, the last started first; at once when asked twice."""
        running = [
            one for one in reversed(self.programs) if one.child is not None and one.child.poll() is None
        ]
        for program in running:
            if program.child is not None:
                program.child.send_signal(signal.SIGTERM)
        until = time.monotonic() + max((program.ends_within for program in running), default=0)
        while time.monotonic() < until and self.asked_to_end < 2:
            if all(one.child is None or one.child.poll() is not None for one in running):
                break
            self._show(0.1)
        for program in running:
            self._forget(program)
