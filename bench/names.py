"""By which names the seeded data are known outside the database."""

SYSTEM = "urn:oid:2.16.840.1.113883.3.9999.1"
TOKEN = "bench-token"
SOURCE = "bench"
ZONE_OF_SITES = "America/Chicago"


def mrn(key: int) -> str:
    """Return the number by which the patient of course `key` is known."""
    return f"MRN{key:07}"


def phone(key: int) -> str:
    """Return the phone number of patient `key`: no two alike, and none like its neighbor's."""
    digits = f"{key * 7919 % 10**7:07}"
    return f"{200 + key % 700}-{digits[:3]}-{digits[3:]}"
