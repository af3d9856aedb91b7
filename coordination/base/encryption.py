"""Text that the database alone cannot tell: encrypted with keys that lie outside it (setting FIELD_KEYS).

The first key seals, every key opens, so that a key can be changed: put the new one first, run
`manage.py field_keys --reseal`, take the old one out. Each text is bound to what it is about, so that a row
copied to another person opens no door.
"""

import json
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class SealBroken(Exception):
    """Sealed with a key that is not here, changed since, or about something else."""


def encrypt(text: str, *, about: str) -> str:
    return _keys().encrypt(json.dumps([about, text]).encode()).decode()


def unseal(sealed: str, *, about: str) -> str:
    """Return the text. Raises SealBroken."""
    try:
        meant, text = json.loads(_keys().decrypt(sealed.encode()))
    except InvalidToken:
        raise SealBroken from None
    if meant != about:
        raise SealBroken
    return str(text)


def reseal(sealed: str) -> str:
    """The same text under the first key. Raises SealBroken."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None


def new_key() -> str:
    return Fernet.generate_key().decode()


def check_keys() -> None:
    """Raises ImproperlyConfigured where FIELD_KEYS names none, or something that is no key."""
    _keys()


def _keys() -> MultiFernet:
    return _made_of(tuple(settings.FIELD_KEYS))


@lru_cache
def _made_of(keys: Sequence[str]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS names no key: manage.py field_keys --new makes one.")
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ImproperlyConfigured("FIELD_KEYS: each key is 32 bytes in URL-safe base64.") from None
