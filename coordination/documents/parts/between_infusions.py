"""The rules that hold between infusions: precautions, somatostatin analogs, blood tests."""

from coordination.chart.patient_chart import GivenInfusion
from coordination.documents import precautions
from coordination.documents.content import MaybeSection, Paragraph, Points, section
from coordination.documents.parts.requests import lab_names
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import count_words, day
from scheduling.rules.protocol import Protocol


def after_infusion_rules(source: DocumentChart, given: GivenInfusion | None) -> MaybeSection:
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


def ssa_rules(source: DocumentChart) -> MaybeSection:
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


def lab_rules(source: DocumentChart) -> MaybeSection:
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
