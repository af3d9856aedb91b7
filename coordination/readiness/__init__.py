"""The readiness board: every infusion of the next weeks, and what each gate says of it."""

from coordination.readiness.board import BoardRow, board
from coordination.readiness.gate_facts import infusions

__all__ = ["BoardRow", "board", "infusions"]
