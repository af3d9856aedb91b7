"""What the dose table answers to: counts, kidneys, liver, allergy, and what it cannot tell."""

from collections.abc import Mapping
from datetime import date, timedelta

from coordination.demo.days import weekday_from, weekday_within
from coordination.demo.person import DemoPatient
from coordination.demo.story import DemoStory
from coordination.demo.walk import REDUCED_GBQ, Walk
from coordination.documents.delivery_channels import DeliveryChannel
from coordination.flows.dose_order import cancel_dose
from coordination.flows.schedule_change import move_infusion
from labs.models import LabResult
from scheduling import actions
from scheduling.models import AdverseEvent, DoseOrder


def _before_infusion_2(walk: Walk, offsets: tuple[int, ...], values: Mapping[str, str]) -> date:
    """One infusion, an ordinary nadir, and then the panel before the second; returns the first's day."""
    last_on = walk.days.open_at(*offsets)
    walk.treated(1, last_on)
    walk.nadir(last_on)
    walk.labs(weekday_from(last_on + timedelta(43)), values)
    return last_on


def _moved(walk: Walk, number: int, to: date, on: date, because: str) -> None:
    cycle = walk.cycle(number)
    now = walk.at(on, "15:20")
    move_infusion(cycle, to=to, by=walk.navigator, because=because, version=cycle.version, now=now)


def _on_hold(walk: Walk) -> None:
    """The dose was ordered ahead of the panel, and cancelled while that was free."""
    last_on = walk.days.open_at(-58, -57, -59)
    walk.treated(1, last_on)
    walk.nadir(last_on)
    walk.ordered_ahead(2, walk.planned(2))
    filler = walk.labs(weekday_from(last_on + timedelta(43)), {"platelets": "58"})
    decided_on = weekday_from(last_on + timedelta(45))
    walk.signed(decided_on)
    cancel_dose(
        DoseOrder.objects.standing().get(cycle=walk.cycle(2)),
        by=walk.navigator,
        because="on hold: platelets 58",
        now=walk.at(decided_on, "17:00"),
        waiver_evidence=LabResult.objects.get(source_id=f"{filler}.777-3"),
    )
    repeated_on = weekday_within(last_on + timedelta(49), walk.days.ago(1))
    walk.labs(repeated_on, {"platelets": "66"})
    walk.signed(repeated_on)
    walk.wrote("hold", repeated_on, way=DeliveryChannel.MAIL_LINK)


def _near_the_limit(walk: Walk) -> None:
    last_on = _before_infusion_2(walk, (-105, -104, -106), {"platelets": "52"})
    walk.signed(weekday_from(last_on + timedelta(45)))
    for weeks, platelets in ((8, "59"), (10, "64"), (12, "68"), (14, "71")):
        on = weekday_from(last_on + timedelta(7 * weeks))
        walk.labs(on, {"platelets": platelets})
        walk.signed(on)


def _resolved_to(walk: Walk, last_on: date, to: date, number: int) -> None:
    """Held, watched, recovered, and the infusion moved to its new day."""
    walk.signed(weekday_from(last_on + timedelta(45)))
    walk.labs(weekday_from(last_on + timedelta(51)), {"platelets": "69"})
    recovered_on = weekday_within(to - timedelta(14), min(to - timedelta(8), walk.days.ago(2)))
    walk.labs(recovered_on, {"platelets": "118"})
    _moved(walk, number, to, recovered_on, "recovered; new day after the hold")


def _resolved(walk: Walk) -> None:
    last_on = _before_infusion_2(walk, (-66, -65, -67), {"platelets": "57"})
    _resolved_to(walk, last_on, walk.days.open_at(6, 5, 7), 2)


def _reduced(walk: Walk, second_on: date) -> None:
    """The first interval had an episode; infusion 2 was given with half the activity."""
    first_on = walk.days.open_near(second_on - timedelta(74))
    walk.treated(1, first_on)
    walk.nadir(first_on)
    walk.labs(weekday_from(first_on + timedelta(43)), {"platelets": "55"})
    _resolved_to(walk, first_on, second_on, 2)
    walk.signed(weekday_from(second_on - timedelta(7)), "17:05")
    walk.ordered(2, weekday_from(second_on - timedelta(7)), "17:20")
    walk.eve(2, second_on)
    walk.infused(2, second_on, gbq=REDUCED_GBQ)
    walk.nadir(second_on)


def _full_again(walk: Walk) -> None:
    third_on = walk.days.open_at(12, 13, 11)
    _reduced(walk, walk.days.open_near(third_on - timedelta(56)))
    walk.labs(walk.lately(third_on))


def _recurrent(walk: Walk) -> None:
    third_on = walk.days.open_at(12, 13, 11)
    _reduced(walk, walk.days.open_near(third_on - timedelta(56)))
    walk.labs(walk.lately(third_on), {"platelets": "61"})


def _transfused(walk: Walk) -> None:
    _before_infusion_2(walk, (-58, -57, -59), {"hemoglobin": "7.4"})
    transfused_on = walk.days.ago(6)
    _moved(walk, 2, walk.days.open_at(12, 11, 13), walk.days.ago(7), "anemia: transfusion first")
    walk.visit(
        transfused_on,
        "16:10",
        lambda now: actions.record_transfusion(
            walk.patient, product="red-cells", units=2, on=transfused_on, by=walk.navigator, now=now
        ),
    )
    walk.labs(walk.days.ago(2), {"hemoglobin": "9.2"})


def _kidneys_half_way(walk: Walk) -> None:
    _before_infusion_2(walk, (-62, -61, -63), {"creatinine": "1.34"})
    _moved(walk, 2, walk.days.open_at(11, 10, 12), walk.days.ago(8), "creatinine is to come down first")
    walk.labs(walk.days.ago(3), {"creatinine": "1.05"})


def _gilbert(walk: Walk) -> None:
    on = walk.days.open_at(12, 13, 11)
    walk.toward(2, on, ahead=False)
    walk.labs(walk.lately(on), {"bilirubin": "3.9"})


def _liver_enzymes(walk: Walk) -> None:
    on = walk.days.open_at(10, 11, 9)
    walk.toward(3, on)
    walk.labs(walk.lately(on), {"ast": "265", "alt": "190"})


def _hypersensitive(walk: Walk) -> None:
    on = walk.days.open_at(-3, -2, -4)
    walk.treated(1, on)
    walk.visit(
        on,
        "17:10",
        lambda now: actions.record_adverse_event(
            walk.patient,
            term="Anaphylaxis",
            on=on,
            grade=3,
            hypersensitivity=True,
            resolved_on=on,
            note="hypotension and wheeze one hour after the end; epinephrine",
            by=walk.clinic,
            now=now,
        ),
    )


def _vomits(walk: Walk) -> None:
    """Told the day after, and by phone a week later: worse by then, and nobody has asked since."""
    on = walk.days.open_at(-24, -23, -25)
    walk.treated(2, on)
    told_on = weekday_from(on + timedelta(1))
    walk.noted(
        told_on,
        "09:40",
        lambda now: actions.record_adverse_event(
            walk.patient, term="Vomiting", on=on, grade=2, by=walk.navigator, now=now
        ),
    )
    called_on = weekday_within(told_on + timedelta(6), told_on + timedelta(8))
    walk.noted(
        called_on,
        "11:20",
        lambda now: actions.follow_up_adverse_event(
            AdverseEvent.objects.known().get(patient=walk.patient),
            grade_now=3,
            resolved_on=None,
            note="by phone: vomits six times a day, drinks little",
            by=walk.navigator,
            now=now,
        ),
    )


def _anticoagulated(walk: Walk) -> None:
    on = walk.days.open_at(12, 13, 11)
    walk.toward(2, on, ahead=False)
    walk.labs(walk.lately(on), {"albumin": "27", "inr": "2.4"})


def _protocol_of_2018(walk: Walk) -> None:
    last_on = walk.days.open_at(-112, -113, -114)
    walk.treated(1, last_on, protocol="lutathera-us-2018")
    walk.nadir(last_on)
    walk.labs(weekday_from(last_on + timedelta(43)), {"platelets": "56"})
    walk.signed(weekday_from(last_on + timedelta(45)))
    for weeks, platelets in ((9, "61"), (12, "66"), (15, "70")):
        walk.labs(weekday_from(last_on + timedelta(7 * weeks)), {"platelets": platelets})
    walk.scanned(weekday_within(last_on + timedelta(90), last_on + timedelta(92)))


STORIES = (
    DemoStory(
        "on-hold",
        "On hold for thrombocytopenia, the sixteen weeks running",
        DemoPatient("Maria", "Olivera", "female", date(1952, 12, 12), practice="maple", kg="71"),
        _on_hold,
    ),
    DemoStory(
        "near-the-limit",
        "On hold for thrombocytopenia, a week before the sixteen weeks are over",
        DemoPatient("Dmitri", "Bereza", "male", date(1946, 6, 30), practice="riverside", kg="90"),
        _near_the_limit,
    ),
    DemoStory(
        "resolved",
        "Thrombocytopenia resolved: half the activity is proposed",
        DemoPatient("Grace", "Mahogany", "female", date(1963, 3, 27), practice="northfield"),
        _resolved,
    ),
    DemoStory(
        "full-again",
        "Tolerated 3.7 GBq: the full activity is proposed again",
        DemoPatient(
            "Carlos", "Ceiba", "male", date(1958, 8, 8), practice="maple", laboratory="metric", kg="84"
        ),
        _full_again,
    ),
    DemoStory(
        "recurrent",
        "Thrombocytopenia came back after the reduced dose: stop is proposed",
        DemoPatient("Astrid", "Rönn", "female", date(1955, 5, 5), practice="riverside", kg="64"),
        _recurrent,
    ),
    DemoStory(
        "transfused",
        "Transfused six days ago: hemoglobin proves nothing yet",
        DemoPatient(
            "Joseph", "Ebony", "male", date(1949, 1, 17), practice="northfield", usual={"hemoglobin": "11.2"}
        ),
        _transfused,
    ),
    DemoStory(
        "kidneys-half-way",
        "Creatinine rose by half and came back half-way: cannot tell",
        DemoPatient("Noor", "Chinar", "female", date(1961, 10, 21), practice="maple", kg="78"),
        _kidneys_half_way,
    ),
    DemoStory(
        "gilbert",
        "Bilirubin above three times normal, but it never was normal (Gilbert): cannot tell",
        DemoPatient(
            "Seamus", "Holly", "male", date(1966, 12, 6), practice="riverside", usual={"bilirubin": "2.1"}
        ),
        _gilbert,
    ),
    DemoStory(
        "liver-enzymes",
        "AST grade 3 before infusion 3: hold",
        DemoPatient("Thandiwe", "Marula", "female", date(1959, 9, 14), practice="northfield", kg="73"),
        _liver_enzymes,
    ),
    DemoStory(
        "hypersensitive",
        "Anaphylaxis after infusion 1: stop is proposed",
        DemoPatient(
            "Beatriz", "Araucaria", "female", date(1970, 4, 4), practice="maple", language="es", kg="59"
        ),
        _hypersensitive,
    ),
    DemoStory(
        "vomits",
        "Vomiting of grade 3 since infusion 2, and nobody has asked since how it is: hold",
        DemoPatient("Renske", "Elzenaar", "female", date(1956, 11, 3), practice="riverside", kg="62"),
        _vomits,
    ),
    DemoStory(
        "anticoagulated",
        "Albumin low while anticoagulated: the INR proves nothing",
        DemoPatient(
            "Walter", "Juniper", "male", date(1951, 7, 7), practice="northfield", anticoagulated=True
        ),
        _anticoagulated,
    ),
    DemoStory(
        "protocol-2018",
        "Under the label of 2018: day 112 with platelets of 70 is a stop",
        DemoPatient("Agnes", "Buchenau", "female", date(1953, 2, 2), practice="riverside", kg="67"),
        _protocol_of_2018,
    ),
)
