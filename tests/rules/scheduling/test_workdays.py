from datetime import date

import pytest

from scheduling.rules.workdays import is_closed, nearest_open

MEMORIAL_DAY = date(2025, 5, 26)  # a Monday


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2025, 5, 23), False),
        (date(2025, 5, 24), True),
        (date(2025, 5, 25), True),
        (MEMORIAL_DAY, True),
        (date(2025, 5, 27), False),
    ],
)
def test_weekends_and_named_days_are_closed(day, closed):
    assert is_closed(day, (MEMORIAL_DAY,)) is closed


@pytest.mark.parametrize(
    ("day", "nearest"),
    [
        (date(2025, 5, 22), date(2025, 5, 22)),
        (date(2025, 5, 24), date(2025, 5, 23)),
        (MEMORIAL_DAY, date(2025, 5, 27)),
        (date(2025, 5, 25), date(2025, 5, 27)),  # two days either way: the later
    ],
)
def test_nearest_open_day(day, nearest):
    assert nearest_open(day, (MEMORIAL_DAY,)) == nearest


def test_a_site_that_never_opens_has_no_nearest_day():
    with pytest.raises(ValueError, match="no open day"):
        nearest_open(date(2025, 1, 1), _EveryDay())


class _EveryDay(frozenset):
    def __contains__(self, _: object) -> bool:
        return True
