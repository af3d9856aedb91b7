"""A real SMTP server in a thread, which can be told to refuse, to hang up, or to be away."""

import email
import socket
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class PostOffice:
    """What arrived. `answer` is what it says to the text of a mail; `hangs_up` breaks off after taking it."""

    taken: list[Envelope] = field(default_factory=list)
    answer: str = "250 OK"
    answer_to_receiver: str = ""
    hangs_up: bool = False
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer_to_receiver:
            return self.answer_to_receiver
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        if self.hangs_up:
            server.transport.abort()
        return self.answer

    @property
    def mails(self) -> list[EmailMessage]:
        return [email.message_from_bytes(each.content, policy=policy.default) for each in self.taken]

    @property
    def bodies(self) -> list[str]:
        return [mail.get_content() for mail in self.mails]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running:
    """Open and close the office as a test asks for it."""

    def __init__(self, office: PostOffice) -> None:
        self.office = office
        office.port = free_port()
        self.controller: Controller | None = None

    def open(self) -> None:
        self.controller = Controller(self.office, hostname="127.0.0.1", port=self.office.port)
        self.controller.start()

    def close(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None
