"""Every story of the demo, in the order of the patients' numbers."""

from coordination.demo.stories import (
    first_cycle,
    follow_up,
    referrals,
    results,
    second_site,
    toxicity,
    treatment,
)
from coordination.demo.walk import Story

STORIES: tuple[Story, ...] = (
    *referrals.STORIES,
    *first_cycle.STORIES,
    *treatment.STORIES,
    *toxicity.STORIES,
    *results.STORIES,
    *follow_up.STORIES,
    *second_site.STORIES,
)
FIRST_NUMBER = 10001


def numbered() -> dict[str, Story]:
    """Each story by the medical record number of its patient."""
    return {f"MRN{FIRST_NUMBER + index}": story for index, story in enumerate(STORIES)}
