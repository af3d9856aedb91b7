"""Who is told what when.

`wanted` works out from the due items which step of the timetable falls when, for whom (nothing stored);
`derive` writes down those whose time has come; `sending` claims a delivery, looks again whether its reason
still stands, and hands it to the gateway; `digest` is the navigators' morning; `decide` is for a person.
"""

from coordination.reminders.decide import decide, remind_now
from coordination.reminders.derive import derive_all
from coordination.reminders.sending import send_delivery

__all__ = ["decide", "derive_all", "remind_now", "send_delivery"]
