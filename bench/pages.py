"""Save every page that each person of the demo can open, so that two trees can be compared page by page.

    python -m bench.pages save FOLDER [--store FOLDER] [--of-a-kind N] [--as-sent]
    python -m bench.pages compare BEFORE AFTER [--spaces] [--most N]

`save` seeds the demo as of a fixed moment, stops the clock there, signs in as each person and as nobody, and
follows links from every address without arguments: up to N pages of a kind (a route with the names in its
query; three), GET only. With --store the seeded database stays in that folder, and every `save` works on a
copy of it. `compare` prints the lines that differ. White space is collapsed and that beside a block is
dropped; between inline elements, and where it is all that an element holds, it is a line of its own that is
compared only with --spaces. With --as-sent the mark-up is kept beside the lines, for a browser.
"""

import argparse
import contextlib
import difflib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import psycopg2
import time_machine

from coordination.local.broker import Broker
from coordination.local.cluster import APPLICATION, OWNER, Cluster

ROOT = Path(__file__).resolve().parents[1]
MOMENT = "2026-11-25T10:00-05:00"  # a working Wednesday at the demo's sites
SEED = "4"
SEEDED = "seeded"
NOBODY = "nobody"
HOST = "127.0.0.1"
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


# --- reading a page ----------------------------------------------------------------------------------


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


# --- the demo on a stopped clock ---------------------------------------------------------------------


@dataclass
class Demo:
    """PostgreSQL and Valkey with the demo's data; enter it to have Django set up on a copy of them."""

    folder: Path

    def __enter__(self) -> "Demo":
        self.cluster = Cluster(self.folder / "postgres", settings=("autovacuum=off",))
        self.passing = Path(tempfile.mkdtemp(prefix="fourfold-pages-"))
        self.broker = Broker(self.passing / "valkey")
        self.cluster.start()
        self.broker.start()
        if not self._is_seeded():
            self._seed()
        self._sql(f"DROP DATABASE IF EXISTS {OWNER}", f"CREATE DATABASE {OWNER} TEMPLATE {SEEDED}")
        self._manage(OWNER, "migrate", "--no-input", "--verbosity", "0")
        self._sql("VACUUM ANALYZE", database=OWNER)  # the same plans, so that ties lie in the same order
        os.environ.update(self._environment(OWNER, user=APPLICATION))
        import django

        django.setup()
        return self

    def __exit__(self, *_: object) -> None:
        from django.db import connections

        connections.close_all()
        self.broker.stop()
        self.cluster.stop()
        shutil.rmtree(self.passing, ignore_errors=True)
        shutil.rmtree(self.broker.socket.parent, ignore_errors=True)

    @property
    def people(self) -> list[dict[str, str]]:
        told: list[dict[str, str]] = json.loads((self.folder / "demo.json").read_text())["people"]
        return told

    def _is_seeded(self) -> bool:
        return (self.folder / "demo.json").exists()

    def _seed(self) -> None:
        print(f"Making demo data as of {MOMENT} ...", file=sys.stderr, flush=True)
        self._sql(f"DROP DATABASE IF EXISTS {SEEDED}", f"CREATE DATABASE {SEEDED}")
        self._manage(SEEDED, "migrate", "--no-input", "--verbosity", "0")
        told = self._manage(SEEDED, "demo", "--seed", SEED, "--as-of", MOMENT, user=APPLICATION)
        (self.folder / "demo.json").write_text(told)

    def _manage(self, database: str, *arguments: str, user: str = OWNER) -> str:
        environment = os.environ | self._environment(database, user=user)
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def _environment(self, database: str, *, user: str) -> dict[str, str]:
        people = self.people if self._is_seeded() else []
        return {
            "DJANGO_SETTINGS_MODULE": "coordination.settings",
            "DATABASE_URL": self.cluster.url(database, user=user),
            "REDIS_URL": self.broker.url,
            "SECRET_KEY": "for comparing only",
            "FIELD_KEYS": urlsafe_b64encode(b"for comparing only, nothing else").decode(),
            "AUDIT_KEY": "for comparing only",
            "AUDIT_SEALS_FILE": str(self.passing / "audit-seals.jsonl"),
            "ALLOWED_HOSTS": HOST,
            "SECURE_COOKIES": "false",
            "FOURFOLD_DEMO": "true",
            "FOURFOLD_DEMO_PEOPLE": json.dumps(people),
        }

    def _sql(self, *statements: str, database: str = "postgres") -> None:
        connection = psycopg2.connect(self.cluster.url(database))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()


# --- walking -----------------------------------------------------------------------------------------


def routes(resolver: Any, before: str = "") -> Iterator[str]:
    """Every route of the product."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, route)
        else:
            yield route


def kind_of(address: str) -> str | None:
    """Return the kind of page: its route and the names in its query. None where nothing answers there."""
    from django.urls import Resolver404, resolve

    parts = urlsplit(address)
    try:
        route = resolve(parts.path).route
    except Resolver404:
        return None
    return "?".join([route, *sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})])


@dataclass
class Walk:
    """One person's way through the pages."""

    client: Any
    folder: Path
    of_a_kind: int
    as_sent: bool
    waiting: deque[str] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    opened: Counter[str] = field(default_factory=Counter)

    def go(self) -> int:
        """Open what is reached, and return how many pages were saved."""
        self.folder.mkdir(parents=True)
        while self.waiting:
            self._open(self.waiting.popleft())
        return self.opened.total()

    def _open(self, address: str) -> None:
        kind = kind_of(address)
        if kind is None or address in self.seen or self.opened[kind] >= self.of_a_kind:
            return
        self.seen.add(address)
        self.opened[kind] += 1
        answer = self.client.get(address)
        self._save(kind, answer)
        if answer.headers.get("Location"):
            self._wait_for(address, [answer.headers["Location"]])

    def _save(self, kind: str, answer: Any) -> None:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        media = answer.headers.get("Content-Type", "").partition(";")[0]
        head = f"{answer.status_code} {media} {answer.headers.get('Location', '')}".rstrip()
        lines = self._lines(answer.request["PATH_INFO"], media, content)
        name = re.sub(r"[^a-z0-9?]+", "-", kind.lower()).strip("-").replace("?", "_") or "front"
        path = self.folder / f"{name}~{self.opened[kind]}.txt"
        if self.as_sent:
            path.with_suffix(".sent").write_bytes(content)
        path.write_text(without_chance("\n".join([head, *lines])) + "\n", encoding="utf-8")

    def _lines(self, address: str, media: str, content: bytes) -> list[str]:
        if media == "text/html":
            reader = Reader()
            # Secrets stand in attributes: what is chance is taken out of the mark-up as it was sent.
            reader.feed(_without_secrets(content.decode()))
            reader.close()
            self._wait_for(address, reader.links)
            return reader.lines
        if media == "application/pdf":
            return text_of_pdf(content).splitlines()
        if media.startswith("text/") or media.endswith(("json", "yaml", "openapi")):
            return content.decode().splitlines()
        return ["not text"]

    def _wait_for(self, address: str, links: Iterable[str]) -> None:
        for link in links:
            parts = urlsplit(urljoin(f"http://{HOST}{address}", link))
            if parts.scheme in {"http", "https"} and parts.hostname == HOST:
                self.waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def _without_secrets(markup: str) -> str:
    return PLACEHOLDERS["secret"].sub("secret", markup)


def save(folder: Path, store: Path, *, of_a_kind: int, as_sent: bool) -> None:
    """Write every page below `folder`, a folder for each person. Raises FileExistsError where it is there."""
    folder.mkdir(parents=True)
    with Demo(store) as demo, time_machine.travel(MOMENT, tick=False):
        from django.contrib.auth import get_user_model
        from django.test import Client
        from django.urls import get_resolver

        logging.disable(logging.WARNING)
        plain = sorted(route for route in set(routes(get_resolver())) if not re.search(r"[<(\\]", route))
        for name in [NOBODY, *(person["username"] for person in demo.people)]:
            client = Client(raise_request_exception=False, headers={"host": HOST})
            if name != NOBODY:
                client.force_login(get_user_model().objects.get(username=name))
            walk = Walk(
                client, folder / name, of_a_kind, as_sent, deque(["/", *(f"/{route}" for route in plain)])
            )
            print(f"{name}: {walk.go()} pages of {len(walk.opened)} kinds", file=sys.stderr, flush=True)


# --- comparing ---------------------------------------------------------------------------------------


def _files(folder: Path) -> dict[str, list[str]]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8").splitlines()
        for path in sorted(folder.rglob("*.txt"))
    }


def compare(before: Path, after: Path, *, spaces: bool, most: int) -> int:
    """Print what differs, at most `most` lines of a page; return how many pages do."""
    old, new = _files(before), _files(after)
    differing = 0
    for name in sorted(old.keys() | new.keys()):
        sides = [side.get(name, ["no such page"]) for side in (old, new)]
        if not spaces:
            sides = [[line for line in side if line != SPACE] for side in sides]
        if sides[0] == sides[1]:
            continue
        differing += 1
        print(f"--- {name}")
        found = list(difflib.unified_diff(sides[0], sides[1], lineterm="", n=2))[2:]
        print("\n".join(found[:most]))
    print(f"{differing} of {len(old.keys() | new.keys())} pages differ")
    return differing


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench.pages", description=(__doc__ or "").splitlines()[0])
    acts = parser.add_subparsers(dest="act", required=True)
    saving = acts.add_parser("save")
    saving.add_argument("folder", type=Path)
    saving.add_argument("--store", type=Path, help="keep the seeded database here")
    saving.add_argument("--of-a-kind", type=int, default=3, metavar="N", help="pages of a kind (3)")
    saving.add_argument("--as-sent", action="store_true", help="keep the mark-up as sent as well")
    comparing = acts.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--spaces", action="store_true", help="spaces between inline elements too")
    comparing.add_argument("--most", type=int, default=40, help="lines of one page (40)")
    given = parser.parse_args(arguments)
    if given.act == "compare":
        return 1 if compare(given.before, given.after, spaces=given.spaces, most=given.most) else 0
    if given.store:
        save(given.folder, given.store, of_a_kind=given.of_a_kind, as_sent=given.as_sent)
    else:
        with tempfile.TemporaryDirectory(prefix="fourfold-pages-") as folder:
            save(given.folder, Path(folder), of_a_kind=given.of_a_kind, as_sent=given.as_sent)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
