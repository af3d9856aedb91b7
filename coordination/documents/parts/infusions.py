"""The infusions of a course: given, planned and expected, each with its activity."""

from collections.abc import Iterable

from coordination.chart.patient_chart import GivenInfusion
from coordination.documents.content import MaybeSection, Pairs, Paragraph, Table, section
from coordination.documents.parts.due_lines import is_on_hold
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import activity, clock, day, moment, plain_number, window_words


def protocol_words(source: DocumentChart) -> str:
    sheet = source.sheet
    if sheet is None:
        return ""
    return f"{sheet.protocol.title}, version {sheet.protocol.version}; CTCAE {sheet.assessment.ctcae}"


def infusion_table(source: DocumentChart) -> Table:
    """Every infusion: given, planned, or expected."""
    given = {each.number: each for each in source.given}
    full = source.sheet.protocol.doses.full_gbq if source.sheet else None
    windows = {line.cycle: line for line in source.due if line.key == "infusion"}
    rows = []
    for cycle in source.chart.cycles:
        if cycle.number in given:
            done = given[cycle.number]
            rows.append((str(cycle.number), day(done.on), "given", activity(done.infusion.administered_gbq)))
        elif is_on_hold(source):
            rows.append((str(cycle.number), "not fixed yet", "on hold", activity(full)))
        elif not source.is_over:
            line = windows.get(cycle.number)
            legal = window_words(line.opens, None, line.closes) if line and cycle.number > 1 else ""
            on = source.infusion_on(cycle.number)
            state = "planned" if cycle.planned_on else "expected"
            said = f"{state}{f'; may lie {legal}' if legal else ''}"
            rows.append((str(cycle.number), day(on) or "not fixed yet", said, activity(full)))
    return Table("Infusions", ("Infusion", "Day", "State", "Activity"), tuple(rows))


def given_pairs(source: DocumentChart, given: GivenInfusion | None) -> Pairs:
    if given is None:
        return Pairs(())
    infusion = given.infusion
    lar = next(
        (each for each in source.injections if each.given_at and each.given_at >= infusion.started_at), None
    )
    ended = f" to {clock(infusion.ended_at)}" if infusion.ended_at else ""
    after = ""
    if lar and lar.given_at and (lar.given_at - infusion.started_at).days < 7:
        after = f"{lar.get_drug_display()} {plain_number(lar.dose_mg)} mg, {moment(lar.given_at)}"
    total = cumulative(source.given)
    has_analog = after or source.protocol.asks_for("post-dose-lar")
    return Pairs(
        (
            ("Given", f"{moment(infusion.started_at)}{ended}"),
            ("Activity administered", activity(infusion.administered_gbq)),
            *((("Left over", activity(infusion.residual_gbq)),) if infusion.residual_gbq else ()),
            ("So far", f"{len(source.given)} of {len(source.chart.cycles)} infusions, {total}"),
            ("Interrupted", infusion.interrupted_because or "no"),
            *([("Somatostatin analog after it", after or "not recorded yet")] if has_analog else []),
        )
    )


def cumulative(given: Iterable[GivenInfusion]) -> str:
    found = [each.infusion.administered_gbq for each in given]
    known = [gbq for gbq in found if gbq is not None]
    missing = len(known) < len(found)
    total = activity(sum(known[1:], known[0])) if known else activity(None)
    return f"{total}, without an infusion whose activity is not recorded" if missing and known else total


def course_table(source: DocumentChart) -> MaybeSection:
    """Every infusion given, with the cumulative activity."""
    rows = []
    for each in source.given:
        infusion = each.infusion
        signed = infusion.signed_gbq
        rows.append(
            (
                str(each.number),
                day(each.on),
                f"{plain_number(infusion.administered_gbq) or 'not recorded'}",
                plain_number(signed) or "none",
                "; ".join(filter(None, [infusion.interrupted_because, infusion.note])),
            )
        )
    planned = len(source.chart.cycles)
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
