"""What was decided and written, and the plan from now on with who sees to what."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from coordination.base.access import Scope
from coordination.documents.parts import LONG_TERM
from coordination.documents.ways import IN_THE_PORTAL, MEANT_FOR_PRACTICES
from coordination.documents.words import activity, ask, day, plain, unit, window
from coordination.models import Document, DocumentSending, DocumentVersion
from coordination.patient_page.words import owner_word
from coordination.portal.reading import Story, reach
from patients.models import Patient, TumorBoardDecision
from scheduling.models import Signature

OUTCOMES = {
    "offer": "The tumor board offers the treatment",
    "decline": "The tumor board does not offer the treatment",
    "defer": "The tumor board deferred",
    "other-treatment": "The tumor board advises another treatment first",
}
ACTIONS = {"give": "Give infusion", "hold": "Hold infusion", "stop": "Stop before infusion"}


@dataclass(frozen=True, slots=True)
class Decision:
    """As components/timeline.html reads it."""

    at: date | datetime
    words: str
    by: str
    detail: str
    status: str


def decisions(story: Story, scope: Scope) -> list[Decision]:
    """What a prescriber signed and what the board said, the newest first; never a mere proposal."""
    found = [*_signed(story.patient, scope), *_of_the_board(story.patient, scope)]
    return sorted(found, key=lambda each: f"{each.at:%Y-%m-%d}", reverse=True)


def _signed(patient: Patient, scope: Scope) -> list[Decision]:
    rows = scope.of(Signature).filter(proposal__course__patient=patient).order_by("-signed_at")
    found = []
    for row in rows.values(
        *("signed_at", "action", "activity_gbq", "decision", "withdrawn_at", "withdrawn_because"),
        *("signed_by__full_name", "proposal__cycle_number", "proposal__superseded_at"),
    ):
        dose = f" with {activity(row['activity_gbq'])}" if row["activity_gbq"] else ""
        otherwise = ", otherwise than the table proposes" if row["decision"] == "override" else ""
        withdrawn, because = row["withdrawn_at"], unit(row["withdrawn_because"])
        found.append(
            Decision(
                at=row["signed_at"],
                words=f"{ACTIONS[row['action']]} {row['proposal__cycle_number']}{dose}{otherwise}",
                by=row["signed_by__full_name"],
                detail=f"Withdrawn on {day(withdrawn)}: {because}" if withdrawn else "",
                status="withdrawn" if withdrawn else "signed",
            )
        )
    return found


def _of_the_board(patient: Patient, scope: Scope) -> list[Decision]:
    rows = reach(scope, TumorBoardDecision).known().filter(patient=patient)
    found = []
    for row in rows.values("met_on", "outcome", "conditions", "deferred_for"):
        detail = row["deferred_for"] or row["conditions"]
        found.append(Decision(row["met_on"], OUTCOMES[row["outcome"]], "", detail, ""))
    return found


# --- documents --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paper:
    version_id: UUID
    document_id: int
    name: str
    number: int
    sent_at: datetime
    is_replaced: bool  # a newer version of it was sent


def papers(patient: Patient, scope: Scope) -> list[Paper]:
    """What was sent to the practice, the newest first; a version can be read also when it was replaced."""
    rows = _sendings(scope).filter(version__document__patient=patient).order_by("-at", "-pk")
    found: dict[UUID, Paper] = {}
    newest: dict[int, int] = {}
    for row in rows.values(
        *("at", "version__public_id", "version__number"),
        *("version__document", "version__document__kind", "version__document__cycle_number"),
    ):
        document, number = row["version__document"], row["version__number"]
        newest[document] = max(newest.get(document, 0), number)
        named = Document(
            kind=row["version__document__kind"], cycle_number=row["version__document__cycle_number"]
        )
        found.setdefault(
            row["version__public_id"],
            Paper(
                row["version__public_id"],
                document,
                str(named),
                number,
                row["at"],
                is_replaced=number < newest[document],
            ),
        )
    return list(found.values())


def _sendings(scope: Scope) -> QuerySet[DocumentSending]:
    """What was sent to the practice into the portal: never a draft, never a paper of the center."""
    sent = scope.of(DocumentSending).filter(
        channel__in=IN_THE_PORTAL, version__document__kind__in=MEANT_FOR_PRACTICES
    )
    to_us = Q(version__document__practice=scope.practice_id) | Q(version__document__practice=None)
    return sent.filter(to_us)


def paper(version_id: UUID, patient: Patient, scope: Scope) -> DocumentVersion | None:
    """A version that was sent to this practice, with its bytes; else None."""
    sent = _sendings(scope).filter(version__document__patient=patient, version__public_id=version_id)
    return scope.of(DocumentVersion).filter(pk__in=sent.values("version_id")).first()


# --- from now on ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    what: str
    when: str
    who: str
    is_ours: bool


def long_term_plan(story: Story) -> list[Task]:
    """Blood tests, scans and injections after the last infusion, each with its owner; empty before that."""
    if not story.is_over or not story.given or story.patient.died_on:
        return []
    rows = []
    for item in story.items:
        if item.item not in LONG_TERM or story.state_of(item) in ("done", "not-done", "cancelled"):
            continue
        said = window(item.opens, item.target, item.closes)
        practice = item.practice.name if item.practice else ""
        edge = item.closes_on or item.target_on or item.opens_on or date.max
        task = Task(
            ask(item.item, None, item.course.protocol),
            said,
            owner_word(item.owner, practice),
            story.is_ours(item),
        )
        rows.append((edge, task))
    return [task for _, task in sorted(rows, key=lambda row: (row[0], row[1].what))]


def course_figures(story: Story) -> list[tuple[str, str]]:
    """Each infusion with its day and activity, and what was given in all."""
    figures = [
        (f"Infusion {given.number}", f"{day(given.on)}, {activity(given.infusion.administered_gbq)}")
        for given in story.given
    ]
    found = [given.infusion.administered_gbq for given in story.given]
    known = [gbq for gbq in found if gbq is not None]
    if len(known) > 1:
        figures.append(("In all", f"{plain(sum(known[1:], known[0]))} GBq"))
    return figures
