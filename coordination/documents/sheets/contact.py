"""When a patient calls the same day, and whom."""

from django.utils.translation import gettext as _

from coordination.documents.content import DocumentSection, Pairs, Points, section
from coordination.documents.source import DocumentChart
from patients.models import Patient


def when_to_call(source: DocumentChart) -> DocumentSection | None:
    patient = source.patient
    may_be_pregnant = patient.sex != Patient.Sex.MALE and (
        patient.sex != Patient.Sex.FEMALE or patient.pregnancy_possible
    )
    return section(
        "call",
        _("Call us the same day if you have"),
        Points(
            (
                _("fever of 100.4 °F (38.0 °C) or more, or chills"),
                _("bleeding, or bruises you cannot explain"),
                _("flushing, diarrhea or wheezing that begins suddenly, or you feel faint"),
                _("a rash, a swollen face or throat, or trouble breathing"),
                _("much less urine than usual, or yellow skin or eyes"),
                _("vomiting that does not stop"),
                *((_("a pregnancy, or you think you may be pregnant"),) if may_be_pregnant else ()),
            )
        ),
        always=True,
    )


def whom_to_call(source: DocumentChart) -> DocumentSection | None:
    site, navigator = source.site, source.navigator
    phone = (navigator.phone if navigator else "") or site.phone
    rows = [(_("Your treatment center"), site.name)]
    if navigator:
        rows.append((_("Your nurse navigator"), navigator.name))
    rows.append((_("Telephone"), phone or _("ask at the center")))
    practice = source.patient.referred_by
    if practice:
        said = f"{practice.name}, {practice.phone}" if practice.phone else practice.name
        rows.append((_("Your doctor's practice"), said))
    return section("contact", _("Whom to call"), Pairs(tuple(rows)), always=True)
