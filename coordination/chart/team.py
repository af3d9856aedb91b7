"""Who takes part in a patient's care, and who does what: the matrix agreed with everybody [H22]."""

from dataclasses import dataclass
from typing import Any

from coordination.base.choices import Item, Owner
from coordination.base.models import SiteSettings
from coordination.chart.patient_chart import PatientChart
from patients.models import CareTeamMember, Responsibility
from scheduling.rules.item_owners import owner_of

ADDED, TAKEN_AWAY = "+", "-"  # the kinds of django-simple-history


@dataclass(frozen=True, slots=True)
class TeamTask:
    """One kind of item and who sees to it; `agreed` is what was agreed for this patient, where that was."""

    item: Item
    owner: str
    practice: str
    agreed: Any

    @property
    def is_missing(self) -> bool:
        return self.owner == Owner.REFERRING_PRACTICE and not self.practice

    @property
    def whose(self) -> str:
        """The practice where it is one's, else the owner in words."""
        return self.practice or str(Owner(self.owner).label)

    def marks(self) -> list[bool]:
        """Whose column the mark stands in, in the order of Owner."""
        return [self.owner == owner for owner in Owner.values]


def team_of(opened: PatientChart) -> list[CareTeamMember]:
    return list(
        CareTeamMember.objects.filter(patient=opened.patient).serving(opened.today).select_related("practice")
    )


def tasks_of(opened: PatientChart) -> list[TeamTask]:
    """Every item of the schedule with its owner: as agreed, else the site's way, else the protocol's."""
    patient = opened.patient
    agreed = _agreed(opened)
    of_site = (
        SiteSettings.objects.filter(site=patient.site_id).values_list("default_owners", flat=True).first()
        or {}
    )
    owners = {item: row.owner for item, row in agreed.items()}
    tasks = []
    for item in Item:
        owner = owner_of(item.value, agreed=owners, of_site=of_site, row_is_open=False)
        named = agreed.get(item.value)
        practice = named.practice if named and named.practice else None
        if practice is None and owner == Owner.REFERRING_PRACTICE:
            practice = patient.referred_by
        tasks.append(TeamTask(item, owner, practice.name if practice else "", named))
    return tasks


def _agreed(opened: PatientChart) -> dict[str, Any]:
    """What held at the moment the page speaks of, by item, with who agreed it, when and why."""
    newest = (
        Responsibility.history.filter(patient=opened.patient, history_date__lte=opened.now)
        .order_by("item", "-history_id")
        .distinct("item")
        .select_related("practice", "history_user")
    )
    return {row.item: row for row in newest if row.history_type != TAKEN_AWAY}
