"""Photograph every page of the demo: `python3 run.py screenshots`.

Signs in as each person of the demo and follows links, one page of each kind (opaque ids do not make a
new kind), in both themes, on a desktop and on a phone. Uses the demo that runs, else starts one for the
time being. Says for each page what axe finds, whether it is cut off sideways, and what it weighs.
"""

import argparse
import contextlib
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.pages.browser import CHROMIUM_FLAGS, DESKTOP, PHONE, THEMES, chromium, is_cut_off, problems_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "screenshots"
DEMO = ROOT / ".local" / "demo.json"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d+\b")
NOT_PAGES = re.compile(r"^/(static|api|health)/|\.(pdf|csv|xlsx|ics)(\?|$)|format=")
STARTING_SECONDS = 240
MOST_PAGES_OF_A_PERSON = 60


@dataclass(slots=True)
class Album:
    """What was photographed: each kind of page with who found it where, and what was wrong."""

    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)  # kind -> (user name, address)
    problems: list[str] = field(default_factory=list)


def _health(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _running_demo() -> dict[str, Any] | None:
    if not DEMO.exists():
        return None
    demo: dict[str, Any] = json.loads(DEMO.read_text(encoding="utf-8"))
    demo["url"] = demo["url"].rstrip("/")
    return demo if _health(demo["url"]) else None


@contextlib.contextmanager
def a_demo() -> Iterator[dict[str, Any]]:
    """Yield the demo that runs, or one that runs for as long as we need it."""
    if found := _running_demo():
        yield found
        return
    started = subprocess.Popen([sys.executable, "-m", "coordination.local.demo"], cwd=ROOT)
    try:
        until = time.monotonic() + STARTING_SECONDS
        while not (found := _running_demo()):
            if started.poll() is not None or time.monotonic() > until:
                raise SystemExit("The demo did not start.")
            time.sleep(1)
        yield found
    finally:
        started.terminate()
        started.wait(timeout=30)


def kind_of(address: str) -> str:
    """Return the kind of page: its path with a star for each id, and the names in its query."""
    parts = urlsplit(address)
    names = sorted(part.split("=")[0] for part in parts.query.split("&") if part)
    return UUID.sub("*", parts.path) + (f"?{'&'.join(names)}" if names else "")


def _sign_in(page: Page, url: str, person: dict[str, str]) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("User name").fill(person["username"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def _links(page: Page, url: str) -> list[str]:
    hrefs: list[str] = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    found = (urljoin(page.url, href).split("#")[0] for href in hrefs)
    return [href for href in found if href.startswith(url) and not NOT_PAGES.search(href.removeprefix(url))]


def walk(context: BrowserContext, url: str, username: str, album: Album) -> None:
    """Follow links from the first page until no new kind of page is found."""
    page = context.new_page()
    waiting, seen = [f"{url}/"], set()
    while waiting and len(seen) < MOST_PAGES_OF_A_PERSON:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in seen or "?sort" in kind or "page" in kind:
            continue
        seen.add(kind)
        answer = page.goto(address)
        if answer and answer.status >= 400:
            album.problems.append(f"{username} {address.removeprefix(url)}: {answer.status}")
            continue
        album.kinds.setdefault(kind, (username, address))
        waiting += _links(page, url)
    page.close()


def _file_name(kind: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", kind.lower().replace("*", "one")).strip("-") or "first-page"


def photograph(page: Page, address: str, *, kind: str, series: str, album: Album) -> None:
    weight: list[int] = []
    page.on("requestfinished", lambda request: weight.append(request.sizes()["responseBodySize"]))
    page.on(
        "console",
        lambda said: album.problems.append(f"{kind}: {said.text}") if said.type == "error" else None,
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / series / f"{_file_name(kind)}.png", full_page=True)
    album.problems += [f"{series} {kind}: {problem}" for problem in problems_of(page)]
    if is_cut_off(page):
        album.problems.append(f"{series} {kind}: is cut off sideways")
    print(f"{series:14} {sum(weight) / 1000:6.0f} kB  {kind}", flush=True)


def _photograph_all(browser: Browser, demo: dict[str, Any], album: Album) -> None:
    people = {person["username"]: person for person in demo["people"]}
    for theme in THEMES:
        for name, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            series = f"{name}-{theme}"
            (FOLDER / series).mkdir(parents=True, exist_ok=True)
            for username, person in people.items():
                context = browser.new_context(color_scheme=theme, viewport=viewport)
                page = context.new_page()
                _sign_in(page, demo["url"], person)
                page.close()
                for kind, (opened_by, address) in album.kinds.items():
                    if opened_by == username:
                        page = context.new_page()
                        photograph(page, address, kind=kind, series=series, album=album)
                        page.close()
                context.close()


def main() -> int:
    argparse.ArgumentParser(prog="run.py screenshots", description=__doc__).parse_args()
    path = chromium()
    if path is None:
        raise SystemExit("No Chromium on this machine.")
    album = Album()
    with a_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        for person in demo["people"]:
            context = browser.new_context(viewport=DESKTOP)
            _sign_in(context.new_page(), demo["url"], person)
            walk(context, demo["url"], person["username"], album)
            context.close()
        _photograph_all(browser, demo, album)
        browser.close()
    for problem in album.problems:
        print(problem)
    print(f"{len(album.kinds)} kinds of pages in {FOLDER.name}/, {len(album.problems)} problems")
    return 1 if album.problems else 0


if __name__ == "__main__":
    sys.exit(main())
