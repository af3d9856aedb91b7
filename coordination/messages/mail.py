"""E-mail by SMTP through Django's backend (EMAIL_URL).

The envelope's sender carries our reference where BOUNCE_ADDRESS is set (bounces+<reference>@…): mail that
comes back names the delivery and nobody else.
"""

from contextlib import suppress
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from coordination.messages.outgoing import NotTaken, Outgoing, Unclear

REFUSED_FOR_GOOD = 500


def send_mail(message: Outgoing) -> str:
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # SMTPException is one
        raise NotTaken(f"no mail server: {type(error).__name__}", for_good=False) from error
    try:
        return _hand_over(connection, message)
    finally:
        with suppress(OSError):
            connection.close()


def _hand_over(connection: BaseEmailBackend, message: Outgoing) -> str:
    mail = mail_of(message)
    try:
        taken = connection.send_messages([mail])
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise NotTaken(f"refused: {codes}", for_good=min(codes) >= REFUSED_FOR_GOOD) from error
    except SMTPResponseException as error:
        for_good = error.smtp_code >= REFUSED_FOR_GOOD
        raise NotTaken(f"refused: {error.smtp_code}", for_good=for_good) from error
    except (SMTPException, OSError) as error:
        raise Unclear(f"the line broke meanwhile ({type(error).__name__})") from error
    if not taken:
        raise NotTaken("not taken", for_good=False)
    return str(mail.extra_headers["Message-ID"])


def mail_of(message: Outgoing) -> EmailMessage:
    sender = settings.DEFAULT_FROM_EMAIL
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    return EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=_envelope(message.reference) or sender,
        to=[message.to],
        headers={
            "From": sender,
            "Message-ID": f"<{message.reference}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{message.stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _envelope(reference: str) -> str:
    name, at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{name}+{reference}@{domain}" if at else ""
