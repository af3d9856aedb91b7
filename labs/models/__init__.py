from labs.models.report import BY_HAND, LabReport
from labs.models.result import LabResult
from labs.models.review_item import ReviewItem

__all__ = ["BY_HAND", "LabReport", "LabResult", "ReviewItem"]
