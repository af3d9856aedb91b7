"""The texts of messages, per site and language: what they may hold, and how they are filled in.

The texts that come with the product lie in templates/messages/<language>/<kind>.<channel>.txt; the first line
of one for e-mail is its subject.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import Template

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from coordination.base.errors import CareError
from coordination.base.models import Site, User
from coordination.models import Channel, Language, MessageKind, MessageTemplate

LONGEST_SMS = 300

VARIABLES: Mapping[str, str] = {
    "initials": "the patient's initials",
    "until": "the day by which something is needed",
    "count": "how many things, or how many changes",
    "late": "how many lines are late",
    "phone": "the phone number of the site",
    "link": "an address that shows nothing before signing in",
    "stop": "an address to confirm, or to stop the messages",
}
"""All that a text may say. There is no variable for a name, a number, a drug or a value."""

NOT_IN_A_MESSAGE = re.compile(
    r"\b(lutetium|lutathera|lu-?177|177-?lu|dotatate|dotatoc|octreotid\w*|lanreotid\w*|sandostatin\w*|somatulin\w*"
    r"|prrt|radioligand\w*|radiation|radiaci\w*|infusi\w+|injection\w*|inyecci\w*|chemo\w*|quimio\w*|dose|dosis"
    r"|cancer|cáncer|tumor\w*|tumour\w*|neuroendocrin\w*|carcinoid\w*|oncolog\w*|metasta\w*|leuk\w*|myelo\w*"
    r"|nuclear\w*|radiolog\w*|hematolog\w*|platelet\w*|plaqueta\w*|creatinin\w*|pregnan\w*|embaraz\w*)\b",
    re.IGNORECASE,
)
"""Drugs, diagnoses, departments. No list holds them all: a person reads each text before it is saved."""


@dataclass(frozen=True, slots=True)
class TextValues:
    """What a text is filled in with."""

    initials: str = ""
    until: str = ""
    count: str = ""
    late: str = ""
    phone: str = ""
    link: str = ""
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its variables, or filled in. `subject` is empty for a text message."""

    subject: str
    body: str

    def filled(self, said: TextValues) -> "Text":
        values = {field.name: getattr(said, field.name) for field in fields(said)}
        subject = Template(self.subject).substitute(values)
        return Text(" ".join(subject.split()), Template(self.body).substitute(values))


@lru_cache
def shipped_text(kind: str, channel: str, language: str) -> Text:
    """The text that comes with the product."""
    folder: Path = settings.BASE_DIR / "templates" / "messages" / language
    text = (folder / f"{kind}.{channel}.txt").read_text(encoding="utf-8").strip()
    if channel == Channel.SMS:
        return Text("", text)
    subject, _, body = text.partition("\n")
    return Text(subject, body.strip())


def text_for(site: Site, *, kind: str, channel: str, language: str) -> Text:
    """The site's own text, else the shipped one."""
    own = MessageTemplate.objects.filter(site=site, kind=kind, channel=channel, language=language).first()
    return Text(own.subject, own.body) if own else shipped_text(kind, channel, language)


def check_text(text: Text, *, channel: str) -> None:
    """Refuse what may not leave the house. Raises CareError, naming the field."""
    if channel == Channel.EMAIL and not text.subject.strip():
        raise CareError("An e-mail has a subject.", "subject")
    for name, part in (("subject", text.subject), ("body", text.body)):
        _check_part(part, name)
    if "$stop" not in text.body and "${stop}" not in text.body:
        raise CareError("Every message offers a way out: use $stop.", "body")
    if channel == Channel.SMS and len(text.body) > LONGEST_SMS:
        raise CareError(f"At most {LONGEST_SMS} characters, variables not filled in.", "body")


def _check_part(part: str, name: str) -> None:
    template = Template(part)
    if not template.is_valid():
        raise CareError("A lone $ is written $$.", name)
    if unknown := sorted(set(template.get_identifiers()) - set(VARIABLES)):
        known = ", ".join(f"${each}" for each in VARIABLES)
        raise CareError(f"Unknown: {', '.join('$' + each for each in unknown)}. Known: {known}.", name)
    if found := NOT_IN_A_MESSAGE.search(part):
        raise CareError(f"A message names no drug, diagnosis or department: {found.group()!r}.", name)


def save_text(site: Site, *, kind: str, channel: str, language: str, text: Text, by: User) -> MessageTemplate:
    """Keep a site's own text. Raises CareError where it may not leave the house."""
    check_text(text, channel=channel)
    found = MessageTemplate.objects.filter(site=site, kind=kind, channel=channel, language=language).first()
    own = found or MessageTemplate(site=site, kind=kind, channel=channel, language=language)
    own.subject, own.body = text.subject.strip(), text.body.strip()
    own.save_by(by, because="text changed")
    return own


def day_in_message(day: date | None, language: str) -> str:
    """Say a day in the receiver's language: "Fri 3 January 2025", "vie 3 de enero de 2025"."""
    if day is None:
        return ""
    with translation.override(language):
        if language == Language.SPANISH:
            return str(date_format(day, r"D j \d\e F \d\e Y")).lower()
        return str(date_format(day, "D j F Y"))


def initials(given_name: str, family_name: str) -> str:
    """Two letters at most: "J.D."."""
    return "".join(f"{name.strip()[0].upper()}." for name in (given_name, family_name) if name.strip())


def example(site: Site, language: str) -> TextValues:
    """What a preview is filled in with: nobody's."""
    return TextValues(
        initials="J.D.",
        until=day_in_message(date(2025, 1, 3), language),
        count="2",
        late="1",
        phone=site.phone or "555-0100",
        link=f"{settings.PUBLIC_URL}/m/…",
        stop=f"{settings.PUBLIC_URL}/w/…",
    )


def text_keys() -> list[tuple[str, str, str]]:
    """Each (kind, channel, language) there is a text for."""
    return [
        (kind, channel, language)
        for kind in MessageKind.values
        for channel in Channel.values
        for language in Language.values
    ]
