"""Files for a spreadsheet: exactly the rows of a list, and no cell that a spreadsheet would run.

A CSV has no types: there an apostrophe keeps what looks like a formula from being one. An XLSX says itself
that a cell is text, and its text is exactly what the list says.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
AS_TEXT = "@"  # the cell format "Text": what is typed over it is not run either
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if is_like_a_formula(text) else text


def is_like_a_formula(text: str) -> bool:
    return text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return value if isinstance(value, str) else str(value)


def as_csv(rows: Iterable[Sequence[Any]], *, name: str) -> HttpResponse:
    """UTF-8 with a byte order mark, so that the common spreadsheet reads the accents."""
    out = StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([harmless(_text(cell)) for cell in row])
    return _download(("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8", f"{name}.csv")


def as_xlsx(rows: Iterable[Sequence[Any]], *, name: str) -> HttpResponse:
    """Every text as text: a cell of type string is never run, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name.capitalize())
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        sheet.append([_cell(sheet, cell, heading=number == 0) for cell in row])
    out = BytesIO()
    book.save(out)
    return _download(out.getvalue(), XLSX, f"{name}.xlsx")


def _cell(sheet: Any, value: Any, *, heading: bool) -> Any:
    """Days stay days and numbers numbers, so that they sort."""
    is_figure = isinstance(value, (int, date)) and not isinstance(value, (bool, datetime))
    text = "" if is_figure else ILLEGAL_CHARACTERS_RE.sub("", _text(value))
    cell = WriteOnlyCell(sheet, value if is_figure else text)
    if not is_figure:
        cell.data_type = "s"
    if is_like_a_formula(text):
        cell.number_format = AS_TEXT
    if heading:
        cell.font = Font(bold=True)
    return cell


def as_file(rows: Iterable[Sequence[Any]], *, name: str, kind: str) -> HttpResponse:
    return (as_xlsx if kind == "xlsx" else as_csv)(rows, name=name)


def files_of(name: str, *arguments: Any, query: str = "") -> list[tuple[str, str]]:
    """The files of a list as its page offers them: `name`-csv and `name`-xlsx are their addresses."""
    asked = f"?{query}" if query else ""
    return [(kind.upper(), reverse(f"{name}-{kind}", args=arguments) + asked) for kind in ("csv", "xlsx")]


def file_urls(name: str, view: Callable[..., HttpResponseBase], *, at: str = "") -> list[URLPattern]:
    """The addresses of a list as a file: `view` is asked for either kind."""
    return [
        path(f"{at or name}.{kind}", view, {"kind": kind}, name=f"{name}-{kind}") for kind in ("csv", "xlsx")
    ]


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
