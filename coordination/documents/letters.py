"""Letters to the practice that referred: first what it is to do by when, then what it needs to know.

What keeps practices from referring [H22 t4] shapes each of them: the first lines say that the patient comes
back and who stays in charge, then stands what is asked for, and only what is missing is asked for (RULES 9).
"""

import re
from datetime import date, timedelta

from coordination.documents.content import (
    Content,
    MaybeSection,
    Paragraph,
    Points,
    Request,
    Requests,
    Table,
    section,
    sections,
)
from coordination.documents.parts import (
    between_infusions,
    follow_up,
    infusions,
    people,
    requests,
    results,
    safety,
)
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import count_words, day, moment, reason_outside, unit
from coordination.wording.clinical import ROWS
from patients.rules.referral import Requirement
from scheduling.referral_facts import missing_from
from scheduling.rules.answer import DoseAction, NextDose, RowState
from scheduling.rules.protocol import Protocol

ANSWER_WITHIN_DAYS = 7
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _back_in(protocol: Protocol) -> str:
    return f"{count_words(protocol.after.hand_back_opens // 7)} weeks"


def _limit(protocol: Protocol) -> str:
    """As "16 weeks after the one before"."""
    is_from_last = protocol.interval.limit_counts_from == "last-infusion"
    return f"{protocol.interval.limit_words} after {'the one before' if is_from_last else 'it was due'}"


def _what_follows(protocol: Protocol) -> str:
    return "the blood tests and of the somatostatin analog" if protocol.somatostatin else "the blood tests"


def _steps(protocol: Protocol) -> tuple[str, ...]:
    infusions = count_words(protocol.doses.infusions)
    apart = count_words(protocol.interval.target // 7)
    return (
        "We check that we have everything; if something is missing, we ask you once, for exactly that.",
        "The tumor board decides, and we tell you its decision in writing.",
        f"If treatment is offered: up to {infusions} infusions, about {apart} weeks apart, as an outpatient.",
        "After each infusion you get a short letter with what comes next and who does it.",
        f"About {_back_in(protocol)} after the last infusion the patient returns to you, "
        "with a plan for follow-up.",
    )


def _missing(source: DocumentChart) -> tuple[Requirement, ...]:
    return missing_from(source.referral) if source.referral and not source.course else ()


def acknowledgement(source: DocumentChart) -> Content:
    """The referral has arrived, what happens now, and that the patient comes back."""
    missing = _missing(source)
    referral = source.referral
    received = day(referral.received_on) if referral else ""
    complete = "" if missing else ". It is complete: thank you"
    return Content(
        title="Thank you for your referral",
        addressee=people.addressee(source),
        lead=people.lead_section(source),
        asks=_please_send(source, missing),
        sections=sections(
            section(
                "steps",
                "What happens now",
                Paragraph(f"We received your referral on {received}{complete}." if received else ""),
                Points(_steps(source.protocol)),
                always=True,
            ),
            people.until_then(source),
            people.contact(source),
        ),
    )


def please_send(source: DocumentChart) -> Content:
    """Only what is missing."""
    return Content(
        title="Please send us what is missing",
        addressee=people.addressee(source),
        lead=people.lead_section(source),
        asks=_please_send(source, _missing(source)),
        sections=sections(
            section(
                "how",
                "How to send it",
                Paragraph(
                    "What you have sent already need not be sent again. Images may come on disc or by "
                    "image exchange; reports by fax or mail."
                ),
                Paragraph(
                    "If something does not exist or cannot be had, tell us: that is an answer too, "
                    "and nobody will ask again."
                ),
            ),
            people.contact(source),
        ),
    )


def _please_send(source: DocumentChart, missing: tuple[Requirement, ...]) -> Requests:
    until = day(source.today + timedelta(days=ANSWER_WITHIN_DAYS))
    return Requests(
        title=requests.DO_FIRST,
        rows=tuple(Request(said_with_days(requirement.words), "") for requirement in missing),
        nothing="Nothing. We have everything we need.",
        all_by=f"Send us, by {until}:",
    )


def said_with_days(words: str, *, capital: bool = True) -> str:
    """The words of a requirement, with its days as a letter says them."""
    said = A_DAY.sub(lambda found: day(date.fromisoformat(found[0])), words)
    return said[0].upper() + said[1:] if capital else said


def plan_letter(source: DocumentChart) -> Content:
    """The whole course before it begins: dates, who does what, the rules that bind the dates."""
    doses = source.protocol.doses
    reduce = "halve" if 2 * doses.reduced_gbq == doses.full_gbq else "reduce"
    return Content(
        title="The treatment plan",
        addressee=people.addressee(source),
        lead=people.lead_section(source),
        asks=requests.request_section(source),
        sections=sections(
            section("infusions", "Infusions", infusions.infusion_table(source), always=True),
            people.who_does_what(source),
            between_infusions.ssa_rules(source),
            between_infusions.lab_rules(source),
            section(
                "doses",
                "How each dose is decided",
                Paragraph(
                    "Before each infusion the blood tests are graded and held against the dose table of the "
                    f"protocol ({infusions.protocol_words(source)}). A prescriber signs each dose. Blood "
                    f"counts that have not recovered may move, {reduce} or end the treatment; you hear of it "
                    "at once."
                ),
            ),
            safety.red_flags(source),
            people.contact(source),
        ),
    )


def after_cycle(source: DocumentChart) -> Content:
    """What was given, what comes next, and what must not happen meanwhile."""
    about = source.about
    number = about.number if about else 0
    return Content(
        title=f"After infusion {number}",
        addressee=people.addressee(source),
        lead=people.lead_section(source),
        asks=requests.request_section(source, with_events=True, until_next=True),
        sections=sections(
            section("given", f"Infusion {number}", infusions.given_pairs(source, about), always=True),
            _next(source),
            between_infusions.after_infusion_rules(source, about),
            results.newest_labs(source),
            results.events(source),
            safety.red_flags(source),
            people.contact(source),
        ),
    )


def _next(source: DocumentChart) -> MaybeSection:
    number = source.next_number
    if number is None:
        return section(
            "next",
            "What comes next",
            Paragraph(
                f"This was the last infusion. About {_back_in(source.protocol)} after it the patient "
                "returns to you, "
                "with a letter that says who does what from then on."
            ),
        )
    if source.course and source.course.is_on_hold:
        return section(
            "next",
            "What comes next",
            Paragraph(
                f"Infusion {number} is on hold: {reason_outside(source.course.held_reason)}. "
                "You get the new date in writing."
            ),
        )
    on = source.infusion_on(number)
    planned = source.planned_on(number)
    said = f"planned for {day(on)}" if planned else f"expected around {day(on)}; we fix the day with you"
    return section(
        "next",
        "What comes next",
        Paragraph(f"Infusion {number} is {said}. We confirm it when the blood tests before it are in."),
    )


def hold_letter(source: DocumentChart) -> Content:
    """The next dose waits: why, what would end it, and until when it can still be given."""
    course, sheet = source.course, source.sheet
    since = course.held_since if course else None
    dose = sheet.dose if sheet else None
    number = dose.cycle if dose and dose.cycle else source.next_number
    last = dose.last_allowed_on if dose else None
    rows = _open_rows(source)
    return Content(
        title=f"Infusion {number} is on hold" if number else "Treatment is on hold",
        addressee=people.addressee(source),
        lead=people.lead_section(source),
        asks=requests.request_section(source, with_events=True),
        sections=sections(
            section(
                "why",
                "Why",
                Paragraph(
                    f"Held since {moment(since)}: {reason_outside(course.held_reason)}."
                    if course and since
                    else ""
                ),
                rows or _said_by_the_table(dose),
                always=True,
            ),
            section(
                "until",
                "Until when it can still be given",
                Paragraph(
                    f"The last day on which infusion {number} may follow is {day(last)} "
                    f"({_limit(source.protocol)}). After it a prescriber has to decide anew."
                    if last and number
                    else ""
                ),
                Paragraph(
                    "A prescriber decides when to resume. You then get the new date in writing, with the "
                    f"days of {_what_follows(source.protocol)} that follow from it."
                ),
                Paragraph(_who_draws(source) if rows else ""),
                always=True,
            ),
            results.newest_labs(source),
            results.events(source),
            safety.red_flags(source),
            people.contact(source),
        ),
    )


def _who_draws(source: DocumentChart) -> str:
    """What would end a hold for a toxicity need not wait for a day of the schedule."""
    if people.center_draws(source):
        return (
            "Until then we draw the blood tests of the course ourselves. Send us each one that you draw: "
            "it may end the hold."
        )
    return "Send us each blood test as soon as you have it: it may end the hold."


def _open_rows(source: DocumentChart) -> Table | None:
    """The rows of the dose table that keep the dose back, each with what it rests on."""
    if source.sheet is None:
        return None
    shown = (RowState.OPEN, RowState.RECURRENT, RowState.CANNOT_TELL)
    rows = [row for row in source.sheet.dose.rows if row.state in shown]
    if not rows:
        return None
    return Table(
        "What keeps the dose back",
        ("Toxicity", "Grade", "What was found"),
        tuple(
            (ROWS.get(row.row, row.row), "" if row.grade is None else str(row.grade), unit(row.text))
            for row in rows
        ),
    )


def _said_by_the_table(dose: NextDose | None) -> Paragraph:
    """Why the dose waits where no toxicity says it: its proposal in one sentence."""
    return Paragraph(unit(dose.text) if dose and dose.action in (DoseAction.HOLD, DoseAction.REVIEW) else "")


def stop_letter(source: DocumentChart) -> Content:
    """The course ended before its last infusion: why, what was given, and who follows up."""
    course = source.course
    on = course.stopped_on if course else None
    return Content(
        title="Treatment has been stopped",
        addressee=people.addressee(source),
        lead=people.lead_section(source),
        asks=requests.request_section(source),
        sections=sections(
            section(
                "why",
                "Why",
                Paragraph(
                    f"Stopped on {day(on)}: {reason_outside(course.stopped_reason)}." if course and on else ""
                ),
                always=True,
            ),
            infusions.course_table(source),
            results.toxicities(source),
            results.newest_labs(source),
            follow_up.follow_up_section(source),
            follow_up.ssa_plan(source),
            follow_up.first_scan(source),
            safety.contraception(source),
            safety.red_flags(source, is_over=True),
            people.contact(source),
        ),
    )


def hand_back_letter(source: DocumentChart) -> Content:
    """The patient returns: the whole course on a few pages, and the plan from now on with owners."""
    return Content(
        title="Your patient returns to you",
        addressee=people.addressee(source),
        lead=people.lead_section(source),
        asks=requests.request_section(source),
        sections=sections(
            infusions.course_table(source),
            results.toxicities(source),
            results.newest_labs(source),
            results.lab_trends(source),
            follow_up.ssa_plan(source),
            follow_up.follow_up_section(source),
            follow_up.first_scan(source),
            safety.red_flags(source, is_over=True),
            safety.contraception(source),
            people.contact(source),
        ),
    )
