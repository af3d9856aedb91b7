"""Which ways out of the house a document has: shown in the portal, announced by mail, or on paper.

Only the practice that referred the patient signs in to the portal, and only for what is meant for it: letters
to it, and a patient's sheet where somebody sends one there. Papers of the center leave on paper alone.
"""

from coordination.base.models import Practice
from coordination.documents.kinds import DOCUMENT_KINDS, Reader
from coordination.models import Channel, ContactPoint, Document, DocumentSending

DeliveryChannel = DocumentSending.Channel
IN_THE_PORTAL = (DeliveryChannel.PORTAL, DeliveryChannel.MAIL_LINK)
"""What was sent like this the practice reads in the portal: a mail holds only the link."""
MEANT_FOR_PRACTICES = tuple(key for key, kind in DOCUMENT_KINDS.items() if kind.reader is not Reader.CENTER)


def reading_practice(document: Document) -> Practice | None:
    """The practice that could read the document in the portal."""
    patient = document.patient
    if patient is None or document.kind not in MEANT_FOR_PRACTICES:
        return None
    elsewhere = document.practice_id not in (None, patient.referred_by_id)
    return None if elsewhere else patient.referred_by


def addresses_of(practice: Practice | None) -> list[ContactPoint]:
    """Where the practice may be mailed to: verified, agreed to, not stopped."""
    if practice is None:
        return []
    return list(ContactPoint.objects.usable().filter(practice=practice, channel=Channel.EMAIL))


def why_not_sent_so(document: Document, way: str) -> str:
    """One sentence on why the document cannot leave this way; empty when it can."""
    if way == DeliveryChannel.PRINT:
        return ""
    practice = reading_practice(document)
    if practice is None:
        return "Nobody reads this document in the portal: print it."
    if way == DeliveryChannel.MAIL_LINK and not addresses_of(practice):
        return f"{practice.name} has no e-mail address that is verified and agreed to."
    return ""
