"""Blood tests and adverse events, with their grades."""

from coordination.documents.content import Block, Chart, MaybeSection, Paragraph, Table, section
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import day, unit
from coordination.wording.clinical import analyte_word
from labs.rules.analytes import Analyte

CHARTED = (
    Analyte.PLATELETS,
    Analyte.HEMOGLOBIN,
    Analyte.NEUTROPHILS,
    Analyte.CREATININE,
)


def newest_labs(source: DocumentChart) -> MaybeSection:
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


def lab_trends(source: DocumentChart) -> MaybeSection:
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


def events(source: DocumentChart) -> MaybeSection:
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


def toxicities(source: DocumentChart) -> MaybeSection:
    """Adverse events as told, and the worst grade of each blood test since the first infusion."""
    told = events(source)
    table = _worst_labs(source)
    none = Paragraph("None recorded.") if told is None and not table.rows else None
    blocks = told.blocks if told else ()
    return section("toxicities", "Toxicities", *blocks, table, none, always=True)


def _worst_labs(source: DocumentChart) -> Table:
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
