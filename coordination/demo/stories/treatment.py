"""Between infusions, without toxicity: what is due, late, missing, ready."""

from datetime import date, timedelta

from coordination.demo.days import ONE_DAY, weekday_within
from coordination.demo.person import DemoPatient
from coordination.demo.story import DemoStory
from coordination.demo.walk import Walk
from coordination.documents.delivery_channels import DeliveryChannel
from coordination.flows.schedule_change import consequences_of_moving, move_infusion
from scheduling import actions
from scheduling.conflicts import conflict_digest
from scheduling.models import ContactLog

FRIDAY = 4


def _inside_washout(walk: Walk) -> None:
    on = walk.days.open_at(8, 9, 7)
    walk.toward(2, on)
    walk.injected(weekday_within(on - timedelta(17), on - timedelta(15)))
    walk.decided(on)


def _authorization_ends(walk: Walk) -> None:
    on = walk.days.open_at(16, 15, 17)
    walk.toward(3, on, authorized_until=on - timedelta(6))


def _infused_yesterday(walk: Walk) -> None:
    walk.treated(2, walk.days.last_open(), last={"clock": "14:00", "lar": False})


def _friday(walk: Walk) -> None:
    walk.treated(1, walk.days.last_open(FRIDAY), last={"clock": "15:00", "lar": False})


def _precautions(walk: Walk) -> None:
    on = walk.days.open_at(-4, -3, -5, -2)
    walk.treated(3, on)
    walk.wrote("radiation-sheet", on, "15:40", way=DeliveryChannel.PRINT, number=3)
    walk.wrote("after-cycle", on, "16:40", way=DeliveryChannel.MAIL_LINK, number=3)


def _infusion_today(walk: Walk) -> None:
    on = walk.days.open_at(0, 1, 2, 3, 4)
    walk.toward(3, on)
    walk.ready(3, on)
    walk.eve(3, min(on, walk.days.today))


def _nadir_due(walk: Walk) -> None:
    walk.treated(1, walk.days.open_at(-38, -39, -37, -40))
    walk.drafted("after-cycle", walk.days.ago(1))


def _nadir_overdue(walk: Walk) -> None:
    walk.treated(2, walk.days.open_at(-44, -45, -43))
    item = walk.item("nadir-labs", 2)
    walk.called(walk.days.ago(4), ContactLog.Outcome.LEFT_MESSAGE, "nadir counts are due", item)
    walk.called(walk.days.ago(2), ContactLog.Outcome.NO_ANSWER, "second call", item)
    walk.visit(
        walk.days.ago(2),
        "11:40",
        lambda now: actions.assign_item(item, to=walk.navigator, by=walk.navigator),
    )


def _albumin_missing(walk: Walk) -> None:
    on = walk.days.open_at(12, 13, 11)
    walk.toward(2, on)
    walk.labs(walk.lately(on), without=("albumin",))


def _labs_overdue(walk: Walk) -> None:
    on = walk.days.open_at(7, 8, 6)
    walk.toward(3, on)
    item = walk.item("pre-dose-labs", 3)
    walk.called(walk.days.ago(1), ContactLog.Outcome.LEFT_MESSAGE, "labs before the dose are late", item)


def _unsigned(walk: Walk) -> None:
    on = walk.days.open_at(12, 13, 11)
    walk.toward(4, on, ahead=False)
    walk.labs(walk.lately(on))


def _cleared(walk: Walk) -> None:
    on = walk.days.open_at(9, 10, 8, 11)
    walk.toward(3, on)
    walk.ready(3, on)


def _held_by_a_person(walk: Walk) -> None:
    on = walk.days.open_at(10, 11, 9)
    walk.toward(2, on)
    walk.decided(on)
    walk.visit(
        walk.days.ago(1),
        "17:20",
        lambda now: actions.hold_course(
            walk.course, by=walk.navigator, because="Admitted with a broken hip; surgery first", now=now
        ),
    )


def _gap(walk: Walk) -> None:
    """Lost to a long trip abroad: nothing is wrong with the blood, but the sixteen weeks are over."""
    last_on = walk.days.open_at(-115, -116, -114)
    walk.treated(1, last_on)
    walk.nadir(last_on)
    walk.scanned(weekday_within(last_on + timedelta(90), last_on + timedelta(92)))
    new_on = walk.days.open_at(9, 8, 10)
    moved_on = walk.days.ago(5)
    cycle = walk.cycle(2)
    now = walk.at(moved_on, "10:15")
    blocking = consequences_of_moving(cycle, to=new_on, now=now).blocking
    move_infusion(
        cycle,
        to=new_on,
        by=walk.navigator,
        because="was abroad with a sick parent",
        version=cycle.version,
        now=now,
        answers={conflict_digest(conflict): "a prescriber looks at the gap first" for conflict in blocking},
    )
    walk.labs(max(moved_on + ONE_DAY, walk.lately(new_on)))


STORIES = (
    DemoStory(
        "inside-washout",
        "Octreotide LAR given two weeks before the planned infusion 2",
        DemoPatient("Patrick", "Alder", "male", date(1953, 10, 3), practice="maple", kg="93"),
        _inside_washout,
    ),
    DemoStory(
        "authorization-ends",
        "Authorization ends before infusion 3",
        DemoPatient("Soo-jin", "Paulownia", "female", date(1964, 2, 8), practice="northfield", kg="55"),
        _authorization_ends,
    ),
    DemoStory(
        "infused-yesterday",
        "Infusion 2 on the last working day; the octreotide LAR after it is not recorded",
        DemoPatient("Mateus", "Ipê", "male", date(1961, 1, 30), practice="riverside", laboratory="metric"),
        _infused_yesterday,
    ),
    DemoStory(
        "friday-infusion",
        "Infusion 1 last Friday afternoon: closed for the whole LAR window",
        DemoPatient("Fatima", "Cedar", "female", date(1957, 6, 6), practice="northfield"),
        _friday,
    ),
    DemoStory(
        "precautions",
        "Infusion 3 some days ago: radiation precautions running",
        DemoPatient("Oskar", "Linden", "male", date(1959, 12, 24), practice="maple", kg="81"),
        _precautions,
    ),
    DemoStory(
        "infusion-today",
        "Infusion 3 today (or on the next open day): signed, ordered, asked for events",
        DemoPatient("Denise", "Sycamore", "female", date(1956, 4, 19), practice="riverside", kg="69"),
        _infusion_today,
    ),
    DemoStory(
        "nadir-due",
        "Nadir labs due now after infusion 1",
        DemoPatient("Aroha", "Kauri", "female", date(1968, 11, 11), practice="maple", laboratory="community"),
        _nadir_due,
    ),
    DemoStory(
        "nadir-overdue",
        "Nadir labs overdue at the referring practice; two calls without an answer",
        DemoPatient("Ibrahim", "Argan", "male", date(1950, 8, 15), practice="riverside"),
        _nadir_overdue,
    ),
    DemoStory(
        "albumin-missing",
        "Labs before infusion 2 came without albumin",
        DemoPatient("Elena", "Stejar", "female", date(1962, 3, 3), practice="maple", laboratory="community"),
        _albumin_missing,
    ),
    DemoStory(
        "labs-overdue",
        "Labs before infusion 3 are overdue",
        DemoPatient("Robert", "Hawthorn", "male", date(1948, 5, 22), practice="northfield", kg="85"),
        _labs_overdue,
    ),
    DemoStory(
        "give-unsigned",
        "Cleared for infusion 4, waiting for a signature",
        DemoPatient("Leilani", "Koa", "female", date(1965, 9, 9), practice="northfield", laboratory="metric"),
        _unsigned,
    ),
    DemoStory(
        "try",
        "Cleared for infusion 3, signed and ordered: post a platelet count of 62 and watch",
        DemoPatient("Rosa", "Mesquite", "female", date(1959, 7, 4), practice="maple", kg="66"),
        _cleared,
    ),
    DemoStory(
        "held-by-a-person",
        "On hold by a person: a broken hip comes first",
        DemoPatient("Henrik", "Spruce", "male", date(1954, 2, 27), practice="riverside", kg="79"),
        _held_by_a_person,
    ),
    DemoStory(
        "gap",
        "Sixteen weeks passed without toxicity: a prescriber must look",
        DemoPatient("Yusuf", "Tamarind", "male", date(1967, 10, 10), practice="northfield"),
        _gap,
    ),
)
