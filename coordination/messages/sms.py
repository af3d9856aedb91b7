"""Text messages. One real carrier: Kannel, an open gateway of one's own (docs/decisions/sms.md).

SMS_URL=kannel://user:password@host:13013 (kannels: over TLS). Without it no text message is offered.
"""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

from coordination.messages.outgoing import NotTaken, Outgoing, Unclear

SECONDS = 20
VALID_MINUTES = 12 * 60
"""A text that could not be delivered to the phone within half a day tells of what is over: it is dropped."""
REPORTS = 1 | 2 | 16  # delivered to the phone, not delivered, refused by the carrier
ACCEPTED = 202


class Carrier(Protocol):
    """Whoever takes text messages: return their id of it, or raise NotTaken or Unclear."""

    def send(self, message: Outgoing) -> str: ...


@dataclass(frozen=True, slots=True)
class Kannel:
    """The sendsms service of a Kannel smsbox, by POST: neither text nor password stand in a URL."""

    host: str
    port: int
    user: str
    password: str
    over_tls: bool = False

    def send(self, message: Outgoing) -> str:
        link = (HTTPSConnection if self.over_tls else HTTPConnection)(self.host, self.port, timeout=SECONDS)
        try:
            try:
                link.connect()
            except OSError as error:
                raise NotTaken(f"no gateway: {type(error).__name__}", for_good=False) from error
            return self._post(link, message)
        finally:
            link.close()

    def _post(self, link: HTTPConnection, message: Outgoing) -> str:
        try:
            link.request("POST", "/cgi-bin/sendsms", message.body.encode(), self._headers(message))
            # An answer that ends with the line is not the link's to close any more.
            with link.getresponse() as answer:
                said = answer.read(500).decode("utf-8", "replace").strip()
        except (OSError, HTTPException) as error:
            raise Unclear(f"the line broke meanwhile ({type(error).__name__})") from error
        if answer.status == ACCEPTED:
            return said[:100]
        raise NotTaken(f"refused: {answer.status}", for_good=answer.status < 500)

    def _headers(self, message: Outgoing) -> dict[str, str]:
        return {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": self.user,
            "X-Kannel-Password": self.password,
            "X-Kannel-To": message.to,
            "X-Kannel-Coding": "0" if message.body.isascii() else "2",
            "X-Kannel-Validity": str(VALID_MINUTES),
            "X-Kannel-DLR-Mask": str(REPORTS),
            "X-Kannel-DLR-Url": f"{message.status_url}?status=%d",
        }


def carrier() -> Carrier:
    """The carrier that SMS_URL names. Raises NotTaken where there is none."""
    parts = urlsplit(settings.SMS_URL)
    if parts.scheme not in {"kannel", "kannels"} or not parts.hostname:
        raise NotTaken("no carrier of text messages is set up", for_good=True)
    return Kannel(
        parts.hostname,
        parts.port or 13013,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        over_tls=parts.scheme == "kannels",
    )


def send(message: Outgoing) -> str:
    return carrier().send(message)
