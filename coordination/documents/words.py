"""How documents say days, windows, amounts and tasks, in the language that is active while they are built."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said_later

from coordination.base.choices import Item
from coordination.patient_page.words import analyte_word
from scheduling.rules.protocol import Product, Protocol

LANGUAGES = ("en", "es")
ENGLISH, SPANISH = LANGUAGES
LOCALES = {ENGLISH: "en-us", SPANISH: "es"}
ANALYTES_IN_A_LIST = {"bilirubin": "Total bilirubin"}  # "Bilirubin, total" would be two of them
A_DOSE_GBQ, A_DOSE_MCI = Decimal("7.4"), 200  # the same activity, as the label gives it


def language_of(code: str) -> str:
    """The language we have sheets in that a person's language means; English for any other."""
    return SPANISH if code.lower().split("-")[0] == SPANISH else ENGLISH


def is_spanish() -> bool:
    return (get_language() or "").startswith(SPANISH)


def local_day(at: date | datetime) -> date:
    return timezone.localdate(at) if isinstance(at, datetime) else at


# --- days -------------------------------------------------------------------------------------------


def day(at: date | datetime | None) -> str:
    """A day with its weekday and year: "Tue 14 Jan 2025", "mar 14 ene 2025"."""
    if at is None:
        return ""
    on = local_day(at)
    if is_spanish():
        return date_format(on, "D j M Y").lower()
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def short_day(at: date | datetime, *, beside: date | datetime) -> str:
    """A day that stands before another: without the year where both are of one."""
    on = local_day(at)
    said = day(on)
    return said.removesuffix(f" {on.year}") if on.year == local_day(beside).year else said


def long_day(at: date | datetime | None) -> str:
    """For patients: "Tuesday, January 14, 2025", "martes 14 de enero de 2025"."""
    if at is None:
        return ""
    on = local_day(at)
    if is_spanish():
        return date_format(on, r"l j \d\e F \d\e Y").lower()
    return f"{on:%A}, {on:%B} {on.day}, {on.year}"


def month(on: date) -> str:
    if is_spanish():
        return date_format(on, r"F \d\e Y").lower()
    return f"{on:%B} {on.year}"


def birth_day(on: date | None) -> str:
    """Without a weekday: "4 May 1960"; an identifier is written the same way everywhere."""
    if on is None:
        return _("not recorded")
    if is_spanish():
        return date_format(on, r"j \d\e F \d\e Y").lower()
    return f"{on.day} {on:%b} {on.year}"


def moment(at: datetime | None) -> str:
    """A day and the time at the site: "Tue 14 Jan 2025, 14:30 EST"."""
    if at is None:
        return ""
    here = timezone.localtime(at)
    return f"{day(here)}, {here:%H:%M %Z}"


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def window(
    opens: date | datetime | None, target: date | datetime | None, closes: date | datetime | None
) -> str:
    """From, to and best; never a lone date where there is a window."""
    first, best, last = (local_day(at) if at else None for at in (opens, target, closes))
    if first and last and first != last:
        span = spanned(first, last)
        return f"{span}, {_('best')} {short_day(best, beside=last)}" if best and first < best < last else span
    if first and first == last:
        return day(first)
    if last:
        return _("by %(day)s") % {"day": day(last)}
    if first:
        return _("from %(day)s") % {"day": day(first)}
    return day(best)


def spanned(first: date, last: date) -> str:
    return _("%(first)s to %(last)s") % {"first": short_day(first, beside=last), "last": day(last)}


WRITTEN = (
    *(("10*9/L", "10⁹/L"), ("10*3/uL", "10³/µL"), ("{cells}/uL", "/µL"), ("K/uL", "K/µL")),
    *((">=", "≥"), ("<=", "≤")),
)


def unit(text: str) -> str:
    """Units and bounds as people write them: "10⁹/L", "≥ 8"."""
    for machine, people in WRITTEN:
        text = text.replace(machine, people)
    return text


def reason(text: str) -> str:
    """A reason that was kept, for a reader outside: units as people write them, without its full stop."""
    return unit(text).rstrip(".")


def by_when(
    opens: date | datetime | None, target: date | datetime | None, closes: date | datetime | None
) -> str:
    """For somebody who is to act: a window of hours is said in hours."""
    if isinstance(opens, datetime) and isinstance(closes, datetime):
        return f"{day(opens)} {clock(opens)} - {day(closes)} {clock(closes)}"
    if isinstance(closes, datetime):
        return f"{_('by %(day)s') % {'day': day(closes)}} {clock(closes)}"
    return window(opens, target, closes)


def late_words(last: date | datetime) -> str:
    """For somebody who is to act on what is late: "now, overdue since Tue 14 Jan 2025"."""
    return f"now, overdue since {day(last)}"


# --- amounts ----------------------------------------------------------------------------------------


def plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def activity(gbq: Decimal | None) -> str:
    """In both units: "7.4 GBq (200 mCi)"."""
    if gbq is None:
        return _("not recorded")
    curies = (gbq * A_DOSE_MCI / A_DOSE_GBQ).quantize(Decimal(1))
    return f"{plain(gbq)} GBq ({curies} mCi)"


def listed(words: list[str]) -> str:
    """Say a list: "albumin, AST and ALT"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {_('and')} {words[-1]}"


def analytes(names: Iterable[str]) -> str:
    """Say what is asked of a laboratory: "Albumin, total bilirubin and AST"."""
    first, *others = [ANALYTES_IN_A_LIST.get(str(name)) or analyte_word(name) for name in names]
    return listed([first, *(lower(word) for word in others)])


def lower(word: str) -> str:
    """As it stands inside a sentence; an abbreviation stays."""
    return word if word[:2].isupper() else word[0].lower() + word[1:]


# --- tasks ------------------------------------------------------------------------------------------

# What a practice is asked to do, as an order; `%s` is the infusion.
ASKS: Mapping[str, str] = {
    Item.INFUSION: "Infusion %s",
    Item.SSTR_PET: "SSTR PET before the first infusion: images and report to us",
    Item.BASELINE_LABS: "Blood tests before infusion %s",
    Item.PREGNANCY_TEST: "Pregnancy test before infusion %s",
    Item.EDUCATION: "Teach the patient about the treatment",
    Item.CONSENT: "Consent",
    Item.AUTHORIZATION: "Payer authorization",
    Item.DOSE_ORDER: "Order the dose for infusion %s",
    Item.PRE_DOSE_LABS: "Blood tests before infusion %s",
    Item.CONFIRM_LABS: "Confirming blood tests before infusion %s",
    Item.LAR_LAST_BEFORE: "Last long-acting somatostatin analog before infusion %s; none after this day",
    Item.SHORT_ACTING_STOP: "Short-acting octreotide stopped before infusion %s",
    Item.ANTIEMETIC: "Antiemetic at infusion %s",
    Item.AMINO_ACIDS: "Amino acids at infusion %s",
    Item.POST_DOSE_LAR: "{analog} after infusion %s",
    Item.RADIATION_PRECAUTIONS: "Radiation precautions after infusion %s",
    Item.NADIR_LABS: "Blood tests in mid-cycle, after infusion %s",
    Item.CT_MRI: "CT or MRI: images and report to us",
    Item.POST_TREATMENT_LABS: "Blood tests after the last infusion",
    Item.MAINTENANCE_LAR: "Monthly long-acting somatostatin analog",
    Item.RESPONSE_SSTR_PET: "SSTR PET for the response, not earlier",
    Item.FOLLOW_UP_LABS: "Follow-up blood tests, for late marrow effects",
    Item.HAND_BACK: "Return of the patient",
    Item.INTERIM_SSA: "Long-acting somatostatin analog between infusions, on this day only (infusion %s)",
}
LAB_ITEMS = frozenset(
    {
        Item.BASELINE_LABS.value,
        Item.PRE_DOSE_LABS.value,
        Item.CONFIRM_LABS.value,
        Item.NADIR_LABS.value,
        Item.POST_TREATMENT_LABS.value,
        Item.FOLLOW_UP_LABS.value,
    }
)


def count_words(number: int) -> str:
    """As "six"; above ten in figures."""
    return COUNTS[number] if number < len(COUNTS) else str(number)


COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def ask(item: str, cycle: int | None, protocol: Protocol) -> str:
    ssa = protocol.somatostatin
    text = ASKS.get(item, item).replace("{analog}", ssa.post_dose_drug if ssa else "Long-acting analog")
    return text % cycle if "%s" in text and cycle else text.replace(" %s", "")


# What a patient's calendar says of an item.
FOR_PATIENTS: Mapping[str, str] = {
    Item.INFUSION: said_later("Infusion %s of {drug}"),
    Item.SSTR_PET: said_later("PET scan before treatment"),
    Item.BASELINE_LABS: said_later("Blood tests before infusion %s"),
    Item.PREGNANCY_TEST: said_later("Pregnancy test before infusion %s"),
    Item.EDUCATION: said_later("Talk about the treatment"),
    Item.CONSENT: said_later("Sign the consent"),
    Item.PRE_DOSE_LABS: said_later("Blood tests before infusion %s"),
    Item.CONFIRM_LABS: said_later("Blood tests right before infusion %s"),
    Item.LAR_LAST_BEFORE: said_later("Last day for your monthly injection before infusion %s"),
    Item.SHORT_ACTING_STOP: said_later("Stop short-acting octreotide before infusion %s"),
    Item.POST_DOSE_LAR: said_later("Octreotide injection after infusion %s"),
    Item.RADIATION_PRECAUTIONS: said_later("Radiation safety at home after infusion %s"),
    Item.NADIR_LABS: said_later("Blood tests in mid-cycle, after infusion %s"),
    Item.CT_MRI: said_later("CT or MRI scan"),
    Item.POST_TREATMENT_LABS: said_later("Blood tests after the last infusion"),
    Item.MAINTENANCE_LAR: said_later("Monthly injection"),
    Item.RESPONSE_SSTR_PET: said_later("PET scan to see how the treatment worked"),
    Item.FOLLOW_UP_LABS: said_later("Follow-up blood tests"),
    Item.INTERIM_SSA: said_later("Injection between infusions"),
}


def for_patient(item: str, cycle: int | None, product: Product) -> str:
    drug = product.patient_name_es if is_spanish() else product.patient_name
    text = _(FOR_PATIENTS[item]).replace("{drug}", drug)
    return text % cycle if "%s" in text and cycle else text.replace(" %s", "")


WHERE: Mapping[str, str] = {
    "center": said_later("at the treatment center"),
    "referring-practice": said_later("at your doctor's practice"),
    "net-specialist": said_later("at your NET specialist's"),
    "patient": said_later("by you, at home"),
}


def where(owner: str, practice: str) -> str:
    """Where a patient goes for an item: the practice by its name where it is known."""
    if practice:
        return practice
    return _(WHERE[owner]) if owner in WHERE else ""
