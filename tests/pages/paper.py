"""What stands on each sheet that Chromium prints of a page: the letters of the PDF, without their places."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from playwright.sync_api import Page

CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
HEX = re.compile(rb"<([0-9A-Fa-f]+)>")


def sheets(page: Page) -> list[str]:
    """Print the page as the button does; return the letters of each sheet, blanks left out."""
    with pikepdf.open(BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        return ["".join(_letters(sheet)) for sheet in printed.pages]


def widths(page: Page) -> list[int]:
    """The width of each sheet in points."""
    with pikepdf.open(BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        return [int(sheet.mediabox[2]) for sheet in printed.pages]


def _letters(sheet: Any) -> Iterator[str]:
    fonts = {name: _alphabet(font) for name, font in sheet.Resources.get("/Font", {}).items()}
    alphabet: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(sheet):
        if str(operator) == "Tf":
            alphabet = fonts[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            texts = operands[0] if str(operator) == "TJ" else operands
            for text in texts:
                if isinstance(text, pikepdf.String):
                    yield _read(bytes(text), alphabet)


def _read(codes: bytes, alphabet: dict[int, str]) -> str:
    pairs = (int.from_bytes(codes[at : at + 2]) for at in range(0, len(codes), 2))
    return "".join(alphabet.get(pair, "") for pair in pairs).replace(" ", "")


def _alphabet(font: Any) -> dict[int, str]:
    """Which letter each code of the font stands for, by its own ToUnicode table."""
    table = font.ToUnicode.read_bytes()
    found: dict[int, str] = {}
    for block in CHARS.findall(table):
        codes = HEX.findall(block)
        for code, letter in zip(codes[::2], codes[1::2], strict=True):
            found[int(code, 16)] = bytes.fromhex(letter.decode()).decode("utf-16-be")
    for block in RANGES.findall(table):
        codes = HEX.findall(block)
        for first, last, letter in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(int(letter, 16) + step)
    return found
