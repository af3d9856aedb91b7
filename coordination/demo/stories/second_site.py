"""The second site, which grades by CTCAE 6.0. Who works at the first one does not see these."""

from datetime import date, timedelta

from coordination.demo.days import weekday_from
from coordination.demo.person import DemoPatient
from coordination.demo.sites_and_people import SECOND
from coordination.demo.story import DemoStory
from coordination.demo.walk import Walk


def _graded_by_six(walk: Walk) -> None:
    on = walk.days.open_at(11, 12, 10)
    walk.toward(2, on)
    walk.decided(on, {"neutrophils": "0.70"})


def _nadir(walk: Walk) -> None:
    walk.treated(1, walk.days.open_at(-37, -38, -36, -39))


def _hold(walk: Walk) -> None:
    last_on = walk.days.open_at(-57, -58, -56)
    walk.treated(1, last_on)
    walk.nadir(last_on)
    walk.labs(weekday_from(last_on + timedelta(43)), {"platelets": "63"})


STORIES = (
    DemoStory(
        "graded-by-ctcae-6",
        "Second site, CTCAE 6.0: neutrophils of 0.70 are grade 2 and do not hold",
        DemoPatient("Daniel", "Cottonwood", "male", date(1963, 8, 1), practice="lakeshore", site=SECOND),
        _graded_by_six,
    ),
    DemoStory(
        "second-site-nadir",
        "Second site: nadir labs due",
        DemoPatient(
            "Winona", "Tamarack", "female", date(1959, 2, 22), practice="lakeshore", site=SECOND, kg="61"
        ),
        _nadir,
    ),
    DemoStory(
        "second-site-hold",
        "Second site: platelets of 63 before infusion 2",
        DemoPatient("Erik", "Aspen", "male", date(1950, 10, 31), practice="lakeshore", site=SECOND, kg="91"),
        _hold,
    ),
)
