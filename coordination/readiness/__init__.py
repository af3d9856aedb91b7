"""The readiness board: every infusion of the next weeks, and what each gate says of it."""

from coordination.readiness.board import BoardRow, board
from coordination.readiness.known import infusions

__all__ = ["BoardRow", "board", "infusions"]
