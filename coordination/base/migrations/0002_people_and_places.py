import datetime
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import coordination.base.clock
from coordination.base.schema import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0001_extensions_and_functions"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Site",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("timezone", models.CharField(default="America/New_York", max_length=60)),
                        ("country", models.CharField(default="US", max_length=2)),
                        ("subdivision", models.CharField(blank=True, max_length=10)),
                        ("opens_at", models.TimeField(default=datetime.time(8, 0))),
                        ("closes_at", models.TimeField(default=datetime.time(17, 0))),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("address", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opens_at__isnull", True),
                                    ("closes_at__isnull", True),
                                    ("closes_at__gt", models.F("opens_at")),
                                    _connector="OR",
                                ),
                                name="site_opens_before_it_closes",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SiteSettings",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "site",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="settings",
                                to="base.site",
                            ),
                        ),
                        ("default_protocol", models.CharField(default="lutathera-us-2024", max_length=60)),
                        (
                            "nadir",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("counts", "Counts"),
                                    ("review", "Is put before a prescriber"),
                                    ("ignore", "Does not count"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        (
                            "recurrence_scope",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("row", "The same row"),
                                    ("analyte", "The same analyte"),
                                    ("review", "A prescriber judges"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        (
                            "ctcae",
                            models.CharField(
                                blank=True,
                                choices=[("4.03", "CTCAE 4.03"), ("5.0", "CTCAE 5.0"), ("6.0", "CTCAE 6.0")],
                                max_length=5,
                                null=True,
                            ),
                        ),
                        ("confirm_labs", models.BooleanField(blank=True, null=True)),
                        ("interim_ssa", models.BooleanField(blank=True, null=True)),
                        ("pregnancy_test_every_cycle", models.BooleanField(default=False)),
                        (
                            "order_lead_days",
                            models.PositiveSmallIntegerField(
                                default=14,
                                help_text="Days from ordering a dose to giving it; taken off the 16 weeks while held.",
                            ),
                        ),
                        (
                            "licensed_gbq_per_day",
                            models.DecimalField(
                                blank=True,
                                decimal_places=3,
                                help_text="The activity the license allows on one day; null: not watched.",
                                max_digits=8,
                                null=True,
                            ),
                        ),
                        (
                            "precaution_days",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Days of each radiation precaution, by its key; absent: 7.",
                            ),
                        ),
                        (
                            "eligibility_thresholds",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Operator, number and source by criterion; absent: the default.",
                            ),
                        ),
                        (
                            "default_owners",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Owner by item, where it differs from the protocol's.",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "site settings",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("nadir__in", ["counts", "review", "ignore"])),
                                name="site_nadir_is_a_known_choice",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("recurrence_scope__in", ["row", "analyte", "review"])),
                                name="site_recurrence_scope_is_a_known_choice",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ctcae__in", ["4.03", "5.0", "6.0"])),
                                name="site_ctcae_is_a_known_version",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SiteClosure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="closures",
                                to="base.site",
                            ),
                        ),
                        ("on", models.DateField()),
                        ("reason", models.CharField(max_length=200)),
                    ],
                    options={
                        "ordering": ["on"],
                        "constraints": [
                            models.UniqueConstraint(fields=("site", "on"), name="site_closes_once_a_day"),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="site_closure_has_a_reason",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ApiClient",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=200, unique=True)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "token_hash",
                            models.CharField(
                                help_text="SHA-256 of the token, never the token.", max_length=64, unique=True
                            ),
                        ),
                        ("expires_on", models.DateField(blank=True, null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "park_unknown",
                            models.BooleanField(
                                default=False,
                                help_text="A report for an unknown patient is accepted and parked, not refused.",
                            ),
                        ),
                        (
                            "mrn_systems",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                help_text="Assigning authorities whose numbers this client may use; none listed: any.",
                                size=None,
                            ),
                        ),
                        (
                            "timezone",
                            models.CharField(
                                default="America/New_York",
                                help_text="The zone of times that it sends without one.",
                                max_length=60,
                            ),
                        ),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "sites",
                            models.ManyToManyField(blank=True, related_name="api_clients", to="base.site"),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="idempotency_keys",
                                to="base.apiclient",
                            ),
                        ),
                        ("key", models.CharField(max_length=255)),
                        ("body_hash", models.CharField(max_length=64)),
                        (
                            "status",
                            models.PositiveSmallIntegerField(
                                blank=True, help_text="Null while it is in progress.", null=True
                            ),
                        ),
                        ("response", models.JSONField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["created_at"], name="idempotency_key_by_age")],
                        "constraints": [
                            models.UniqueConstraint(fields=("client", "key"), name="client_uses_a_key_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("response__isnull", True), ("status__isnull", True)),
                                    models.Q(("response__isnull", False), ("status__isnull", False)),
                                    _connector="OR",
                                ),
                                name="idempotency_status_and_response_together",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, unique=True)),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Practice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("fax", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("address", models.TextField(blank=True)),
                        (
                            "npi",
                            models.CharField(
                                blank=True, max_length=20, verbose_name="National Provider Identifier"
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("username", models.CharField(max_length=150, unique=True)),
                        ("full_name", models.CharField(max_length=200)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("navigator", "Nurse navigator"),
                                    ("prescriber", "Prescriber"),
                                    ("clinic", "Treatment clinic"),
                                    ("manager", "Manager"),
                                    ("referrer", "Referring practice"),
                                    ("admin", "Administrator"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="users",
                                to="base.practice",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("access_ends_on", models.DateField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("sites", models.ManyToManyField(blank=True, related_name="users", to="base.site")),
                    ],
                    options={
                        "ordering": ["full_name"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        ["navigator", "prescriber", "clinic", "manager", "referrer", "admin"],
                                    )
                                ),
                                name="user_has_one_of_our_roles",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("practice__isnull", False), ("role", "referrer")),
                                    models.Q(
                                        models.Q(("role", "referrer"), _negated=True),
                                        ("practice__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="user_has_a_practice_just_when_a_referrer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("username", django.db.models.functions.text.Lower(models.F("username")))
                                ),
                                name="user_signs_in_in_lower_case",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("view", "Viewed"),
                                    ("change", "Changed"),
                                    ("export", "Exported"),
                                    ("api", "Called by a machine"),
                                    ("sign-in", "Signed in"),
                                    ("sign-in-failed", "Failed to sign in"),
                                    ("sign-out", "Signed out"),
                                    ("refused", "Was refused"),
                                    ("job", "Done by the product itself"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="audit_events",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="audit_events",
                                to="base.apiclient",
                            ),
                        ),
                        ("actor_name", models.CharField(blank=True, max_length=200)),
                        (
                            "role",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("navigator", "Nurse navigator"),
                                    ("prescriber", "Prescriber"),
                                    ("clinic", "Treatment clinic"),
                                    ("manager", "Manager"),
                                    ("referrer", "Referring practice"),
                                    ("admin", "Administrator"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "view",
                            models.CharField(
                                blank=True,
                                help_text="The name of the page or call, never its URL.",
                                max_length=200,
                            ),
                        ),
                        ("method", models.CharField(blank=True, max_length=10)),
                        ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "patients",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), blank=True, default=list, size=None
                            ),
                        ),
                        ("detail", models.JSONField(blank=True, default=dict)),
                        ("request_id", models.CharField(blank=True, max_length=64)),
                        ("address", models.GenericIPAddressField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["at"], name="audit_by_moment"),
                            models.Index(fields=["user", "at"], name="audit_by_user"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["patients"], name="audit_by_patient"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("user", None), ("client", None), _connector="OR"),
                                name="audit_names_a_person_or_a_machine_not_both",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalSite",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("key", models.SlugField()),
                        ("name", models.CharField(max_length=200)),
                        ("timezone", models.CharField(default="America/New_York", max_length=60)),
                        ("country", models.CharField(default="US", max_length=2)),
                        ("subdivision", models.CharField(blank=True, max_length=10)),
                        ("opens_at", models.TimeField(default=datetime.time(8, 0))),
                        ("closes_at", models.TimeField(default=datetime.time(17, 0))),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("address", models.TextField(blank=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical site",
                        "verbose_name_plural": "historical sites",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalSiteSettings",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("default_protocol", models.CharField(default="lutathera-us-2024", max_length=60)),
                        (
                            "nadir",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("counts", "Counts"),
                                    ("review", "Is put before a prescriber"),
                                    ("ignore", "Does not count"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        (
                            "recurrence_scope",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("row", "The same row"),
                                    ("analyte", "The same analyte"),
                                    ("review", "A prescriber judges"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        (
                            "ctcae",
                            models.CharField(
                                blank=True,
                                choices=[("4.03", "CTCAE 4.03"), ("5.0", "CTCAE 5.0"), ("6.0", "CTCAE 6.0")],
                                max_length=5,
                                null=True,
                            ),
                        ),
                        ("confirm_labs", models.BooleanField(blank=True, null=True)),
                        ("interim_ssa", models.BooleanField(blank=True, null=True)),
                        ("pregnancy_test_every_cycle", models.BooleanField(default=False)),
                        (
                            "order_lead_days",
                            models.PositiveSmallIntegerField(
                                default=14,
                                help_text="Days from ordering a dose to giving it; taken off the 16 weeks while held.",
                            ),
                        ),
                        (
                            "licensed_gbq_per_day",
                            models.DecimalField(
                                blank=True,
                                decimal_places=3,
                                help_text="The activity the license allows on one day; null: not watched.",
                                max_digits=8,
                                null=True,
                            ),
                        ),
                        (
                            "precaution_days",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Days of each radiation precaution, by its key; absent: 7.",
                            ),
                        ),
                        (
                            "eligibility_thresholds",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Operator, number and source by criterion; absent: the default.",
                            ),
                        ),
                        (
                            "default_owners",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="Owner by item, where it differs from the protocol's.",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.site",
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical site settings",
                        "verbose_name_plural": "historical site settings",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalSiteClosure",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("on", models.DateField()),
                        ("reason", models.CharField(max_length=200)),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.site",
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical site closure",
                        "verbose_name_plural": "historical site closures",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalApiClient",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("name", models.CharField(db_index=True, max_length=200)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "token_hash",
                            models.CharField(
                                db_index=True,
                                help_text="SHA-256 of the token, never the token.",
                                max_length=64,
                            ),
                        ),
                        ("expires_on", models.DateField(blank=True, null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "park_unknown",
                            models.BooleanField(
                                default=False,
                                help_text="A report for an unknown patient is accepted and parked, not refused.",
                            ),
                        ),
                        (
                            "mrn_systems",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                help_text="Assigning authorities whose numbers this client may use; none listed: any.",
                                size=None,
                            ),
                        ),
                        (
                            "timezone",
                            models.CharField(
                                default="America/New_York",
                                help_text="The zone of times that it sends without one.",
                                max_length=60,
                            ),
                        ),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical api client",
                        "verbose_name_plural": "historical api clients",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPractice",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("name", models.CharField(max_length=200)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("fax", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("address", models.TextField(blank=True)),
                        (
                            "npi",
                            models.CharField(
                                blank=True, max_length=20, verbose_name="National Provider Identifier"
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical practice",
                        "verbose_name_plural": "historical practices",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalUser",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("username", models.CharField(db_index=True, max_length=150)),
                        ("full_name", models.CharField(max_length=200)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("navigator", "Nurse navigator"),
                                    ("prescriber", "Prescriber"),
                                    ("clinic", "Treatment clinic"),
                                    ("manager", "Manager"),
                                    ("referrer", "Referring practice"),
                                    ("admin", "Administrator"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("access_ends_on", models.DateField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("history_change_reason", models.TextField(null=True)),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.practice",
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical user",
                        "verbose_name_plural": "historical users",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalUser_sites",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.site",
                            ),
                        ),
                        (
                            "history",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="base.historicaluser",
                            ),
                        ),
                        ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                    ],
                    options={
                        "verbose_name": "HistoricalUser_sites",
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ]
        ),
    ]
