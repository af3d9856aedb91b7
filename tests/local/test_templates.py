from pathlib import Path

from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from coordination.local.templates import LONGEST_LINE, long_lines

KEEPS_WHITE_SPACE = ("<pre", "<textarea")


def test_a_line_that_is_too_long_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "short.html").write_text("x" * LONGEST_LINE)
    (folder / "long.html").write_text("<p>\n" + "x" * (LONGEST_LINE + 1))

    assert long_lines(folder) == ["templates/long.html:2: 121 characters, at most 120"]


def test_pages_are_sent_without_the_indentation_of_their_templates() -> None:
    sent = get_template("components/facts.html").render({"rows": [("Weight", "70 kg")]})

    assert "  " not in sent
    assert "<dt>Weight</dt>" in sent


def test_messages_keep_theirs() -> None:
    loader = engines["django"].engine.template_loaders[0].loaders[0]
    name = "messages/en/digest.email.txt"
    origin = next(iter(loader.get_template_sources(name)))

    assert loader.get_contents(origin) == (settings.BASE_DIR / "templates" / name).read_text(encoding="utf-8")


def test_what_keeps_its_white_space_stands_on_one_line() -> None:
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for element in KEEPS_WHITE_SPACE:
                assert element not in line or f"</{element.removeprefix('<')}>" in line, path
