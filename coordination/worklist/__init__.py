"""The worklist: computed from due items, decisions, conflicts, orders and the review queue, never stored.

`listed` is the one function behind the list, its counts, the badge and the exports. It reads a few light
columns of every line in reach (a few statements, whatever the size), says where each belongs and sorts them;
`rows_of` then reads the lines of one page in full.

The rule of the list: what is open now, or whose best or last day is at most a week away, is not settled and
not snoozed. lines.py says where a line belongs, scheduling/rules/worklist_urgency.py in which order they
come.
"""

from coordination.worklist.lines import LineGroup, LineKind, PlacedLine, WorklistLine, line_words, place
from coordination.worklist.listing import ListFilter, Worklist, listed
from coordination.worklist.rows import WorklistRow, worklist_rows_of

__all__ = [
    "LineGroup",
    "LineKind",
    "ListFilter",
    "PlacedLine",
    "Worklist",
    "WorklistLine",
    "WorklistRow",
    "line_words",
    "listed",
    "place",
    "worklist_rows_of",
]
