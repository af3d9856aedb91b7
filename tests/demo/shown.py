"""Read from the database what a story shows, beside what it must show."""

from datetime import datetime

from coordination.base import clock
from coordination.demo.sites_and_people import MRN_SYSTEM
from coordination.models import DocumentSending
from labs.models import ReviewItem
from patients.models import Patient, Referral
from scheduling.models import Course, CourseConflict, DueItem, Proposal, Signature
from tests.demo.expected import Shown


def differences(mrn: str, expected: Shown, *, as_of: datetime) -> list[str]:
    """What the database shows otherwise; empty where the story shows the trouble it names."""
    patient = Patient.objects.identified(MRN_SYSTEM, mrn).get()
    referral = Referral.objects.get(patient=patient)
    course = Course.objects.filter(patient=patient).first()
    found = [_unlike("referral", referral.state, expected.referral)]
    if course is None:
        found.append(_unlike("course", "", expected.action))
    else:
        found += _of_course(course, expected, as_of=as_of)
    open_reviews = set(ReviewItem.objects.open().filter(patient=patient).values_list("kind", flat=True))
    found.append(_unlike("reviews", open_reviews, set(expected.reviews)))
    sendings = DocumentSending.objects.filter(version__document__patient=patient).order_by("at", "pk")
    sent = tuple(sendings.values_list("version__document__kind", "channel"))
    found.append(_unlike("sent", sent, expected.sent))
    return [each for each in found if each]


def _of_course(course: Course, expected: Shown, *, as_of: datetime) -> list[str]:
    proposal = Proposal.objects.current().get(course=course)
    dose = proposal.document["next_dose"]
    standing = Signature.objects.standing().filter(proposal=proposal).first()
    withdrawn = Signature.objects.withdrawn().filter(proposal__course=course).exists()
    codes = set(CourseConflict.objects.standing().filter(course=course).values_list("code", flat=True))
    rows = {row["row"]: row["state"] for row in dose["rows"]}
    found = [
        _unlike("action", proposal.action, expected.action),
        _unlike("activity", str(proposal.activity_gbq or ""), expected.gbq),
        _unlike("held", bool(course.held_since), expected.held),
        _unlike("ended", bool(course.ended_at), expected.ended),
        _unlike("conflicts", codes & set(expected.conflicts), set(expected.conflicts)),
        *(_unlike(row, rows[row], state) for row, state in expected.rows),
        *(_unlike(f"{name} {cycle}", _state(course, name, cycle, as_of), states, within=True)
          for name, cycle, states in expected.items),
    ]  # fmt: skip
    if expected.signed is not None:
        found.append(_unlike("signed", standing.action if standing else "", expected.signed))
    if expected.missing:
        found.append(_unlike("missing", tuple(dose["missing"]), expected.missing))
    if expected.withdrawn is not None:
        found.append(_unlike("withdrawn", withdrawn, expected.withdrawn))
    return found


def _state(course: Course, name: str, cycle: int | None, as_of: datetime) -> str:
    item = DueItem.objects.get(course=course, item=name, cycle_number=cycle, sequence=1)
    return item.state(now=as_of, today=clock.day_at(course.patient.site, as_of)).value


def _unlike(what: str, found: object, expected: object, *, within: bool = False) -> str:
    same = str(found) in str(expected).split() if within else found == expected
    return "" if same else f"{what}: {found}, not {expected}"
