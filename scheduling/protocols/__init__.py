"""The protocol files that come with the product, read once and checked at start-up."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.protocol_file import read_protocol

DEFAULT_PROTOCOL = "lutathera-us-2024"


@cache
def all_protocols() -> dict[str, Protocol]:
    """Every protocol by its key; a file that cannot be read is a ProtocolError naming file and key."""
    folder = files(__package__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    protocols = [read_protocol((folder / name).read_text("utf-8"), name=name) for name in names]
    return {protocol.key: protocol for protocol in protocols}


def get_protocol(key: str) -> Protocol:
    try:
        return all_protocols()[key]
    except KeyError:
        known = ", ".join(all_protocols())
        raise ProtocolError(f"unknown protocol {key!r}; known are {known}") from None


@cache
def protocol_digest(key: str) -> str:
    """SHA-256 of the protocol's file: which numbers a stored answer rests on."""
    get_protocol(key)
    return sha256((files(__package__) / f"{key}.toml").read_bytes()).hexdigest()
