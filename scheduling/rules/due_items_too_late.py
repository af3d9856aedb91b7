"""Which due items are too late: what they were needed for is over.

They are not done, but shown as overdue for ever they would hide what still matters: they are listed apart, to
be closed with a reason. What still matters whenever it is done, such as the consent, an infusion or the
return to the referring physician, is never too late. The lists are ours (a setting, no source gives one).
"""

from collections.abc import Collection, Sequence
from datetime import date

from scheduling.rules.answer import DueItemAnswer

FOR_ITS_INFUSION = frozenset(
    {"sstr-pet", "baseline-labs", "pregnancy-test", "dose-order", "pre-dose-labs", "confirm-labs"}
)
"""Over once their own infusion has been given."""

BEFORE_THE_NEXT = frozenset({"post-dose-lar", "interim-ssa", "nadir-labs"})
"""Over once a later infusion has been given: it was decided without them."""

FOLLOWED_BY = {
    "ct-mri": "ct-mri",
    "post-treatment-labs": "follow-up-labs",
    "follow-up-labs": "follow-up-labs",
}
"""Over once the next of the series has opened: it asks for the same, and now."""


def are_too_late(due: Sequence[DueItemAnswer], *, given: Collection[int | None], today: date) -> list[bool]:
    """Whether each item is too late, in the order of `due`; `given` holds the cycles of given infusions."""
    return [
        _is_over(item, given) or _is_followed(item, due[place + 1 :], today) for place, item in enumerate(due)
    ]


def _is_over(item: DueItemAnswer, given: Collection[int | None]) -> bool:
    if item.cycle is None:
        return False
    if item.item in FOR_ITS_INFUSION:
        return item.cycle in given
    return item.item in BEFORE_THE_NEXT and any(later and later > item.cycle for later in given)


def _is_followed(item: DueItemAnswer, after: Sequence[DueItemAnswer], today: date) -> bool:
    following = FOLLOWED_BY.get(item.item)
    if following is None:
        return False
    return any(
        each.item == following and isinstance(each.opens, date) and each.opens <= today for each in after
    )
