"""Many signed letters as one PDF for the printer: their pages as they are, one letter after the other.

The pages are those that were signed, with their own numbers; only what a printer does not need (tags, titles)
stays behind. Who reads on a screen opens the letter itself.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pikepdf


def one_pdf(letters: Iterable[bytes], *, both_sides: bool = False) -> bytes:
    """Set letters behind one another; for both sides of the paper each begins on a new sheet.

    A viewer counts the pages by letter: "12-1" is the first page of the twelfth.
    """
    whole = pikepdf.Pdf.new()
    labels: list[Any] = []
    for number, letter in enumerate(letters, start=1):
        labels += [len(whole.pages), _label(number)]
        pages = pikepdf.Pdf.open(BytesIO(letter)).pages
        whole.pages.extend(pages)
        if both_sides and len(pages) % 2:
            whole.add_blank_page(page_size=_size(pages[-1]))
    whole.Root.PageLabels = pikepdf.Dictionary(Nums=labels)
    return _saved(whole)


def _label(number: int) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.D, P=pikepdf.String(f"{number}-"))


def _size(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = map(float, page.mediabox)
    return right - left, top - bottom


def _saved(whole: pikepdf.Pdf) -> bytes:
    for page in whole.pages:
        for key in (pikepdf.Name.StructParents, pikepdf.Name.Tabs):
            if key in page.obj:
                del page.obj[key]
    out = BytesIO()
    whole.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
