from scheduling.models.adverse_event import AdverseEvent, AdverseEventInquiry
from scheduling.models.chair_booking import ChairBooking
from scheduling.models.conflict import ConflictNotice, ConflictOverride, CourseConflict
from scheduling.models.contact import ContactLog
from scheduling.models.course import Course
from scheduling.models.cycle import Cycle
from scheduling.models.dose_order import DoseOrder
from scheduling.models.draw import Draw
from scheduling.models.due_item import DueItem
from scheduling.models.infusion import InfusionGiven
from scheduling.models.injection import Injection
from scheduling.models.judgment import Attribution, BaselinePin, Confirmation
from scheduling.models.order_ahead import OrderAhead
from scheduling.models.pregnancy_test import PregnancyTest
from scheduling.models.proposal import Action, Proposal
from scheduling.models.scan import Scan
from scheduling.models.signature import Signature
from scheduling.models.transfusion import Transfusion
from scheduling.models.weight import Weight

__all__ = [
    "Action",
    "AdverseEvent",
    "AdverseEventInquiry",
    "Attribution",
    "BaselinePin",
    "ChairBooking",
    "Confirmation",
    "ConflictNotice",
    "ConflictOverride",
    "ContactLog",
    "Course",
    "CourseConflict",
    "Cycle",
    "DoseOrder",
    "Draw",
    "DueItem",
    "InfusionGiven",
    "Injection",
    "OrderAhead",
    "PregnancyTest",
    "Proposal",
    "Scan",
    "Signature",
    "Transfusion",
    "Weight",
]
