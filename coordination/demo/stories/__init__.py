"""Every story of the demo, in the order of the patients' numbers."""

from collections.abc import Mapping

from coordination.demo.stories import (
    first_cycle,
    follow_up,
    referrals,
    results,
    second_site,
    toxicity,
    treatment,
)
from coordination.demo.story import DemoStory

STORIES: tuple[DemoStory, ...] = (
    *referrals.STORIES,
    *first_cycle.STORIES,
    *treatment.STORIES,
    *toxicity.STORIES,
    *results.STORIES,
    *follow_up.STORIES,
    *second_site.STORIES,
)
FIRST_NUMBER = 10001
NUMBERED: Mapping[str, DemoStory] = {
    f"MRN{FIRST_NUMBER + index}": story for index, story in enumerate(STORIES)
}
"""Each story by the medical record number of its patient."""
