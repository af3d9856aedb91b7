"""A person says what they did about a line of the review queue: it is closed, once, with who and why."""

from datetime import datetime

from django.db import transaction

from coordination.base.models import User
from labs.actions.reviews import resolve_review
from labs.models import ReviewItem


@transaction.atomic
def settle_review(item: ReviewItem, *, because: str, by: User, now: datetime) -> None:
    """Close the line. Raises CareError where it was closed already, or no reason is given."""
    held = ReviewItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    resolve_review(held, by=by, because=because, now=now)
