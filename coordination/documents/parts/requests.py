"""What a letter asks its receiver to do, and by when."""

from dataclasses import replace

from coordination.chart.schedule import DueLine
from coordination.documents.content import Request, Requests
from coordination.documents.parts.due_lines import is_for_the_next_letter, is_on_hold, lines_of_addressee
from coordination.documents.parts.people import phone_in_brackets
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import LAB_ITEMS, analytes, by_when, day, late_words, request_words
from labs.rules.analytes import Analyte

DO_FIRST = "What you need to do, by when"
NOTHING_NOW = "Nothing now. We write to you before something is needed."
COAGULATION_BELOW = 30  # g/L of albumin: the hepatic row cannot be told without a coagulation test (RULES 5)


def request_section(
    source: DocumentChart, *, with_events: bool = False, until_next: bool = False
) -> Requests:
    """`until_next`: another letter follows after the next infusion, and asks for the rest."""
    rows: list[Request] = []
    for line in lines_of_addressee(source):
        if until_next and is_for_the_next_letter(source, line):
            continue
        asked = _ask(source, line)
        is_said = line.key in LAB_ITEMS and any(row.detail == asked.detail for row in rows)
        rows.append(replace(asked, detail="The same tests as above.") if is_said else asked)
    number = source.next_number
    if with_events and number and not source.patient.died_on:
        on = None if is_on_hold(source) else source.infusion_on(number)
        rows.append(
            Request(
                "Tell us of every adverse event since the last infusion; none is an answer too",
                f"at once if grade 3 or more, else before infusion {number}"
                + (f" ({day(on)})" if on else ""),
                f"To the navigator at {source.site.name}{phone_in_brackets(source)}",
            )
        )
    if source.patient.died_on:
        rows = []
    return Requests(title=DO_FIRST, rows=tuple(rows), nothing=NOTHING_NOW)


def _ask(source: DocumentChart, line: DueLine) -> Request:
    return Request(
        request_words(line.key, line.cycle, source.protocol), when_due(line), _detail(source, line)
    )


def when_due(line: DueLine) -> str:
    """Its window; what is late, now."""
    if line.late_since:
        return late_words(line.late_since)
    return by_when(line.opens, line.target, line.closes)


def _detail(source: DocumentChart, line: DueLine) -> str:
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


def _lacking(source: DocumentChart, line: DueLine) -> list[str]:
    """What is missing of a panel of which a part has come."""
    row = source.practice_of.get(line.public_id)
    if row is None or source.sheet is None or line.state == "planned":
        return []
    panel = {str(name) for name in source.sheet.protocol.panel.analytes}
    return [] if panel <= set(row.missing) else row.missing


def lab_names(source: DocumentChart) -> str:
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
