"""An administrator sees the people, practices and machines of their own sites, and no others."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from tests.base.objects import World, new_world


@pytest.fixture
def world(db: None) -> World:
    world = new_world()
    for place in (world.own, world.elsewhere):
        assert place.patient.referred_by == place.practice
    return world


@pytest.fixture
def admin(world: World) -> Client:
    client = Client()
    client.force_login(world.own.user(Role.ADMIN))
    return client


def test_the_lists_end_at_ones_own_sites(world: World, admin: Client) -> None:
    own = [world.own.user(role) for role in (Role.NAVIGATOR, Role.REFERRER)]
    foreign = [world.elsewhere.user(role) for role in Role.values]
    both = world.elsewhere.user(Role.PRESCRIBER)
    both.sites.add(world.own.site)
    machine, foreign_machine = (place.client()[0] for place in (world.own, world.elsewhere))
    machine.sites.add(world.elsewhere.site)

    page = admin.get(reverse("administration")).content.decode()

    assert all(user.username in page for user in [*own, both])
    assert not any(user.username in page for user in foreign)
    assert machine.name in page
    assert foreign_machine.name not in page
    assert world.own.site.name in page
    assert world.elsewhere.site.name not in page


def test_an_administrator_without_a_site_sees_nobody(world: World) -> None:
    lost = world.own.user(Role.ADMIN)
    lost.sites.clear()
    client = Client()
    client.force_login(lost)
    page = client.get(reverse("administration")).content.decode()
    assert world.own.user(Role.NAVIGATOR).username not in page
    assert world.own.site.name not in page


@pytest.mark.parametrize("role", [Role.ADMIN, Role.NAVIGATOR])
def test_accounts_that_another_site_let_in_are_not_in_the_list(world: World, role: str) -> None:
    """Of a practice that has referred nobody yet, only the site that asked it in sees the people."""
    theirs = world.elsewhere.invitation.practice
    theirs.patients.update(referred_by=None)
    account = world.elsewhere.user(Role.REFERRER)
    client = Client()
    client.force_login(world.own.user(role))

    assert account.username not in client.get(reverse("portal-access")).content.decode()
    assert client.get(reverse("portal-account", args=[account.public_id])).status_code == 404


def test_the_command_lists_the_machines_of_an_administrator_s_sites(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = world.own.user(Role.ADMIN)
    machine, foreign = (place.client()[0] for place in (world.own, world.elsewhere))

    call_command("api_client", "list", "--as", admin.username)

    said = capsys.readouterr().out
    assert machine.name in said
    assert foreign.name not in said
    with pytest.raises(CommandError, match="no administrator"):
        call_command("api_client", "list", "--as", world.own.user(Role.NAVIGATOR).username)
