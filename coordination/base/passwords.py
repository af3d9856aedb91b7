"""Passwords by NIST SP 800-63B-4: long, not common, not about the person. No rules of composition.

15 characters where the password is all there is, 8 where a code is asked for as well (section 3.1.1.2).
Common ones are Django's list of 20,000, which needs no network. Section 3.1.1.2 also wants words of
the context refused: the person's name and address, the product's own name.
"""

import re
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from coordination.base import second_factor
from coordination.base.models import User

ALONE = 15
WITH_A_CODE = 8
OWN_WORDS = ("fourfold", "password", "lutathera", "prrt")
SHORTEST_WORD = 3
FEWEST_OTHER_CHARACTERS = 8
TOO_EASY = "This password is among the first that are tried. Choose another, such as four unrelated words."


class LengthValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        least = WITH_A_CODE if user and second_factor.is_asked_at_sign_in(user) else ALONE
        if len(password) < least:
            raise ValidationError(f"At least {least} characters. Spaces count.", code="too-short")

    def get_help_text(self) -> str:
        return f"At least {ALONE} characters; {WITH_A_CODE} with a second factor at sign-in."


class EasyPasswordValidator:
    """A common password is refused, also repeated or with digits and signs around it."""

    def validate(self, password: str, user: User | None = None) -> None:
        folded = password.strip().lower()
        letters = re.sub(r"[\W\d_]+", "", folded)
        variants = {folded, letters, _unit_of(folded), _unit_of(letters)}
        if len(set(folded)) < SHORTEST_WORD or variants & _common():
            raise ValidationError(TOO_EASY, code="too-easy")

    def get_help_text(self) -> str:
        return "Not one of the 20,000 most common passwords."


class ContextValidator:
    """Enough must be left of a password without the words that anybody would try for this person."""

    def validate(self, password: str, user: User | None = None) -> None:
        left = password.lower()
        for word in sorted(_words_about(user), key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.lower() and len(left) < FEWEST_OTHER_CHARACTERS:
            raise ValidationError(
                "Made of your name, your e-mail or the name of this product. Choose another.",
                code="about-you",
            )

    def get_help_text(self) -> str:
        return "Not made of your name, your e-mail or the name of this product."


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _unit_of(text: str) -> str:
    """The shortest text that, repeated and cut off, gives this one: "abcabcab" is "abc" again and again."""
    for length in range(1, len(text)):
        unit = text[:length]
        if (unit * (len(text) // length + 1)).startswith(text):
            return unit
    return text


def _words_about(user: User | None) -> set[str]:
    about = [user.full_name, user.username, user.email] if user else []
    words = {word for text in about for word in re.split(r"[\W_]+", text.lower())}
    return {word for word in words if len(word) >= SHORTEST_WORD} | set(OWN_WORDS)
