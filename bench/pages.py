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
import difflib
import logging
import re
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import time_machine

from bench.page_lines import SPACE, Reader, text_of_pdf, without_chance, without_secrets
from bench.stopped_demo import HOST, MOMENT, Demo

NOBODY = "nobody"


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
            reader.feed(without_secrets(content.decode()))
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
