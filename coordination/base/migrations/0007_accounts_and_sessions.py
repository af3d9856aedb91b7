import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import coordination.base.clock

# Whatever closes an account or gives it a new password, and by whichever door.
END_SESSIONS = """
CREATE FUNCTION end_sessions_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM base_usersession WHERE user_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER account_closed_or_renewed_ends_its_sessions AFTER UPDATE OF is_active, password ON base_user
FOR EACH ROW WHEN (NOT NEW.is_active OR OLD.password IS DISTINCT FROM NEW.password)
EXECUTE FUNCTION end_sessions_of_account()
"""
NO_ENDING = """
DROP TRIGGER account_closed_or_renewed_ends_its_sessions ON base_user;
DROP FUNCTION end_sessions_of_account()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0006_names_are_found_however_written"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sealed_seed",
                    models.TextField(help_text="The seed in base32, encrypted (base/sealed.py)."),
                ),
                ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
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
        ),
        migrations.CreateModel(
            name="KeptForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "page",
                    models.CharField(help_text="The path of the page: opaque ids at most.", max_length=400),
                ),
                ("sealed", models.TextField(help_text="Query and fields, encrypted (base/sealed.py).")),
                ("kept_at", models.DateTimeField(default=coordination.base.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code_hash",
                    models.CharField(help_text="SHA-256 of the code, never the code.", max_length=64),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInTries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "level",
                    models.FloatField(
                        default=0, help_text="Failed tries, less what has been forgotten since."
                    ),
                ),
                ("at", models.DateTimeField(help_text="The last try.")),
                ("waits_until", models.DateTimeField(help_text="No try is looked at before.")),
            ],
            options={
                "verbose_name_plural": "sign-in tries",
            },
        ),
        migrations.CreateModel(
            name="UserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("began_at", models.DateTimeField(default=coordination.base.clock.now)),
                ("last_seen_at", models.DateTimeField(default=coordination.base.clock.now)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                (
                    "browser",
                    models.CharField(blank=True, help_text="As the browser names itself.", max_length=400),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="historicalsitesettings",
            name="idle_minutes",
            field=models.PositiveSmallIntegerField(
                default=30, help_text="Minutes without activity after which a session ends."
            ),
        ),
        migrations.AddField(
            model_name="historicalsitesettings",
            name="second_factor_for_all",
            field=models.BooleanField(
                default=False,
                help_text="Whether everybody is asked for it at sign-in, not only prescribers and administrators.",
            ),
        ),
        migrations.AddField(
            model_name="sitesettings",
            name="idle_minutes",
            field=models.PositiveSmallIntegerField(
                default=30, help_text="Minutes without activity after which a session ends."
            ),
        ),
        migrations.AddField(
            model_name="sitesettings",
            name="second_factor_for_all",
            field=models.BooleanField(
                default=False,
                help_text="Whether everybody is asked for it at sign-in, not only prescribers and administrators.",
            ),
        ),
        migrations.AlterField(
            model_name="historicalsitesettings",
            name="second_factor_required",
            field=models.BooleanField(
                default=True,
                help_text="Whether those who sign, order or administer must have set up a second factor.",
            ),
        ),
        migrations.AlterField(
            model_name="sitesettings",
            name="second_factor_required",
            field=models.BooleanField(
                default=True,
                help_text="Whether those who sign, order or administer must have set up a second factor.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitesettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("idle_minutes__gte", 5), ("idle_minutes__lte", 720)),
                name="site_idle_time_is_five_minutes_to_a_shift",
            ),
        ),
        migrations.AddField(
            model_name="authenticatorapp",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="authenticator",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="keptform",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="kept_forms",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="recoverycode",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recovery_codes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="signintries",
            index=models.Index(fields=["at"], name="sign_in_tries_by_age"),
        ),
        migrations.AddField(
            model_name="usersession",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sessions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="keptform",
            index=models.Index(fields=["kept_at"], name="kept_forms_by_age"),
        ),
        migrations.AddConstraint(
            model_name="keptform",
            constraint=models.UniqueConstraint(
                fields=("user", "page"), name="page_keeps_one_form_of_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(fields=("user", "code_hash"), name="recovery_code_works_once"),
        ),
        migrations.RunSQL(END_SESSIONS, NO_ENDING),
    ]
