"""Every kind of document for a course in every phase: it says something, or says why not; and every page of
it carries two identifiers and its number.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.safestring import SafeString

from coordination.base.choices import Item
from coordination.base.errors import CareError
from coordination.base.words import record_number
from coordination.documents import papers, versions
from coordination.documents.content import Content, Pairs, Table
from coordination.documents.kinds import KINDS, Reader
from coordination.documents.press import laid_out
from coordination.documents.versions import Written
from coordination.documents.words import reason
from coordination.models import Document
from scheduling.models import DueItem
from tests.documents.phases import MRN, NAME, PHASES, Phase

pytestmark = pytest.mark.django_db

CAN_BE_WRITTEN = {
    "referred": {"acknowledgement", "please-send", "tumor-board"},
    "planned": {"plan"},
    "ordered": {"plan", "dose-order"},
    "treated": {"plan", "after-cycle"},
    "held": {"plan", "after-cycle", "hold"},
    "stopped": {"after-cycle", "stop", "hand-back"},
    "completed": {"after-cycle", "hand-back"},
    "died": {"after-cycle"},
}
FOR_THE_REFERRED = {"acknowledgement", "tumor-board"}
SHEETS = {"radiation-sheet", "treatment-calendar", "travel-card", "family-page"}
KEYS = re.compile(
    "|".join([*(rf"\b{item}\b" for item in Item.values if "-" in item), r"10\*9", "[<>]=", r"\bwbc\b"])
)
WITH_SHEETS = {"planned", "ordered", "treated", "held", "stopped", "completed"}


def written(here: Phase, kind: str) -> Written | str:
    """What it says; or the sentence that says why it cannot be made."""
    try:
        document = versions.draft(here.patient, KINDS[kind], by=here.navigator, now=here.now)
        return versions.write(document, now=here.now)
    except CareError as error:
        return error.message


def texts_of(box: Any) -> Iterator[str]:
    if text := getattr(box, "text", None):
        yield text
    for child in getattr(box, "children", ()):
        yield from texts_of(child)


def pages_of(found: Written, **how: Any) -> list[str]:
    """The words of each page as it is laid out, with what stands in its margins."""
    pages = laid_out(versions.page_of(found, **how)).pages
    return [" ".join(" ".join(texts_of(page._page_box)).split()) for page in pages]


@pytest.mark.parametrize("phase", PHASES)
def test_each_kind_can_be_written_or_says_why_not(phase: str) -> None:
    here = PHASES[phase]()
    found = {kind: written(here, kind) for kind in KINDS}

    expected = CAN_BE_WRITTEN[phase] | FOR_THE_REFERRED | (SHEETS if phase in WITH_SHEETS else set())
    assert {kind for kind, each in found.items() if isinstance(each, Written)} == expected
    for why in found.values():
        assert isinstance(why, Written) or re.fullmatch(r"[A-Z][^.]+\.", why)


@pytest.mark.parametrize("phase", PHASES)
def test_every_page_has_two_identifiers_and_its_number(phase: str) -> None:
    here = PHASES[phase]()
    for kind in KINDS:
        found = written(here, kind)
        if not isinstance(found, Written):
            continue
        pages = pages_of(found, number=1, signed_by=here.prescriber)
        for number, text in enumerate(pages, start=1):
            assert f"{NAME[1]}, {NAME[0]}, born 4 May 1960, {MRN}" in text, kind
            assert f"Page {number} of {len(pages)}" in text, kind
            assert "Version 1," in text, kind


def test_a_long_document_repeats_them_on_every_page() -> None:
    here = PHASES["completed"]()
    document = versions.draft(here.patient, KINDS["hand-back"], by=here.prescriber, now=here.now)
    document.free_text = "The patient does well. " * 600
    pages = pages_of(versions.write(document, now=here.now), number=3, signed_by=here.prescriber)

    assert len(pages) > 4
    assert all(MRN in page and f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, start=1))
    assert all("Replaces every earlier version" in page for page in pages)


def test_a_draft_says_on_every_page_that_it_is_one() -> None:
    here = PHASES["planned"]()
    found = written(here, "plan")
    assert isinstance(found, Written)
    assert all("Draft, not signed" in page for page in pages_of(found))


def test_the_tumor_board_page_is_one_page_when_the_referral_is_complete() -> None:
    here = PHASES["planned"]()
    found = written(here, "tumor-board")
    assert isinstance(found, Written)
    assert len(pages_of(found)) == 1


# --- letters ------------------------------------------------------------------------------------------


def content(here: Phase, kind: str) -> Content:
    found = written(here, kind)
    assert isinstance(found, Written), found
    return found.content


@pytest.mark.parametrize("phase", ["referred", "planned", "treated", "held", "stopped", "completed"])
def test_each_letter_to_a_practice_begins_with_the_return_and_what_to_do(phase: str) -> None:
    here = PHASES[phase]()
    for kind in (kind for kind in KINDS.values() if kind.reader is Reader.PRACTICE):
        found = written(here, kind.key)
        if not isinstance(found, Written):
            continue
        letter = found.content
        assert "return" in letter.lead[0]
        assert "in charge" in " ".join(letter.lead)
        assert letter.asks is not None
        assert letter.asks.title == "What you need to do, by when"
        html = versions.page_of(found)
        assert html.index(letter.lead[0]) < html.index(letter.asks.title) < html.index("paper-section")


def test_please_send_asks_for_exactly_what_is_missing() -> None:
    here = PHASES["referred"]()
    asks = content(here, "please-send").asks
    assert asks is not None
    asked = [ask.what for ask in asks.rows]
    assert "The last CT or MRI: date, images and report" in asked
    assert "The somatostatin-receptor imaging of Sun 1 Dec 2024: the images" in asked
    assert not any("primary site" in what or "Ki-67" in what for what in asked)
    assert asks.all_by == "Send us, by Fri 3 Jan 2025:"


def test_labs_for_the_next_dose_are_asked_for_with_their_window() -> None:
    asks = content(PHASES["treated"](), "after-cycle").asks
    assert asks is not None
    by_what = {ask.what: ask for ask in asks.rows}
    labs = by_what["Blood tests before infusion 2"]
    assert labs.by_when == "Tue 25 Feb to Fri 28 Feb 2025, best Thu 27 Feb"
    assert by_what["Blood tests in mid-cycle, after infusion 1"].detail.startswith(
        "Urea nitrogen, creatinine"
    )
    assert any("adverse event" in what for what in by_what)


def test_a_letter_after_an_infusion_asks_for_nothing_that_the_next_one_asks_for() -> None:
    asks = content(PHASES["treated"](), "after-cycle").asks
    assert asks is not None
    asked = " ".join(ask.what for ask in asks.rows)
    assert "after infusion 1" in asked and "before infusion 2" in asked
    assert "after infusion 2" not in asked and "Blood tests before infusion 3" not in asked


def test_the_week_without_blood_draws_is_not_spoken_of_when_it_is_over() -> None:
    here = PHASES["treated"]()
    words = "No routine blood draw through Tue 21 Jan 2025"
    assert words in " ".join(strings_of(content(here, "after-cycle")))
    here.now += timedelta(days=8)
    assert words not in " ".join(strings_of(content(here, "after-cycle")))


def test_what_was_due_before_a_given_infusion_is_asked_for_no_more() -> None:
    asks = content(PHASES["completed"](), "hand-back").asks
    assert asks is not None
    assert not any("before infusion" in ask.what or "first infusion" in ask.what for ask in asks.rows)


@pytest.mark.parametrize("phase", PHASES)
def test_no_key_of_ours_stands_in_a_document(phase: str) -> None:
    """People read words: no "sstr-pet", no "10*9/L", no label without its value."""
    here = PHASES[phase]()
    for kind in KINDS:
        found = written(here, kind)
        if not isinstance(found, Written):
            continue
        said = " ".join(strings_of(found.content))
        assert not KEYS.search(said), (kind, KEYS.search(said))
        assert ("Given by", "") not in rows_of(found.content)


def strings_of(value: Any) -> Iterator[str]:
    """Every text of a content, but not its keys."""
    if isinstance(value, str) and not isinstance(value, SafeString):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from strings_of(each)
    elif is_dataclass(value):
        for place in fields(value):
            if place.name != "key":
                yield from strings_of(getattr(value, place.name))


def rows_of(found: Content) -> list[tuple[str, str]]:
    blocks = [block for section in found.sections for block in section.blocks]
    return [row for block in blocks if isinstance(block, Pairs) for row in block.rows]


def test_the_plan_says_who_does_what_in_words() -> None:
    letter = content(PHASES["planned"](), "plan")
    (table,) = [block for section in letter.sections if section.key == "who" for block in section.blocks]
    assert isinstance(table, Table)
    by_owner = {row[0]: row[1] for row in table.rows}
    assert by_owner["Maple Street Cancer Care"].startswith("SSTR imaging before treatment, baseline labs, ")
    assert "blood tests, scans, the monthly somatostatin analog and everything else" in " ".join(letter.lead)


def test_the_hand_back_letter_holds_all_it_must() -> None:
    letter = content(PHASES["completed"](), "hand-back")
    said = repr(letter)
    assert [section.key for section in letter.sections] == [
        *("course", "toxicities", "labs", "trends", "ssa", "follow-up", "first-scan", "red-flags"),
        *("contraception", "contact"),
    ]
    assert "4 of 4 infusions, cumulative activity 29.6 GBq (800 mCi)" in said
    assert "Tue 14 Jul 2026 (18 months after the first infusion" in said
    assert "Through Sun 1 Feb 2026: 7 months after the last dose." in said
    assert "pseudoprogression" in said
    assert "('Nausea', '2', '0', 'Tue 14 Jan 2025', 'Thu 16 Jan 2025', '5.0')" in said
    assert said.count('<svg class="chart trend"') == 4


def test_a_hold_asks_for_nothing_whose_day_follows_from_the_infusion_on_hold() -> None:
    here = PHASES["held"]()
    asks = content(here, "hold").asks
    assert asks is not None
    asked = {ask.what: ask for ask in asks.rows}
    assert not any("infusion 4" in what or "after infusion 3" in what for what in asked)
    (events,) = (ask for what, ask in asked.items() if "adverse event" in what)
    assert events.by_when.endswith("before infusion 3")

    for kind in ("plan", "after-cycle"):
        said = " ".join(strings_of(content(here, kind)))
        assert "on hold" in said
    assert "we draw the blood tests of the course ourselves" in " ".join(strings_of(content(here, "hold")))
    calendar = " ".join(strings_of(content(here, "treatment-calendar")))
    assert "Infusion 3" not in calendar and "infusion 4" not in calendar


def test_contraception_that_is_over_is_said_to_be() -> None:
    here = PHASES["completed"](sex="male")
    here.now += timedelta(days=150)
    assert "after the last dose ended on Sat 1 Nov 2025." in " ".join(strings_of(content(here, "hand-back")))


def test_a_hold_says_why_and_until_when() -> None:
    said = repr(content(PHASES["held"](), "hold"))
    assert "Platelets 62 before the third infusion" in said
    assert "Tue 1 Jul 2025 (16 weeks after the one before)" in said


def test_the_order_form_names_exactly_what_was_signed() -> None:
    said = repr(content(PHASES["ordered"](), "dose-order"))
    for words in ("7.4 GBq (200 mCi)", "Tue 14 Jan 2025", "Dr. Priya Raman", "ORD-1", "Radiopharmacy"):
        assert words in said


# --- sheets -------------------------------------------------------------------------------------------


def test_each_precaution_ends_on_its_own_day() -> None:
    """Seven days, but where the site says otherwise: here three nights apart, five days of distance."""
    said = repr(content(PHASES["treated"](), "radiation-sheet"))
    assert "('Sleep in a separate bed.', 'Fri 17 Jan 2025')" in said
    assert "away from others as far as you can.', 'Sun 19 Jan 2025')" in said
    assert "('Have no blood drawn for routine tests.', 'Tue 21 Jan 2025')" in said
    assert "From Wednesday, January 22, 2025 on you need none of these steps." in said
    assert "Women: use reliable contraception through Thursday, August 14, 2025." in said
    assert "Do not breast-feed through Saturday, March 29, 2025." in said


def test_men_are_told_four_months_and_nothing_of_breast_feeding() -> None:
    said = repr(content(PHASES["treated"](sex="male"), "radiation-sheet"))
    assert "Men: use reliable contraception through Wednesday, May 14, 2025." in said
    assert "breast-feed" not in said


@pytest.mark.parametrize(("phase", "says"), [("planned", True), ("treated", False)])
def test_a_sheet_for_an_infusion_to_come_says_so(phase: str, says: bool) -> None:
    said = repr(content(PHASES[phase](), "radiation-sheet"))
    assert ("This infusion has not been given yet" in said) == says


def test_the_calendar_holds_every_infusion_to_come() -> None:
    said = repr(content(PHASES["planned"](), "treatment-calendar"))
    assert "('Tue 14 Jan 2025', 'Infusion 1 of Lutetium-177 dotatate'" in said
    assert "('around Tue 11 Mar 2025', 'Infusion 2 of Lutetium-177 dotatate'" in said


def test_the_calendar_of_a_held_course_says_so() -> None:
    assert "Your next infusion is on hold" in repr(content(PHASES["held"](), "treatment-calendar"))


# --- the week on paper ----------------------------------------------------------------------------------


@pytest.mark.hazard("H55")
def test_the_downtime_list_names_who_comes_and_who_must_not_be_treated() -> None:
    here = PHASES["ordered"]()
    now = here.now.replace(day=10)
    document = versions.draft_downtime_list(here.patient.site, by=here.navigator, now=now)
    found = versions.write(document, now=now)
    said = repr(found.content)
    assert f"born 4 May 1960\\n{MRN}" in said
    assert "7.4 GBq (200 mCi)\\nDr. Priya Raman" in said
    assert "Allergies: iodinated contrast" in said
    assert all("Page" in page and "Harbor Point" in page for page in pages_of(found, number=1))


def test_a_downtime_list_says_what_is_late_and_orders_no_dose_for_a_course_on_hold() -> None:
    here = PHASES["held"]()
    DueItem.objects.filter(course=here.course, item="dose-order").update(waits=False, too_late=False)
    DueItem.objects.filter(course=here.course, item="ct-mri").update(
        opens_on=date(2025, 3, 24), closes_on=date(2025, 4, 21), waits=False, done=False
    )
    listed = papers.SiteSource(here.patient.site, now=here.now)
    said = repr(papers.downtime_list(listed))
    assert "now, overdue since Mon 21 Apr 2025" in said
    assert "Order the dose" not in said


def test_a_document_can_be_kept_of_every_kind() -> None:
    assert set(Document.Kind.values) == {*KINDS, Document.Kind.DOWNTIME_LIST.value}


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            "Still grade 2 (platelets 58 10*9/L).",
            "Still grade 2 (platelets 58 10⁹/L)",
        ),
        ("Admitted with a broken hip", "Admitted with a broken hip"),
        ("Neutrophils 900 {cells}/uL, platelets 66 K/uL.", "Neutrophils 900 /µL, platelets 66 K/µL"),
        ("", ""),
    ],
)
def test_a_reason_is_said_as_people_write_it(kept: str, said: str) -> None:
    assert reason(kept) == said


@pytest.mark.parametrize(
    ("kept", "said"), [("4711", "MRN 4711"), ("MRN10045", "MRN10045"), ("", "MRN not recorded")]
)
def test_a_number_says_once_what_it_is(kept: str, said: str) -> None:
    assert record_number(kept) == said
