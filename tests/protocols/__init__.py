"""Protocol files for the tests, and how they are shipped for the time of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from scheduling import protocols
from scheduling.rules.protocol import Protocol
from scheduling.rules.protocol_file import read_protocol

DRAFT = "draft-six-infusions"
FOLDER = Path(__file__).resolve().parent


def draft_text() -> str:
    return (FOLDER / DRAFT / "1.toml").read_text()


def draft_protocol() -> Protocol:
    return read_protocol(draft_text(), name=f"{DRAFT}/1.toml")


@contextmanager
def also_shipped(*more: Protocol) -> Iterator[None]:
    """As if these came with the product too; a later version of a key is the newest."""
    shipped = protocols.all_versions() | {(each.key, each.version): each for each in more}
    with patch.object(protocols, "all_versions", lambda: shipped):
        protocols.all_protocols.cache_clear()
        try:
            yield
        finally:
            protocols.all_protocols.cache_clear()
