"""Addresses of pages about one thing."""

from functools import cache
from uuid import UUID

from django.urls import NoReverseMatch, reverse


def address(name: str, *ids: UUID | int) -> str:
    """Return the address of a page; the patient's own where that page does not exist (yet)."""
    whole = _pattern(name, tuple(map(type, ids)))
    return whole.format(*ids) if whole else reverse("patient", args=ids[:1])


@cache
def _pattern(name: str, kinds: tuple[type, ...]) -> str:
    """The address with a place for each id, looked up once: a list has hundreds of links."""
    samples = [UUID(int=7001 + place) if kind is UUID else 7001 + place for place, kind in enumerate(kinds)]
    try:
        found = reverse(name, args=samples)
    except NoReverseMatch:
        return ""
    for place, sample in enumerate(samples):
        found = found.replace(str(sample), f"{{{place}}}", 1)
    return found
