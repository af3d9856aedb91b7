"""What goes on after the last infusion: somatostatin analog, blood tests and scans."""

from coordination.documents.content import MaybeSection, Pairs, Paragraph, Points, Table, section
from coordination.documents.parts.due_lines import newest_of_series
from coordination.documents.parts.requests import when_due
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import day, plain_number
from coordination.wording.clinical import item_word, owner_word

LONG_TERM = ("post-treatment-labs", "follow-up-labs", "ct-mri", "response-sstr-pet", "maintenance-lar")


def ssa_plan(source: DocumentChart) -> MaybeSection:
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
                    f"{last.get_drug_display()} {plain_number(last.dose_mg)} mg, {day(given_at)}"
                    if last and given_at
                    else "not recorded",
                ),
            )
        ),
        always=True,
    )


def _owner_of(source: DocumentChart, item: str) -> str:
    task = next((task for task in source.tasks if task.item == item), None)
    return owner_word(task.owner, task.practice) if task else ""


def follow_up_section(source: DocumentChart) -> MaybeSection:
    """Labs and scans from now on, each with its window and owner."""
    rows = tuple(
        (item_word(line.key), when_due(line), line.owner)
        for line in newest_of_series(source, source.due)
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


def first_scan(source: DocumentChart) -> MaybeSection:
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
