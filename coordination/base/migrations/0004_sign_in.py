"""Sessions, second factors, failed tries, and forms kept while somebody signs in again."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models

from coordination.base import clock
from coordination.base.schema import CreateModels

USER_SESSION = migrations.CreateModel(
    name="UserSession",
    fields=[
        (
            "session_key",
            models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
        ),
        ("session_data", models.TextField(verbose_name="session data")),
        ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "user",
            models.ForeignKey(
                null=True, on_delete=models.CASCADE, related_name="sessions", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("began_at", models.DateTimeField(default=clock.now)),
        ("last_seen_at", models.DateTimeField(default=clock.now)),
        ("address", models.GenericIPAddressField(blank=True, null=True)),
        ("browser", models.CharField(blank=True, help_text="As the browser names itself.", max_length=400)),
    ],
    options={
        "verbose_name": "session",
        "verbose_name_plural": "sessions",
        "abstract": False,
    },
)

AUTHENTICATOR_APP = migrations.CreateModel(
    name="AuthenticatorApp",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "user",
            models.OneToOneField(
                on_delete=models.CASCADE, related_name="authenticator", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("sealed_seed", models.TextField(help_text="The seed in base32, encrypted (base/encryption.py).")),
        ("created_at", models.DateTimeField(default=clock.now)),
        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
        (
            "last_step",
            models.BigIntegerField(
                default=0, help_text="The half minute of the last code used: no code works twice."
            ),
        ),
        (
            "failures",
            models.PositiveSmallIntegerField(
                default=0, help_text="Codes refused since the last accepted one."
            ),
        ),
        ("failed_at", models.DateTimeField(blank=True, null=True)),
    ],
)

RECOVERY_CODE = migrations.CreateModel(
    name="RecoveryCode",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "user",
            models.ForeignKey(
                on_delete=models.CASCADE, related_name="recovery_codes", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("code_hash", models.CharField(help_text="SHA-256 of the code, never the code.", max_length=64)),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(name="recovery_code_works_once", fields=("user", "code_hash")),
        ],
    },
)

SIGN_IN_TRIES = migrations.CreateModel(
    name="SignInTries",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("key", models.CharField(max_length=80, unique=True)),
        (
            "level",
            models.FloatField(default=0, help_text="Failed tries, less what has been forgotten since."),
        ),
        ("at", models.DateTimeField(help_text="The last try.")),
        ("waits_until", models.DateTimeField(help_text="No try is looked at before.")),
    ],
    options={
        "verbose_name_plural": "sign-in tries",
        "indexes": [
            models.Index(name="sign_in_tries_by_age", fields=["at"]),
        ],
    },
)

KEPT_FORM = migrations.CreateModel(
    name="KeptForm",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "user",
            models.ForeignKey(
                on_delete=models.CASCADE, related_name="kept_forms", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("page", models.CharField(help_text="The path of the page: opaque ids at most.", max_length=400)),
        ("sealed", models.TextField(help_text="Query and fields, encrypted (base/encryption.py).")),
        ("kept_at", models.DateTimeField(default=clock.now)),
    ],
    options={
        "indexes": [
            models.Index(name="kept_forms_by_age", fields=["kept_at"]),
        ],
        "constraints": [
            models.UniqueConstraint(name="page_keeps_one_form_of_a_person", fields=("user", "page")),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("base", "0003_machines_and_audit")]

    operations = [
        CreateModels(
            [
                USER_SESSION,
                AUTHENTICATOR_APP,
                RECOVERY_CODE,
                SIGN_IN_TRIES,
                KEPT_FORM,
            ]
        )
    ]
