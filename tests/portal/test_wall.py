"""The wall behind the portal, tried without the filters in front of it."""

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from coordination.base.access import PATHS_TO_PATIENT, Scope
from coordination.base.choices import Role
from coordination.documents import delivery_channels
from coordination.models import Document, DocumentVersion
from coordination.portal import record
from coordination.portal.database_role import ROLE, behind_the_wall
from patients.models import Patient
from scheduling.models import Course
from tests import factories as make
from tests.base.objects import World, new_world

# What the portal may read; whatever opens another table says so here too.
SECURED_BY_ROW = (
    "patients_patient",
    "patients_patientidentifier",
    "patients_careteammember",
    "patients_responsibility",
    "patients_referral",
    "patients_referralpaper",
    "patients_diagnosis",
    "patients_priortherapy",
    "patients_eligibilityevidence",
    "patients_tumorboarddecision",
    "labs_labresult",
    "scheduling_course",
    "scheduling_cycle",
    "scheduling_infusiongiven",
    "scheduling_injection",
    "scheduling_scan",
    "scheduling_weight",
    "scheduling_adverseevent",
    "scheduling_adverseeventinquiry",
    "scheduling_dueitem",
    "scheduling_proposal",
    "scheduling_signature",
    "coordination_resultrelease",
    "coordination_document",
    "coordination_documentversion",
    "coordination_documentsending",
    "base_practice",
)
NOT_ABOUT_A_PATIENT = ("base_site", "base_user", "coordination_releaserule")
ALL_RIGHTS = "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"


@pytest.fixture
def world(db: None) -> World:
    world = new_world()
    for place in (world.own, world.elsewhere, world.next_door):
        assert place.cycle and place.weight and place.typed_result and place.due_item
    return world


def _rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _readable_models() -> list[type[Model]]:
    by_table = {model._meta.db_table: model for model in apps.get_models()}
    return [by_table[table] for table in SECURED_BY_ROW]


@pytest.mark.hazard("H39")
@pytest.mark.parametrize("model", _readable_models(), ids=lambda model: model._meta.label)
def test_no_row_of_another_practice_comes_through(world: World, model: type[Model]) -> None:
    """No filter of ours stands in front: the model's own manager is asked for everything."""
    own = world.own.practice
    with behind_the_wall(own.pk):
        seen = set(model._base_manager.values_list("pk", flat=True))
    label = model._meta.label
    if label not in PATHS_TO_PATIENT:
        assert seen == {own.pk}  # of the practices, one's own
        return
    path = PATHS_TO_PATIENT[label]
    theirs = {f"{path}__referred_by" if path else "referred_by": own.pk}
    assert seen == set(model._base_manager.filter(**theirs).values_list("pk", flat=True))


def test_the_wall_is_tried_with_rows_on_both_sides(world: World) -> None:
    with behind_the_wall(world.own.practice.pk):
        assert Patient._base_manager.count() == 1
        assert Course._base_manager.count() == 1
    assert Patient._base_manager.count() == 3


@pytest.mark.parametrize("practice", [None, 0, 10**9])
def test_without_a_practice_there_is_nothing(world: World, practice: int | None) -> None:
    with behind_the_wall(practice):
        for model in _readable_models():
            assert not model._base_manager.exists(), model


def test_the_role_may_read_what_is_named_and_change_nothing(db: None) -> None:
    tables = [table for (table,) in _rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    readable = {
        table
        for table in tables
        if _rows("SELECT has_any_column_privilege(%s, %s, 'SELECT')", ROLE, table)[0][0]
    }
    assert readable == {*SECURED_BY_ROW, *NOT_ABOUT_A_PATIENT}
    for table in tables:
        assert _rows("SELECT has_table_privilege(%s, %s, %s)", ROLE, table, ALL_RIGHTS) == [(False,)], table
        assert _rows("SELECT has_any_column_privilege(%s, %s, 'INSERT, UPDATE')", ROLE, table) == [(False,)]


def test_every_readable_table_about_a_patient_is_secured_by_row(db: None) -> None:
    secured = {name for (name,) in _rows("SELECT relname FROM pg_class WHERE relrowsecurity")}
    assert secured == set(SECURED_BY_ROW)
    tables = {apps.get_model(label)._meta.db_table for label in PATHS_TO_PATIENT}
    assert not tables & set(NOT_ABOUT_A_PATIENT)


WRITES = (
    "UPDATE patients_patient SET phone = '1'",
    "DELETE FROM scheduling_weight",
    "INSERT INTO coordination_resultrelease (result_id, at, by_id) VALUES (1, now(), 1)",
    "INSERT INTO base_auditevent (public_id, at, kind) VALUES (gen_random_uuid(), now(), 'view')",
    "SELECT * FROM patients_patient FOR UPDATE",
    "SELECT nextval('patients_patient_id_seq')",
    "CREATE TABLE found_a_way (id int)",
    "TRUNCATE scheduling_weight",
    "SELECT password FROM base_user",
    "SELECT facts FROM scheduling_proposal",
    "SELECT dissent FROM patients_tumorboarddecision",
    "SELECT * FROM base_usersession",
    "SELECT * FROM base_authenticatorapp",
)


@pytest.mark.parametrize("statement", WRITES)
def test_what_is_not_the_portals_raises(world: World, statement: str) -> None:
    with behind_the_wall(world.own.practice.pk), pytest.raises(DatabaseError), transaction.atomic():
        _rows(statement)


def test_even_a_right_given_by_mistake_writes_nothing(world: World, owner: Any) -> None:
    """The transaction is read-only, whatever the role may do."""
    owner.execute(f"GRANT UPDATE ON patients_patient TO {ROLE}")
    try:
        with (
            behind_the_wall(world.own.practice.pk),
            pytest.raises(DatabaseError, match="read-only"),
            transaction.atomic(),
        ):
            Patient._base_manager.update(phone="1")
    finally:
        owner.execute(f"REVOKE UPDATE ON patients_patient FROM {ROLE}")


def test_the_role_is_given_back(world: World) -> None:
    who = (
        "SELECT current_user, current_setting('fourfold.practice', true), "
        "current_setting('transaction_read_only')"
    )
    before = _rows(who)
    with behind_the_wall(world.own.practice.pk):
        assert _rows(who) == [(ROLE, str(world.own.practice.pk), "on")]
    with pytest.raises(ZeroDivisionError), behind_the_wall(world.own.practice.pk):
        raise ZeroDivisionError
    after = _rows(who)
    assert after[0][0] == before[0][0] and after[0][2] == before[0][2] and not after[0][1]
    world.own.patient.save()


# --- documents ------------------------------------------------------------------------------------


def _version(world: World, *, kind: str = "plan", channel: str = "", **document: Any) -> DocumentVersion:
    """A signed version about the practice's own patient, sent the way that is named."""
    made = make.DocumentFactory(patient=world.own.patient, kind=kind, **document)
    version: DocumentVersion = make.DocumentVersionFactory(document=made)
    if channel:
        make.DocumentSendingFactory(version=version, channel=channel)
    return version


def _read_behind_the_wall(world: World) -> tuple[set[int], set[int]]:
    """Documents and versions as the tables' own managers find them: no filter of ours stands in front."""
    with behind_the_wall(world.own.practice.pk):
        return (
            set(Document._base_manager.values_list("pk", flat=True)),
            set(DocumentVersion._base_manager.values_list("pk", flat=True)),
        )


@pytest.mark.parametrize("channel", ["portal", "mail-link"])
@pytest.mark.parametrize("kind", delivery_channels.MEANT_FOR_PRACTICES)
def test_what_was_sent_to_the_practice_comes_through(world: World, kind: str, channel: str) -> None:
    version = _version(world, kind=kind, channel=channel)
    assert _read_behind_the_wall(world) == ({version.document_id}, {version.pk})


def _draft(world: World) -> None:
    make.DocumentFactory(patient=world.own.patient, practice=world.own.practice)


def _signed(world: World) -> None:
    _version(world, practice=world.own.practice)


def _printed(world: World) -> None:
    _version(world, kind="radiation-sheet", channel="print")


def _of_the_center(world: World) -> None:
    for kind in set(Document.Kind.values) - {*delivery_channels.MEANT_FOR_PRACTICES, "downtime-list"}:
        _version(world, kind=kind, channel="portal")


def _to_another(world: World) -> None:
    _version(world, channel="portal", practice=world.next_door.practice)


def _of_another(world: World) -> None:
    assert world.next_door.portal_document and world.elsewhere.portal_document


@pytest.mark.parametrize("hidden", [_draft, _signed, _printed, _of_the_center, _to_another, _of_another])
def test_what_was_not_sent_to_the_practice_does_not_exist_for_it(world: World, hidden: Any) -> None:
    hidden(world)
    assert _read_behind_the_wall(world) == (set(), set())
    scope = Scope.of_user(world.own.user(Role.REFERRER))
    assert record.papers(world.own.patient, scope) == []


def test_of_a_sent_document_the_next_draft_is_not_read(world: World) -> None:
    version = _version(world, channel="portal")
    unsent = make.DocumentVersionFactory(document=version.document, number=2)
    _, versions = _read_behind_the_wall(world)
    assert versions == {version.pk} and unsent.pk not in versions
    for column in ("free_text", "left_out"):
        with behind_the_wall(world.own.practice.pk), pytest.raises(DatabaseError), transaction.atomic():
            _rows(f"SELECT {column} FROM coordination_document")


def test_nobody_but_the_portal_may_ask_which_papers_were_sent(db: None) -> None:
    """The function reads past the policies, so it is no one else's."""
    assert _rows("SELECT has_function_privilege(%s, 'portal_papers()', 'EXECUTE')", ROLE) == [(True,)]
    assert _rows("SELECT has_function_privilege('pg_monitor', 'portal_papers()', 'EXECUTE')") == [(False,)]
