from coordination.models.contact_point import Channel, ContactPoint, Language
from coordination.models.document import (
    BatchLetter,
    Document,
    DocumentBatch,
    DocumentSending,
    DocumentVersion,
)
from coordination.models.handover_note import HandoverNote
from coordination.models.message_delivery import MessageDelivery
from coordination.models.message_template import MessageKind, MessageTemplate
from coordination.models.portal_feed import CalendarFeed
from coordination.models.portal_invitation import Invitation
from coordination.models.portal_release import Release, ReleaseRule, ResultKind, ResultRelease
from coordination.models.reminder import Reminder
from coordination.models.reminder_timetable import ReminderTimetable
from coordination.models.saved_filter import SavedFilter

__all__ = [
    "BatchLetter",
    "CalendarFeed",
    "Channel",
    "ContactPoint",
    "Document",
    "DocumentBatch",
    "DocumentSending",
    "DocumentVersion",
    "HandoverNote",
    "Invitation",
    "Language",
    "MessageDelivery",
    "MessageKind",
    "MessageTemplate",
    "Release",
    "ReleaseRule",
    "Reminder",
    "ReminderTimetable",
    "ResultKind",
    "ResultRelease",
    "SavedFilter",
]
