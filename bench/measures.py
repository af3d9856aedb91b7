"""What is measured, and what each measure asks of the running product."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from bench.assess import ANALYTES
from bench.names import SYSTEM, TOKEN, mrn, phone

CSRF = "c" * 32
MORE_ANALYTES = (
    ("2951-2", "mmol/L", "135", "145", 132, 148, 0),
    ("2823-3", "mmol/L", "3.5", "5.1", 33, 54, 1),
    ("17861-6", "mg/dL", "8.5", "10.2", 84, 104, 1),
)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """`request` gives the request of a number; None says in `missing` why there is nothing to ask."""

    name: str
    how: str
    request: Callable[[int], Request] | None
    missing: str = ""


def measures(*, full: int, session_key: str, patients: list[str], now: datetime) -> Iterator[Measure]:
    """The measures; `patients` are the public ids of the full courses' patients."""
    cookie = {
        "Cookie": f"session={session_key}; csrf={CSRF}",
        "X-CSRFToken": CSRF,
        "Accept-Encoding": "gzip",  # as every browser asks
    }

    def page(name: str, *, of_patient: bool = False) -> Callable[[int], Request]:
        def request(number: int) -> Request:
            kwargs = {"patient_id": patients[number % len(patients)]} if of_patient else None
            return Request("GET", reverse(name, kwargs=kwargs), headers=cookie)

        return request

    def search(number: int) -> Request:
        wanted = ("corbe", "ineho", "MRN00001", "lar mon", phone(1234)[4:], "norgra")[number % 6]
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return Request("POST", reverse("search"), urlencode({"q": wanted}), cookie | form)

    def lab_list(number: int) -> Request:
        whole = page("patient-results", of_patient=True)(number)
        return replace(whole, path=f"{whole.path}?analyte=platelets")

    def report(prefix: str, panel: tuple[Any, ...]) -> Callable[[int], Request]:
        return lambda number: _report(f"{prefix}{number}", number % full + 1, panel, now)

    whole = (*ANALYTES, *MORE_ANALYTES)
    yield Measure("report-15", "15 values stored by REST, no worker", report("a", whole))
    yield Measure("result-1", "one value stored by REST, no worker", report("b", ANALYTES[:1]))
    yield _of_page("worklist", "today: the worklist, 50 lines", "today", page("today"))
    yield _of_page(
        "counts", "the figures in the rail, asked again while a page is open", "counts", page("counts")
    )
    yield _of_page("readiness", "the readiness board, 20 infusions", "readiness", page("readiness"))
    yield _of_page("patients", "the list of patients, 50 lines", "patients", page("patients"))
    yield _of_page("search", "part of a name, a number or a phone, with 50 lines at most", "search", search)
    yield _of_page(
        "patient-page",
        "the first page of a patient with 120 results and four cycles",
        "patient",
        page("patient", of_patient=True),
    )
    yield _of_page(
        "patient-results",
        "every result of a patient, 120, with trends",
        "patient-results",
        page("patient-results", of_patient=True),
    )
    yield Measure("lab-list", "the trend and the table of one patient's platelets, graded", lab_list)


def report_to_decision(*, full: int, now: datetime) -> Callable[[int], Request]:
    whole = (*ANALYTES, *MORE_ANALYTES)
    return lambda number: _report(f"d{number}", number % full + 1, whole, now)


def _of_page(name: str, how: str, url: str, request: Callable[[int], Request]) -> Measure:
    try:
        request(0)
    except NoReverseMatch:
        return Measure(name, how, None, f"no page is named {url} yet")
    return Measure(name, how, request)


def _report(key: str, course: int, panel: tuple[Any, ...], now: datetime) -> Request:
    random = Random(key)
    at = now - timedelta(hours=2)
    results = [
        {
            "id": f"{key}.{index}",
            "code": {"system": "http://loinc.org", "code": loinc},
            "value": str(Decimal(random.randrange(least, most)).scaleb(-decimals)),
            "unit": unit,
            "low": low,
            "high": high,
            "status": "final",
        }
        for index, (loinc, unit, low, high, least, most, decimals) in enumerate(panel)
    ]
    body = {
        "patient": {"system": SYSTEM, "value": mrn(course)},
        "collected_at": at.isoformat(),
        "reported_at": (at + timedelta(hours=1)).isoformat(),
        "results": results,
    }
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {TOKEN}",
        "Idempotency-Key": f"bench-{key}",
    }
    return Request("POST", "/api/v1/lab-results", json.dumps(body), headers)
