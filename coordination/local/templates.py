"""Compile every template, so that a mistyped tag is found without opening its page."""

import os
import sys
from pathlib import Path


def broken_templates(folder: Path) -> list[str]:
    """Return one line for each template that does not compile."""
    from django.template import TemplateDoesNotExist, TemplateSyntaxError
    from django.template.loader import get_template

    broken = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".html", ".txt", ".svg", ".xml"}:
            try:
                get_template(str(path.relative_to(folder)))
            except (TemplateSyntaxError, TemplateDoesNotExist) as error:
                broken.append(f"{path.relative_to(folder.parent)}: {error}")
    return broken


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")
    import django
    from django.conf import settings

    django.setup()
    broken = broken_templates(settings.BASE_DIR / "templates")
    print("\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
