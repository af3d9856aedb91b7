"""One way to read a phone number, for every door: a whole number, or what to write instead.

Nothing is repaired. A number counts only when its digits are exactly those that were typed: as it is
dialed in the site's country, or with its own country (ITU-T E.123). Which numbers there can be says
libphonenumber (docs/decisions/phone-numbers.md).
"""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from coordination.base.errors import CareError

SIGNS = re.compile(r"\+?[0-9\s().‐‑–-]+")
LETTERS = re.compile(r"[^\W\d_]")
EXTENSION = re.compile(r"(?i)\bext|\bx|\dx|#")
SAME_LENGTH = 1
"""North America: every number has ten digits, so that a lost digit shows by itself. Its ranges grow every
year, and a right number must not be refused because the ranges that we know are of last year."""
LONGEST = 40


def read_phone(text: str, *, country: str, field: str = "phone") -> str:
    """The number in its one form, "+12125550123" (E.164). Raises CareError with what to write instead.

    `country`: where a number without its country is dialed, as in ISO 3166 ("US").
    """
    text = text.strip()
    number = _parsed(text, country, field)
    if number is None or not _is_whole(number):
        raise CareError(f"This is not a whole phone number. {_write(country)}", field)
    if _digits(text) not in _ways_to_write(number, is_international=text.startswith("+")):
        meant = shown_phone(_e164(number))
        raise CareError(
            f"These digits are no phone number as written. If you mean {meant}, write that.", field
        )
    return _e164(number)


def shown_phone(number: str) -> str:
    """A number in E.164 as it is read aloud: "+1 212-555-0123"."""
    return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)


def kept_phone(text: str, *, country: str, field: str = "phone") -> str:
    """The number as it is kept to be called: "+1 212-555-0123"; empty where none is given."""
    return shown_phone(read_phone(text, country=country, field=field)) if text.strip() else ""


def sender_of(text: str) -> str:
    """The number that a carrier names as a sender, in E.164; empty for a name or a short code."""
    found = re.fullmatch(r"(?:\+|00)?([1-9][0-9]{7,14})", re.sub(r"[\s().-]", "", text))
    return f"+{found[1]}" if found else ""


def _parsed(text: str, country: str, field: str) -> PhoneNumber | None:
    if EXTENSION.search(text):
        raise CareError(f"Leave out the extension: write one phone number alone. {_write(country)}", field)
    if LETTERS.search(text):
        raise CareError(f"Write the phone number in digits, without words. {_write(country)}", field)
    if len(text) > LONGEST or not SIGNS.fullmatch(text):
        raise CareError(f"Write one phone number alone. {_write(country)}", field)
    try:
        return phonenumbers.parse(text, country)
    except NumberParseException:
        return None


def _is_whole(number: PhoneNumber) -> bool:
    if number.country_code == SAME_LENGTH:
        possible = phonenumbers.is_possible_number_with_reason(number)
        return possible == phonenumbers.ValidationResult.IS_POSSIBLE
    return phonenumbers.is_valid_number(number)


def _ways_to_write(number: PhoneNumber, *, is_international: bool) -> set[str]:
    """The digits that mean this number and no other."""
    with_country = _digits(_e164(number))
    if is_international:
        return {with_country}
    national = _digits(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
    # In North America the country code is dialed before a number of the same country too.
    return {national, with_country} if number.country_code == SAME_LENGTH else {national}


def _write(country: str) -> str:
    """What to write, by an example of the country."""
    example = phonenumbers.example_number(country) or phonenumbers.example_number("US")
    if example is None:
        return "Write it with its country, after a +."
    with_country = phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL)
    if not phonenumbers.example_number(country):
        return f"Write it with its country, like {with_country}."
    as_dialed = phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL)
    return f"Write it like {as_dialed}, or with its country like {with_country}."


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
