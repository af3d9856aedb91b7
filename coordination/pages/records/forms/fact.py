"""What the forms of all facts share: whom the fact is about, the course's infusions, today."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from coordination.pages.patient.forms import PatientForm
from patients.models import Patient
from scheduling.models import Cycle


class FactForm(PatientForm):
    """Records one fact of a patient. `cycles` are those of the course, `today` the day at the site."""

    title: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]
    lede: ClassVar[str] = ""

    def __init__(self, *args: Any, cycles: Sequence[Cycle], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycles = cycles
        self.today = today
        self.offer()

    def offer(self) -> None:
        """Fill in what depends on the patient: choices, the day of today."""

    @property
    def about(self) -> Patient | Cycle:
        """Whom or what the fact is about."""
        return self.of

    def said(self) -> dict[str, Any]:
        """What the fact says, by the arguments of its action. Raises CareError, naming the field."""
        raise NotImplementedError

    def chosen_from_course(self) -> Cycle:
        return next(cycle for cycle in self.cycles if str(cycle.public_id) == self.cleaned_data["cycle"])


def cycle_choices(cycles: Iterable[Cycle]) -> list[tuple[str, str]]:
    return [(str(cycle.public_id), _cycle_words(cycle)) for cycle in cycles]


def _cycle_words(cycle: Cycle) -> str:
    on = cycle.planned_on
    return f"Infusion {cycle.number}" + (f", planned {on:%a} {on.day} {on:%b %Y}" if on else "")
