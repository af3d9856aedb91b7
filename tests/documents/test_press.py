"""The press reaches nothing: no file, no network, whatever somebody wrote (hazards H46, H47)."""

import re
import socket
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.checks import Warning as CheckWarning

from coordination.documents import render, versions
from coordination.documents.checks import documents_can_be_printed
from coordination.documents.kinds import KINDS
from coordination.documents.press import laid_out
from coordination.documents.render import CannotPrint, Press, pdf_of
from tests.documents.phases import PHASES
from tests.documents.test_every_document import texts_of

FRAME = (
    '<!DOCTYPE html><html lang="en"><head><title>t</title></head><body class="paper">{}'
    '<div class="page-identity">A</div><div class="page-foot">B</div></body></html>'
)


class Listener:
    """A door of this machine that notes whoever knocks."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.knocks = 0
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            self.knocks += 1
            visitor.close()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(2)


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


def unpacked(pdf: bytes) -> bytes:
    """The bytes of a PDF with its compressed streams laid open."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(_inflated(stream) for stream in streams)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def payloads(port: int, canary: Path) -> list[str]:
    addresses = [f"http://127.0.0.1:{port}/x", f"file://{canary}", f"//127.0.0.1:{port}/x", str(canary)]
    return [
        form.format(address)
        for address in addresses
        for form in (
            '<img src="{}">',
            '<link rel="stylesheet" href="{}">',
            '<link rel="attachment" href="{}">',
            "<style>@import url({});</style>",
            "<style>@font-face {{ font-family: x; src: url({}) }} p {{ font-family: x }}</style><p>x</p>",
            '<p style="background: url({})">x</p>',
            '<object data="{}"></object>',
            '<embed src="{}">',
            '<iframe src="{}"></iframe>',
            '<svg width="9" height="9"><image href="{0}" width="9" height="9"/><use href="{0}#a"/></svg>',
            '<svg width="9" height="9"><style>@import url({});</style></svg>',
        )
    ]


@pytest.mark.hazard("H47")
def test_markup_fetches_nothing_even_unescaped(listener: Listener, tmp_path: Path) -> None:
    canary = tmp_path / "canary.svg"
    canary.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>CANARY-4711</text></svg>')
    for payload in payloads(listener.port, canary):
        try:
            assert b"CANARY" not in unpacked(pdf_of(FRAME.format(payload)))
        except CannotPrint as error:
            # An address that cannot even be read is refused with the whole document.
            assert "InvalidValues" in error.message
    assert listener.knocks == 0


@pytest.mark.hazard("H46")
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["after-cycle", "radiation-sheet"])
def test_what_somebody_wrote_is_text_and_nothing_else(kind: str, listener: Listener, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY-4711")
    text = "<script>alert(1)</script> {{ 7|add:7 }} " + "".join(payloads(listener.port, canary))[:3000]
    here = PHASES["treated"]()
    here.patient.allergies = "<script>alert(2)</script>"
    here.patient.given_name = "<img src=x onerror=alert(3)>"
    here.patient.save_by(None)
    document = versions.draft(here.patient, KINDS[kind], by=here.navigator, now=here.now)
    document.free_text = text

    html = versions.page_of(versions.write(document, now=here.now), number=1, signed_by=here.navigator)
    words = " ".join(" ".join(texts_of(page._page_box)) for page in laid_out(html).pages)

    assert not any(tag in html for tag in ("<script", "<img", "<iframe", "<object", "<link"))
    assert "<script>alert(1)</script> {{ 7|add:7 }}" in words
    assert pdf_of(html).startswith(b"%PDF")
    assert listener.knocks == 0


def test_the_pdf_is_tagged_and_carries_our_fonts() -> None:
    pdf = unpacked(pdf_of(FRAME.format("<h1>Ångström ≥ ñ</h1>")))
    assert b"/MarkInfo" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"/Lang" in pdf
    assert b"Inter" in pdf


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    press = Press()
    monkeypatch.setattr(render, "FIRST_SECONDS", 0.2)
    with pytest.raises(CannotPrint):
        press.pdf_of(FRAME.format("<p>x</p>" * 200_000))
    monkeypatch.undo()
    assert press.pdf_of(FRAME.format("<p>x</p>")).startswith(b"%PDF")
    press.close()


def test_a_press_that_was_killed_is_replaced() -> None:
    press = Press()
    assert press.pdf_of(FRAME.format("<p>x</p>")).startswith(b"%PDF")
    assert press._process is not None
    press._process.kill()
    press._process.wait()
    assert press.pdf_of(FRAME.format("<p>x</p>")).startswith(b"%PDF")
    press.close()


@pytest.mark.hazard("H47")
def test_the_press_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "CANARY")
    press = Press()
    press.pdf_of(FRAME.format("<p>x</p>"))
    assert press._process is not None
    environment = Path(f"/proc/{press._process.pid}/environ").read_bytes()
    assert b"CANARY" not in environment
    assert b"DATABASE" not in environment
    press.close()


def test_a_machine_without_pango_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "LIBRARIES", ("libpango-is-not-here.so.0",))
    render.missing_libraries.cache_clear()
    try:
        (warning,) = documents_can_be_printed(None)
        assert isinstance(warning, CheckWarning)
        assert "libpango-is-not-here.so.0 missing" in warning.msg
        with pytest.raises(CannotPrint, match="apt-get install"):
            pdf_of(FRAME.format("x"))
    finally:
        render.missing_libraries.cache_clear()
