"""Take over what django-otp and django-axes kept, encrypted or as hashes, and drop their tables.

django-otp held seeds and recovery codes in plain text, and two rows for whoever had opened the page twice at
once: of each person the app that was used last stays, and a set-up that was never finished begins anew.
django-axes held names as they were typed, passwords among them. Django's own sessions end.
"""

import hashlib
from base64 import b32encode
from binascii import unhexlify
from typing import Any, ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from coordination.base.encryption import encrypt

APPS = {
    "otp_totp": ("otp_totp_totpdevice",),
    "otp_static": ("otp_static_statictoken", "otp_static_staticdevice"),
    "axes": ("axes_accessattempt", "axes_accesslog", "axes_accessfailurelog", "axes_accessattemptexpiration"),
}

ONE_APP_OF_EACH = """
    SELECT DISTINCT ON (device.user_id) device.user_id, person.public_id, device.key, device.created_at,
        device.last_t
    FROM otp_totp_totpdevice AS device JOIN base_user AS person ON person.id = device.user_id
    WHERE device.confirmed
    ORDER BY device.user_id, device.last_used_at DESC NULLS LAST, device.id DESC
"""
CODES = """
    SELECT DISTINCT device.user_id, token.token FROM otp_static_statictoken AS token
    JOIN otp_static_staticdevice AS device ON device.id = token.device_id WHERE device.confirmed
"""


def take_over(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        if _is_there(cursor, "otp_totp_totpdevice"):
            _take_over_apps(cursor, apps.get_model("base", "AuthenticatorApp"))
        if _is_there(cursor, "otp_static_statictoken"):
            _take_over_codes(cursor, apps.get_model("base", "RecoveryCode"))
        for label, tables in APPS.items():
            for table in tables:
                cursor.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
            cursor.execute("DELETE FROM django_migrations WHERE app = %s", [label])
        if _is_there(cursor, "django_session"):
            cursor.execute("DELETE FROM django_session")


def _is_there(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s)", [table])
    return cursor.fetchone()[0] is not None


def _take_over_apps(cursor: Any, model: Any) -> None:
    cursor.execute(ONE_APP_OF_EACH)
    for user_id, public_id, key, created_at, last_step in cursor.fetchall():
        seed = b32encode(unhexlify(key)).decode()
        model.objects.create(
            user_id=user_id,
            sealed_seed=encrypt(seed, about=f"second factor of {public_id}"),
            created_at=created_at,
            confirmed_at=created_at,
            last_step=max(last_step, 0),
        )


def _take_over_codes(cursor: Any, model: Any) -> None:
    cursor.execute(CODES)
    hashed = ((user_id, hashlib.sha256(code.encode()).hexdigest()) for user_id, code in cursor.fetchall())
    model.objects.bulk_create(model(user_id=user_id, code_hash=code_hash) for user_id, code_hash in hashed)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("base", "0007_accounts_and_sessions")]

    operations: ClassVar[list[Operation]] = [migrations.RunPython(take_over, migrations.RunPython.noop)]
