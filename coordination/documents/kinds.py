"""The kinds of documents: who reads each, who signs it, how it is built, and when it can be made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from coordination.base.choices import Role
from coordination.documents import center_documents, letters
from coordination.documents.content import Content
from coordination.documents.parts import dose_orders
from coordination.documents.sheets.family import family_page
from coordination.documents.sheets.radiation import radiation_sheet
from coordination.documents.sheets.travel_card import travel_card
from coordination.documents.sheets.treatment_calendar import treatment_calendar
from coordination.documents.source import DocumentChart, speaking
from coordination.models import Document
from coordination.wording.bilingual import ENGLISH, language_of
from scheduling.referral_facts import missing_from
from scheduling.rules.answer import DoseAction


class Reader(StrEnum):
    PRACTICE = "practice"
    PATIENT = "patient"
    CENTER = "center"


WhyNot = Callable[[DocumentChart], str]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """`why_not` says in one sentence why the document cannot be made now; empty when it can."""

    key: str
    reader: Reader
    build: Callable[[DocumentChart], Content]
    why_not: WhyNot
    about: str  # one line for whoever chooses
    by_infusion: bool = False
    prescriber_signs: bool = False
    shape: str = ""  # of the paper: "large" print, "tight" margins, "dense" or "wide"

    def may_sign(self, role: str) -> bool:
        if self.prescriber_signs:
            return role == Role.PRESCRIBER
        return role in (Role.NAVIGATOR, Role.PRESCRIBER, Role.CLINIC)

    @property
    def name(self) -> str:
        return str(Document.Kind(self.key).label)

    def language_for(self, patient_language: str) -> str:
        """The language it is written in at first: the patient's for sheets, English for letters."""
        return language_of(patient_language) if self.reader is Reader.PATIENT else ENGLISH


# --- when ---------------------------------------------------------------------------------------------


def _referred(source: DocumentChart) -> str:
    return "" if source.referral else "There is no referral."


def _something_missing(source: DocumentChart) -> str:
    if source.referral is None:
        return "There is no referral."
    if source.course:
        return "The course has begun: nothing of the referral is asked for any more."
    return "" if missing_from(source.referral) else "Nothing is missing: the referral is complete."


def _living_course(source: DocumentChart) -> str:
    if source.course is None:
        return "There is no course yet."
    return "The patient has died." if source.patient.died_on else ""


def _to_come(source: DocumentChart) -> str:
    if why := _living_course(source):
        return why
    return "No infusion is to come." if source.is_over else ""


def _one_given(source: DocumentChart) -> str:
    if source.course is None:
        return "There is no course yet."
    if source.number is not None and source.about is None:
        return f"Infusion {source.number} has not been given."
    return "" if source.given else "No infusion has been given yet."


def _held(source: DocumentChart) -> str:
    if why := _to_come(source):
        return why
    course, sheet = source.course, source.sheet
    is_held = bool(course and course.is_on_hold) or bool(sheet and sheet.dose.action is DoseAction.HOLD)
    return "" if is_held else "The course is not on hold."


def _stopped(source: DocumentChart) -> str:
    if why := _living_course(source):
        return why
    return "" if source.course and source.course.stopped_on else "The course has not been stopped."


def _over(source: DocumentChart) -> str:
    if why := _living_course(source):
        return why
    return "" if source.is_over and source.given else "The course is still running."


def _dated(source: DocumentChart) -> str:
    if why := _living_course(source):
        return why
    number = source.number or source.next_number or (source.last_given.number if source.last_given else 1)
    return "" if source.infusion_on(number) else f"Infusion {number} has no day yet."


def _signed(source: DocumentChart) -> str:
    if why := _to_come(source):
        return why
    number = source.number or source.next_number or 0
    if dose_orders.signed(source, number) is None:
        return f"No dose is signed for infusion {number}."
    return "" if source.planned_on(number) else f"Infusion {number} has no day yet."


def _any(source: DocumentChart) -> str:
    return ""


DOCUMENT_KINDS: Mapping[str, DocumentKind] = {
    kind.key: kind
    for kind in (
        DocumentKind(
            "acknowledgement",
            Reader.PRACTICE,
            letters.acknowledgement,
            _referred,
            "The referral has arrived, and what happens now",
        ),
        DocumentKind(
            "please-send",
            Reader.PRACTICE,
            letters.please_send,
            _something_missing,
            "Only what the referral still lacks",
        ),
        DocumentKind(
            "plan",
            Reader.PRACTICE,
            letters.plan_letter,
            _to_come,
            "Dates, who does what, the rules that bind the dates",
        ),
        DocumentKind(
            "after-cycle",
            Reader.PRACTICE,
            letters.after_cycle,
            _one_given,
            "What was given, and what comes next",
            by_infusion=True,
        ),
        DocumentKind(
            "hold",
            Reader.PRACTICE,
            letters.hold_letter,
            _held,
            "Why the next dose waits, and until when it can still be given",
            prescriber_signs=True,
        ),
        DocumentKind(
            "stop",
            Reader.PRACTICE,
            letters.stop_letter,
            _stopped,
            "Why treatment ended, what was given, who follows up",
            prescriber_signs=True,
        ),
        DocumentKind(
            "hand-back",
            Reader.PRACTICE,
            letters.hand_back_letter,
            _over,
            "The whole course, and the plan from now on with owners",
            prescriber_signs=True,
        ),
        DocumentKind(
            "radiation-sheet",
            Reader.PATIENT,
            radiation_sheet,
            _dated,
            "Each precaution with its own last day",
            by_infusion=True,
            shape="large",
        ),
        DocumentKind(
            "treatment-calendar",
            Reader.PATIENT,
            treatment_calendar,
            _living_course,
            "What comes, month by month, and where to go",
            shape="large",
        ),
        DocumentKind(
            "travel-card",
            Reader.PATIENT,
            travel_card,
            _dated,
            "To cut out and carry",
            by_infusion=True,
            shape="tight",
        ),
        DocumentKind(
            "family-page",
            Reader.PATIENT,
            family_page,
            _dated,
            "For those at home, and for other health-care workers",
            by_infusion=True,
            shape="tight",
        ),
        DocumentKind(
            "tumor-board",
            Reader.CENTER,
            center_documents.tumor_board,
            _any,
            "One page for the meeting, with room for the decision",
            shape="dense",
        ),
        DocumentKind(
            "dose-order",
            Reader.CENTER,
            center_documents.dose_order_form,
            _signed,
            "Exactly what stands signed",
            by_infusion=True,
        ),
    )
}


def content_of(kind: DocumentKind, source: DocumentChart, *, language: str) -> Content:
    """Build a document in a language. The caller has asked `why_not`."""
    with speaking(language, source.site):
        content = kind.build(source)
        return replace(content, free_text_title=content.free_text_title or _("Remarks"))


def why_not_made(kind: DocumentKind, source: DocumentChart) -> str:
    with speaking(ENGLISH, source.site):
        return kind.why_not(source)
