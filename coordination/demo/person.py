"""Who a story is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from coordination.demo.sites_and_people import MAIN


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """Who the patient is. `usual` is what is usual in their blood, where it differs, in canonical units."""

    given: str
    family: str
    sex: str
    born: date
    practice: str = "maple"
    laboratory: str = "conventional"
    kg: str = "74"
    primary: str = "ileum"
    language: str = "en"
    site: str = MAIN
    pregnancy_possible: bool = False
    anticoagulated: bool = False
    allergies: str = "none known"
    ki67: str = "4"
    usual: Mapping[str, str] = field(default_factory=dict)
