"""A disk of a few megabytes that can be filled: gone with the processes that use it."""

import ctypes
import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNS = 0x00020000
CHUNKS = (1 << 20, 1 << 12, 1)


class NoSmallDiskError(RuntimeError):
    """Why none can be mounted here, in one sentence."""


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A file system in memory, mounted at `folder`; only this process and those it starts see it."""

    folder: Path

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Take every byte there still is; again, what was given free meanwhile."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in CHUNKS:
                _write_until_full(ballast.fileno(), bytes(size))

    def give_room(self) -> None:
        self._ballast.unlink(missing_ok=True)

    @contextmanager
    def full(self) -> Iterator[None]:
        self.fill()
        try:
            yield
        finally:
            self.give_room()


def mount(folder: Path, *, megabytes: int) -> SmallDisk:
    """Mount one. Raises NoSmallDiskError where that is not allowed."""
    if os.geteuid() != 0:
        raise NoSmallDiskError("only root can mount a small disk")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
        raise NoSmallDiskError(f"no mounts of our own here: {os.strerror(ctypes.get_errno())}")
    folder.mkdir(parents=True, exist_ok=True)
    for command in (
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "fourfold", str(folder)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoSmallDiskError(f"no small disk can be mounted here: {done.stderr.strip()}")
    return SmallDisk(folder)


def _write_until_full(file: int, chunk: bytes) -> None:
    try:
        while os.write(file, chunk) == len(chunk):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
