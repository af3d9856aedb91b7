"""Reassessing: repeatable, one at a time, whatever the order of delivery, and never behind what is stored."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import permutations
from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from coordination import tasks
from coordination.base.choices import Owner
from coordination.base.models import SiteSettings
from coordination.flows import decision, reassess
from coordination.flows.hand_back import hand_back
from coordination.flows.lab_result import receive_report
from coordination.flows.reassess import Outcome, answer_of, digest_of, reassess_if_due
from coordination.flows.record import record, record_death, type_results
from labs.incoming import IncomingReport, IncomingResult, PatientKey
from labs.models import LabReport, LabResult
from patients.models import Responsibility
from scheduling import actions
from scheduling.course_file import write_answer
from scheduling.facts import ResultIds, facts_of
from scheduling.models import Course, CourseConflict, DueItem, Proposal, Signature
from tests import factories as make
from tests.flows.courses import NOW, Care, care, cleared, panel
from tests.protocols import also_shipped

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DRAWN = NOW - 3 * HOUR


def again(here: Care, now: datetime = NOW) -> Outcome:
    return reassess.reassess(here.course.pk, now=now)


def derived(here: Care) -> list[list[Any]]:
    """Everything that was derived from the course, row by row."""
    models: tuple[type[Any], ...] = (Proposal, DueItem, CourseConflict)
    return [list(model.objects.filter(course=here.course).order_by("pk").values()) for model in models]


def statements(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        act()
    return [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]


def platelets(value: str, at: datetime = DRAWN) -> IncomingReport:
    """A platelet count and nothing else."""
    whole = panel(at, changed={"777-3": value})
    return replace(whole, results=whole.results[:1])


# --- repeatable -------------------------------------------------------------------------------------


def test_the_second_time_nothing_is_written() -> None:
    here = cleared()
    before = derived(here)

    outcome = again(here, NOW + HOUR)

    assert (outcome.is_new, outcome.is_withdrawn) == (False, False)
    assert derived(here) == before


def test_without_a_change_it_takes_four_statements() -> None:
    here = cleared()
    again(here)

    asked = statements(lambda: again(here, NOW + HOUR))

    assert [sql.split()[0] for sql in asked] == ["SELECT", "EXECUTE", "EXECUTE", "UPDATE"]


@pytest.mark.parametrize("count", [10, 120])
def test_the_number_of_statements_does_not_grow_with_the_results(count: int) -> None:
    here = cleared()
    report = LabReport.objects.first()
    for number in range(count):
        make.LabResultFactory.create(
            report=report,
            patient=here.patient,
            source_id=f"more-{number}",
            collected_at=DRAWN - number * HOUR,
            received_at=DRAWN,
        )
    again(here)

    assert len(statements(lambda: again(here, NOW + HOUR))) == 4


def test_each_kind_of_change_costs_one_statement_more() -> None:
    here = cleared()
    type_results(platelets("62"), patient=here.patient, by=here.navigator, now=NOW)
    second = replace(here.course.protocol, version="2")
    Course.objects.filter(pk=here.course.pk).update(protocol_version="2")

    with also_shipped(second):
        asked = statements(lambda: again(here, NOW + HOUR))

    written = [" ".join(sql.split()[:3]) for sql in asked if not sql.startswith(("SELECT", "EXECUTE"))]
    assert written == [
        'UPDATE "scheduling_proposal" SET',
        'INSERT INTO "scheduling_proposal"',
        'UPDATE "scheduling_course" SET',
    ]


def test_behind_a_pooler_the_same_is_read_without_preparing() -> None:
    here = cleared()
    course = Course.objects.select_related("patient__site").get(pk=here.course.pk)
    prepared = facts_of(course, NOW)

    with patch.dict(connection.settings_dict, {"DISABLE_SERVER_SIDE_CURSORS": True}):
        asked = statements(lambda: again(here))
        assert facts_of(course, NOW) == prepared
    assert not any(sql.startswith("EXECUTE") for sql in asked)


# --- proposals and signatures -----------------------------------------------------------------------


def test_a_proposal_is_superseded_once() -> None:
    here = cleared()
    before = here.proposal

    type_results(platelets("62"), patient=here.patient, by=here.navigator, now=NOW + HOUR)
    again(here, NOW + 2 * HOUR)

    before.refresh_from_db()
    assert before.superseded_at == NOW + HOUR
    assert here.proposal.made_at == NOW + HOUR
    assert Proposal.objects.current().filter(course=here.course).count() == 1


def test_the_proposal_is_stored_whole_with_the_facts_it_rests_on() -> None:
    proposal = cleared().proposal

    assert proposal.document["next_dose"]["action"] == proposal.action
    assert proposal.facts["format"] == "prrt-course/1"
    assert len(proposal.facts["results"]) == LabResult.objects.count()


def sign(here: Care) -> Signature:
    return decision.sign(here.proposal.public_id, by=here.prescriber, now=NOW)


def test_a_signature_stands_while_the_answer_does() -> None:
    here = cleared()
    signature = sign(here)

    type_results(platelets("198"), patient=here.patient, by=here.navigator, now=NOW + HOUR)

    signature.refresh_from_db()
    assert signature.is_standing


def test_a_signature_falls_when_the_answer_changes_and_says_why() -> None:
    here = cleared()
    signature = sign(here)

    type_results(platelets("62"), patient=here.patient, by=here.navigator, now=NOW + HOUR)

    signature.refresh_from_db()
    assert signature.withdrawn_at == NOW + HOUR
    assert signature.withdrawn_because.startswith("New facts changed the proposal. It became: Hold")


def test_giving_the_dose_uses_the_signature_up_and_does_not_withdraw_it() -> None:
    here = cleared()
    signature = sign(here)
    started = datetime(2025, 3, 11, 15, tzinfo=NOW.tzinfo)

    def give() -> None:
        actions.record_infusion(
            here.cycle(2),
            started_at=started,
            ended_at=started + timedelta(minutes=40),
            activity_gbq=Decimal("7.4"),
            by=here.navigator,
            now=started + HOUR,
        )

    record(here.patient, give, now=started + HOUR)

    signature.refresh_from_db()
    assert signature.withdrawn_at is None
    assert here.proposal.cycle_number == 3


# --- due items and conflicts ------------------------------------------------------------------------


def due(here: Care, item: str, cycle: int = 2) -> DueItem:
    return DueItem.objects.get(course=here.course, item=item, cycle_number=cycle, sequence=1)


def move(here: Care, to: date) -> None:
    cycle = here.cycle(2)
    actions.plan_infusion(cycle, on=to, by=here.navigator, because="asked for", version=cycle.version)


def test_the_owner_follows_what_is_agreed_for_the_patient() -> None:
    here = care()
    assert due(here, "pre-dose-labs").owner == Owner.REFERRING_PRACTICE

    Responsibility.objects.create(patient=here.patient, item="pre-dose-labs", owner=Owner.CENTER)
    again(here)

    assert (due(here, "pre-dose-labs").owner, due(here, "pre-dose-labs").practice) == (Owner.CENTER, None)


def test_the_owner_follows_the_sites_default() -> None:
    here = care()

    SiteSettings.objects.create(site=here.patient.site, default_owners={"pre-dose-labs": Owner.CENTER})
    again(here)

    assert due(here, "pre-dose-labs").owner == Owner.CENTER


def test_what_people_said_of_an_item_survives() -> None:
    here = care()
    item = due(here, "pre-dose-labs")
    actions.assign_item(item, to=here.navigator, by=here.navigator)
    actions.snooze_item(
        item, until=date(2025, 3, 2), by=here.navigator, because="called", today=date(2025, 2, 28)
    )
    histories = item.history.count()

    record(here.patient, lambda: move(here, date(2025, 3, 18)), now=NOW + HOUR)

    after = due(here, "pre-dose-labs")
    assert after.pk == item.pk
    assert after.closes_on == item.closes_on + timedelta(days=7)  # type: ignore[operator]
    assert (after.assigned_to, after.snoozed_until) == (here.navigator, date(2025, 3, 2))
    assert (after.version, after.history.count()) == (item.version, histories)


def test_an_item_no_longer_asked_for_stays_and_says_so() -> None:
    here = care()
    extra = make.DueItemFactory.create(course=here.course, item="nadir-labs", cycle_number=2, sequence=9)

    again(here)

    extra.refresh_from_db()
    assert extra.cancelled_because == "no longer asked for"


def test_conflicts_come_and_go() -> None:
    here = care()

    record(here.patient, lambda: move(here, date(2025, 3, 2)), now=NOW)
    came = CourseConflict.objects.standing().filter(course=here.course, code="interval-short").get()
    record(here.patient, lambda: move(here, date(2025, 3, 11)), now=NOW + HOUR)

    came.refresh_from_db()
    assert (came.found_at, came.gone_at) == (NOW, NOW + HOUR)


def test_items_of_a_practice_that_nobody_knows_are_a_conflict_until_somebody_has_them() -> None:
    here = care()
    here.patient.referred_by = None
    here.patient.save()
    again(here)
    assert CourseConflict.objects.standing().filter(code="owner-missing").exists()

    SiteSettings.objects.create(
        site=here.patient.site,
        default_owners=dict.fromkeys(
            DueItem.objects.filter(owner=Owner.REFERRING_PRACTICE).values_list("item", flat=True),
            Owner.CENTER,
        ),
    )
    again(here)
    assert not CourseConflict.objects.standing().filter(code="owner-missing").exists()


# --- as of then -------------------------------------------------------------------------------------


def test_what_is_said_as_of_then_is_what_was_stored_then() -> None:
    here = cleared()
    then = here.proposal

    type_results(platelets("62"), patient=here.patient, by=here.navigator, now=NOW + HOUR)
    record(
        here.patient,
        lambda: actions.record_weight(
            here.patient, kg=Decimal(60), on=date(2025, 2, 27), by=here.navigator, now=NOW + HOUR
        ),
        now=NOW + HOUR,
    )
    _, assessment = answer_of(here.course, as_of=then.as_of)

    assert digest_of(assessment) == then.digest
    assert write_answer(assessment)["next_dose"] == then.document["next_dose"]
    assert write_answer(assessment)["grades"] == then.document["grades"]


def test_who_waited_for_a_lock_does_not_assess_behind_what_was_stored_meanwhile() -> None:
    """A page that began first and got the patient's lock last comes with the earlier `now`."""
    here = cleared()
    early, late = NOW + HOUR, NOW + HOUR + timedelta(milliseconds=40)
    type_results(platelets("62"), patient=here.patient, by=here.navigator, now=late)

    record(
        here.patient,
        lambda: actions.record_weight(
            here.patient, kg=Decimal(74), on=date(2025, 2, 28), by=here.navigator, now=early
        ),
        now=early,
    )

    assert here.proposal.action == "hold"
    here.course.refresh_from_db()
    assert here.course.assessed_at == late


def test_a_mark_does_not_move_back_but_ends_a_pause_after_a_failure() -> None:
    here = cleared()
    course = here.course
    course.mark_dirty(NOW + HOUR)
    course.mark_dirty(NOW)
    assert course.assess_after == NOW + HOUR

    course.put_off_assessment(until=NOW + 9 * HOUR)
    with time_machine.travel(NOW + HOUR, tick=False):
        assert course.moment_of_assessment(NOW) == NOW + HOUR  # what set the mark lies behind
    course.mark_dirty(NOW)
    assert (course.assess_after, course.assess_failures) == (NOW, 0)


# --- failures ---------------------------------------------------------------------------------------


def test_an_assessment_that_fails_leaves_nothing_and_is_put_off_longer_each_time() -> None:
    here = cleared()
    before = derived(here)
    here.course.mark_dirty(NOW)
    pauses = []

    for _ in range(3):
        moment = here.course.assess_after
        with (
            patch("coordination.tasks.clock.now", return_value=moment),
            patch("scheduling.conflicts.reconcile", side_effect=RuntimeError("broken")),
        ):
            tasks.reassess_course(here.course.pk)
        here.course.refresh_from_db()
        assert here.course.assess_after is not None
        pauses.append((here.course.assess_after - moment).total_seconds())  # type: ignore[operator]

    assert pauses == [5, 10, 20]
    assert derived(here) == before


# --- many at a time ---------------------------------------------------------------------------------


def test_a_night_is_marked_in_portions_until_every_course_has_had_its_day() -> None:
    make.CourseFactory.create_batch(3)

    with (
        patch.object(tasks, "PORTION_OF_A_NIGHT", 2),
        patch.object(tasks.rederive_all, "apply_async") as rung,
    ):
        tasks.rederive_all()
        assert Course.objects.exclude(assess_after=None).count() == 2
        tasks.rederive_all()
        assert Course.objects.exclude(assess_after=None).count() == 2
        tasks.sweep()
        tasks.rederive_all()
        assert Course.objects.exclude(assess_after=None).count() == 1
        tasks.sweep()
        assert rung.call_count == 3
        tasks.rederive_all()
        assert rung.call_count == 3


def _a_night(at: datetime) -> None:
    """What the timetable does after a midnight, until nothing is left to do."""
    with time_machine.travel(at, tick=False):
        tasks.rederive_all()
        tasks.sweep()


def _follow_up(here: Care) -> "QuerySet[DueItem]":
    return DueItem.objects.filter(course=here.course, item="follow-up-labs").order_by("target_on")


def _stopped(*, handed_back: bool) -> Care:
    """Stopped after one dose given on 14 January 2025."""
    here = cleared()
    stop = partial(
        actions.stop_course, here.course, because="Progression", on=NOW.date(), by=here.prescriber, now=NOW
    )
    record(here.patient, stop, now=NOW)
    here.course.refresh_from_db()
    if handed_back:
        hand_back(here.course, on=NOW.date(), by=here.navigator, now=NOW)
    return here


@pytest.mark.parametrize("handed_back", [False, True])
def test_follow_up_goes_on_for_life_after_the_course_has_ended(handed_back: bool) -> None:
    here = _stopped(handed_back=handed_back)
    assert [item.target_on for item in _follow_up(here)] == [date(2025, 4, 14)]

    for years in range(1, 5):
        _a_night(NOW + timedelta(days=365 * years))

    yearly = [date(year, 1, 14) for year in (2026, 2027, 2028, 2029, 2030)]
    assert [item.target_on for item in _follow_up(here)] == [date(2025, 4, 14), date(2025, 7, 14), *yearly]


def test_after_one_that_was_not_done_the_next_one_is_asked_for() -> None:
    here = _stopped(handed_back=True)
    first = _follow_up(here).get()
    actions.mark_not_done(first, by=here.navigator, because="Moved abroad for the summer", now=NOW)

    _a_night(NOW + timedelta(days=800))

    states = [item.state(now=NOW, today=date(2027, 5, 9)) for item in _follow_up(here)]
    assert states == ["not-done", "too-late", "too-late", "overdue", "planned"]
    assert _follow_up(here).first().not_done_reason == "Moved abroad for the summer"  # type: ignore[union-attr]


@pytest.mark.parametrize("ended", [False, True])
def test_nothing_more_is_asked_of_who_has_died(ended: bool) -> None:
    here = _stopped(handed_back=False) if ended else cleared()
    record_death(here.patient, died_on=NOW.date(), by=here.navigator, now=NOW)
    before = derived(here)

    _a_night(NOW + timedelta(days=800))

    here.course.refresh_from_db()
    assert here.course.assess_after is None
    assert here.course.assessed_at == NOW
    assert derived(here) == before
    assert not DueItem.objects.filter(course=here.course).unsettled().exists()


def test_where_much_waits_a_second_process_begins_at_the_other_end() -> None:
    first, *_, last = make.CourseFactory.create_batch(3)
    for number, course in enumerate(Course.objects.order_by("pk")):
        course.mark_dirty(NOW + timedelta(seconds=number))

    with (
        patch.object(tasks, "SWEEP_BATCH", 2),
        patch.object(tasks, "SWEEP_BUDGET_SECONDS", 0),
        patch.object(tasks.sweep_from_the_end, "apply_async") as rung,
    ):
        tasks.sweep()
        tasks.sweep_from_the_end()

    assert rung.call_count == 1
    waiting = set(Course.objects.exclude(assess_after=None).values_list("pk", flat=True))
    assert not waiting & {first.pk, last.pk}


# --- at once ----------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts in threads of their own, begun together; return what they returned or raised."""
    gate, endings = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            endings.append(act())
        except Exception as error:  # noqa: BLE001
            endings.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return endings


@pytest.mark.hazard("H36")
@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_course_make_one_proposal() -> None:
    here = cleared()
    report = platelets("62")
    client = make.ApiClientFactory.create(sites=[here.patient.site])
    arrives(here, client, report, now=NOW + HOUR)
    made = Proposal.objects.count()

    endings = at_once(*[lambda: reassess_if_due(here.course.pk, now=NOW + 2 * HOUR)] * 2)

    assert True in endings and set(endings) <= {True, False}
    assert Proposal.objects.count() == made + 1
    assert here.proposal.action == "hold"


@pytest.mark.django_db(transaction=True)
def test_two_pages_on_one_course_follow_one_another() -> None:
    here = cleared()
    made = Proposal.objects.count()
    acts = [
        lambda: type_results(platelets("62"), patient=here.patient, by=here.navigator, now=NOW + HOUR),
        lambda: record(here.patient, lambda: move(here, date(2025, 3, 18)), now=NOW + HOUR),
    ]

    endings = at_once(*acts)

    assert not [ending for ending in endings if isinstance(ending, Exception)]
    assert here.proposal.action == "hold"
    assert Proposal.objects.count() <= made + 2
    _, fresh = answer_of(here.course, as_of=NOW + HOUR)
    assert here.proposal.digest == digest_of(fresh)


# --- the order of delivery --------------------------------------------------------------------------


def arrives(here: Care, client: Any, report: IncomingReport, *, now: datetime) -> None:
    if not here.patient.identifiers.exists():
        make.PatientIdentifierFactory.create(patient=here.patient, value="MRN-order")
    sent = replace(report, source="lab", patient=PatientKey(make.MRN_SYSTEM, "MRN-order"))
    receive_report(sent, client=client, sites=[here.patient.site], now=now)


def message(number: int, *, identity: str, value: str, status: str, loinc: str = "777-3") -> IncomingReport:
    unit = {"777-3": "10*9/L", "718-7": "g/dL"}[loinc]
    result = IncomingResult(
        id=identity, loinc=loinc, value=value, unit=unit, status=status, collected_at=DRAWN
    )
    return IncomingReport(
        source="lab",
        message_key=f"order-{number}",
        body="{}",
        body_hash=f"{number:064d}",
        patient=PatientKey("", ""),
        reported_at=DRAWN + number * timedelta(minutes=10),
        results=(result,),
    )


MESSAGES = (
    message(1, identity="p", value="140", status="preliminary"),
    message(2, identity="p", value="72", status="final"),
    message(3, identity="p", value="96", status="corrected"),
    message(4, identity="h", value="7.4", status="final", loinc="718-7"),
    message(5, identity="h", value="7.4", status="entered-in-error", loinc="718-7"),
)


def ending_of(
    here: Care, client: Any, order: tuple[IncomingReport, ...], *, each: bool
) -> tuple[object, ...]:
    """What is proposed at the end, and which versions stand, undone again afterwards."""
    with transaction.atomic():
        for place, report in enumerate(order, start=1):
            now = NOW + place * timedelta(minutes=1)
            arrives(here, client, report, now=now)
            if each:
                reassess_if_due(here.course.pk, now=now)
        reassess_if_due(here.course.pk, now=NOW + HOUR)
        standing = LabResult.objects.filter(source="lab").standing()
        ending = (
            here.proposal.action,
            here.proposal.text,
            frozenset(standing.values_list("source_id", "value", "status")),
        )
        transaction.set_rollback(True)
    return ending


@pytest.mark.hazard("H06")
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_delivery_order_never_matters(count: int) -> None:
    here = cleared()
    client = make.ApiClientFactory.create(sites=[here.patient.site])
    make.PatientIdentifierFactory.create(patient=here.patient, value="MRN-order")

    endings = {
        ending_of(here, client, order, each=number % 4 == 0)
        for number, order in enumerate(permutations(MESSAGES[:count]))
    }

    assert len(endings) == 1


@pytest.mark.hazard("H05")
def test_a_message_that_comes_twice_counts_once() -> None:
    here = cleared()
    client = make.ApiClientFactory.create(sites=[here.patient.site])
    make.PatientIdentifierFactory.create(patient=here.patient, value="MRN-order")

    once = ending_of(here, client, MESSAGES, each=True)
    twice = ending_of(here, client, MESSAGES + MESSAGES[::-1], each=True)

    assert once == twice


def test_two_senders_that_use_the_same_id_do_not_hide_each_other() -> None:
    ids = ResultIds.among([("north-lab", "1"), ("south-lab", "1"), ("north-lab", "2")])

    assert ids.of("north-lab", "1", 1) == "1@north-lab"
    assert ids.of("south-lab", "1", 2) == "1@south-lab#2"
    assert ids.of("north-lab", "2", 1) == "2"
