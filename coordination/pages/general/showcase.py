"""Examples for the page that shows every component: invented, and dated around today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from coordination.base import clock
from coordination.base.names import listed_name
from coordination.base.words import STATUSES, Alert, Tab
from coordination.pages.forms import ActionForm, DayField, FilterForm, MomentField, QuantityField, ReasonField


@dataclass(frozen=True, slots=True)
class ExamplePatient:
    given_name: str = "Eleanor"
    family_name: str = "Whitcombe"
    birth_date: date = date(1958, 2, 28)
    sex: str = "female"
    died_on: date | None = None

    def __str__(self) -> str:
        return listed_name(self.family_name, self.given_name)

    def get_sex_display(self) -> str:
        return "Female"


@dataclass(frozen=True, slots=True)
class ExampleCycle:
    number: int
    status: str
    words: str
    note: str = ""
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class ExampleEvent:
    at: date | datetime
    words: str
    by: str = ""
    detail: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class ExampleRow:
    patient: str
    mrn: str
    what: str
    status: str
    opens: date
    best: date
    closes: date
    owner: str


class ExampleFilter(FilterForm):
    who = forms.ChoiceField(label="Owner", choices=[("", "Everybody"), ("center", "PRRT center")])
    state = forms.ChoiceField(label="State", choices=[("", "All"), ("overdue", "Overdue"), ("due", "Due")])
    text = forms.CharField(label="Patient or item")


class ExampleForm(ActionForm):
    started_at = MomentField(label="Infusion started", help_text="In the site's time.")
    activity = QuantityField(label="Activity given", unit="GBq", lowest=Decimal("0.1"), highest=Decimal(10))
    on = DayField(label="Calibrated for", required=False)
    site_of_line = forms.ChoiceField(
        label="Line", choices=[("arm", "Left forearm"), ("port", "Port")], widget=forms.RadioSelect
    )
    watched = forms.BooleanField(label="Watched for two hours after the infusion", required=False)
    reason = ReasonField(help_text="Kept in the history of the course.")


def _rows(today: date) -> list[ExampleRow]:
    def row(
        patient: str, mrn: str, what: str, status: str, days: tuple[int, int, int], owner: str
    ) -> ExampleRow:
        opens, best, closes = (today + timedelta(days=count) for count in days)
        return ExampleRow(patient, mrn, what, status, opens, best, closes, owner)

    return [
        row(
            "Whitcombe, Eleanor",
            "A-10442",
            "Labs before cycle 3",
            "overdue",
            (-16, -13, -9),
            "Referring practice",
        ),
        row(
            "Okafor, Daniel",
            "A-10387",
            "Long-acting octreotide",
            "overdue",
            (-6, -4, -1),
            "Referring practice",
        ),
        row("Lindqvist, Marta", "A-10518", "Sign the proposal for cycle 2", "due", (-1, 0, 2), "PRRT center"),
        row(
            "Castellanos, Rubén",
            "A-10299",
            "SSTR imaging before treatment",
            "open",
            (-2, 6, 12),
            "NET specialist",
        ),
        row(
            "Abernathy, Joan", "A-10611", "Order the dose for cycle 4", "planned", (11, 14, 18), "PRRT center"
        ),
    ]


def _events(now: datetime) -> list[ExampleEvent]:
    hour = timedelta(hours=1)
    return [
        ExampleEvent(
            now - hour, "Platelets 62 x10*3/uL arrived", "Mercy laboratory", "Grade 2: the proposal changed"
        ),
        ExampleEvent(now - 26 * hour, "Called about labs", "Ana Ruiz", "No answer; try again Thursday"),
        ExampleEvent(now - 400 * hour, "Cycle 2 given", "Treatment clinic", "7.4 GBq in 31 minutes", "given"),
    ]


def everything() -> dict[str, Any]:
    now = clock.now()
    today = timezone.localdate(now)
    rows = _rows(today)
    wrong = ExampleForm(
        {"activity": "seven", "started_at": "2026-03-01T09:30", "site_of_line": "arm", "reason": ""}
    )
    return {
        "statuses": list(STATUSES),
        "rows": rows,
        "filters": ExampleFilter({"state": "overdue"}),
        "form": ExampleForm(),
        "wrong": wrong,
        "patient": ExamplePatient(),
        "mrn": "Mercy General A-10442",
        "alerts": [Alert("danger", "Anticoagulated"), Alert("warn", "Allergy: iodinated contrast")],
        "cycles": [
            ExampleCycle(1, "given", "12 Aug, 7.4 GBq"),
            ExampleCycle(2, "given", "7 Oct, 7.4 GBq"),
            ExampleCycle(3, "held", "was 2 Dec", "Platelets 62, grade 2", is_next=True),
            ExampleCycle(4, "planned", "follows cycle 3"),
        ],
        "events": _events(now),
        "tabs": [
            Tab("Course", "?", current=True),
            Tab("Results", "?tab=results", count=48),
            Tab("History", "?tab=h"),
        ],
        "facts": [
            ("Referred by", "Dr. Hanna Weiss, Lakeside Oncology"),
            ("Diagnosis", "Small-bowel NET, G2"),
            ("Weight", ""),
        ],
        "figures": [
            ("Days since cycle 2", "48"),
            ("Creatinine clearance", "71 mL/min"),
            ("Last allowed day", "27 Jan"),
        ],
        "today": today,
        "soon": today + timedelta(days=3),
        "past": today - timedelta(days=9),
        "opens_at": now + timedelta(hours=4),
        "closes_at": now + timedelta(hours=24),
        "page": Paginator(range(240), 25).page(3),
        "changes": [("Planned on", "Fri 10 Jan", "Tue 14 Jan")],
        "exports": [("CSV", "?format=csv"), ("XLSX", "?format=xlsx")],
    }
