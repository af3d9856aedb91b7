"""From which address a request comes: the socket's, or what a proxy of ours says of it.

A proxy appends the address it saw to X-Forwarded-For. Only what our own proxies appended is believed
(setting TRUSTED_PROXIES), read from the right: whatever the caller wrote stands further left.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
SOCKET_FILE = "unix"  # in TRUSTED_PROXIES: whoever calls through a socket file, which has no address


class AddressMiddleware:
    """Put the caller's address where everything else looks for it: REMOTE_ADDR."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        _networks(tuple(settings.TRUSTED_PROXIES))  # fail at the start, not at every request

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXIES:
            socket = request.META.get("REMOTE_ADDR", "")
            forwarded = request.headers.get("X-Forwarded-For", "")
            request.META["REMOTE_ADDR"] = caller_of(socket, forwarded, tuple(settings.TRUSTED_PROXIES))
        return self.get_response(request)


def caller_of(socket: str, forwarded: str, trusted: Sequence[str]) -> str:
    """Return the address nearest to us that is not one of our proxies."""
    caller = socket
    for hop in reversed([part.strip() for part in forwarded.split(",")]):
        if not _is_ours(caller, trusted) or _read(hop) is None:
            break
        caller = str(_read(hop))
    return caller


def network_of(address: str | None) -> str:
    """An IPv6 caller has a whole network of addresses to choose from: it counts as one."""
    read = _read(address or "")
    if isinstance(read, IPv6Address):
        return str(ip_network((read, 64), strict=False))
    return str(read or "")


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_ours(caller: str, trusted: Sequence[str]) -> bool:
    address = _read(caller)
    if address is None:
        return not caller and SOCKET_FILE in trusted
    return any(address in network for network in _networks(tuple(trusted)))


@lru_cache
def _networks(trusted: tuple[str, ...]) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(each.strip()) for each in trusted if each.strip() != SOCKET_FILE)
    except ValueError as error:
        raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}") from None
