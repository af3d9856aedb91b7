from coordination.models.handover_note import HandoverNote
from coordination.models.saved_filter import SavedFilter

__all__ = ["HandoverNote", "SavedFilter"]
