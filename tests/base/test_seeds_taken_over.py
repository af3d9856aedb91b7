"""What django-otp kept of the second factor: seeds and codes in plain text, taken over by a migration."""

from base64 import b32decode
from importlib import import_module

from django.apps import apps
from django.db import connection

from coordination.base import second_factor
from coordination.base.choices import Role
from coordination.base.models import AuthenticatorApp
from tests.base.objects import new_place

OLD_TABLES = """
    CREATE TABLE otp_totp_totpdevice (id serial, user_id bigint, confirmed boolean, key text, last_t bigint,
        created_at timestamptz, last_used_at timestamptz);
    CREATE TABLE otp_static_staticdevice (id serial, user_id bigint, confirmed boolean);
    CREATE TABLE otp_static_statictoken (id serial, device_id int, token text);
    CREATE TABLE axes_accessattempt (username text)
"""


def test_what_was_kept_in_plain_text_is_taken_over_once_for_each_person(as_owner: None, db: None) -> None:
    """A migration runs as the owner of the tables."""
    place = new_place("own")
    prescriber, begun_twice = place.user(Role.PRESCRIBER), place.user(Role.PRESCRIBER)
    sealed_by = import_module("coordination.base.migrations.0008_seeds_are_encrypted")
    with connection.cursor() as cursor:
        cursor.execute(OLD_TABLES)
        cursor.execute(
            "INSERT INTO otp_totp_totpdevice (user_id, confirmed, key, last_t, created_at, last_used_at)"
            " VALUES"
            " (%(one)s, true, %(old)s, 5, now(), now() - interval '1 day'),"
            " (%(one)s, true, %(used)s, 7, now(), now()),"
            " (%(one)s, false, %(old)s, -1, now(), NULL),"
            " (%(two)s, false, %(old)s, -1, now(), NULL), (%(two)s, false, %(used)s, -1, now(), NULL)",
            {"one": prescriber.pk, "two": begun_twice.pk, "old": "00" * 20, "used": "61" * 20},
        )
        cursor.execute(
            "INSERT INTO otp_static_staticdevice (user_id, confirmed) VALUES (%s, true)", [prescriber.pk]
        )
        cursor.execute("INSERT INTO otp_static_statictoken (device_id, token) VALUES (1, 'abcdefgh')")

    with connection.schema_editor(atomic=False) as editor:
        sealed_by.take_over(apps, editor)

    app = AuthenticatorApp.objects.get()
    assert (app.user, b32decode(second_factor.seed_of(app)), app.last_step) == (prescriber, b"a" * 20, 7)
    assert second_factor._used_up(prescriber, "abcdefgh")
    assert not {"otp_totp_totpdevice", "axes_accessattempt"} & set(connection.introspection.table_names())
    assert second_factor.app_to_set_up(begun_twice).confirmed_at is None
