"""A phone number is whole and means one number, or it is refused with what to write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.base.errors import CareError
from coordination.base.phones import kept_phone, read_phone, sender_of, shown_phone


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("(212) 555-0123", "US", "+12125550123"),
        ("212.555.0123", "US", "+12125550123"),
        ("1 212 555 0123", "US", "+12125550123"),
        (" +1 212-555-0123 ", "GB", "+12125550123"),
        ("+1 (212)\u00a0555\u20110123", "US", "+12125550123"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("(020) 7946 0018", "GB", "+442079460018"),
        ("+44 20 7946 0018", "US", "+442079460018"),
        ("612 34 56 78", "ES", "+34612345678"),
        ("06 698 12345", "IT", "+390669812345"),
        ("+39 06 698 12345", "US", "+390669812345"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("+1 555 010 0123", "", "+15550100123"),
    ],
)
def test_a_whole_number_has_one_form(typed: str, country: str, number: str) -> None:
    assert read_phone(typed, country=country) == number
    assert read_phone(number, country=country) == number
    assert kept_phone(typed, country=country) == shown_phone(number)


@pytest.mark.parametrize(
    ("typed", "country", "says"),
    [
        # A zero that is not dialed after a country code.
        ("+44 (0)20 7946 0018", "GB", r"If you mean \+44 20 7946 0018, write that"),
        ("+44 (0) 20 7946 0018", "US", r"If you mean \+44 20 7946 0018, write that"),
        ("+44 020 7946 0018", "GB", r"If you mean \+44 20 7946 0018, write that"),
        ("+49 (0)30 901820", "DE", r"If you mean \+49 30 901820, write that"),
        ("20 7946 0018", "GB", r"If you mean \+44 20 7946 0018, write that"),
        ("+1 1 212 555 0123", "US", r"If you mean \+1 212-555-0123, write that"),
        # Letters.
        ("1-800-FLOWERS", "US", "in digits, without words"),
        ("home 212 555 0123", "US", "in digits, without words"),
        ("212 555 O123", "US", "in digits, without words"),
        ("tel:+12125550123", "US", "in digits, without words"),
        # Extensions.
        ("212 555 0123 ext 4", "US", "Leave out the extension"),
        ("212 555 0123 Ext. 4", "US", "Leave out the extension"),
        ("212 555 0123 x4", "US", "Leave out the extension"),
        ("212 555 0123x4", "US", "Leave out the extension"),
        ("212 555 0123 #4", "US", "Leave out the extension"),
        ("+12125550123;ext=4", "US", "Leave out the extension"),
        ("212 555 0123 4", "US", "not a whole phone number"),
        # Two numbers.
        ("212 555 0123, 212 555 0124", "US", "one phone number alone"),
        ("212 555 0123 / 0124", "US", "one phone number alone"),
        ("212 555 0123; 212 555 0124", "US", "one phone number alone"),
        ("212 555 0123 or 212 555 0124", "US", "without words"),
        ("212 555 0123 212 555 0124", "US", "not a whole phone number"),
        ("+12125550123 +12125550124", "US", "one phone number alone"),
        # Too short, too long, of nowhere, of nothing.
        ("555-0123", "US", r"not a whole phone number. Write it like \(201\) 555-0123, or with its country"),
        ("020 7946 001", "GB", "not a whole phone number. Write it like 0121 234 5678"),
        ("+44 20 7946 00188", "GB", "not a whole phone number"),
        ("911", "US", "not a whole phone number"),
        ("212 555 0123", "", r"not a whole phone number. Write it with its country, like \+1 201-555-0123"),
        ("+999 1234 5678", "US", "not a whole phone number"),
        ("+", "US", "one phone number alone"),
        ("++1 212 555 0123", "US", "one phone number alone"),
        ("\uff12\uff11\uff12 555 0123", "US", "one phone number alone"),
        ("0" * 300, "US", "one phone number alone"),
        ("unknown", "US", "without words"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(typed: str, country: str, says: str) -> None:
    with pytest.raises(CareError, match=says) as refused:
        read_phone(typed, country=country, field="fax")
    assert refused.value.field == "fax"


@given(st.text(alphabet="0123456789 ()+-./x,A", max_size=24), st.sampled_from(["US", "GB", "DE", "IT", ""]))
def test_no_digit_is_ever_added_or_dropped_unseen(typed: str, country: str) -> None:
    """What is read is what was typed, but for the country and the zero or one that is dialed within it."""
    try:
        number = read_phone(typed, country=country)
    except CareError as refused:
        assert refused.field == "phone"
        return
    digits = "".join(sign for sign in typed if sign in "0123456789")
    assert set(typed) <= set("0123456789 ()+-.")
    assert number.endswith(digits.removeprefix("0"))
    assert typed.strip().startswith("+") <= (number == f"+{digits}")
    assert read_phone(number, country=country) == read_phone(shown_phone(number), country=country) == number


def test_no_number_is_no_number() -> None:
    assert kept_phone("  ", country="US") == ""


@pytest.mark.parametrize("sender", ["+15550100123", "15550100123", "0015550100123", "+1 (555) 010-0123"])
def test_a_sender_has_one_form(sender: str) -> None:
    assert sender_of(sender) == "+15550100123"


@pytest.mark.parametrize(
    "sender", ["", "CLINIC1", "MyBank 15550100123", "12345", "+", "+0155501001", "1,5550100123"]
)
def test_a_name_or_a_short_code_is_no_number(sender: str) -> None:
    assert sender_of(sender) == ""
