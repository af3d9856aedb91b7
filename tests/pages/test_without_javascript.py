"""Every act of the day without JavaScript: refused beside the field with what was typed kept, then done;
and of two people who act on one thing the second is told who was first, and loses nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from coordination.base.choices import Role
from coordination.base.models import User
from coordination.models import HandoverNote
from labs.models import ReviewItem
from scheduling.models import ChairBooking, ContactLog, Course, Cycle, DueItem, Signature
from tests.base.objects import World
from tests.factories import DueItemFactory, LabReportFactory, LabResultFactory, ReviewItemFactory
from tests.patients.stories import NOW, TODAY, mid_course

SCRIPTLESS = {"java_script_enabled": False}


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def course(world: World) -> Course:
    return mid_course(world.own)


@dataclass
class Walk:
    page: Page
    course: Course

    @property
    def origin(self) -> str:
        return "/".join(self.page.url.split("/")[:3])

    def go(self, address: str) -> None:
        self.page.goto(f"{self.origin}{address}")

    def go_to_course(self, act: str) -> None:
        self.go(f"/patients/{self.course.patient.public_id}/courses/{self.course.public_id}/{act}")

    def go_to_cycle(self, act: str) -> None:
        cycle = self.course.cycles.get(number=2)
        self.go(f"/patients/{self.course.patient.public_id}/cycles/{cycle.public_id}/{act}")

    def press(self, button: str) -> None:
        """Send the form, though the browser itself would complain of what is missing."""
        self.page.eval_on_selector_all("form", "forms => forms.forEach(form => form.noValidate = true)")
        self.page.get_by_role("button", name=button, exact=True).first.click()

    def refused(self, field: str, words: str) -> None:
        """It is said beside the field."""
        beside = self.page.locator(".field, .bulk", has=self.page.get_by_label(field, exact=True))
        expect(beside.locator(".field-errors").first).to_contain_text(words)

    def done(self, words: str) -> None:
        expect(self.page.get_by_role("status").first).to_contain_text(words)

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)


@pytest.fixture
def as_navigator(open_as: Callable[..., Page], world: World, course: Course) -> Walk:
    return Walk(open_as(world.own.user(Role.NAVIGATOR), "/", **SCRIPTLESS), course)


@pytest.fixture
def as_prescriber(open_as: Callable[..., Page], world: World, course: Course) -> Walk:
    return Walk(open_as(world.own.user(Role.PRESCRIBER), "/", **SCRIPTLESS), course)


def due(course: Course, item: str = "nadir-labs", **columns: object) -> DueItem:
    days = {"opens_on": TODAY - timedelta(days=3), "target_on": TODAY, "closes_on": TODAY}
    return DueItemFactory(course=course, item=item, cycle_number=None, owner="center", **days, **columns)


def test_a_line_is_called_about_assigned_reminded_of_snoozed_and_closed(as_navigator: Walk) -> None:
    walk, item = as_navigator, due(as_navigator.course, "hand-back")
    page, place = walk.page, f"/items/{item.public_id}"
    walk.go(place)
    walk.field("Note (optional)").fill("They call back on Friday")
    walk.press("Log the call")
    walk.refused("With whom", "This field is required.")
    expect(walk.field("Note (optional)")).to_have_value("They call back on Friday")
    walk.field("With whom").fill("Front desk")
    walk.press("Log the call")
    walk.done("The call is logged.")
    assert ContactLog.objects.get(due_item=item).note == "They call back on Friday"

    walk.go(place)
    walk.field("Assign to (optional)").select_option(index=1)
    walk.press("Assign")
    walk.done("Assigned to")

    walk.go(place)
    walk.press("Remind now")
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_be_visible()

    walk.go(place)
    walk.field("Out of sight until").fill(str(TODAY + timedelta(days=90)))
    walk.field("Why (optional)").fill("On holiday")
    walk.press("Snooze")
    walk.refused("Out of sight until", "At most 60 days")
    expect(walk.field("Out of sight until")).to_be_focused()
    expect(walk.field("Why (optional)")).to_have_value("On holiday")
    walk.field("Out of sight until").fill(str(TODAY + timedelta(days=3)))
    walk.press("Snooze")
    walk.done("Snoozed: it comes back by itself.")

    walk.go(place)
    walk.press("Wake it now")
    walk.done("Back on the list.")
    walk.go(place)
    walk.press("Mark not done")
    walk.refused("Not done, because", "This field is required.")
    walk.field("Not done, because").fill("The practice keeps the patient")
    walk.press("Mark not done")
    walk.done("Marked not done.")
    walk.go(place)
    walk.field("Take back, because").fill("They do not")
    walk.press("Put it back on the list")
    walk.done("Taken back")
    walk.go(place)
    walk.press("It is done")
    walk.done("Done.")
    item.refresh_from_db()
    assert item.marked_done_by is not None


def test_ticked_lines_are_closed_together(as_navigator: Walk) -> None:
    walk, items = as_navigator, [due(as_navigator.course, sequence=number) for number in (1, 2)]
    walk.go("/?text=nadir")
    walk.page.get_by_text("With the ticked lines").click()
    walk.press("Snooze")
    expect(walk.page.get_by_text("Choose the day on which it comes back.")).to_be_visible()
    for box in walk.page.locator("input[name=item]").all()[:2]:
        box.check()
    walk.field("Not done, because").fill(" ")
    walk.page.get_by_role("button", name="Not done", exact=True).click()
    expect(walk.page.get_by_text("Say why it was not done.")).to_be_visible()
    assert walk.page.locator("input[name=item]:checked").count() == 2
    walk.field("Not done, because").fill("Drawn at the county hospital")
    walk.page.get_by_role("button", name="Not done", exact=True).click()
    walk.done("2 lines marked not done.")
    for item in items:
        item.refresh_from_db()
    assert {item.not_done_reason for item in items} <= {"Drawn at the county hospital", ""}


def test_a_note_is_handed_over_and_taken_down(as_navigator: Walk) -> None:
    walk = as_navigator
    walk.press("Leave the note")
    walk.refused("For whoever works next", "This field is required.")
    expect(walk.field("For whoever works next")).to_be_focused()
    walk.field("For whoever works next").fill("Albumin comes by fax")
    walk.press("Leave the note")
    walk.done("Your note stands until it expires.")
    walk.press("Read, take down")
    walk.done("The note is taken down.")
    assert HandoverNote.objects.get().ended_by is not None


def test_an_infusion_is_moved_and_booked(as_navigator: Walk) -> None:
    walk = as_navigator
    walk.go_to_cycle("move")
    walk.field("New day").fill("2025-03-01")
    walk.press("Show what follows")
    walk.refused("New day", "This day has passed.")
    walk.field("New day").fill("2025-03-20")
    walk.press("Show what follows")
    walk.press("Move infusion 2")
    walk.refused("Why is it moved?", "This field is required.")
    walk.field("Why is it moved?").fill("The patient travels")
    walk.press("Move infusion 2")
    walk.done("planned for Thu 20 Mar 2025")
    assert str(Cycle.objects.get(course=walk.course, number=2).planned_on) == "2025-03-20"

    walk.go_to_cycle("book")
    walk.field("Until").fill("08:00")
    walk.field("Chair or room").fill("Chair 2")
    walk.press("Book")
    walk.refused("Until", "It ends before it starts.")
    expect(walk.page.get_by_text("Say who is there.")).to_be_visible()
    expect(walk.field("Chair or room")).to_have_value("Chair 2")
    walk.field("Until").fill("14:00")
    walk.field("Somebody else (optional)").fill("Sam Whitfield")
    walk.press("Book")
    walk.done("Chair and people are booked for infusion 2.")
    assert ChairBooking.objects.get().people == ["Sam Whitfield"]


def test_a_course_is_held_resumed_and_stopped(as_prescriber: Walk) -> None:
    walk, course = as_prescriber, as_prescriber.course
    for act, button, said in (
        ("hold", "Hold", "The course is on hold."),
        ("resume", "Resume", "The course goes on."),
        ("stop", "Stop the course", "The course is stopped."),
    ):
        walk.go_to_course(act)
        walk.press(button)
        walk.refused("Reason", "This field is required.")
        walk.field("Reason").fill("Admitted with pneumonia")
        walk.press(button)
        walk.done(said)
    course.refresh_from_db()
    assert course.stopped_reason == "Admitted with pneumonia"


def test_a_proposal_is_overridden_and_signed(as_prescriber: Walk) -> None:
    walk = as_prescriber
    walk.go_to_course("override")
    walk.field("Give the dose").check()
    walk.field("Reason, in your words").fill("The count is rising")
    walk.press("Sign my decision")
    walk.refused("Activity, if it is given (optional)", "Choose the activity to give.")
    walk.refused("Kind of reason", "This field is required.")
    expect(walk.field("Give the dose")).to_be_checked()
    expect(walk.field("Reason, in your words")).to_have_value("The count is rising")
    walk.field("Activity, if it is given (optional)").select_option(index=2)
    walk.field("Kind of reason").select_option(index=1)
    walk.press("Sign my decision")
    walk.done("Signed, otherwise than proposed.")
    assert Signature.objects.get().activity_gbq is not None


def test_a_result_to_review_is_given_to_its_patient_or_dismissed(as_navigator: Walk) -> None:
    walk, patient = as_navigator, as_navigator.course.patient
    report = LabReportFactory(patient=None, site=patient.site, state="parked", body="{}")
    LabResultFactory(report=report, patient=None)
    item = ReviewItemFactory(report=report, patient=None, result=None, kind="patient-unknown", detail="Who?")
    walk.go("/results-to-review")
    walk.field("MRN, exactly").fill("MRN-nobody")
    walk.press("It is this patient's")
    walk.refused("MRN, exactly", "No patient within your reach has exactly this number.")
    expect(walk.field("MRN, exactly")).to_have_value("MRN-nobody")
    walk.press("Dismiss")
    walk.refused("Reason", "This field is required.")
    walk.field("MRN, exactly").fill("MRN-own")
    walk.press("It is this patient's")
    walk.done("The report belongs to that patient now")
    assert not ReviewItem.objects.filter(pk=item.pk, resolved_at=None).exists()


# --- two people at one thing ------------------------------------------------------------------------


@dataclass
class Race:
    """Where both have the page open, what the first does, and what the second is told and keeps."""

    role: Role
    open: Callable[[Walk], None]
    act: Callable[[Walk, str], None]
    told: tuple[str, ...]


def _move(walk: Walk, words: str) -> None:
    walk.field("Why is it moved?").fill(words)
    walk.press("Move infusion 2")


def _to_the_twentieth(walk: Walk) -> None:
    walk.go_to_cycle("move?to=2025-03-20")


def _book(walk: Walk, words: str) -> None:
    walk.field("Chair or room").fill("Chair 2")
    walk.field("Somebody else (optional)").fill(words)
    walk.press("Book")


def _hold(walk: Walk, words: str) -> None:
    walk.field("Reason").fill(words)
    walk.press("Hold")


def _override(walk: Walk, words: str) -> None:
    walk.field("Hold").check()
    walk.field("Kind of reason").select_option(index=1)
    walk.field("Reason, in your words").fill(words)
    walk.press("Sign my decision")


RACES = {
    "move": Race(Role.NAVIGATOR, _to_the_twentieth, _move, ("changed it", "words of the first")),
    "book": Race(
        Role.NAVIGATOR,
        lambda walk: walk.go_to_cycle("book"),
        _book,
        ("changed infusion 2 meanwhile", "booked"),
    ),
    "hold": Race(
        Role.NAVIGATOR, lambda walk: walk.go_to_course("hold"), _hold, ("on hold by", "words of the first")
    ),
    "override": Race(Role.PRESCRIBER, lambda walk: walk.go_to_course("override"), _override, ("signed",)),
}


@pytest.mark.parametrize("name", RACES)
def test_the_second_is_told_who_was_first_and_loses_nothing(
    open_as: Callable[..., Page], world: World, course: Course, name: str
) -> None:
    race = RACES[name]

    def person(words: str) -> User:
        user = world.own.user(race.role)
        user.full_name = f"{words} person"
        user.save()
        return user

    first, second = (Walk(open_as(person(words), "/", **SCRIPTLESS), course) for words in ("First", "Second"))
    race.open(first)
    race.open(second)
    race.act(first, "words of the first")
    expect(first.page.get_by_role("status").first).to_be_visible()
    race.act(second, "words of the second")
    text = second.page.locator("main").inner_text()
    assert "First person" in text
    assert not [words for words in race.told if words not in text]
    assert "words of the second" in second.page.locator("main form").first.evaluate(
        "form => [...form.elements].map(field => field.value).join('|')"
    )
