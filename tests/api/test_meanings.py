"""Every code that a door can answer with has a page that says what it means."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from coordination.ehr.problem_pages import MEANINGS, OF_A_RESULT

ROOT = Path(settings.BASE_DIR)
RAISED = (
    re.compile(r'Problem\(\s*\d+,\s*"([a-z-]+)"'),
    re.compile(r'Wrong\(\s*[^,]+,\s*"([a-z-]+)"'),
    re.compile(r'AuthenticationFailed\([^)]*"([a-z-]+)"\)'),
)
OTHERWISE = {  # put together from parts, or raised by the framework
    *("patient-unknown", "identity-mismatch", "too-many-results", "malformed"),
    *("not-authenticated", "method-not-allowed", "internal-error"),
}


def raised() -> set[str]:
    """The codes that stand in the sources of the doors."""
    paths = [*ROOT.glob("coordination/ehr/*.py"), *ROOT.glob("labs/report_format/*.py")]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return OTHERWISE.union(*(pattern.findall(sources) for pattern in RAISED))


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    found = raised()

    assert len(found) > 25
    assert found - set(MEANINGS) == set()
    written = (ROOT / "docs" / "integration.md").read_text(encoding="utf-8")
    assert {code for code in OF_A_RESULT if f"`{code}`" not in written} <= {"empty", "form"}


@pytest.mark.parametrize("code", MEANINGS)
def test_the_type_of_a_problem_is_an_address_that_opens(client: Client, code: str) -> None:
    answer = client.get(f"/problems/{code}")

    assert answer.status_code == 200
    text = answer.content.decode()
    assert f"<code>{code}</code>" in text
    assert MEANINGS[code].title in text


def test_the_list_names_them_all(client: Client) -> None:
    text = client.get("/problems/").content.decode()

    assert all(f'href="/problems/{code}"' in text for code in MEANINGS)


def test_a_code_that_is_none_has_no_page(client: Client) -> None:
    assert client.get("/problems/nothing").status_code == 404
