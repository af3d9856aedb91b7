"""The card to cut out and carry, in the patient's language and in English."""

from datetime import date, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from coordination.documents import precautions
from coordination.documents.content import Card, Content, Notice, section, sections
from coordination.documents.parts.people import spoken_name_of
from coordination.documents.sheets.infusion_day import infusion_of
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import ENGLISH, LOCALES, activity, birth_day, day, is_spanish, long_day


def travel_card(source: DocumentChart) -> Content:
    """To cut out and carry: for officers whose detectors react, and for helpers in an emergency."""
    number, on, given = infusion_of(source)
    if on is None:
        return Content(title=_("Travel card"))
    hours = source.protocol.order.half_life_hours if source.course else None
    until = on + timedelta(hours=float(hours * precautions.HALF_LIVES_ON_THE_CARD)) if hours else on
    with translation.override(LOCALES[ENGLISH]):
        english = _cards(source, number, on, until)
    return Content(
        title=_("Travel card"),
        signs=_("Given out by"),
        free_text_title=_("For you"),
        lead=(
            _("Cut the card out and keep it with you until %(day)s.") % {"day": long_day(until)},
            _(
                "Detectors at airports, borders and some buildings may react to you until then. "
                "It is harmless."
            ),
        ),
        sections=sections(
            section(
                "planned",
                _("Planned"),
                Notice(
                    "warn",
                    _("This infusion has not been given yet"),
                    _("The card is valid only after it. Ask for a new card if the day changes."),
                ),
                always=True,
            )
            if not given
            else None,
            section("card", _("Your card"), *_cards(source, number, on, until), always=True),
            section("english", _("The same in English, for officers and helpers"), *english, always=True)
            if is_spanish()
            else None,
        ),
    )


def _cards(source: DocumentChart, number: int, on: date, until: date) -> tuple[Card, Card]:
    """Both sides, in the language that is active."""
    about = next((each for each in source.given if each.number == number), None)
    patient = source.patient
    who = (
        (_("Name"), spoken_name_of(patient)),
        (_("Born"), birth_day(patient.birth_date)),
        (_("MRN"), source.mrn or _("not recorded")),
    )
    front = Card(
        _("Medical radiation: nuclear medicine patient"),
        (
            *who,
            (_("Treatment"), source.protocol.product.card_name),
            *(
                ((_("Given on"), day(on)), (_("Activity"), activity(about.infusion.administered_gbq)))
                if about
                else ((_("Planned for"), day(on)),)
            ),
            (_("Detectable until about"), day(until)),
        ),
        _(
            "This person received a radioactive medicine for treatment. Radiation detectors may "
            "react. There is no danger to others at a checkpoint."
        ),
    )
    back = Card(
        _("In an emergency"),
        (
            *who,
            (_("Treatment center"), source.site.name),
            (_("Telephone"), source.site.phone or _("not recorded")),
            (_("Allergies"), patient.allergies or _("none recorded")),
            (_("Blood thinner"), _("yes") if patient.anticoagulated else _("no")),
        ),
        _("Help at once: radiation is no reason to wait. Wear gloves, flush or bag what is soiled.")
        + (f" {_('Somatostatin analogs may be given.')}" if source.protocol.somatostatin else ""),
    )
    return front, back
