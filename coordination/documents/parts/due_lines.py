"""Which items of the schedule a letter names: the addressee's, still of use, and not moved by a hold."""

from coordination.base.choices import Item
from coordination.chart.schedule import DueLine
from coordination.documents.source import DocumentChart
from coordination.wording.bilingual import local_day_of
from scheduling.models import Course, DueItem

BEFORE_AN_INFUSION = frozenset(
    {"sstr-pet", "baseline-labs", "pre-dose-labs", "confirm-labs", "lar-last-before", "pregnancy-test"}
)


def lines_of_addressee(source: DocumentChart) -> list[DueLine]:
    """The items of the schedule that are the addressee's and come soon, the first to close first."""
    rows = source.practice_of
    found = []
    for line in source.to_do(source.due):
        row = rows.get(line.public_id)
        if row is None or not source.is_for_addressee(row.owner, row.practice_id):
            continue
        if not is_past_use(source, line) and not hangs_on_a_hold(source, line):
            found.append(line)
    return newest_of_series(source, found)


def is_on_hold(source: DocumentChart) -> bool:
    return source.course is not None and source.course.is_on_hold


def is_past_use(source: DocumentChart, line: DueLine) -> bool:
    """What was to be done before an infusion that has been given helps nobody any more."""
    given = {each.number for each in source.given}
    return line.key in BEFORE_AN_INFUSION and (line.cycle or 1) in given


def hangs_on_a_hold(source: DocumentChart, line: DueLine) -> bool:
    """Its day follows from an infusion that is on hold: it moves, so nobody is asked for it yet."""
    row = source.practice_of.get(line.public_id)
    return row is not None and moves_with_a_hold(row, source.course, source.next_number)


def moves_with_a_hold(item: DueItem, course: Course | None, next_number: int | None) -> bool:
    """The blood tests before the infusion on hold stay asked for; what follows on it has no day."""
    return course is not None and course.is_on_hold and _follows(item, next_number)


def _follows(item: DueItem, next_number: int | None) -> bool:
    """Its day follows from the next infusion, or from a later one."""
    if next_number is None or item.cycle_number is None:
        return False
    return item.cycle_number > next_number or (item.cycle_number == next_number and item.waits)


def is_for_the_next_letter(source: DocumentChart, line: DueLine) -> bool:
    """The letter after the next infusion asks for it; a monthly injection is planned further ahead."""
    row = source.practice_of.get(line.public_id)
    return row is not None and line.key != Item.LAR_LAST_BEFORE and _follows(row, source.next_number)


def newest_of_series(source: DocumentChart, lines: list[DueLine]) -> list[DueLine]:
    """Of scans that are overdue, ask once: for the newest that has opened."""
    opened = [
        line for line in lines if line.key == "ct-mri" and not line.is_settled and _has_come(source, line)
    ]
    return [line for line in lines if line not in opened[:-1]]


def _has_come(source: DocumentChart, line: DueLine) -> bool:
    return line.opens is not None and local_day_of(line.opens) <= source.today
