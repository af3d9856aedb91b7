"""Which browser a session is used in, in words. Browsers name each other: the order tells them apart."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(header: str) -> str:
    """Return "Firefox on Windows" for a User-Agent header."""
    browser = next((name for sign, name in BROWSERS if sign in header), "Unknown browser")
    system = next((name for sign, name in SYSTEMS if sign in header), "")
    return f"{browser} on {system}" if system else browser
