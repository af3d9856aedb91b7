"""Compile every template, so that a mistyped tag is found without opening its page, and measure its lines.

djangofmt lays templates out and breaks what it can; a long tag or comment it leaves as it is.
"""

import os
import sys
from pathlib import Path

LONGEST_LINE = 120
KINDS = {".html", ".txt", ".svg", ".xml"}


def _templates(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.suffix in KINDS]


def broken_templates(folder: Path) -> list[str]:
    """Return one line for each template that does not compile."""
    from django.template import TemplateDoesNotExist, TemplateSyntaxError
    from django.template.loader import get_template

    broken = []
    for path in _templates(folder):
        try:
            get_template(str(path.relative_to(folder)))
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            broken.append(f"{path.relative_to(folder.parent)}: {error}")
    return broken


def long_lines(folder: Path) -> list[str]:
    """Return one line for each line of a template that is longer than LONGEST_LINE characters."""
    return [
        f"{path.relative_to(folder.parent)}:{number}: {len(line)} characters, at most {LONGEST_LINE}"
        for path in _templates(folder)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")
    import django
    from django.conf import settings

    django.setup()
    folder = settings.BASE_DIR / "templates"
    wrong = broken_templates(folder) + long_lines(folder)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
