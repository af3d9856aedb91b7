"""Which code system a sender means. Source: the clinical rules, section 2 (docs/clinical/units.md)."""

import re

_LOINC = re.compile(
    r"https?://(www\.)?loinc\.org/?|urn:oid:2\.16\.840\.1\.113883\.6\.1|LN|LOINC", re.IGNORECASE
)


def is_loinc(system: str) -> bool:
    """`http://loinc.org` with or without `s`, `www.` and a final slash, its OID, `LN` or `LOINC`."""
    return _LOINC.fullmatch(system.strip()) is not None
