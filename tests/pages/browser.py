"""The system's Chromium, the sizes and themes that every page is looked at in, and what axe says of it."""

import os
import shutil

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
THEMES = ("light", "dark")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """Return the path of the system's Chromium, or of the one that CHROMIUM names."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def problems_of(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it stands, one line for each element."""
    found = Axe().run(page, options={"runOnly": STANDARDS}).response["violations"]
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))} - {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def is_cut_off(page: Page) -> bool:
    """Tell whether the page as a whole scrolls sideways: WCAG 1.4.10, reflow. With its styles loaded."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
