"""Where the demo's people can be written to: addresses of nobody (RFC 2606), each verified and agreed to.

Nothing leaves the machine: the demo's mail is put into a folder.
"""

from datetime import datetime

from coordination.base.models import Practice, User
from coordination.demo.sites_and_people import MAIN, PEOPLE, PRACTICES, SECOND, House
from coordination.messages import contacts
from coordination.models import Channel, ContactPoint
from patients.models import Patient

STAFF_DOMAINS = {MAIN: "harbor-point.example", SECOND: "prairie-lake.example"}
READ_BACK = "read back on the phone"


def give_addresses(house: House, *, now: datetime) -> None:
    """Each practice has the mailbox of its front desk; each of the staff their own."""
    for key in PRACTICES:
        _agreed(f"desk@{key}.example", practice=house.practices[key], by=house.people["navigator"], now=now)
    for username, _, _, places in PEOPLE:
        if places[0] in STAFF_DOMAINS:
            person = house.people[username]
            _agreed(f"{username}@{STAFF_DOMAINS[places[0]]}", user=person, by=person, now=now)


def give_address_of(patient: Patient, *, mrn: str, by: User, now: datetime) -> None:
    _agreed(f"patient{mrn[-5:]}@example.org", patient=patient, by=by, now=now, language=patient.language)


def _agreed(
    address: str,
    *,
    by: User,
    now: datetime,
    practice: Practice | None = None,
    user: User | None = None,
    patient: Patient | None = None,
    language: str = "en",
) -> ContactPoint:
    point = contacts.add_contact(
        channel=Channel.EMAIL,
        address=address,
        practice=practice,
        user=user,
        patient=patient,
        language=language,
        by=by,
        now=now,
    )
    contacts.verify_contact(point, how=READ_BACK, by=by, now=now)
    contacts.agree(point, how=READ_BACK, by=by, now=now)
    return point
