"""Text messages. One real carrier: Kannel, an open gateway of one's own (docs/decisions/sms.md).

SMS_URL=kannel://user:password@host:13013 (kannels: over TLS). Without it no text message is offered.
"""

import re
from dataclasses import dataclass
from hmac import compare_digest
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

from coordination.base.phones import sender_of
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


# --- what a phone answers -----------------------------------------------------------------------------

STOP_WORDS = frozenset(
    {
        # What carriers of the United States honor (CTIA), and the same in Spanish.
        *("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"),
        *("alto", "parar", "pare", "baja", "cancelar", "basta", "detener"),
    }
)
POLITE = frozenset({"please", "por", "favor"})
NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A text message that a phone sent us."""

    number: str
    text: str

    @property
    def is_stop(self) -> bool:
        """Whether it ends the messages: by its first word, or by its only one beside politeness."""
        words = [NOT_A_LETTER.sub("", word).casefold() for word in self.text.split()]
        alone = [word for word in words if word not in POLITE]
        return bool(words) and (words[0] in STOP_WORDS or (len(alone) == 1 and alone[0] in STOP_WORDS))


def is_gateway(token: str) -> bool:
    """Whether a caller shows what the gateway was given; nobody does where nothing is set."""
    expected: str = settings.SMS_INBOUND_TOKEN
    return bool(expected) and compare_digest(token.encode(), expected.encode())


def read_answer(*, sender: str, text: str | bytes, charset: str = "") -> IncomingText:
    """What Kannel hands on; the number in the form of our addresses."""
    if isinstance(text, bytes):
        text = _decoded(text, charset.strip('"') or "utf-8")
    return IncomingText(sender_of(sender), text)


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


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


def send_text(message: Outgoing) -> str:
    return carrier().send(message)
