"""Who takes part in a patient's care, and who does what: the matrix agreed with everybody [H22]."""

from dataclasses import dataclass

from coordination.base.choices import Item, Owner
from coordination.base.models import SiteSettings
from coordination.patient_page.opened import Opened
from patients.models import CareTeamMember, Responsibility
from scheduling.rules.owners import owner_of


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of item and who sees to it; `agreed` when it was agreed for this patient."""

    item: str
    owner: str
    practice: str
    agreed: bool

    @property
    def is_missing(self) -> bool:
        return self.owner == Owner.REFERRING_PRACTICE and not self.practice

    def marks(self) -> list[bool]:
        """Whose column the mark stands in, in the order of Owner."""
        return [self.owner == owner for owner in Owner.values]


def team_of(opened: Opened) -> list[CareTeamMember]:
    return list(
        CareTeamMember.objects.filter(patient=opened.patient).serving(opened.today).select_related("practice")
    )


def tasks_of(opened: Opened) -> list[Task]:
    """Every item of the schedule with its owner: as agreed, else the site's way, else the protocol's."""
    patient = opened.patient
    agreed = {
        row.item: row for row in Responsibility.objects.filter(patient=patient).select_related("practice")
    }
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
        tasks.append(Task(str(item.label), owner, practice.name if practice else "", named is not None))
    return tasks
