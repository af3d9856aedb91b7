"""Today: list, counts and exports agree, acts are done once, nothing stale is overwritten."""

import csv
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from coordination.base.choices import Owner, Role
from coordination.base.models import AuditEvent
from coordination.models import HandoverNote, SavedFilter
from coordination.pages.exports import as_xlsx, harmless
from scheduling.models import ContactLog, DueItem
from tests.coordination.conftest import House, _noon, days, house, make_house  # noqa: F401
from tests.factories import NOW, CourseConflictFactory, DueItemFactory, PracticeFactory, UserFactory


def item(house: House, **columns: object) -> DueItem:  # noqa: F811
    values = {"opens_on": days(-3), "target_on": days(-1), "closes_on": days(3), "owner": Owner.CENTER}
    return DueItemFactory(course=house.course, **(values | columns))


def ticked(*items: DueItem) -> list[str]:
    return [f"{each.public_id}.{each.version}" for each in items]


def said(answer: object) -> list[str]:
    return [str(message) for message in answer.context["messages"]]  # type: ignore[attr-defined]


# --- the list --------------------------------------------------------------------------------------


def test_a_line_says_what_why_when_who(house: House) -> None:  # noqa: F811
    item(house, closes_on=days(-9), target_on=days(-12), opens_on=days(-15), missing=["albumin"])
    page = house.client().get(reverse("today")).content.decode()
    for words in ("Whitcombe, Eleanor", "A-10442", "Baseline labs", "Missing: Albumin", "9 days late"):
        assert words in page
    assert "23-29 Dec" in page.replace(" 2024", "") or "best" in page
    assert "PRRT center" in page


def test_list_counts_and_exports_hold_the_same_lines(house: House) -> None:  # noqa: F811
    for number, shift in enumerate((-9, -2, 0, 3, 6), start=1):
        item(house, sequence=number, target_on=days(shift), closes_on=days(shift))
    CourseConflictFactory(course=house.course)
    client = house.client()
    for query in ("", "?group=overdue", "?kind=conflict", "?owner=center&group=week", "?text=baseline"):
        page = client.get(reverse("today") + query)
        listed = [line.row.what for section in page.context["sections"] for line in section.lines]
        text = client.get(reverse("today-csv") + query).content.decode("utf-8-sig")
        rows = list(csv.DictReader(StringIO(text)))
        book = load_workbook(BytesIO(client.get(reverse("today-xlsx") + query).content))
        assert [row["What"] for row in rows] == listed
        assert [row[6].value for row in book.active.iter_rows(min_row=2)] == listed
        assert page.context["count"] == len(listed) > 0
        shown = page.context["found"].groups
        for section in page.context["sections"]:
            assert section.count == shown[section.key] == len(section.lines)


def test_the_badge_counts_what_the_list_shows(house: House) -> None:  # noqa: F811
    item(house, closes_on=days(-1))
    item(house, sequence=2)
    item(house, sequence=3, target_on=days(3))
    page = house.client().get(reverse("counts"))
    assert (page.context["needing_me"], page.context["overdue"]) == (2, 1)
    assert not AuditEvent.objects.filter(view="counts").exists()


def test_a_hundred_lines_are_turned_by_page_and_exported_whole(house: House) -> None:  # noqa: F811
    for number in range(1, 61):
        item(house, sequence=number)
    client = house.client()
    first = client.get(reverse("today"))
    assert sum(len(section.lines) for section in first.context["sections"]) == 50
    assert "All 60 on one page" in first.content.decode()
    text = client.get(reverse("today-csv")).content.decode()
    assert len(text.strip().splitlines()) == 61
    everything = client.get(reverse("today"), {"all": "1"})
    assert sum(len(section.lines) for section in everything.context["sections"]) == 60


@pytest.mark.parametrize("query", ["group=nonsense", "assigned=nonsense", "sort=nonsense", "page=nonsense"])
def test_a_filter_that_makes_no_sense_shows_the_list(house: House, query: str) -> None:  # noqa: F811
    item(house)
    page = house.client().get(f"{reverse('today')}?{query}")
    assert page.status_code == 200
    assert "Whitcombe" in page.content.decode()


@pytest.mark.hazard("H48")
def test_the_page_and_the_export_are_recorded_with_whom_they_showed(house: House) -> None:  # noqa: F811
    item(house)
    client = house.client()
    client.get(reverse("today"))
    client.get(reverse("today-csv"))
    shown = list(AuditEvent.objects.order_by("pk").values_list("kind", "view", "patients"))
    assert shown == [
        ("view", "today", [house.patient.public_id]),
        ("export", "today-csv", [house.patient.public_id]),
    ]


@pytest.mark.hazard("H48")
@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+4", "'+4"),
        ("-2", "'-2"),
        ("@x", "'@x"),
        (" =x", "' =x"),
        ("\tx", "'\tx"),
        ("a", "a"),
    ],
)
def test_no_cell_is_run_by_a_spreadsheet(cell: str, safe: str) -> None:
    assert harmless(cell) == safe


NOT_FORMULAS = ('=HYPERLINK("http://x")', "+1", "-2", "@SUM(A1)", "'tHooft", "#N/A", "0012", "1e5", "TRUE")


@pytest.mark.parametrize("name", NOT_FORMULAS)
def test_a_name_that_looks_like_a_formula_is_text(house: House, name: str) -> None:  # noqa: F811
    """In a CSV by an apostrophe, where it needs one; in an XLSX it is the name itself, of type text."""
    house.patient.family_name = name
    house.patient.save()
    item(house)
    client = house.client()
    row = list(csv.reader(StringIO(client.get(reverse("today-csv")).content.decode("utf-8-sig"))))[1]
    assert row[2].startswith(harmless(name))
    sheet = load_workbook(BytesIO(client.get(reverse("today-xlsx")).content)).active
    cell = next(sheet.iter_rows(min_row=2))[2]
    assert (cell.data_type, cell.number_format) == ("s", "@" if harmless(name) != name else "General")
    assert str(cell.value).startswith(name)


def test_a_sign_that_no_workbook_can_hold_is_left_out() -> None:
    answer = as_xlsx([["Family name"], ["O\x0bHara\x00"]], name="patients")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert [cell.value for (cell,) in sheet.iter_rows()] == ["Family name", "OHara"]


# --- roles -----------------------------------------------------------------------------------------


def test_each_role_has_its_own_home(house: House) -> None:  # noqa: F811
    item(house)
    home = reverse("today")
    manager = house.client(UserFactory(role=Role.MANAGER, sites=[house.site])).get(home).content.decode()
    assert "Whitcombe" in manager
    assert "With the ticked lines" not in manager
    assert "Enter results" not in manager
    admin = house.client(UserFactory(role=Role.ADMIN, sites=[house.site])).get(home)
    assert admin.headers["Location"] == reverse("administration")
    practice = PracticeFactory()
    house.patient.referred_by = practice
    house.patient.save()
    referrer = house.client(UserFactory(role=Role.REFERRER, practice=practice)).get(home)
    assert referrer.headers["Location"] == reverse("portal")


# --- acts ------------------------------------------------------------------------------------------


def test_ticked_lines_are_snoozed_together(house: House) -> None:  # noqa: F811
    both = [item(house), item(house, sequence=2)]
    sent = {"act": "snooze", "item": ticked(*both), "until": str(days(3))}
    answer = house.client().post(reverse("act-on-ticked"), sent, follow=True)
    assert said(answer) == ["2 lines snoozed."]
    assert house.words() == []
    assert both[0].history.first().history_user == house.navigator


def test_doing_it_twice_changes_nothing_and_says_who_was_first(house: House) -> None:  # noqa: F811
    line = item(house)
    sent = {"act": "assign", "item": ticked(line), "to": str(house.prescriber.public_id)}
    client = house.client()
    client.post(reverse("act-on-ticked"), sent)
    history = line.history.count()
    answer = client.post(reverse("act-on-ticked"), sent, follow=True)
    assert "Nora Navigator changed this meanwhile (assigned to Pia Prescriber)" in said(answer)[-1]
    assert line.history.count() == history
    line.refresh_from_db()
    assert line.assigned_to == house.prescriber


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"act": "snooze"}, "Choose the day on which it comes back."),
        ({"act": "snooze", "until": "2025-01-07"}, "Choose a day to come."),
        ({"act": "snooze", "until": "2026-01-07"}, "At most 60 days"),
        ({"act": "snooze", "until": "2025-02-30"}, "Enter a valid date."),
        ({"act": "not-done"}, "Say why it was not done."),
        ({"act": ""}, "Press the button of what is to be done"),
    ],
)
def test_a_refused_act_says_why_keeps_what_was_typed_and_changes_nothing(
    house: House,  # noqa: F811
    sent: dict[str, str],
    words: str,
) -> None:
    line = item(house)
    typed = {"item": ticked(line), "to": str(house.prescriber.public_id), "next": "/?text=labs"} | sent
    answer = house.client().post(reverse("act-on-ticked"), typed)
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert words in page
    assert f'value="{typed.get("until", "")}"' in page
    assert f'value="{typed["to"]}" selected' in page
    assert f'value="{typed["item"][0]}" checked' in page
    assert 'value="labs"' in page  # the same lines as before
    line.refresh_from_db()
    assert (line.version, line.snoozed_until, line.not_done_at) == (1, None, None)


def test_nothing_ticked_is_said(house: House) -> None:  # noqa: F811
    item(house)
    answer = house.client().post(reverse("act-on-ticked"), {"act": "wake"})
    assert "Tick the lines first" in answer.content.decode()


def test_a_line_of_another_site_is_not_found(house: House) -> None:  # noqa: F811
    foreign = item(make_house())
    for line in (ticked(foreign), [f"{uuid4()}.1"], ["nonsense"]):
        sent = {"act": "snooze", "item": line, "until": str(days(2))}
        assert house.client().post(reverse("act-on-ticked"), sent).status_code == 404
    foreign.refresh_from_db()
    assert foreign.snoozed_until is None


def test_done_by_hand_only_what_no_other_fact_shows(house: House) -> None:  # noqa: F811
    back = item(house, item="hand-back", cycle_number=None)
    labs = item(house)
    client = house.client()
    client.post(reverse("act-on-ticked"), {"done": ticked(back)[0]})
    answer = client.post(reverse("act-on-ticked"), {"done": ticked(labs)[0]}, follow=True)
    assert "its own record" in said(answer)[-1]
    back.refresh_from_db()
    labs.refresh_from_db()
    assert back.marked_done_by == house.navigator
    assert labs.marked_done_at is None


def test_back_leads_only_to_our_own_pages(house: House) -> None:  # noqa: F811
    line = item(house)
    sent = {
        "act": "snooze",
        "item": ticked(line),
        "until": str(days(2)),
        "next": "https://elsewhere.example/",
    }
    assert house.client().post(reverse("act-on-ticked"), sent).headers["Location"] == reverse("today")


# --- one line --------------------------------------------------------------------------------------


def test_a_call_is_logged_with_its_outcome(house: House) -> None:  # noqa: F811
    line = item(house)
    page = reverse("due-item", args=[line.public_id])
    sent = {
        "patient": house.patient.public_id,
        "act": "call",
        "channel": "phone",
        "with_whom": "Lakeside",
        "outcome": "no-answer",
        "note": "",
    }
    house.client().post(page, sent)
    contact = ContactLog.objects.get()
    assert (contact.due_item, contact.recorded_by, contact.at) == (line, house.navigator, NOW)
    assert "No answer" in house.client().get(reverse("today")).content.decode()


def test_a_stale_form_says_who_changed_what_and_keeps_the_text(house: House) -> None:  # noqa: F811
    line = item(house)
    page = reverse("due-item", args=[line.public_id])
    house.client(house.prescriber).post(
        page, {"patient": house.patient.public_id, "act": "snooze", "version": 1, "until": str(days(2))}
    )
    sent = {
        "patient": house.patient.public_id,
        "act": "not-done",
        "version": 1,
        "because": "drawn at the county hospital",
    }
    answer = house.client().post(page, sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Pia Prescriber" in text
    assert "Thu 9 Jan 2025" in text
    assert "drawn at the county hospital" in text
    line.refresh_from_db()
    assert line.not_done_at is None


def test_not_done_can_be_taken_back(house: House) -> None:  # noqa: F811
    line = item(house)
    page = reverse("due-item", args=[line.public_id])
    client = house.client()
    client.post(
        page, {"patient": house.patient.public_id, "act": "not-done", "version": 1, "because": "declined"}
    )
    assert house.words() == []
    client.post(
        page,
        {"patient": house.patient.public_id, "act": "take-back", "version": 2, "because": "came after all"},
    )
    assert len(house.words()) == 1


def test_an_act_nobody_knows_is_refused(house: House) -> None:  # noqa: F811
    page = reverse("due-item", args=[item(house).public_id])
    assert house.client().post(page, {"act": "delete"}).status_code == 422


def test_a_manager_reads_a_line_and_does_nothing(house: House) -> None:  # noqa: F811
    line = item(house)
    manager = house.client(UserFactory(role=Role.MANAGER, sites=[house.site]))
    page = reverse("due-item", args=[line.public_id])
    assert manager.get(page).status_code == 200
    assert manager.post(page, {"act": "wake", "version": 1}).status_code == 403


# --- saved views, handover --------------------------------------------------------------------------


def test_a_view_is_saved_shared_and_removed_by_its_owner(house: House) -> None:  # noqa: F811
    client, other = house.client(), house.client(house.prescriber)
    sent = {"name": "Late labs", "shared": "on", "query": "group=overdue&text=labs&q=Whitcombe&columns=late"}
    answer = client.post(reverse("save-filter"), sent)
    assert answer.headers["Location"] == f"{reverse('today')}?text=labs&group=overdue&columns=late"
    assert "Late labs" in other.get(reverse("today")).content.decode()
    again = client.post(reverse("save-filter"), sent)
    assert again.status_code == 422
    assert "already have a view" in again.content.decode()
    saved = SavedFilter.objects.get()
    other.post(reverse("remove-filter"), {"view": saved.public_id})
    assert SavedFilter.objects.filter(removed_at=None).exists()
    for _ in range(2):
        client.post(reverse("remove-filter"), {"view": saved.public_id})
    assert not SavedFilter.objects.filter(removed_at=None).exists()


def test_a_view_that_is_not_shared_is_ones_own(house: House) -> None:  # noqa: F811
    house.client().post(reverse("save-filter"), {"name": "Mine", "query": "assigned=me"})
    assert "Mine" not in house.client(house.prescriber).get(reverse("today")).content.decode()


def test_a_handover_note_stands_at_its_site_until_it_expires(house: House) -> None:  # noqa: F811
    client, elsewhere = house.client(), make_house()
    sent = {"text": "Lakeside faxes at noon <b>", "hours": "12", "site": house.site.public_id}
    client.post(reverse("write-handover"), sent)
    page = house.client(house.prescriber).get(reverse("today")).content.decode()
    assert "Lakeside faxes at noon &lt;b&gt;" in page
    assert "Lakeside" not in elsewhere.client().get(reverse("today")).content.decode()
    note = HandoverNote.objects.get()
    assert HandoverNote.objects.standing(note.expires_at).count() == 0
    for _ in range(2):
        client.post(reverse("end-handover", args=[note.public_id]))
    note.refresh_from_db()
    assert note.ended_by == house.navigator
    assert "Lakeside" not in client.get(reverse("today")).content.decode()


def test_a_note_that_is_too_long_is_not_lost(house: House) -> None:  # noqa: F811
    sent = {"text": "Lakeside " * 300, "hours": "72", "site": house.site.public_id, "next": "/?text=labs"}
    answer = house.client().post(reverse("write-handover"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "at most 2000 characters" in page
    assert ("Lakeside " * 300).strip() in page
    assert '<option value="72" selected>' in page
    assert not HandoverNote.objects.exists()


@pytest.mark.parametrize("name", ["act-on-ticked", "save-filter", "write-handover"])
def test_who_comes_to_an_act_by_a_link_sees_the_list(house: House, name: str) -> None:  # noqa: F811
    """After signing in again, and by the sort headings of a page that was shown again."""
    answer = house.client().get(reverse(name), {"sort": "patient"})
    assert answer.headers["Location"] == f"{reverse('today')}?sort=patient"


def test_a_line_leads_back_to_the_list_it_was_on(house: House) -> None:  # noqa: F811
    line = item(house)
    client = house.client()
    page = client.get(reverse("today"), {"text": "labs"}).content.decode()
    place = f"{reverse('due-item', args=[line.public_id])}?next=%2F%3Ftext%3Dlabs"
    assert f"{place}#snooze" in page
    sent = {"act": "snooze", "version": 1, "until": str(days(2)), "next": "/?text=labs"}
    sent["patient"] = house.patient.public_id
    assert 'name="next" value="/?text=labs"' in client.get(place).content.decode()
    assert client.post(place, sent).headers["Location"] == "/?text=labs"
    elsewhere = client.get(f"{place.split('?')[0]}?next=https://elsewhere.example/").content.decode()
    assert 'href="https://elsewhere' not in elsewhere
    assert 'name="next" value="/"' in elsewhere


@pytest.mark.parametrize(
    ("group", "rule", "nothing"),
    [
        ("too-late", "nobody can any more", "Nothing is too late"),
        ("later", "its best day is more than 7 days away", "Nothing comes later"),
        ("snoozed", "Out of sight until a day", "Nothing is snoozed"),
        ("overdue", "not done, not snoozed", "Nothing is overdue"),
    ],
)
def test_each_group_says_its_own_rule(house: House, group: str, rule: str, nothing: str) -> None:  # noqa: F811
    page = house.client().get(reverse("today"), {"group": group}).content.decode()
    assert rule in page
    assert nothing in page


def test_no_note_for_a_foreign_site(house: House) -> None:  # noqa: F811
    elsewhere = make_house()
    sent = {"text": "hello", "hours": "12", "site": elsewhere.site.public_id}
    house.client().post(reverse("write-handover"), sent)
    assert not HandoverNote.objects.exists()
