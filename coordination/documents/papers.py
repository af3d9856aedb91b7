"""Papers of the center itself: the tumor board's page, the dose order, the list for a downtime."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from coordination.base import clock
from coordination.base.models import Site
from coordination.base.words import record_number
from coordination.documents import parts
from coordination.documents.content import (
    Block,
    Content,
    Notice,
    Pairs,
    Paragraph,
    Table,
    section,
    sections,
)
from coordination.documents.letters import said_with_days
from coordination.documents.source import Source
from coordination.documents.words import (
    activity,
    ask,
    birth_day,
    by_when,
    day,
    late_words,
    local_day,
    moment,
    plain,
    reason,
    unit,
)
from coordination.flows.eligibility import judge
from coordination.flows.referral import missing_from
from coordination.patient_page.words import owner_word
from patients.models import Diagnosis, Patient, PatientIdentifier, PriorTherapy, TumorBoardDecision
from patients.rules.eligibility import CriterionAnswer, criterion_word
from scheduling.models import Course, Cycle, DueItem, Scan, Signature

ANSWERS = {"met": "met", "not-met": "NOT MET", "cannot-tell": "cannot tell"}
DAYS_OF_THE_LIST = 7


# --- tumor board ------------------------------------------------------------------------------------


def tumor_board(source: Source) -> Content:
    """One page on the patient for the meeting, with room for the decision."""
    patient, referral = source.patient, source.referral
    diagnosis = Diagnosis.objects.known().filter(patient=patient).first()
    missing = missing_from(referral) if referral else ()
    question = (referral.reason if referral else "") or f"Should {source.protocol.product.label} be offered?"
    return Content(
        title="Tumor board",
        signs="Prepared by",
        lead=(
            f"Question: {question}",
            f"Referred by {patient.referred_by.name if patient.referred_by else 'nobody named'}"
            f"{f', received {day(referral.received_on)}' if referral else ''}.",
        ),
        sections=sections(
            section("diagnosis", "Diagnosis", _diagnosis(diagnosis), always=True),
            section("imaging", "Imaging", _imaging(patient)),
            section("therapy", "Treatment so far", _therapy(patient)),
            section(
                "criteria",
                "Criteria of eligibility",
                _criteria(judge(patient, on=source.today, now=source.now)),
                always=True,
            ),
            section(
                "missing",
                "Still missing",
                Paragraph("; ".join(said_with_days(each.words, capital=False) for each in missing)),
                always=True,
            ),
            section("before", "Decisions so far", _decisions(patient)),
            section(
                "decision",
                "Decision of the board",
                Paragraph("☐ offer   ☐ do not offer   ☐ deferred for a question   ☐ other treatment first"),
                parts.blanks("Reason, conditions", "Present", "Dissent", "Date and chair"),
            ),
        ),
    )


def _diagnosis(found: Diagnosis | None) -> Block:
    if found is None:
        return Notice("warn", "No diagnosis is recorded")
    stages = " ".join(filter(None, [found.t_stage, found.n_stage, found.m_stage])) or found.stage_group
    indices = [
        f"Ki-67 {plain(found.ki67_percent)} %" if found.ki67_percent is not None else "Ki-67 not told",
        f"{plain(found.mitoses_per_2mm2)} mitoses per 2 mm²"
        if found.mitoses_per_2mm2 is not None
        else "mitoses not told",
    ]
    scheme = f" ({found.grading_scheme})" if found.grading_scheme else ""
    differentiation = found.get_differentiation_display().lower()
    since = f", since {day(found.diagnosed_on)}" if found.diagnosed_on else ""
    return Pairs(
        (
            ("Primary", f"{found.primary_site}{since}"),
            ("Stage, metastases", f"{stages or 'not told'}; {found.metastases or 'not told'}"),
            ("Grade", f"{found.get_grade_display()}{scheme}, {differentiation}; {', '.join(indices)}"),
            (
                "Hormones",
                f"{found.get_functioning_display()}{f': {found.symptoms}' if found.symptoms else ''}",
            ),
        )
    )


def _imaging(patient: Patient) -> Table:
    rows = []
    for scan in Scan.objects.known().filter(patient=patient).order_by("-on")[:6]:
        have = [
            word
            for word, on in (("images", scan.images_received_on), ("report", scan.report_received_on))
            if on
        ]
        said = ". ".join(filter(None, [scan.get_uptake_display() if scan.uptake else "", scan.report]))
        kind = scan.modality or scan.get_kind_display()
        rows.append((day(scan.on), kind, said, " and ".join(have) or "not here"))
    return Table("Imaging", ("Day", "What", "Finding", "Here"), tuple(rows))


def _therapy(patient: Patient) -> Table:
    rows = tuple(
        (
            therapy.name or therapy.get_kind_display(),
            "planned" if therapy.planned else day(therapy.on) or "day not told",
            day(therapy.ended_on),
            {True: "progressed", False: "no progression", None: ""}[therapy.progressed],
            therapy.details,
        )
        for therapy in PriorTherapy.objects.known().filter(patient=patient)
    )
    return Table("Treatment so far", ("Therapy", "From", "To", "Under it", "Remarks"), rows)


def _criteria(answers: Iterable[CriterionAnswer]) -> Table:
    rows = tuple(
        (
            criterion_word(answer.criterion),
            ANSWERS[answer.answer.value],
            unit(said_with_days(answer.text)),
        )
        for answer in answers
    )
    return Table("Criteria", ("Criterion", "Answer", "What it rests on"), rows)


def _decisions(patient: Patient) -> Table:
    found = TumorBoardDecision.objects.known().filter(patient=patient)
    rows = tuple(
        (
            day(decision.met_on),
            decision.get_outcome_display(),
            "; ".join(filter(None, [decision.rationale, decision.conditions, decision.deferred_for])),
            decision.dissent or "none",
        )
        for decision in found
    )
    return Table("Decisions so far", ("Met on", "Outcome", "Reason", "Dissent"), rows)


# --- dose order -------------------------------------------------------------------------------------


def dose_order(source: Source) -> Content:
    """Exactly what stands signed, with the clock of the manufacturer's terms."""
    number = source.number or source.next_number or 0
    signature = parts.signed(source, number)
    return Content(
        title=f"Dose order, infusion {number}",
        signs="Ordered by",
        sections=sections(
            section("order", "Please deliver", _delivery(source, number, signature), always=True),
            section("decision", "The decision it rests on", _decision(source, signature), always=True),
            section("clock", "Dates of the order", _order_dates(source, number)),
            section(
                "received",
                "On arrival",
                parts.blanks("Vial number", "Activity assayed (GBq), and when", "Received by"),
            ),
        ),
    )


def _delivery(source: Source, number: int, signature: Signature | None) -> Pairs:
    times, order = parts.times(source, number), parts.order(source, number)
    site = source.site
    to = ", ".join([site.name, *(line.strip() for line in site.address.split("\n") if line.strip())])
    rows = [
        ("Product", f"{source.protocol.product.order_name}, one single-dose vial"),
        ("Activity at calibration", activity(signature.activity_gbq) if signature else ""),
        ("Calibration day", day(times.calibration) if times else ""),
        ("Deliver to", to),
        ("Telephone", site.phone or "not recorded"),
        ("Supplier", (order.supplier if order else "") or "not named yet"),
    ]
    if order:
        rows.append(("Order number", order.order_number or "not confirmed yet"))
        rows.append(("Ordered", f"{moment(order.ordered_at)}, {order.ordered_by.full_name}"))
    return Pairs(tuple(rows))


def _decision(source: Source, signature: Signature | None) -> Pairs:
    if signature is None:
        return Pairs(())
    return Pairs(
        (
            ("Signed by", signature.signed_by.full_name),
            ("Signed", moment(signature.signed_at)),
            ("Protocol", parts.protocol_words(source)),
        )
    )


def _order_dates(source: Source, number: int) -> Pairs:
    times = parts.times(source, number)
    if times is None:
        return Pairs(())
    return Pairs(
        (
            ("Order by", day(times.order_by)),
            ("Free to cancel until", day(times.free_cancel_until)),
            ("Cancel with a fee until", day(times.late_cancel_until)),
        )
    )


# --- when the system is down --------------------------------------------------------------------------


class SiteSource:
    """A site's week, for the list to work from on paper (hazard H55)."""

    def __init__(self, site: Site, *, now: datetime) -> None:
        self.site = site
        self.now = now
        self.today = clock.day_at(site, now)
        self.last = self.today + timedelta(days=DAYS_OF_THE_LIST)
        self.cycles = list(
            Cycle.objects.planned_between(self.today, self.last)
            .filter(course__patient__site=site, course__patient__died_on=None)
            .select_related("course__patient__referred_by")
            .order_by("planned_on", "planned_start_at")
        )
        self.items = list(
            DueItem.objects.open(self.today)
            .filter(course__patient__site=site, course__patient__died_on=None)
            .exclude(item="infusion")
            .exclude(item="dose-order", course__held_since__isnull=False)
            .select_related("course__patient", "practice")
            .order_by("closes_on", "closes_at", "pk")
        )
        self.held = list(
            Course.objects.on_hold()
            .filter(patient__site=site, patient__died_on=None)
            .select_related("patient")
            .order_by("held_since")
        )

    @property
    def patients(self) -> list[Patient]:
        """Everybody named on the list, each once."""
        found = [cycle.course.patient for cycle in self.cycles]
        found += [item.course.patient for item in self.items]
        found += [course.patient for course in self.held]
        return list({patient.pk: patient for patient in found}.values())


def downtime_list(source: SiteSource) -> Content:
    """This week's infusions, what is open, who is on hold: enough to go on for a week without a screen."""
    numbers = {
        row.patient_id: row.value
        for row in PatientIdentifier.objects.filter(
            patient__in=source.patients, kind=PatientIdentifier.Kind.MEDICAL_RECORD
        ).order_by("-pk")
    }

    def who(patient: Patient) -> str:
        number = record_number(numbers.get(patient.pk, ""))
        return f"{patient}\nborn {birth_day(patient.birth_date)}\n{number}"

    return Content(
        title="Downtime list",
        signs="Printed by",
        lead=(
            f"{source.site.name}, {day(source.today)} to {day(source.last)}.",
            f"As of {moment(source.now)}. Write down what you do, and enter it when the system is back.",
        ),
        sections=sections(
            section(
                "infusions",
                "Infusions",
                Table(
                    "Infusions",
                    ("Patient", "Day", "Infusion", "Dose signed", "Know before", "Telephone"),
                    tuple(_infusion_row(cycle, who) for cycle in source.cycles),
                ),
                Paragraph("" if source.cycles else "None is planned."),
                always=True,
            ),
            section(
                "open",
                "Open now",
                Table(
                    "Open now",
                    ("Patient", "What", "When", "Who", "Telephone"),
                    tuple(_open_row(item, who, today=source.today) for item in source.items),
                ),
                Paragraph("" if source.items else "Nothing is open."),
                always=True,
            ),
            section(
                "held",
                "On hold: give no dose",
                Table(
                    "On hold",
                    ("Patient", "Since", "Why"),
                    tuple(
                        (who(course.patient), moment(course.held_since), reason(course.held_reason))
                        for course in source.held
                    ),
                ),
                always=True,
            ),
        ),
    )


def _infusion_row(cycle: Cycle, who: "parts.Who") -> tuple[str, ...]:
    patient = cycle.course.patient
    signature = Signature.objects.to_give(cycle.course, cycle.number).select_related("signed_by").first()
    warnings = [
        f"ON HOLD: {reason(cycle.course.held_reason)}." if cycle.course.is_on_hold else "",
        f"Allergies: {patient.allergies}" if patient.allergies else "",
        "Anticoagulated" if patient.anticoagulated else "",
        "Pregnancy possible: test first" if patient.pregnancy_possible else "",
    ]
    start = moment(cycle.planned_start_at) if cycle.planned_start_at else day(cycle.planned_on)
    dose = (
        f"{activity(signature.activity_gbq)}\n{signature.signed_by.full_name}"
        if signature
        else "NOT SIGNED: do not give"
    )
    return (
        who(patient),
        start,
        str(cycle.number),
        dose,
        "\n".join(filter(None, warnings)),
        patient.phone,
    )


def _when(item: DueItem, today: date) -> str:
    if item.closes and local_day(item.closes) < today:
        return late_words(item.closes)
    return by_when(item.opens, item.target, item.closes)


def _open_row(item: DueItem, who: "parts.Who", *, today: date) -> tuple[str, ...]:
    owner = owner_word(item.owner, item.practice.name if item.practice else "")
    phone = (item.practice.phone if item.practice else "") or item.course.patient.phone
    return (
        who(item.course.patient),
        ask(item.item, item.cycle_number, item.course.protocol),
        _when(item, today),
        owner,
        phone,
    )
