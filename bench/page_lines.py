"""A page of the product as lines that two trees can be compared by."""

import contextlib
import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser

SPACE = "␣"

PLACEHOLDERS = {
    "uuid": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "secret": re.compile(
        r'(?<=csrfmiddlewaretoken" value=")[^"]+|(?<=X-CSRFToken": ")[^"]+|(?<=nonce=")[^"]+'
    ),
    "request": re.compile(r"(?<=/req/)[0-9a-f]{32}"),
    "seed": re.compile(r'(?<=class="qrline" stroke="#000" d=")[^"]+|\b[A-Z2-7]{32}\b'),  # of an authenticator
    "hash": re.compile(r"(?<=\.)[0-9a-f]{12}(?=\.(?:css|js|svg|woff2)\b)"),
}
BLOCKS = frozenset(
    [
        *("html", "head", "body", "title", "meta", "link", "script", "style", "template", "main", "nav"),
        *("aside", "header", "footer", "section", "article", "div", "p", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "colgroup", "col", "thead", "tbody"),
        *("tfoot", "tr", "th", "td", "form", "fieldset", "legend", "details", "summary", "dialog", "figure"),
        *("figcaption", "pre", "blockquote", "address", "hr", "br", "select", "option", "optgroup", "svg"),
        *("g", "path", "rect", "line", "circle", "use", "text", "tspan", "defs", "polyline", "desc"),
    ]
)
VERBATIM = frozenset({"pre", "textarea", "script", "style"})
LINKS = frozenset({"href", "hx-get", "data-href"})


@dataclass
class Reader(HTMLParser):
    """A page as lines: each tag, each run of words, each space between inline elements; and its links."""

    lines: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    verbatim: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._follows_space = True
        self._is_blank = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name in LINKS and value and tag != "link"]
        told = [name if value is None else f'{name}="{_on_one_line(value)}"' for name, value in attrs]
        self._tag(tag, f"<{' '.join([tag, *told])}>")
        if tag in VERBATIM:
            self.verbatim.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.verbatim and self.verbatim[-1] == tag:
            self.verbatim.pop()
        if self._is_blank and self.lines[-1].startswith(f"<{tag}"):
            self.lines.append(SPACE)
            self._follows_space = tag in BLOCKS
            self.lines.append(f"</{tag}>")
            return
        self._tag(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.verbatim:
            self.lines += data.strip("\n").splitlines()
            self._follows_space = False
            return
        words = " ".join(data.split())
        self._is_blank = not words
        if data[:1].isspace():
            self._space()
        if words:
            self.lines.append(words)
            self._follows_space = False
            if data[-1].isspace():
                self._space()

    def handle_decl(self, decl: str) -> None:
        self.lines.append(f"<!{decl}>")

    def _tag(self, tag: str, line: str) -> None:
        if tag in BLOCKS:
            if self.lines and self.lines[-1] == SPACE:
                self.lines.pop()
            self._follows_space = True
        elif tag in {"input", "img", "button", "textarea"}:
            self._follows_space = False
        self._is_blank = False
        self.lines.append(line)

    def _space(self) -> None:
        if not self._follows_space:
            self.lines.append(SPACE)
            self._follows_space = True


def _on_one_line(value: str) -> str:
    """The value of an attribute with its white space collapsed; of JSON none is left."""
    if value.startswith("{"):
        with contextlib.suppress(ValueError):
            return json.dumps(json.loads(value), separators=(",", ":"))
    return " ".join(value.split())


def without_chance(text: str) -> str:
    """The same text with everything that differs from run to run replaced by the order it appears in."""
    for name, pattern in PLACEHOLDERS.items():
        seen: dict[str, str] = {}
        text = pattern.sub(lambda found: seen.setdefault(found[0], f"{name}-{len(seen) + 1}"), text)  # noqa: B023
    return text


def text_of_pdf(content: bytes) -> str:
    """The words of a PDF as laid out, where this machine has pdftotext."""
    if shutil.which("pdftotext") is None:
        return "a PDF, not read: no pdftotext here\n"
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


def without_secrets(markup: str) -> str:
    """The mark-up with one word for each secret."""
    return PLACEHOLDERS["secret"].sub("secret", markup)
