"""By which names the seeded data are known outside the database."""

SYSTEM = "urn:oid:2.16.840.1.113883.3.9999.1"
TOKEN = "bench-token"
SOURCE = "bench"
ZONE_OF_SITES = "America/Chicago"


def mrn(key: int) -> str:
    """Return the number by which the patient of course `key` is known."""
    return f"MRN{key:07}"
