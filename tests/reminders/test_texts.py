"""What a text may say: variables from the list, no drug, no diagnosis, no department, a way out."""

from datetime import date

import pytest

from coordination.base.errors import CareError
from coordination.messages import texts
from coordination.messages.texts import Said, Text
from tests.factories import SiteFactory, UserFactory

FULL = Said(*("x",) * 7)


@pytest.mark.parametrize(("kind", "channel", "language"), texts.all_texts())
def test_every_shipped_text_may_leave_the_house(kind: str, channel: str, language: str) -> None:
    text = texts.shipped_text(kind, channel, language)
    texts.check_text(text, channel=channel)
    assert "$" not in text.filled(FULL).subject + text.filled(FULL).body


@pytest.mark.hazard("H33")
@pytest.mark.parametrize(
    ("subject", "body", "words"),
    [
        ("Hello $name", "$stop", "Unknown: \\$name"),
        ("Hello", "Your Lutathera is due. $stop", "no drug"),
        ("Hello", "From the oncology department. $stop", "no drug"),
        ("Hello", "Su infusión es mañana. $stop", "no drug"),
        ("Hello", "No way out", "way out"),
        ("Hello", "$stop costs 5 $", "lone"),
        ("", "$stop", "subject"),
    ],
)
def test_a_text_that_says_too_much_is_refused(subject: str, body: str, words: str) -> None:
    with pytest.raises(CareError, match=words):
        texts.check_text(Text(subject, body), channel="email")


@pytest.mark.django_db
def test_a_site_has_its_own_text_and_only_there() -> None:
    site, other, admin = SiteFactory.create(), SiteFactory.create(), UserFactory.create(role="admin")
    key = {"kind": "patient", "channel": "sms", "language": "es"}
    texts.save_text(site, **key, text=Text("", "Llame al $phone. $stop"), by=admin)
    assert texts.text_for(site, **key).body == "Llame al $phone. $stop"
    assert texts.text_for(other, **key) == texts.shipped_text(*key.values())


def test_days_and_initials_in_both_languages() -> None:
    day = date(2025, 1, 3)
    assert texts.day_words(day, "en") == "Fri 3 January 2025"
    assert texts.day_words(day, "es") == "vie 3 de enero de 2025"
    assert texts.initials("Ángela María", "de la Cruz") == "Á.D."
    assert texts.initials("", "Cher") == "C."
