"""Finding by name, number and phone: SQL functions of our own, and the words of what was typed."""

import re

from django.db.models import Func, Q, TextField, Value

FEWEST_LETTERS = 2
FEWEST_DIGITS = 4  # fewer would find every phone number

APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u2018\u2019\u201b\u2032\uff07"
WITHIN_A_WORD = rf"\w{APOSTROPHES}\u00ad\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0eff\u200b-\u200f"
BETWEEN_WORDS = re.compile(f"[^{WITHIN_A_WORD}]+")
A_WORD_BY_ITSELF = re.compile(
    "[\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af]"
)
"""A Chinese, Japanese or Korean sign, as the function `searchable` has it."""
NOT_IN_A_PHONE = re.compile(r"[^0-9\s()+./-]")


class Searchable(Func):
    """Lower case without accents and apostrophes; each Chinese, Japanese or Korean sign is a word.

    `unaccent` itself is not immutable and cannot serve an index. Whoever changes what the function says makes
    its indexes again (coordination/base/migrations/sql/searchable.sql).
    """

    function = "searchable"
    arity = 1
    output_field = TextField()


class Digits(Func):
    """The digits of a phone number, however it was written."""

    function = "digits"
    arity = 1
    output_field = TextField()


def is_too_short(text: str) -> bool:
    """Whether it would find nearly everybody; one Chinese, Japanese or Korean sign may be a whole name."""
    return len(text) < FEWEST_LETTERS and not A_WORD_BY_ITSELF.search(text)


def search_words(text: str) -> list[str]:
    """The words of what was typed: "O'Hara, Mary" has two, whichever comes first."""
    return [word for word in BETWEEN_WORDS.split(text) if word.strip(APOSTROPHES)]


def has_every_word(text: str, *, of: str) -> Q:
    """Whether the searchable text under the alias `of` holds each word that was typed."""
    held = Q()
    for word in search_words(text):
        held &= Q(**{f"{of}__contains": Searchable(Value(word))})
    return held


def digits_of(text: str) -> list[str]:
    """The digits by which a phone is looked for; none where something else was typed, or too few.

    Also without the zero that only calls within a country begin with: a number is kept with its country.
    """
    if NOT_IN_A_PHONE.search(text):
        return []
    digits = re.sub(r"[^0-9]", "", text)
    return [each for each in dict.fromkeys((digits, digits.lstrip("0"))) if len(each) >= FEWEST_DIGITS]
