"""Which characters the press can print: those of our fonts, and of the fonts that the machine has.

Pango takes what Inter lacks from any installed font, and draws a box where none has it. A box says nothing:
what has no font is found before, printed as "[?]", and said on the document and to whoever writes it.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from coordination.documents.pdf_process import FACES, FONTS

INSTALLED = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))  # where fontconfig looks
UNPRINTABLE = "[?]"
COLLECTIONS = frozenset({".ttc", ".otc"})
FORMATS = COLLECTIONS | {".ttf", ".otf"}
SHOWS_NOTHING = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def unprintable(text: str) -> str:
    """The characters of a text that no font here has, each once, in their order."""
    found = [sign for sign in dict.fromkeys(text) if not sign.isascii() and ord(sign) not in _of_our_fonts()]
    return "".join(sign for sign in found if not _shows_nothing(sign) and ord(sign) not in _of_the_machine())


def without(text: str, signs: str) -> str:
    """The text with "[?]" for each run of these characters."""
    return re.sub(f"[{re.escape(signs)}]+", UNPRINTABLE, text) if signs else text


def unprintable_words(text: str) -> str:
    """What is said to whoever writes a text; empty where all of it can be printed."""
    signs = unprintable(text)
    return (
        f"Characters that cannot be printed here: {signs}. They are printed as {UNPRINTABLE}."
        if signs
        else ""
    )


def _shows_nothing(sign: str) -> bool:
    return unicodedata.category(sign) in SHOWS_NOTHING or "VARIATION SELECTOR" in unicodedata.name(sign, "")


@lru_cache(maxsize=1)
def _of_our_fonts() -> frozenset[int]:
    return frozenset.intersection(*(frozenset(_characters(FONTS / face[0])) for face in FACES))


@lru_cache(maxsize=1)
def _of_the_machine() -> frozenset[int]:
    """Read once, and only where a text has a character that ours lack."""
    files = (file for folder in INSTALLED for file in folder.rglob("*") if file.suffix in FORMATS)
    return frozenset(sign for file in files for sign in _characters(file))


def _characters(file: Path) -> set[int]:
    """The characters of one file of fonts; none where it cannot be read as one."""
    try:
        with file.open("rb") as stream:
            fonts = (
                TTCollection(stream, lazy=True) if file.suffix in COLLECTIONS else [TTFont(stream, lazy=True)]
            )
            return {sign for font in fonts for sign in font.getBestCmap() or ()}
    except (TTLibError, OSError):
        return set()
