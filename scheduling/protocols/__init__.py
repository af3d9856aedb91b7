"""The protocol files that come with the product: a folder for each protocol, a file for each version.

A released file never changes: a new version is a new file, and a course stays with the one it was started on.
All are read and checked when the first is asked for.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from scheduling.rules.facts import CourseFacts
from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.protocol_file import read_protocol

DEFAULT_PROTOCOL = "lutathera-us-2024"


@cache
def all_versions() -> dict[tuple[str, str], Protocol]:
    """Every protocol by key and version, the newest last.

    A file that cannot be read, or that is not where its key and version say, is a ProtocolError naming it.
    """
    found = [_read(folder, file) for folder in _folders() for file in folder.iterdir()]
    found.sort(key=lambda protocol: (protocol.key, int(protocol.version)))
    return {(protocol.key, protocol.version): protocol for protocol in found}


def _folders() -> Iterator[Traversable]:
    here = files(__package__)
    return (entry for entry in here.iterdir() if entry.is_dir() and not entry.name.startswith("_"))


def _read(folder: Traversable, file: Traversable) -> Protocol:
    name = f"{folder.name}/{file.name}"
    protocol = read_protocol(file.read_bytes().decode(), name=name)
    if name != f"{protocol.key}/{protocol.version}.toml" or not protocol.version.isdecimal():
        wanted = "folder must be the key, its name the version, a whole number"
        raise ProtocolError(f"{name}: the file's {wanted}: {protocol.key!r}, {protocol.version!r}")
    return protocol


@cache
def all_protocols() -> dict[str, Protocol]:
    """The newest version of every protocol by its key: what a new course starts on."""
    return {key: protocol for (key, _), protocol in all_versions().items()}


def get_protocol(key: str, version: str = "") -> Protocol:
    """One version of a protocol; without a version the newest."""
    if not version and (newest := all_protocols().get(key)):
        return newest
    try:
        return all_versions()[key, version]
    except KeyError:
        asked = f"{key!r}, version {version}" if version else f"{key!r}"
        known = ", ".join(f"{key} {version}" for key, version in all_versions())
        raise ProtocolError(f"unknown protocol {asked}; known are {known}") from None


def protocol_of(facts: CourseFacts) -> Protocol:
    """The version that a course names, else the newest; `assess` compares its digest."""
    return get_protocol(facts.protocol, facts.protocol_version)


def pinned_protocol(key: str, version: str, digest: str) -> Protocol:
    """The version that a course was started on. Raises ProtocolError where its file has changed since."""
    protocol = get_protocol(key, version)
    if digest and digest != protocol.digest:
        raise ProtocolError(f"{key}, version {version}: its file has changed since the course was started")
    return protocol
