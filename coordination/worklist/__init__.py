"""The worklist: computed from due items, decisions, conflicts, orders and the review queue, never stored.

`listed` is the one function behind the list, its counts, the badge and the exports. It reads a few light
columns of every line in reach (a few statements, whatever the size), says where each belongs and sorts them;
`rows_of` then reads the lines of one page in full.

The rule of the list: what is open now, or whose best or last day is at most a week away, is not settled and
not snoozed. lines.py says where a line belongs, scheduling/rules/urgency.py in which order lines come.
"""

from coordination.worklist.acts import assign, log_call, mark_done, mark_not_done, snooze, take_back, wake
from coordination.worklist.lines import Entry, Group, Kind, Line, place, words_of
from coordination.worklist.listing import Chosen, Worklist, listed
from coordination.worklist.rows import Row, rows_of

__all__ = [
    "Chosen",
    "Entry",
    "Group",
    "Kind",
    "Line",
    "Row",
    "Worklist",
    "assign",
    "listed",
    "log_call",
    "mark_done",
    "mark_not_done",
    "place",
    "rows_of",
    "snooze",
    "take_back",
    "wake",
    "words_of",
]
