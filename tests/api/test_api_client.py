"""manage.py api_client: create, list, change, rotate and end."""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from coordination.base.api_clients import hash_of
from coordination.base.models import ApiClient, Site
from tests import factories as make
from tests.api.conftest import Ehr, a_report

NAME = "Harbor lab"
BECAUSE = ("--because", "A test.")


@pytest.fixture
def site(db: None) -> Site:
    site: Site = make.SiteFactory(key="harbor")
    return site


def run(*arguments: str) -> str:
    printed = StringIO()
    call_command("api_client", *arguments, stdout=printed)
    return printed.getvalue()


def token_of(printed: str) -> str:
    found = re.search(r"Token \(shown only now\): (\S+)", printed)
    assert found
    return found[1]


def create(*more: str) -> str:
    return token_of(run("create", NAME, "--site", "harbor", "--scope", "results:write", *more))


def status(token: str) -> int:
    client = ApiClient.objects.get()
    answer = Ehr(client, token).post(a_report(patient={"system": "urn:x", "value": "nobody"}))
    return int(answer.status_code)


def client() -> ApiClient:
    return ApiClient.objects.get(name=NAME)


def test_a_client_is_made_with_what_was_said_and_its_token_opens(site: Site) -> None:
    token = create(
        *("--scope", "patients:read", "--mrn-system", "urn:a", "--mrn-system", "urn:b"),
        *("--park-unknown", "--ends", "2099-12-31", "--time-zone", "America/Chicago"),
    )

    made = client()
    assert (made.scopes, made.mrn_systems) == (["results:write", "patients:read"], ["urn:a", "urn:b"])
    assert (made.park_unknown, made.expires_on, made.timezone) == (
        True,
        date(2099, 12, 31),
        "America/Chicago",
    )
    assert list(made.sites.all()) == [site]
    assert made.token_hash == hash_of(token)
    assert token not in str(made.__dict__)
    assert made.history.get().history_change_reason == "created (sites: harbor)"
    assert status(token) == 202


def test_the_list_says_what_each_may_do_and_no_token(site: Site) -> None:
    token = create("--ends", "2099-12-31")

    (line,) = run("list").splitlines()

    assert line == (
        "Harbor lab | active | sites: harbor | scopes: results:write | MRN systems: any"
        " | unknown patients: refused | ends: 2099-12-31 | last used: never"
    )
    assert token not in line and hash_of(token) not in line


def test_what_is_changed_changes_and_the_rest_stays(site: Site) -> None:
    token = create("--park-unknown", "--mrn-system", "urn:a", "--ends", "2099-12-31")
    make.SiteFactory(key="west")

    run(
        "change",
        NAME,
        "--site",
        "west",
        "--refuse-unknown",
        "--mrn-system",
        "any",
        "--ends",
        "never",
        *BECAUSE,
    )

    changed = client()
    assert (changed.park_unknown, changed.mrn_systems, changed.expires_on) == (False, [], None)
    assert changed.scopes == ["results:write"]
    assert [each.key for each in changed.sites.all()] == ["west"]
    assert changed.history.first().history_change_reason == "A test. (sites: west)"
    assert status(token) == 422


def test_both_tokens_open_until_the_overlap_is_over(site: Site) -> None:
    with time_machine.travel("2025-03-04T12:00:00Z", tick=False) as time:
        old = create()
        printed = run("rotate", NAME, "--overlap", "48", *BECAUSE)
        new = token_of(printed)

        assert "The old token opens until 2025-03-06 12:00 UTC." in printed
        assert "old token until 2025-03-06 12:00 UTC" in run("list")
        assert (status(old), status(new)) == (422, 422)
        time.shift(timedelta(hours=48))
        assert (status(old), status(new)) == (401, 422)
        assert "old token" not in run("list")


def test_without_a_word_the_overlap_is_a_day(site: Site) -> None:
    with time_machine.travel("2025-03-04T12:00:00Z", tick=False):
        create()

        assert "until 2025-03-05 12:00 UTC" in run("rotate", NAME, *BECAUSE)


def test_at_once_the_old_token_opens_nothing(site: Site) -> None:
    old = create()

    printed = run("rotate", NAME, "--at-once", "--ends", "2099-12-31", *BECAUSE)

    assert "The old token opens nothing." in printed
    assert (status(old), status(token_of(printed))) == (401, 422)
    assert client().expires_on == date(2099, 12, 31)


def test_of_three_tokens_the_oldest_opens_nothing(site: Site) -> None:
    first = create()
    second = token_of(run("rotate", NAME, *BECAUSE))
    third = token_of(run("rotate", NAME, *BECAUSE))

    assert [status(token) for token in (first, second, third)] == [401, 422, 422]


@pytest.mark.hazard("H49")
def test_who_is_ended_opens_nothing_with_any_token(site: Site) -> None:
    old = create()
    new = token_of(run("rotate", NAME, *BECAUSE))

    run("end", NAME, *BECAUSE)

    assert (status(old), status(new)) == (401, 401)
    assert "| ended |" in run("list")
    assert client().history.first().history_change_reason == "A test."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", NAME, "--site", "harbor", "--scope", "results:write"), "There is an API client"),
        (("create", "New", "--site", "moon", "--scope", "results:write"), "There is no site 'moon'"),
        (("create", "New", "--site", "harbor", "--scope", "everything"), "invalid choice"),
        (("create", "New", "--scope", "results:write"), "--site"),
        (("change", NAME, *BECAUSE), "Say what to change"),
        (("change", NAME, "--park-unknown"), "--because"),
        (("change", NAME, "--ends", "tomorrow", *BECAUSE), "is no day"),
        (("change", NAME, "--time-zone", "Mars/Base", *BECAUSE), "is no time zone"),
        (("rotate", "Nobody", *BECAUSE), "There is no API client 'Nobody'"),
        (("rotate", NAME, "--overlap", "0", *BECAUSE), "1 to 2160 hours"),
        (("rotate", NAME, "--overlap", "1", "--at-once", *BECAUSE), "not allowed with"),
        (("end", NAME), "--because"),
    ],
)
def test_what_cannot_be_done_is_said(site: Site, arguments: tuple[str, ...], said: str) -> None:
    create()

    with pytest.raises(CommandError, match=re.escape(said)):
        run(*arguments)
    assert ApiClient.objects.count() == 1


@pytest.mark.parametrize("act", ["rotate", "end"])
def test_who_was_ended_stays_so(site: Site, act: str) -> None:
    create()
    run("end", NAME, *BECAUSE)

    with pytest.raises(CommandError, match="was ended"):
        run(act, NAME, *BECAUSE)
