"""Parts that several letters share."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from coordination.base.choices import Item, Owner
from coordination.documents import precautions
from coordination.documents.content import (
    Ask,
    Asks,
    Blanks,
    Block,
    Chart,
    Pairs,
    Paragraph,
    Points,
    Section,
    Table,
    section,
)
from coordination.documents.source import Given, Source
from coordination.documents.words import (
    LAB_ITEMS,
    activity,
    analytes,
    ask,
    by_when,
    clock,
    count_words,
    day,
    late_words,
    listed,
    local_day,
    lower,
    moment,
    plain,
    unit,
    window,
)
from coordination.patient_page.schedule import DueLine
from coordination.patient_page.words import analyte_word, item_word, owner_word
from labs.rules.analytes import Analyte
from patients.models import Patient
from scheduling.models import Course, DoseOrder, DueItem, Signature
from scheduling.rules.answer import OrderClock
from scheduling.rules.order_clock import order_clock
from scheduling.rules.protocol import Protocol

MaybeSection = Section | None
Who = Callable[[Patient], str]  # how a list names a patient: by two identifiers

DO_FIRST = "What you need to do, by when"
NOTHING_NOW = "Nothing now. We write to you before something is needed."
COAGULATION_BELOW = 30  # g/L of albumin: the hepatic row cannot be told without a coagulation test (RULES 5)
BEFORE_AN_INFUSION = frozenset(
    {"sstr-pet", "baseline-labs", "pre-dose-labs", "confirm-labs", "lar-last-before", "pregnancy-test"}
)
LONG_TERM = ("post-treatment-labs", "follow-up-labs", "ct-mri", "response-sstr-pet", "maintenance-lar")
CHARTED = (
    Analyte.PLATELETS,
    Analyte.HEMOGLOBIN,
    Analyte.NEUTROPHILS,
    Analyte.CREATININE,
)
# Warnings of the US label [PI24, section 5], in the words of who must act on them.
RED_FLAGS = (
    "Fever of 38.0 °C (100.4 °F) or more, or any sign of infection",
    "Bleeding, new bruises, marked fatigue or breathlessness: draw a blood count the same day",
    "Flushing, diarrhea, wheezing or low blood pressure that begins suddenly (hormonal crisis)",
    "Less urine, swelling, jaundice or confusion",
    "A rash, swelling of face or throat, or trouble breathing",
    "A pregnancy, or a pregnancy test that is not negative",
)
LATE_FLAG = "A fall of a blood count that lasts or comes back, at any time in later years (marrow disease)"


def name_of(patient: Patient) -> str:
    return patient.spoken_name


def addressee(source: Source) -> tuple[str, ...]:
    practice = source.addressee
    if practice is None:
        return ()
    by = source.referral.referred_by_name if source.referral else ""
    is_theirs = practice.pk == source.patient.referred_by_id
    lines = [practice.name, f"Attention: {by}" if by and is_theirs else "", *practice.address.split("\n")]
    if practice.fax:
        lines.append(f"Fax {practice.fax}")
    return tuple(line for line in lines if line.strip())


def lead(source: Source) -> tuple[str, ...]:
    """The first lines: the patient comes back, and who stays in charge (RULES 9)."""
    name, here = name_of(source.patient), source.site.name
    if source.patient.died_on:
        return (f"{name} died on {day(source.patient.died_on)}. Nothing more is to be done on this plan.",)
    if source.is_over:
        return (
            f"{name} returns to you: you are in charge of the care from now on.",
            f"We remain available for every question{_phone(source)}, and take {name} back at any time.",
        )
    if source.course is None:
        return (
            f"{name} remains your patient and returns to you after treatment.",
            f"You stay in charge of the care. {here} decides with its tumor board whether to offer "
            "treatment, and changes nothing without telling you.",
        )
    return (
        f"{name} remains your patient and returns to you about five weeks after the last infusion.",
        f"Until then {here} is in charge of the infusions, their doses and radiation safety; "
        f"you stay in charge of {_owned(source)}everything else in the patient's care.",
    )


def _owned(source: Source) -> str:
    """What the addressee does within the plan, in few words."""
    practice = source.addressee.name if source.addressee else ""
    items = {task.item for task in source.tasks if task.practice and task.practice == practice}
    if center_draws(source):
        items -= {Item.PRE_DOSE_LABS, Item.NADIR_LABS}
    groups = (
        ("blood tests", {Item.PRE_DOSE_LABS, Item.NADIR_LABS}),
        ("scans", {Item.CT_MRI, Item.SSTR_PET}),
        ("the monthly somatostatin analog", {Item.MAINTENANCE_LAR, Item.LAR_LAST_BEFORE}),
    )
    owned = [word for word, names in groups if names & items]
    return f"{', '.join(owned)} and " if owned else ""


def center_draws(source: Source) -> bool:
    """Whether the blood tests before the next infusion are the center's: always while a toxicity is open."""
    return any(
        row.item == Item.PRE_DOSE_LABS
        and row.cycle_number == source.next_number
        and row.owner == Owner.CENTER
        for row in source.practice_of.values()
    )


def _phone(source: Source) -> str:
    return f" ({source.site.phone})" if source.site.phone else ""


def until_then(source: Source) -> MaybeSection:
    return section(
        "until-then",
        "Until we write",
        Points(
            (
                "Go on with the treatment you think right, the somatostatin analog too.",
                "Tell us of any new treatment, above all of the liver, and when the patient's state changes.",
                "You can ask us before anything is decided: a call is enough.",
            )
        ),
    )


def protocol_words(source: Source) -> str:
    sheet = source.sheet
    if sheet is None:
        return ""
    return f"{sheet.protocol.title}, version {sheet.protocol.version}; CTCAE {sheet.assessment.ctcae}"


# --- what is asked for ----------------------------------------------------------------------------------


def lines_of_addressee(source: Source) -> list[DueLine]:
    """The items of the schedule that are the addressee's and come soon, the first to close first."""
    rows = source.practice_of
    found = []
    for line in source.to_do(source.due):
        row = rows.get(line.public_id)
        if row is None or not source.is_for_addressee(row.owner, row.practice_id):
            continue
        if not is_past_use(source, line) and not hangs_on_a_hold(source, line):
            found.append(line)
    return _newest_of_series(source, found)


def is_on_hold(source: Source) -> bool:
    return source.course is not None and source.course.is_on_hold


def is_past_use(source: Source, line: DueLine) -> bool:
    """What was to be done before an infusion that has been given helps nobody any more."""
    given = {each.number for each in source.given}
    return line.key in BEFORE_AN_INFUSION and (line.cycle or 1) in given


def hangs_on_a_hold(source: Source, line: DueLine) -> bool:
    """Its day follows from an infusion that is on hold: it moves, so nobody is asked for it yet."""
    row = source.practice_of.get(line.public_id)
    return row is not None and moves_with_a_hold(row, source.course, source.next_number)


def moves_with_a_hold(item: DueItem, course: Course | None, next_number: int | None) -> bool:
    """The blood tests before the infusion on hold stay asked for; what follows on it has no day."""
    return course is not None and course.is_on_hold and _follows(item, next_number)


def _follows(item: DueItem, next_number: int | None) -> bool:
    """Its day follows from the next infusion, or from a later one."""
    if next_number is None or item.cycle_number is None:
        return False
    return item.cycle_number > next_number or (item.cycle_number == next_number and item.waits)


def _is_for_the_next_letter(source: Source, line: DueLine) -> bool:
    """The letter after the next infusion asks for it; a monthly injection is planned further ahead."""
    row = source.practice_of.get(line.public_id)
    return row is not None and line.key != Item.LAR_LAST_BEFORE and _follows(row, source.next_number)


def _newest_of_series(source: Source, lines: list[DueLine]) -> list[DueLine]:
    """Of scans that are overdue, ask once: for the newest that has opened."""
    opened = [
        line for line in lines if line.key == "ct-mri" and not line.is_settled and _has_come(source, line)
    ]
    return [line for line in lines if line not in opened[:-1]]


def _has_come(source: Source, line: DueLine) -> bool:
    return line.opens is not None and local_day(line.opens) <= source.today


def asks(source: Source, *, with_events: bool = False, until_next: bool = False) -> Asks:
    """`until_next`: another letter follows after the next infusion, and asks for the rest."""
    rows: list[Ask] = []
    for line in lines_of_addressee(source):
        if until_next and _is_for_the_next_letter(source, line):
            continue
        asked = _ask(source, line)
        is_said = line.key in LAB_ITEMS and any(row.detail == asked.detail for row in rows)
        rows.append(replace(asked, detail="The same tests as above.") if is_said else asked)
    number = source.next_number
    if with_events and number and not source.patient.died_on:
        on = None if is_on_hold(source) else source.infusion_on(number)
        rows.append(
            Ask(
                "Tell us of every adverse event since the last infusion; none is an answer too",
                f"at once if grade 3 or more, else before infusion {number}"
                + (f" ({day(on)})" if on else ""),
                f"To the navigator at {source.site.name}{_phone(source)}",
            )
        )
    if source.patient.died_on:
        rows = []
    return Asks(title=DO_FIRST, rows=tuple(rows), nothing=NOTHING_NOW)


def _ask(source: Source, line: DueLine) -> Ask:
    return Ask(ask(line.key, line.cycle, source.protocol), _when(line), _detail(source, line))


def _when(line: DueLine) -> str:
    """Its window; what is late, now."""
    if line.late_since:
        return late_words(line.late_since)
    return by_when(line.opens, line.target, line.closes)


def _detail(source: Source, line: DueLine) -> str:
    if line.key in LAB_ITEMS:
        lacking = _lacking(source, line)
        said = f"Still missing: {analytes(lacking)}" if lacking else lab_names(source)
        return f"{said}. Send results with units and reference ranges."
    if line.key in ("ct-mri", "sstr-pet", "response-sstr-pet"):
        return "Send images and report."
    if line.key == "lar-last-before":
        ssa = source.protocol.somatostatin
        return (
            f"The infusion needs at least {ssa.washout_days} days without a long-acting analog."
            if ssa
            else ""
        )
    return ""


def _lacking(source: Source, line: DueLine) -> list[str]:
    """What is missing of a panel of which a part has come."""
    row = source.practice_of.get(line.public_id)
    if row is None or source.sheet is None or line.state == "planned":
        return []
    panel = {str(name) for name in source.sheet.protocol.panel.analytes}
    return [] if panel <= set(row.missing) else row.missing


def lab_names(source: Source) -> str:
    """What is asked for with every panel; a coagulation test when the last albumin was low (RULES 5)."""
    if source.sheet is None:
        return ""
    protocol = source.sheet.protocol
    names = [*protocol.panel.asked_for]
    albumin = next(
        (line for line in source.result_lines if line.key == Analyte.ALBUMIN and line.reading), None
    )
    is_low = albumin and albumin.reading and albumin.reading.canonical < COAGULATION_BELOW
    if is_low and protocol.hepatic:
        names.append(protocol.hepatic.coagulation)
    return analytes(names)


# --- the course -----------------------------------------------------------------------------------------


def infusion_table(source: Source) -> Table:
    """Every infusion: given, planned, or expected."""
    given = {each.number: each for each in source.given}
    full = source.sheet.protocol.doses.full_gbq if source.sheet else None
    windows = {line.cycle: line for line in source.due if line.key == "infusion"}
    rows = []
    for cycle in source.opened.cycles:
        if cycle.number in given:
            done = given[cycle.number]
            rows.append((str(cycle.number), day(done.on), "given", activity(done.infusion.administered_gbq)))
        elif is_on_hold(source):
            rows.append((str(cycle.number), "not fixed yet", "on hold", activity(full)))
        elif not source.is_over:
            line = windows.get(cycle.number)
            legal = window(line.opens, None, line.closes) if line and cycle.number > 1 else ""
            on = source.infusion_on(cycle.number)
            state = "planned" if cycle.planned_on else "expected"
            said = f"{state}{f'; may lie {legal}' if legal else ''}"
            rows.append((str(cycle.number), day(on) or "not fixed yet", said, activity(full)))
    return Table("Infusions", ("Infusion", "Day", "State", "Activity"), tuple(rows))


def given_pairs(source: Source, given: Given | None) -> Pairs:
    if given is None:
        return Pairs(())
    infusion = given.infusion
    lar = next(
        (each for each in source.injections if each.given_at and each.given_at >= infusion.started_at), None
    )
    ended = f" to {clock(infusion.ended_at)}" if infusion.ended_at else ""
    after = ""
    if lar and lar.given_at and (lar.given_at - infusion.started_at).days < 7:
        after = f"{lar.get_drug_display()} {plain(lar.dose_mg)} mg, {moment(lar.given_at)}"
    total = cumulative(source.given)
    has_analog = after or source.protocol.asks_for("post-dose-lar")
    return Pairs(
        (
            ("Given", f"{moment(infusion.started_at)}{ended}"),
            ("Activity administered", activity(infusion.administered_gbq)),
            *((("Left over", activity(infusion.residual_gbq)),) if infusion.residual_gbq else ()),
            ("So far", f"{len(source.given)} of {len(source.opened.cycles)} infusions, {total}"),
            ("Interrupted", infusion.interrupted_because or "no"),
            *([("Somatostatin analog after it", after or "not recorded yet")] if has_analog else []),
        )
    )


def cumulative(given: Iterable[Given]) -> str:
    found = [each.infusion.administered_gbq for each in given]
    known = [gbq for gbq in found if gbq is not None]
    missing = len(known) < len(found)
    total = activity(sum(known[1:], known[0])) if known else activity(None)
    return f"{total}, without an infusion whose activity is not recorded" if missing and known else total


def course_table(source: Source) -> MaybeSection:
    """Every infusion given, with the cumulative activity."""
    rows = []
    for each in source.given:
        infusion = each.infusion
        signed = infusion.signed_gbq
        rows.append(
            (
                str(each.number),
                day(each.on),
                f"{plain(infusion.administered_gbq) or 'not recorded'}",
                plain(signed) or "none",
                "; ".join(filter(None, [infusion.interrupted_because, infusion.note])),
            )
        )
    planned = len(source.opened.cycles)
    return section(
        "course",
        "The course",
        Table(
            "Infusions given",
            ("Infusion", "Day", "Administered (GBq)", "Signed (GBq)", "Remarks"),
            tuple(rows),
            numbers=(2, 3),
        ),
        Paragraph(
            f"{len(rows)} of {planned} infusions, cumulative activity {cumulative(source.given)}."
            if rows
            else "No infusion was given."
        ),
        Paragraph(f"Protocol: {protocol_words(source)}."),
        always=True,
    )


def after_infusion_rules(source: Source, given: Given | None) -> MaybeSection:
    if given is None or source.sheet is None:
        return None
    after = source.sheet.protocol.after
    site_days = source.settings.precaution_days
    until = precautions.end_of("no-routine-blood", given.on, site_days, after.precaution_days)
    at_first = (
        f"No routine blood draw through {day(until)}. Urgent draws are never held back.",
        "Routine radiation precautions for the patient's household run for the same time; "
        "the patient has a sheet with every date.",
    )
    return section(
        "rules",
        "Until the next infusion",
        Points(
            (
                *(at_first if until >= source.today else ()),
                *_about_the_nadir(source.protocol),
                "Emergencies are treated as in any other patient: radiation delays nothing.",
            )
        ),
    )


def _about_the_nadir(protocol: Protocol) -> tuple[str, ...]:
    weeks = count_words(protocol.labs.nadir_target // 7)
    said = f"Platelets are lowest about {weeks} weeks after an infusion: hence the tests in mid-cycle."
    return (said,) if protocol.asks_for("nadir-labs") else ()


def who_does_what(source: Source) -> MaybeSection:
    """The matrix agreed with everybody [H22], owner by owner."""
    shown: dict[str, list[str]] = {}
    for task in source.tasks:
        if task.item != Item.INTERIM_SSA:
            shown.setdefault(owner_word(task.owner, task.practice), []).append(item_word(task.item))
    here = {owner_word(Owner.CENTER): source.site.name}
    rows = tuple(
        (here.get(owner, owner), listed([items[0], *(lower(item) for item in items[1:])]))
        for owner, items in shown.items()
    )
    return section("who", "Who does what", Table("Who does what", ("Who", "What"), rows))


def ssa_rules(source: Source) -> MaybeSection:
    ssa = source.sheet.protocol.somatostatin if source.sheet else None
    if ssa is None:
        return None
    return section(
        "ssa-rules",
        "Somatostatin analogs around each infusion",
        Points(
            (
                f"Long-acting: none in the {ssa.washout_days} days before an infusion. A later injection "
                "moves the infusion.",
                f"Short-acting: stopped {ssa.short_acting_hours} hours before.",
                f"{ssa.post_dose_drug}: {ssa.post_dose_from_hours} to {ssa.post_dose_until_hours} hours "
                "after each infusion, by whoever is named above.",
            )
        ),
    )


def lab_rules(source: Source) -> MaybeSection:
    return section(
        "lab-rules",
        "Blood tests",
        Paragraph(f"Each time: {lab_names(source)}." if source.sheet else ""),
        Points(
            (
                "Send each result with its unit, its reference range and the day of the draw: "
                "without a unit it cannot be used.",
                "No routine draw on the day of an infusion once it has begun, nor in the seven days after.",
            )
        ),
    )


# --- results and events ---------------------------------------------------------------------------------


def newest_labs(source: Source) -> MaybeSection:
    """The newest usable result of each analyte of the panel, as sent and graded."""
    if source.sheet is None:
        return None
    seen = set()
    asked = (*source.sheet.protocol.panel.asked_for, Analyte.INR)
    rows = []
    for name in dict.fromkeys(str(each) for each in asked):
        line = next((line for line in source.result_lines if line.key == name and not line.is_rejected), None)
        if line is None or line.collected_at is None:
            continue
        seen.add(name)
        grade = "" if line.grade is None else str(line.grade)
        shown = f"{unit(line.as_sent)} ({line.note})" if line.note else unit(line.as_sent)
        rows.append((line.analyte, shown, line.range, grade, day(line.collected_at)))
    return section(
        "labs",
        f"Newest blood tests (CTCAE {source.sheet.assessment.ctcae})",
        Table(
            "Newest blood tests",
            ("Test", "Result", "Reference", "Grade", "Drawn"),
            tuple(rows),
            numbers=(1, 2, 3),
        ),
    )


def lab_trends(source: Source) -> MaybeSection:
    names = {analyte_word(analyte) for analyte in CHARTED}
    drawn: list[Block] = [
        Chart(chart.svg, f"{chart.name}{f', {unit(chart.unit)}' if chart.unit else ''}")
        for chart in source.charts
        if chart.name in names
    ]
    return section(
        "trends",
        "Trend of the blood tests",
        *drawn,
        Paragraph("Numbers above a line mark the infusions; dashed lines are where the dose table decides.")
        if drawn
        else None,
    )


def events(source: Source) -> MaybeSection:
    rows = tuple(
        (
            event.term,
            "" if event.grade is None else str(event.grade),
            "" if event.grade_now is None else str(event.grade_now),
            day(event.on),
            day(event.resolved_on) if event.resolved_on else "not resolved",
            event.ctcae,
        )
        for event in source.events
    )
    return section(
        "events",
        "Adverse events",
        Table(
            "Adverse events",
            ("What", "Worst grade", "Now", "First day", "Ended", "CTCAE"),
            rows,
            numbers=(1, 2),
        ),
    )


def toxicities(source: Source) -> MaybeSection:
    """Adverse events as told, and the worst grade of each blood test since the first infusion."""
    told = events(source)
    table = _worst_labs(source)
    none = Paragraph("None recorded.") if told is None and not table.rows else None
    blocks = told.blocks if told else ()
    return section("toxicities", "Toxicities", *blocks, table, none, always=True)


def _worst_labs(source: Source) -> Table:
    if source.sheet is None or not source.given:
        return Table("", (), ())
    began = source.given[0].infusion.started_at
    worst: dict[str, tuple[int, str, str, str]] = {}
    for line in source.result_lines:
        if line.grade is None or line.grade < 1 or not line.collected_at or line.collected_at <= began:
            continue
        if line.key not in worst or line.grade > worst[line.key][0]:
            sent = f"{line.as_sent} ({line.note})" if line.note else line.as_sent
            worst[line.key] = (line.grade, sent, day(line.collected_at), line.analyte)
    version = source.sheet.assessment.ctcae
    found = sorted(worst.values(), key=lambda each: (-each[0], each[3]))
    return Table(
        "Worst grade of each blood test",
        ("Blood test", "Worst grade", "Result", "Drawn", "CTCAE"),
        tuple((name, str(grade), unit(sent), on, version) for grade, sent, on, name in found),
        numbers=(1, 2),
    )


# --- afterwards -----------------------------------------------------------------------------------------


def ssa_plan(source: Source) -> MaybeSection:
    """Maintenance with its end."""
    ends = source.maintenance_ends_on
    sheet = source.sheet
    ssa = sheet.protocol.somatostatin if sheet else None
    if ends is None or sheet is None or ssa is None:
        return None
    last = next((each for each in reversed(source.injections) if each.drug != "octreotide-short"), None)
    progressed = sheet.facts.progressed_on
    months, every = ssa.maintenance_months, ssa.maintenance_days
    why = (
        f"progression on {day(progressed)} ended it"
        if progressed and progressed <= ends
        else f"{months} months after the first infusion, or progression if that comes first"
    )
    whose = _owner_of(source, "maintenance-lar")
    given_at = last.given_at if last else None
    return section(
        "ssa",
        "Somatostatin analog from now on",
        Pairs(
            (
                ("What", f"{ssa.post_dose_drug} every {every} days"),
                ("Ends", f"{day(ends)} ({why})"),
                ("Given by", whose),
                (
                    "Last one",
                    f"{last.get_drug_display()} {plain(last.dose_mg)} mg, {day(given_at)}"
                    if last and given_at
                    else "not recorded",
                ),
            )
        ),
        always=True,
    )


def _owner_of(source: Source, item: str) -> str:
    task = next((task for task in source.tasks if task.item == item), None)
    return owner_word(task.owner, task.practice) if task else ""


def follow_up(source: Source) -> MaybeSection:
    """Labs and scans from now on, each with its window and owner."""
    rows = tuple(
        (item_word(line.key), _when(line), line.owner)
        for line in _newest_of_series(source, source.due)
        if line.key in LONG_TERM and not line.is_settled and (line.opens or line.target)
    )
    months = source.course.follow_up_lab_months if source.course else None
    then = f"every {months} months, as the prescriber set it" if months else "yearly, for life"
    return section(
        "follow-up",
        "Blood tests and scans from now on",
        Table("Blood tests and scans from now on", ("What", "When", "Who"), rows),
        Points(
            (
                f"Blood tests 3, 6 and 12 months after the last infusion, then {then}: late marrow disease "
                "shows in the blood count first.",
                "CT or MRI every three months, or as you judge.",
                "A lasting fall of a blood count: call us, and think of the marrow.",
            )
        ),
        always=True,
    )


def first_scan(source: Source) -> MaybeSection:
    """Pseudoprogression on the first scan after treatment [H22]."""
    return section(
        "first-scan",
        "Caution with the first scan",
        Paragraph(
            "The first scan after treatment can look like growth when it is swelling (pseudoprogression). "
            "Do not call progression on that scan alone: repeat it, and talk to us first."
        ),
        always=True,
    )


def red_flags(source: Source, *, is_over: bool = False) -> MaybeSection:
    flags = (*RED_FLAGS, LATE_FLAG) if is_over else RED_FLAGS
    return section(
        "red-flags", f"Call us the same day{_phone(source)} in case of", Points(flags), always=True
    )


def contraception(source: Source) -> MaybeSection:
    last = source.last_given
    if last is None:
        return None
    patient = source.patient
    ends = precautions.contraception_ends_on(last.on, patient.sex)
    if patient.sex == Patient.Sex.FEMALE and not patient.pregnancy_possible:
        return None
    if ends is None:
        women, men = (precautions.contraception_ends_on(last.on, sex) for sex in ("female", "male"))
        said = f"Women through {day(women)}, men through {day(men)}."
    else:
        months = precautions.CONTRACEPTION_MONTHS[patient.sex]
        said = f"Through {day(ends)}: {months} months after the last dose."
        if ends < source.today:
            said = f"No longer needed: the {months} months after the last dose ended on {day(ends)}."
    if patient.sex == Patient.Sex.FEMALE:
        said = f"{said} No breast-feeding through {day(precautions.breast_feeding_ends_on(last.on))}."
    return section("contraception", "Contraception", Paragraph(said), always=True)


def contact(source: Source) -> MaybeSection:
    site, navigator = source.site, source.navigator
    who = navigator.name if navigator else "The nurse navigator"
    phone = (navigator.phone if navigator else "") or site.phone
    doctors = [
        f"{member.name} ({member.get_part_display()})"
        for member in source.care_team
        if member.part in ("nuclear-medicine", "net-specialist")
    ]
    return section(
        "contact",
        "Whom to call",
        Pairs(
            (
                ("Any question", f"{who}, {site.name}{f', {phone}' if phone else ''}"),
                *((("Physicians", listed(doctors)),) if doctors else ()),
            )
        ),
        always=True,
    )


# --- orders ---------------------------------------------------------------------------------------------


def signed(source: Source, number: int) -> Signature | None:
    """The standing decision to give this infusion's dose."""
    if source.course is None:
        return None
    return Signature.objects.to_give(source.course, number).select_related("signed_by").first()


def order(source: Source, number: int) -> DoseOrder | None:
    return DoseOrder.objects.standing().filter(cycle__course=source.course, cycle__number=number).first()


def times(source: Source, number: int) -> OrderClock | None:
    on = source.planned_on(number)
    course = source.course
    return order_clock(number, on, course.protocol) if on and course else None


def blanks(*names: str) -> Blanks:
    return Blanks(names)
