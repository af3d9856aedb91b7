"""When to call the same day, and until when contraception is needed."""

from coordination.documents import precautions
from coordination.documents.content import MaybeSection, Paragraph, Points, section
from coordination.documents.parts.people import phone_in_brackets
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import day
from patients.models import Patient

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


def red_flags(source: DocumentChart, *, is_over: bool = False) -> MaybeSection:
    flags = (*RED_FLAGS, LATE_FLAG) if is_over else RED_FLAGS
    return section(
        "red-flags", f"Call us the same day{phone_in_brackets(source)} in case of", Points(flags), always=True
    )


def contraception(source: DocumentChart) -> MaybeSection:
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
