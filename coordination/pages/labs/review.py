"""Results to review: what no rule may use, the raw message beside our reading; one act settles it."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from coordination.base import clock
from coordination.base.access import StaffRequest, roles
from coordination.base.addresses import address
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.strict_json import StrictJsonError, read_strict_json, write_strict_json
from coordination.flows.record import assess_all
from coordination.flows.sender_map import Word, how_many_wait, say_meaning, unit_word_of, word_of
from coordination.flows.settle_identity import settle_identity
from coordination.flows.settle_review import settle_review as close_line
from coordination.pages.exports import as_file, files_of
from coordination.pages.forms import ActionForm
from coordination.pages.labs.review_forms import DismissForm, WhoseForm
from coordination.pages.labs.sender_map_forms import TestMeantForm, UnitMeantForm
from coordination.pages.labs.sender_maps import after
from coordination.wording.clinical import analyte_word
from coordination.worklist.sources import open_reviews_in_scope
from labs.models import LabReport, LabResult, ReviewItem
from labs.report_format.reports import refused_in
from labs.rules.analytes import ANALYTE_OF, CANONICAL_UNIT
from labs.sender_maps import times_of
from patients.models import Patient, PatientIdentifier

LINES_ON_A_PAGE = 25
UNPROCESSABLE = 422
REVIEWERS = (Role.NAVIGATOR, Role.PRESCRIBER)
LONGEST_RAW = 6000
LONGEST_RESULT = 1000


EXPORTED = (
    "Since", "What", "Why", "From", "Family name", "Given name", "Born", "MRN", "Code", "Value", "Unit",
    "Range", "Status", "Collected", "Order", "Comment",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What was sent, and what we make of it, as pairs to lay side by side."""

    sent: list[tuple[str, str]]
    ours: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NotStored:
    """A result of a report that could not be stored: why, and as it was sent."""

    name: str
    why: str
    sent: str


@dataclass(frozen=True, slots=True)
class Review:
    item: ReviewItem
    reading: SideBySide | None
    not_stored: list[NotStored]
    raw: str
    others: list[LabResult]  # the other results of a report whose patient is unknown
    enter_url: str
    mrn: str
    word: Word | None  # the sender's word that this waits for
    waiting: int  # how many results wait for the same word

    @property
    def is_parked(self) -> bool:
        return self.item.report.state == LabReport.State.PARKED


@roles(*REVIEWERS)
@require_GET
def results_to_review(request: StaffRequest) -> HttpResponse:
    return _page(request)


@roles(*REVIEWERS)
@require_GET
def results_to_review_file(request: StaffRequest, kind: str) -> HttpResponse:
    reviews = _reviews(request, list(_queue(request)))
    patients = {review.item.patient for review in reviews if review.item.patient}
    request.audit.exported(patients, rows=len(reviews))
    cells = (_cells(review) for review in reviews)
    return as_file([EXPORTED, *cells], name="results-to-review", kind=kind)


def _cells(review: Review) -> list[Any]:
    item, patient = review.item, review.item.patient
    return [
        item.opened_at,
        item.get_kind_display(),
        item.detail,
        item.report.client.name if item.report.client else item.report.source,
        patient.family_name if patient else "",
        patient.given_name if patient else "",
        patient.birth_date if patient else None,
        review.mrn,
        *(_sent_cells(item.result) if item.result else [""] * 8),
    ]


def _sent_cells(result: LabResult) -> list[str]:
    sent = dict(_reading(result).sent)
    return [sent.get(name, "") for name in EXPORTED[8:]]


def _queue(request: StaffRequest) -> QuerySet[ReviewItem]:
    items = open_reviews_in_scope(request.scope).select_related(
        "patient__site", "report__client", "report__site", "result"
    )
    return items.order_by("opened_at", "pk")


def _page(
    request: StaffRequest, *, refused: dict[int, dict[str, Any]] | None = None, status: int = 200
) -> HttpResponse:
    """The queue, oldest first. `refused` holds the forms that were sent and not accepted, by line."""
    page = Paginator(_queue(request), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    reviews = _reviews(request, list(page.object_list))
    request.audit.saw({review.item.patient.public_id for review in reviews if review.item.patient})
    context = {
        "page": page,
        "exports": files_of("results-to-review"),
        "reviews": [
            (review, (refused or {}).get(review.item.pk) or _blank(review.item)) for review in reviews
        ],
    }
    return render(request, "coordination/results_to_review.html", context, status=status)


def _blank(item: ReviewItem) -> dict[str, Any]:
    return {
        "whose": _form(WhoseForm, item),
        "dismiss": _form(DismissForm, item),
        "map": _map_form(item),
    }


def _form(kind: type[ActionForm], item: ReviewItem, sent: QueryDict | None = None) -> ActionForm:
    return kind(sent, auto_id=f"r{item.pk}_%s")


def _map_form(item: ReviewItem, sent: QueryDict | None = None) -> ActionForm | None:
    """How the sender's word is said that the item waits for; None where no map can help."""
    word = word_of(item)
    if word is None or item.result is None:
        return None
    kind = TestMeantForm if word.kind == Word.CODE else UnitMeantForm
    return kind(sent, result=item.result, auto_id=f"r{item.pk}_%s")


def _reviews(request: StaffRequest, items: list[ReviewItem]) -> list[Review]:
    parked = [item.report_id for item in items if item.report.state == LabReport.State.PARKED]
    others: dict[int, list[LabResult]] = {}
    for result in request.scope.of(LabResult).filter(report__in=parked).order_by("pk"):
        others.setdefault(result.report_id, []).append(result)
    numbers = _numbers(request, items)
    words = {item.pk: word_of(item) for item in items}
    waiting = how_many_wait(word for word in words.values() if word)
    return [
        Review(
            item,
            _reading(item.result) if item.result else None,
            _not_stored(item),
            _raw(item.report.body),
            others.get(item.report_id, []),
            address("enter-results", item.patient.public_id) if item.patient else "",
            numbers.get(item.patient_id or 0, ""),
            words[item.pk],
            waiting.get(words[item.pk], 0),
        )
        for item in items
    ]


def _not_stored(item: ReviewItem) -> list[NotStored]:
    if item.kind != ReviewItem.Kind.REFUSED:
        return []
    return [
        NotStored(
            refused.name,
            f"{refused.wrong.pointer.rpartition('/')[2]}: {refused.wrong.detail}",
            _shortened(write_strict_json(refused.sent, indent=2), LONGEST_RESULT),
        )
        for refused in refused_in(item.report.body, partial(times_of, item.report.client))
    ]


def _numbers(request: StaffRequest, items: list[ReviewItem]) -> dict[int, str]:
    patients = [item.patient_id for item in items if item.patient_id]
    numbers: Any = request.scope.of(PatientIdentifier)
    found: dict[int, str] = numbers.by_patient(patients)
    return found


def _reading(result: LabResult) -> SideBySide:
    sent = [
        ("Code", f"{result.loinc} {result.code_text}".strip()),
        ("Laboratory", result.report.laboratory),
        ("Value", f"{result.comparator or ''}{result.value or ''}"),
        ("Unit", result.unit or ""),
        ("Range", result.range_words),
        ("Status", result.status),
        ("Collected", _collected(result)),
        ("Order", ", ".join(filter(None, [result.placer_order, result.filler_order]))),
        ("Comment", result.note),
    ]
    analyte = ANALYTE_OF.get(result.used_loinc)
    wanted = CANONICAL_UNIT.get(analyte) if analyte else None
    used = f"{result.used_comparator}{result.used_text} {result.used_unit or ''}".strip()
    ours = [
        ("Analyte", analyte_word(analyte) if analyte else "no rule knows this code"),
        ("Value", used if result.used_text else "not readable"),
        ("Unit wanted", wanted or "as the code says"),
        ("Used by rules", "yes" if result.usable else "no"),
        ("Because", str(result.rejection or "").replace("-", " ") or result.status),
        ("By the sender’s map", " ".join(filter(None, [result.mapped_loinc, result.mapped_unit]))),
    ]
    beside = ("Laboratory", "Comment", "By the sender’s map")
    return SideBySide(
        [(name, value) for name, value in sent if value or name not in beside],
        [(name, value) for name, value in ours if value or name not in beside],
    )


def _collected(result: LabResult) -> str:
    """The time; the day alone where the laboratory knows no more; as sent where it is no time."""
    if result.collected_at is None:
        return result.collected_text
    here = timezone.localtime(result.collected_at)
    day = f"{here:%a} {here.day} {here:%b %Y}"
    return day if result.day_only else f"{day} {here:%H:%M}"


def _raw(body: str) -> str:
    """The message as it came, laid out where it is JSON; an HL7 message has its segments on lines."""
    try:
        text = write_strict_json(read_strict_json(body.encode()), indent=2)
    except StrictJsonError:
        text = body.replace("\r\n", "\n").replace("\r", "\n")
    return _shortened(text, LONGEST_RAW)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}\n…"


# --- one act settles a line ------------------------------------------------------------------------


@roles(*REVIEWERS)
@require_POST
def settle_review(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """Assign a patient, read by a person, or dismiss with a reason. The second time it says who was first."""
    item = request.scope.get(ReviewItem, review_id)
    form: Any
    act = request.POST.get("act", "")
    forms = _blank(item)
    try:
        said = _settle(request, item, act, forms)
    except CareError as error:
        form = forms[act if act in ("whose", "map") else "dismiss"]
        is_still_open = open_reviews_in_scope(request.scope).filter(pk=item.pk).exists()
        if not (form and form.is_bound and is_still_open):
            messages.warning(request, error.message)
            return redirect("results-to-review")
        form.refuse(error)
        return _page(request, refused={item.pk: forms}, status=UNPROCESSABLE)
    if not said:
        return _page(request, refused={item.pk: forms}, status=UNPROCESSABLE)
    messages.success(request, said)
    return redirect("results-to-review")


def _settle(request: StaffRequest, item: ReviewItem, act: str, forms: dict[str, Any]) -> str:
    """Do it and say so; an empty answer means that the form says what is wrong."""
    if act == "whose":
        forms["whose"] = form = _form(WhoseForm, item, request.POST)
        return _give_to(request, item, form.cleaned_data["mrn"]) if form.is_valid() else ""
    if act == "map":
        forms["map"] = meant = _map_form(item, request.POST)
        if meant is None:
            raise CareError("This was already resolved, or does not wait for the meaning of a code or unit.")
        return _say_meaning(request, item, meant.cleaned_data) if meant.is_valid() else ""
    if act == "read":
        return _resolve(request, item, f"Read by {request.user.full_name}.", "Noted as read by you.")
    forms["dismiss"] = form = _form(DismissForm, item, request.POST)
    if not form.is_valid():
        return ""
    return _resolve(request, item, form.cleaned_data["because"], "Dismissed. The message is kept.")


@transaction.atomic
def _say_meaning(request: StaffRequest, item: ReviewItem, data: dict[str, Any]) -> str:
    """What the sender's word means, from now on and for all that waits for it."""
    word = word_of(item)
    if word is None or item.resolved_at:
        raise CareError("This was already resolved.")
    if word.kind == Word.UNIT:
        said = [(word, data["unit"])]
    else:
        said = [(word, data["loinc"])]
        if data["unit"].strip():
            said.append((unit_word_of(item, ANALYTE_OF[data["loinc"]]), data["unit"]))
    now = clock.now()
    changed = say_meaning(said, because=data["because"], by=request.user, now=now)
    request.audit.changed(item.patient or [], review=str(item.public_id))
    named = word.sent.rpartition("|")[2] or "No unit"
    return f"{named} of this sender is {said[0][1]} from now on. {after(request, changed)}"


@transaction.atomic
def _resolve(request: StaffRequest, item: ReviewItem, because: str, done: str) -> str:
    close_line(item, by=request.user, because=because, now=clock.now())
    if item.patient:
        request.audit.changed(item.patient, review=str(item.public_id))
    return done


@transaction.atomic
def _give_to(request: StaffRequest, item: ReviewItem, mrn: str) -> str:
    """The report belongs to the one patient in reach whom this number names; it is assessed at once."""
    report = request.scope.of(LabReport).select_for_update(of=("self",)).get(pk=item.report_id)
    patient = _patient_numbered(request, mrn)
    now = clock.now()
    because = f"{request.user.full_name} matched it by the number {mrn.strip()}"
    assess_all(settle_identity(report, patient, by=request.user, because=because, now=now), now=now)
    request.audit.changed(patient, review=str(item.public_id))
    return "The report belongs to that patient now, and its results were assessed."


def _patient_numbered(request: StaffRequest, mrn: str) -> Patient:
    found = list(
        request.scope.patients.filter(identifiers__value=mrn.strip(), merged_into=None).distinct()[:2]
    )
    if not found:
        raise CareError("No patient within your reach has exactly this number.", "mrn")
    if len(found) > 1:
        raise CareError(
            "Two patients have this number from different authorities: open the right one.", "mrn"
        )
    return found[0]  # type: ignore[no-any-return]
