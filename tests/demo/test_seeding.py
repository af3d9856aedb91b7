"""Same seed and day, same data; once; only where a demo runs."""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import Site, User
from coordination.demo import seed as seeding
from coordination.demo.house import is_built, secrets_of
from coordination.demo.stories import NUMBERED, STORIES
from coordination.demo.story import Story
from coordination.local.demo import SEED as FIXED_SEED
from labs.models import LabResult
from patients.models import Patient
from scheduling.models import DueItem, Proposal
from tests.demo.expected import EXPECTED
from tests.factories import UserFactory

AS_OF = datetime.fromisoformat("2027-03-10T10:00-05:00")
FEW = {mrn: story for mrn, story in NUMBERED.items() if story.key in ("information-needed", "corrected")}


@pytest.fixture
def a_few_stories(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    def few(number: int, *, as_of: datetime) -> None:
        whole(number, as_of=as_of, stories=FEW)

    whole = seeding.seed
    monkeypatch.setattr("coordination.management.commands.demo.seed", few)
    settings.FOURFOLD_DEMO = True


def _everything() -> list[Any]:
    """What was made, without the random ids of rows."""
    return [
        list(Patient.objects.values_list("family_name", "phone", "created_at").order_by("pk")),
        list(LabResult.objects.values_list("source", "source_id", "value", "received_at").order_by("pk")),
        list(Proposal.objects.values_list("action", "text", "made_at").order_by("pk")),
        list(DueItem.objects.values_list("item", "cycle_number", "opens_on", "done").order_by("pk")),
    ]


def _told_and_undone(number: int, as_of: datetime) -> list[Any]:
    with transaction.atomic():
        seeding.seed(number, as_of=as_of, stories=FEW)
        made = _everything()
        transaction.set_rollback(True)
    return made


@pytest.mark.django_db
def test_the_same_seed_and_day_make_the_same_data() -> None:
    first = _told_and_undone(4, AS_OF)

    assert _told_and_undone(4, AS_OF) == first
    assert _told_and_undone(4, AS_OF + timedelta(hours=3))[:2] == first[:2]
    assert _told_and_undone(5, AS_OF)[1] != first[1]


def test_the_seed_makes_password_and_token() -> None:
    assert secrets_of(4) == secrets_of(4)
    assert secrets_of(4).password != secrets_of(5).password
    assert len(secrets_of(4).password) >= 12 and secrets_of(4).password.count("-") == 3


def test_the_readme_shows_the_line_that_the_demo_prints() -> None:
    line = seeding.told(FIXED_SEED)["try"]["curl"].replace("{url}", "http://127.0.0.1:8000")

    assert line in (Path(settings.BASE_DIR) / "README.md").read_text(encoding="utf-8").splitlines()


def test_each_story_has_a_line_a_key_and_an_expectation() -> None:
    assert [story.key for story in STORIES] == list(EXPECTED)
    assert all(story.line and len(story.line) < 110 for story in STORIES)
    names = [(story.person.given, story.person.family) for story in STORIES]
    assert len(set(names)) == len(names)


@pytest.mark.django_db
@pytest.mark.usefixtures("a_few_stories")
def test_the_command_says_how_to_sign_in_and_writes_it_where_asked(tmp_path: Path) -> None:
    out, path = StringIO(), tmp_path / "told.json"

    call_command("demo", "--seed", "4", "--as-of", AS_OF.isoformat(), "--json", str(path), stdout=out)

    told = json.loads(out.getvalue())
    assert json.loads(path.read_text(encoding="utf-8")) == told
    assert {person["role"] for person in told["people"]} == {role.value for role in Role}
    assert {"mrn_system", "mrn", "story"} == set(told["patients"][0])
    assert len(told["patients"]) == len(NUMBERED)
    assert told["try"]["curl"].startswith("curl -sS {url}/api/v1/lab-results ")
    for person in told["people"]:
        user = User.objects.get(username=person["username"])
        assert user.role == person["role"]
    assert User.objects.get(username="navigator").check_password(told["people"][0]["password"])


@pytest.mark.django_db
@pytest.mark.usefixtures("a_few_stories")
def test_the_second_run_says_it_is_there_and_tells_the_same() -> None:
    first, second, said = StringIO(), StringIO(), StringIO()
    call_command("demo", "--as-of", AS_OF.isoformat(), stdout=first)

    call_command("demo", stdout=second, stderr=said)

    assert second.getvalue() == first.getvalue()
    assert "there already" in said.getvalue()
    assert Patient.objects.count() == len(FEW)
    with pytest.raises(CommandError, match="another seed"):
        call_command("demo", "--seed", "5")


@pytest.mark.django_db
def test_outside_a_demo_nobody_gets_a_password_that_everybody_knows() -> None:
    with pytest.raises(CommandError, match="FOURFOLD_DEMO"):
        call_command("demo")
    assert not is_built()


@pytest.mark.hazard("H56")
@pytest.mark.django_db
def test_a_database_in_use_is_left_alone() -> None:
    UserFactory()

    with pytest.raises(CareError, match="in use"):
        seeding.seed(4, as_of=AS_OF)
    assert not Site.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["yesterday", "2027-03-10T10:00"])
def test_an_instant_has_a_zone(text: str, settings: Any) -> None:
    settings.FOURFOLD_DEMO = True

    with pytest.raises(CommandError, match="--as-of"):
        call_command("demo", "--as-of", text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "as_of",
    [
        "2026-11-29T23:50-05:00",  # the Sunday after Thanksgiving
        "2027-01-01T00:10-05:00",  # a holiday, minutes after midnight
        "2027-07-05T10:00-04:00",  # Independence Day, observed
    ],
)
def test_a_few_stories_can_be_told_on_any_day(as_of: str) -> None:
    keys = ("infusion-today", "friday-infusion", "infused-yesterday", "albumin-missing", "resolved")
    some: dict[str, Story] = {mrn: story for mrn, story in NUMBERED.items() if story.key in keys}

    seeding.seed(4, as_of=datetime.fromisoformat(as_of), stories=some)

    assert Patient.objects.count() == len(keys)
