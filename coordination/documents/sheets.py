"""Sheets for patients and those around them, in the patient's language.

Every sentence is said through `gettext` while the language is active (documents.source.speaking).
Short words, one thing a line: the sheets are read at home, by tired people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from coordination.documents import precautions
from coordination.documents.content import (
    Card,
    Content,
    Notice,
    Pairs,
    Paragraph,
    Points,
    Section,
    Table,
    section,
    sections,
)
from coordination.documents.parts import hangs_on_a_hold, is_on_hold, is_past_use, name_of
from coordination.documents.source import Source, edge_of
from coordination.documents.words import (
    ENGLISH,
    FOR_PATIENTS,
    LOCALES,
    activity,
    birth_day,
    clock,
    day,
    for_patient,
    is_spanish,
    local_day,
    long_day,
    month,
    where,
    window,
)
from coordination.patient_page.schedule import DueLine
from patients.models import Patient

HORIZON = timedelta(days=400)


def _infusion_day(source: Source) -> tuple[int, date | None, bool]:
    """The infusion a sheet is about: its number, its day, and whether it was given."""
    if source.number is None and source.is_over and source.last_given:
        return source.last_given.number, source.last_given.on, True
    number = source.number or _running(source) or source.next_number or 1
    given = any(each.number == number for each in source.given)
    return number, source.infusion_on(number), given


def _running(source: Source) -> int | None:
    """The last infusion, while its precautions still run."""
    last = source.last_given
    return last.number if last and source.today <= last.on + timedelta(days=_default_days(source)) else None


def _default_days(source: Source) -> int:
    return source.protocol.after.precaution_days


def _about_analogs(source: Source) -> Iterator[str]:
    """What colleagues elsewhere must know of long-acting analogs, where the protocol has a washout."""
    if ssa := source.protocol.somatostatin:
        yield _(
            "No long-acting somatostatin analog in the %(days)s days before an infusion; "
            "call us before you give one."
        ) % {"days": ssa.washout_days}


# --- radiation --------------------------------------------------------------------------------------


def radiation_sheet(source: Source) -> Content:
    """Each precaution with its own last day."""
    number, on, given = _infusion_day(source)
    if on is None:
        return Content(title=_("Radiation safety at home"))
    default, site_days = _default_days(source), source.settings.precaution_days
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
            _call(source),
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
            _contact(source),
        ),
    )


def _contraception(source: Source, on: date) -> Section | None:
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


def _call(source: Source) -> Section | None:
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


def _contact(source: Source) -> Section | None:
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


# --- calendar ---------------------------------------------------------------------------------------


def treatment_calendar(source: Source) -> Content:
    """What comes, month by month, with where to go."""
    months: dict[str, list[Entry]] = {}
    for entry in sorted(_entries(source), key=lambda entry: (entry.begins, entry.what)):
        months.setdefault(month(max(entry.begins, source.today)), []).append(entry)
    return Content(
        title=_("Your treatment calendar"),
        signs=_("Given out by"),
        free_text_title=_("For you"),
        lead=(
            _("%(given)s of %(all)s infusions have been given.")
            % {"given": len(source.given), "all": len(source.opened.cycles)},
            _("Days can move: your blood tests decide. We call you before a day changes."),
        ),
        sections=sections(
            section(
                "hold",
                _("On hold"),
                Notice(
                    "warn",
                    _("Your next infusion is on hold"),
                    _("Keep the appointments for blood tests. We call you as soon as there is a new day."),
                ),
                always=True,
            )
            if is_on_hold(source)
            else None,
            section(
                "nothing",
                _("No appointments"),
                Paragraph(_("Nothing is planned at the moment.")),
                always=True,
            )
            if not months
            else None,
            *(
                section(
                    f"month-{found[0].begins:%Y-%m}",
                    name[0].upper() + name[1:],
                    Table(
                        name,
                        (_("When"), _("What"), _("Where")),
                        tuple((entry.when, entry.what, entry.where) for entry in found),
                    ),
                    always=True,
                )
                for name, found in months.items()
            ),
            _call(source),
            _contact(source),
        ),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the calendar."""

    begins: date
    when: str
    what: str
    where: str


def _entries(source: Source) -> Iterator[Entry]:
    """What comes or runs, within about a year; not what the staff see to by themselves."""
    yield from _infusion_entries(source)
    for line in source.due:
        edge = edge_of(line)
        if line.key not in FOR_PATIENTS or line.key == "infusion" or line.is_settled or edge is None:
            continue
        if is_past_use(source, line) or hangs_on_a_hold(source, line):
            continue
        if source.today <= edge <= source.today + HORIZON:
            row = source.practice_of.get(line.public_id)
            practice = row.practice.name if row and row.practice else ""
            place = where(row.owner if row else "", practice)
            yield Entry(
                _begins(line), _when(line), for_patient(line.key, line.cycle, source.protocol.product), place
            )


def _infusion_entries(source: Source) -> Iterator[Entry]:
    if source.is_over or is_on_hold(source):
        return
    given = {each.number for each in source.given}
    for cycle in source.opened.cycles:
        on = source.infusion_on(cycle.number)
        if on and on >= source.today and cycle.number not in given:
            said = day(on) if cycle.planned_on else _("around %(day)s") % {"day": day(on)}
            yield Entry(
                on, said, for_patient("infusion", cycle.number, source.protocol.product), source.site.name
            )


def _begins(line: DueLine) -> date:
    edge = line.opens or line.target or line.closes
    return local_day(edge) if edge else date.max


def _when(line: DueLine) -> str:
    if line.key == "short-acting-stop" and isinstance(line.closes, datetime):
        return _("from %(day)s") % {"day": f"{day(line.closes)}, {clock(line.closes)}"}
    if line.key == "lar-last-before":
        return _("through %(day)s") % {"day": day(line.closes)}
    return window(line.opens, line.target, line.closes)


# --- travel card ------------------------------------------------------------------------------------


def travel_card(source: Source) -> Content:
    """To cut out and carry: for officers whose detectors react, and for helpers in an emergency."""
    number, on, given = _infusion_day(source)
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


def _cards(source: Source, number: int, on: date, until: date) -> tuple[Card, Card]:
    """Both sides, in the language that is active."""
    about = next((each for each in source.given if each.number == number), None)
    patient = source.patient
    who = (
        (_("Name"), name_of(patient)),
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


# --- family and helpers -----------------------------------------------------------------------------


def family_page(source: Source) -> Content:
    """Two halves: for those at home, and for doctors, nurses and dentists elsewhere."""
    number, on, given = _infusion_day(source)
    if on is None:
        return Content(title=_("For family and other health-care workers"))
    default, site_days = _default_days(source), source.settings.precaution_days

    def until(key: str) -> str:
        return day(precautions.end_of(key, on, site_days, default))

    about = next((each for each in source.given if each.number == number), None)
    half_life = f"{source.protocol.order.half_life_hours / 24:.1f}"
    state = (
        _("Infusion %(number)s was given on %(day)s.")
        if given
        else _("Infusion %(number)s is planned for %(day)s.")
    )
    return Content(
        title=_("For family and other health-care workers"),
        signs=_("Given out by"),
        free_text_title=_("For you"),
        lead=(
            state % {"number": number, "day": long_day(on)},
            _(
                "The treatment is a medicine with a little radioactivity. With a few simple steps nobody "
                "is harmed."
            ),
        ),
        sections=sections(
            section(
                "family",
                _("For those at home"),
                Points(
                    (
                        _("Keep about 6 feet (2 meters) apart as far as you can, through %(day)s.")
                        % {"day": until("distance")},
                        _("Sleep in separate beds through %(day)s.") % {"day": until("separate-bed")},
                        _("Small children and anyone pregnant keep their distance through %(day)s.")
                        % {"day": until("children-and-pregnant")},
                        _("Touch no urine, stool, blood or vomit; wear gloves to clean, through %(day)s.")
                        % {"day": until("body-fluids")},
                        _("Wash the patient's laundry separately through %(day)s.")
                        % {"day": until("laundry")},
                        _("A visit at that distance is fine."),
                    )
                ),
                always=True,
            ),
            section(
                "workers",
                _("For doctors, nurses, dentists and ambulance crews"),
                Pairs(
                    (
                        (_("Medicine"), source.protocol.product.label),
                        (_("Day"), day(on)),
                        (
                            _("Activity"),
                            _("%(activity)s, half-life %(days)s days")
                            % {"activity": activity(about.infusion.administered_gbq), "days": half_life},
                        )
                        if about
                        else (_("Half-life"), _("%(days)s days") % {"days": half_life}),
                    )
                ),
                Points(
                    (
                        _("Emergencies come first: radiation delays no treatment and no urgent blood draw."),
                        _("No routine blood tests through %(day)s.") % {"day": until("no-routine-blood")},
                        _(
                            "Standard gloves and gown are enough. Urine and blood are radioactive in the "
                            "first days."
                        ),
                        _("Staff who are pregnant let somebody else do the care through %(day)s.")
                        % {"day": until("children-and-pregnant")},
                        *_about_analogs(source),
                        _("Avoid repeated high-dose glucocorticoids; call us if they are needed."),
                        _(
                            "Sudden flushing, wheezing or low blood pressure: think of a hormonal crisis and "
                            "treat it as one."
                        ),
                    )
                ),
                always=True,
            ),
            _contact(source),
        ),
    )
