"""The press: a process of its own that sets HTML as PDF, and can do nothing else.

Started by `coordination.documents.render` as `python -m coordination.documents.pdf_process`. It is handed no
environment, so it knows no secret; it fetches nothing but `data:` addresses (hazard H47); it has a limit of
memory, and whoever waits for it kills it when it takes too long. It knows no Django.

Each job is a length and that many bytes of HTML in UTF-8; each answer is a sign (P: a PDF, E: the name of an
error), a length and that many bytes.
"""

import os
import re
import resource
import select
import struct
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

JOB = struct.Struct(">I")
ANSWER = struct.Struct(">cI")
MEMORY_BYTES = 512 * 1024 * 1024
IDLE_SECONDS = 300
VARIANT = "pdf/ua-1"

STATIC = Path(__file__).parents[1] / "static"
FONTS = STATIC / "fonts" / "inter"
SHEETS = ("document.css", "document-print.css")
FACES = (
    ("Inter-Regular.otf", 400, "normal"),
    ("Inter-SemiBold.otf", 600, "normal"),
    ("Inter-Italic.otf", 400, "italic"),
)
A_CHART = re.compile(r'<svg class="chart[^>]*>')


@lru_cache(maxsize=1)
def _setting() -> tuple[Any, list[Any]]:
    """Our fonts and style sheets, read once."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurFonts(URLFetcher):  # type: ignore[misc]
        """Answers `font:` with one of the files shipped, and nothing else."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            name = url.removeprefix("font:")
            if name not in {face[0] for face in FACES}:
                raise ValueError("no font of ours")
            return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/otf"})

    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: Inter; src: url(font:{name}); font-weight: {weight};"
        f" font-style: {style} }}"
        for name, weight, style in FACES
    )
    sheets = [faces, *((STATIC / "fourfold" / name).read_text() for name in SHEETS)]
    read = [weasyprint.CSS(string=text, font_config=fonts, url_fetcher=OurFonts()) for text in sheets]
    return fonts, read


@lru_cache(maxsize=1)
def _chart_style() -> str:
    """An SVG does not inherit the style of the page in the PDF: each carries its own."""
    return f"<style>{(STATIC / 'fourfold' / 'document-charts.css').read_text()}</style>"


def laid_out(html: str) -> Any:
    """Lay the pages out: a WeasyPrint Document. Nothing but `data:` is fetched."""
    import weasyprint
    from weasyprint.urls import URLFetcher

    fonts, sheets = _setting()
    drawn = A_CHART.sub(lambda found: found[0] + _chart_style(), html)
    source = weasyprint.HTML(string=drawn, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    return source.render(stylesheets=sheets, font_config=fonts, pdf_variant=VARIANT, pdf_tags=True)


def set_pdf(html: str) -> bytes:
    pdf: bytes = laid_out(html).write_pdf(pdf_variant=VARIANT, pdf_tags=True)
    return pdf


def _limit() -> None:
    """No more memory than a long letter needs, and no file is written."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(length: int) -> bytes:
    parts = []
    while length:
        part = os.read(0, min(length, 1 << 16))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _answer(sign: bytes, body: bytes) -> None:
    left = memoryview(ANSWER.pack(sign, len(body)) + body)
    while left:
        left = left[os.write(1, left) :]


def main() -> int:
    """Work until nobody asks any more, and take the fonts laid out for it away again."""
    _setting()
    _limit()
    try:
        return _work()
    finally:
        _setting.cache_clear()


def _work() -> int:
    while select.select([0], [], [], IDLE_SECONDS)[0]:
        try:
            html = _read(*JOB.unpack(_read(JOB.size))).decode()
        except EOFError:
            return 0
        try:
            _answer(b"P", set_pdf(html))
        except Exception as error:  # noqa: BLE001
            # Only its name: its words may quote the letter.
            _answer(b"E", type(error).__name__.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
