"""Radiation safety at home: each precaution with its own last day."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from coordination.documents import precautions
from coordination.documents.content import (
    Content,
    DocumentSection,
    Notice,
    Paragraph,
    Points,
    Table,
    section,
    sections,
)
from coordination.documents.sheets.contact import when_to_call, whom_to_call
from coordination.documents.sheets.infusion_day import infusion_of, precaution_days_of
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import day, long_day
from patients.models import Patient


def radiation_sheet(source: DocumentChart) -> Content:
    """Each precaution with its own last day."""
    number, on, given = infusion_of(source)
    if on is None:
        return Content(title=_("Radiation safety at home"))
    default, site_days = precaution_days_of(source), source.settings.precaution_days
    ends = {key: precautions.end_of(key, on, site_days, default) for key in precautions.PRECAUTIONS}
    return Content(
        title=_("Radiation safety at home"),
        signs=_("Given out by"),
        free_text_title=_("For you"),
        lead=(
            _("Infusion %(number)s, %(day)s.") % {"number": number, "day": long_day(on)},
            _(
                "For a few days your body gives off a little radiation, and so do your urine and blood. "
                "These steps protect the people around you."
            ),
        ),
        sections=sections(
            section(
                "planned",
                _("Planned"),
                Notice(
                    "warn",
                    _("This infusion has not been given yet"),
                    _("If its day changes, every date on this sheet changes. Ask for a new sheet then."),
                ),
                always=True,
            )
            if not given
            else None,
            section(
                "precautions",
                _("What to do, and until when"),
                Table(
                    _("What to do, and until when"),
                    (_("What to do"), _("Through the end of")),
                    tuple((_(text), day(ends[key])) for key, text in precautions.PRECAUTIONS.items()),
                ),
                Paragraph(
                    _("From %(day)s on you need none of these steps.")
                    % {"day": long_day(max(ends.values()) + timedelta(days=1))}
                ),
                always=True,
            ),
            _contraception(source, on),
            when_to_call(source),
            section(
                "emergency",
                _("In an emergency"),
                Paragraph(
                    _(
                        "Call 911. Show your travel card. Nobody has to wait with helping you because of the "
                        "radiation."
                    )
                ),
                always=True,
            ),
            whom_to_call(source),
        ),
    )


def _contraception(source: DocumentChart, on: date) -> DocumentSection | None:
    patient = source.patient
    lines = []
    if patient.sex == Patient.Sex.FEMALE and not patient.pregnancy_possible:
        return None
    for sex, text in (
        ("female", _("Women: use reliable contraception through %(day)s.")),
        ("male", _("Men: use reliable contraception through %(day)s.")),
    ):
        if patient.sex in (sex, Patient.Sex.OTHER, Patient.Sex.UNKNOWN):
            lines.append(text % {"day": long_day(precautions.contraception_ends_on(on, sex))})
    if patient.sex != Patient.Sex.MALE:
        lines.append(
            _("Do not breast-feed through %(day)s.")
            % {"day": long_day(precautions.breast_feeding_ends_on(on))}
        )
    if not source.is_over:
        lines.append(_("Each further infusion moves these days on."))
    return section("contraception", _("Contraception"), Points(tuple(lines)), always=True)
