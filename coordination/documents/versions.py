"""From a draft to what left the house: written, read, signed, kept byte for byte, noted as sent."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from coordination.base.choices import Role
from coordination.base.errors import CareError, NotPermitted, OutOfDate
from coordination.base.models import Practice, Site, User
from coordination.base.words import record_number
from coordination.documents import center_documents, delivery_channels, glyphs
from coordination.documents.content import Content
from coordination.documents.kinds import DOCUMENT_KINDS, DocumentKind, Reader, content_of, why_not_made
from coordination.documents.render import pdf_of
from coordination.documents.source import DocumentChart, speaking
from coordination.models import Document, DocumentSending, DocumentVersion
from coordination.wording.bilingual import ENGLISH, LANGUAGES, LOCALES, birth_day, day, moment
from patients.models import Patient

MOST_LETTERS = 4000  # of free text
LONGEST_NAME_IN_THE_HEAD = 70  # letters: two lines above each page; the whole name stands below the title
DOWNTIME = Document.Kind.DOWNTIME_LIST


@dataclass(frozen=True, slots=True)
class Written:
    """A document as it would be signed now, with every choice made in its draft."""

    document: Document
    content: Content
    whole: Content  # before anything was left out: what can be ticked
    mrn: str
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()


# --- drafts -----------------------------------------------------------------------------------------


@transaction.atomic
def draft(
    patient: Patient,
    kind: DocumentKind,
    *,
    by: User,
    now: datetime,
    practice: Practice | None = None,
    number: int | None = None,
    language: str = "",
) -> Document:
    """Begin a document, or take up its open draft. Raises CareError where there is nothing to say."""
    if kind.reader is Reader.PRACTICE:
        practice = practice or patient.referred_by
        if practice is None:
            raise CareError("No practice has referred this patient: choose whom to write to.", "practice")
    else:
        practice = None
    source = DocumentChart(patient, now=now, addressee=practice, number=number)
    if kind.by_infusion and number is None:
        number = source.next_number if kind.key == "dose-order" else _infusion_of(source)
        source = DocumentChart(patient, now=now, addressee=practice, number=number)
    if why := why_not_made(kind, source):
        raise CareError(why)
    chosen = {
        "patient": patient,
        "kind": kind.key,
        "cycle_number": number if kind.by_infusion else None,
        "practice": practice,
    }
    open_draft = Document.objects.standing().filter(**chosen, versions=None).first()
    if open_draft:
        return open_draft
    document = Document(
        **chosen,
        site=patient.site,
        course=source.course,
        language=language if language in LANGUAGES else kind.language_for(patient.language),
        created_at=now,
        created_by=by,
    )
    document.save_by(by, because="begun")
    return document


def _infusion_of(source: DocumentChart) -> int | None:
    """The infusion that was last given, else the next one."""
    return source.last_given.number if source.last_given else source.next_number


@transaction.atomic
def draft_downtime_list(site: Site, *, by: User, now: datetime) -> Document:
    document = Document(kind=DOWNTIME, site=site, created_at=now, created_by=by)
    document.save_by(by, because="begun")
    return document


@transaction.atomic
def choose(
    document: Document, *, by: User, version: int, free_text: str, left_out: list[str], language: str
) -> None:
    """Keep what was chosen for the draft. Raises OutOfDate where somebody else was first."""
    _take(document, version)
    if len(free_text) > MOST_LETTERS:
        raise CareError(f"At most {MOST_LETTERS} letters.", "free_text")
    document.free_text = free_text.strip()
    document.left_out = left_out
    document.language = language if language in LANGUAGES else ENGLISH
    document.save_by(by, because="chosen")


@transaction.atomic
def drop(document: Document, *, by: User, now: datetime, because: str) -> None:
    """A draft that is not needed. What was signed stays."""
    if document.versions.exists():
        raise CareError("A signed document is kept. Sign a newer version instead.")
    document.dropped_at, document.dropped_by, document.dropped_because = now, by, because
    document.save_by(by, because=because)


def _take(document: Document, version: int) -> None:
    if document.dropped_at:
        raise OutOfDate("This draft was dropped.")
    if not document.next_version(version):
        raise OutOfDate(f"{document.changed_meanwhile('this draft')} Look at it again.")


# --- what it says -----------------------------------------------------------------------------------


def write(document: Document, *, now: datetime) -> Written:
    """Say the document as of now; stores nothing. Raises CareError where there is nothing left to say."""
    if document.patient is None:
        listed = center_documents.SiteSource(document.site, now=now)
        with speaking(ENGLISH, document.site):
            whole = center_documents.downtime_list(listed)
        return _chosen(document, whole, mrn="", now=now)
    kind = DOCUMENT_KINDS[document.kind]
    source = DocumentChart(
        document.patient, now=now, addressee=document.practice, number=document.cycle_number
    )
    if why := why_not_made(kind, source):
        raise CareError(why)
    whole = content_of(kind, source, language=document.language)
    return _chosen(document, whole, mrn=source.mrn, now=now)


def _chosen(document: Document, whole: Content, *, mrn: str, now: datetime) -> Written:
    content = whole.with_choices(left_out=document.left_out, free_text=document.free_text)
    return Written(document, content, whole, mrn, now)


def html_of(written: Written, *, number: int | None = None, signed_by: User | None = None) -> str:
    """The whole HTML of the PDF: the same content as on the page, with a frame for each sheet of paper.

    Without a number it is a draft, and says so on every page. What no font here can print is not left to be
    a box: it is printed as "[?]", and the document says so.
    """
    html = _page_of(written, number=number, signed_by=signed_by, has_gaps=False)
    if signs := glyphs.unprintable(html):
        return glyphs.without(_page_of(written, number=number, signed_by=signed_by, has_gaps=True), signs)
    return html


def unprintable_in(written: Written) -> str:
    """What is said to whoever writes the document of characters that cannot be printed; empty without any."""
    return glyphs.unprintable_words(_page_of(written, number=None, signed_by=None, has_gaps=False))


def _page_of(written: Written, *, number: int | None, signed_by: User | None, has_gaps: bool) -> str:
    document = written.document
    with speaking(document.language, document.site):
        context = {
            "content": written.content,
            "document": document,
            "language": LOCALES[document.language],
            "shape": shape_of(document),
            "identity": identity_of(written),
            "head": identity_of(written, longest_name=LONGEST_NAME_IN_THE_HEAD),
            "has_gaps": has_gaps,
            "footer": _footer(written, number),
            "signed_by": signed_by,
            "signed_at": moment(written.now) if signed_by else "",
            "site": document.site,
            "dated": day(written.now),
            "patient": document.patient,
        }
        return render_to_string("documents/print.html", context)


def shape_of(document: Document) -> str:
    return "wide" if document.patient is None else DOCUMENT_KINDS[document.kind].shape


def identity_of(written: Written, *, longest_name: int | None = None) -> str:
    """Two identifiers: name with birth date, and MRN. A longer name is cut, so that the others are never."""
    patient = written.document.patient
    if patient is None:
        return written.document.site.name
    return _("%(name)s, born %(born)s, %(number)s") % {
        "name": _cut(str(patient), longest_name),
        "born": birth_day(patient.birth_date),
        "number": record_number(written.mrn),
    }


def _cut(name: str, longest: int | None) -> str:
    return name if longest is None or len(name) <= longest else f"{name[: longest - 1].rstrip()}…"


def _footer(written: Written, number: int | None) -> str:
    if number is None:
        return _("Draft, not signed. Do not act on it.")
    said = _("Version %(number)s, %(moment)s.") % {"number": number, "moment": moment(written.now)}
    if number > 1:
        said = f"{said} {_('Replaces every earlier version.')}"
    return f"{said} {_('Void if there is a newer one: ask us.')}"


# --- signing ----------------------------------------------------------------------------------------


def sign_document(
    document: Document, *, by: User, now: datetime, digest: str, version: int
) -> DocumentVersion:
    """Sign exactly what was read, print it and keep it.

    `digest` is of the words the signer had before them: where facts have changed since, OutOfDate is raised.
    """
    _may_sign(document, by)
    written = write(document, now=now)
    if written.content.digest != digest:
        raise OutOfDate("What the document says has changed since you read it: read it again.")
    number = (document.versions.count() or 0) + 1
    pdf = pdf_of(html_of(written, number=number, signed_by=by))
    return _keep(written, pdf, number=number, by=by, version=version)


def sign_unread(document: Document, *, by: User, now: datetime) -> DocumentVersion:
    """Sign as part of a batch: whoever started it answers for all its letters."""
    written = write(document, now=now)
    return sign_document(document, by=by, now=now, digest=written.content.digest, version=document.version)


@transaction.atomic
def _keep(written: Written, pdf: bytes, *, number: int, by: User, version: int) -> DocumentVersion:
    document = Document.objects.lock().get(pk=written.document.pk)
    _take(document, version)
    newest = document.newest
    if newest and newest.number >= number:
        raise OutOfDate(f"{newest.signed_by} signed this document meanwhile: look at it again.")
    return DocumentVersion.objects.create(
        document=document,
        number=number,
        made_at=written.now,
        signed_by=by,
        language=document.language,
        free_text=document.free_text,
        left_out=document.left_out,
        digest=written.content.digest,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
    )


def _may_sign(document: Document, by: User) -> None:
    if document.patient is None:
        return
    kind = DOCUMENT_KINDS[document.kind]
    if not kind.may_sign(by.role):
        who = "a prescriber" if kind.prescriber_signs else "the staff"
        raise NotPermitted(f"{kind.name}: only {who} signs it.")


def may_sign(document: Document, role: str) -> bool:
    if document.patient is None:
        return role in (Role.NAVIGATOR, Role.PRESCRIBER, Role.CLINIC)
    return DOCUMENT_KINDS[document.kind].may_sign(role)


def preview_pdf(document: Document, *, now: datetime) -> bytes:
    """The draft as it would be printed, marked as a draft; not kept."""
    return pdf_of(html_of(write(document, now=now)))


# --- sending ----------------------------------------------------------------------------------------


@transaction.atomic
def note_sent(version: DocumentVersion, *, channel: str, to: str, by: User, now: datetime) -> DocumentSending:
    """Keep that a version was sent; not a superseded one, nor a way on which nobody could read it."""
    newest = version.document.versions.order_by("-number").values_list("number", flat=True).first()
    if newest != version.number:
        raise CareError(f"Version {newest} has replaced this one: send that.")
    if why := delivery_channels.why_not_sent_so(version.document, channel):
        raise CareError(why, "channel")
    if not to.strip():
        raise CareError("Say to whom.", "to")
    return DocumentSending.objects.create(version=version, channel=channel, at=now, by=by, to=to.strip())


def receiver_of(document: Document) -> str:
    """To whom a document usually goes, in words."""
    if document.practice:
        return document.practice.name
    if document.patient and DOCUMENT_KINDS[document.kind].reader is Reader.PATIENT:
        return document.patient.spoken_name
    return document.site.name


def language_name(code: str) -> str:
    with translation.override(ENGLISH):
        return {"en": "English", "es": "Spanish"}[code]
