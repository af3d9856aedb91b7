from labs.models.report import BY_HAND, LabReport
from labs.models.result import LabResult
from labs.models.review_item import ReviewItem
from labs.models.sender_map import SenderMapEntry

__all__ = ["BY_HAND", "LabReport", "LabResult", "ReviewItem", "SenderMapEntry"]
