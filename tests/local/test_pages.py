"""What bench.pages holds for the same page, and what for another."""

from pathlib import Path

import pytest

from bench.pages import SPACE, Reader, compare, without_chance


def lines_of(markup: str) -> list[str]:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader.lines


def test_white_space_beside_a_block_is_nothing() -> None:
    loose = "<ul>\n  <li>\n    one\n    two\n  </li>\n</ul>"

    assert lines_of(loose) == lines_of("<ul><li>one two</li></ul>")


def test_white_space_between_inline_elements_is_a_line_of_its_own() -> None:
    assert lines_of("<p><b>a</b> <i>b</i></p>") == [
        "<p>",
        "<b>",
        "a",
        "</b>",
        SPACE,
        "<i>",
        "b",
        "</i>",
        "</p>",
    ]


def test_an_element_that_holds_only_white_space_is_not_an_empty_one() -> None:
    assert lines_of("<td> </td>") == ["<td>", SPACE, "</td>"]
    assert lines_of("<td></td>") == ["<td>", "</td>"]


def test_what_keeps_its_white_space_is_kept() -> None:
    assert lines_of("<pre>a\n  b</pre>") == ["<pre>", "a", "  b", "</pre>"]


def test_ids_are_told_by_the_order_they_appear_in() -> None:
    one, two = "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"

    assert without_chance(f"{one} {two} {one}") == "uuid-1 uuid-2 uuid-1"


@pytest.mark.parametrize(
    ("after", "spaces", "differing"),
    [
        (["<b>", "a", "</b>", "b"], False, 0),
        (["<b>", "a", "</b>", "b"], True, 1),
        (["<b>", "other", "</b>", SPACE, "b"], False, 1),
    ],
)
def test_pages_are_compared_line_by_line(
    tmp_path: Path, after: list[str], spaces: bool, differing: int
) -> None:
    for name, lines in (("before", ["<b>", "a", "</b>", SPACE, "b"]), ("after", after)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.txt").write_text("\n".join(lines), encoding="utf-8")

    assert compare(tmp_path / "before", tmp_path / "after", spaces=spaces, most=10) == differing


def test_a_page_that_is_gone_differs(tmp_path: Path) -> None:
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
    (tmp_path / "before" / "page.txt").write_text("<p>\n", encoding="utf-8")

    assert compare(tmp_path / "before", tmp_path / "after", spaces=False, most=10) == 1
