"""Sites, practices and the people who sign in."""

from datetime import time
from uuid import uuid4

import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

SITE = migrations.CreateModel(
    name="Site",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("key", models.SlugField(unique=True)),
        ("name", models.CharField(max_length=200)),
        ("timezone", models.CharField(default="America/New_York", max_length=60)),
        ("country", models.CharField(default="US", max_length=2)),
        ("subdivision", models.CharField(blank=True, max_length=10)),
        ("opens_at", models.TimeField(default=time(8, 0))),
        ("closes_at", models.TimeField(default=time(17, 0))),
        ("phone", models.CharField(blank=True, max_length=40)),
        ("address", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["name"],
        "constraints": [
            models.CheckConstraint(
                name="site_opens_before_it_closes",
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=models.F("opens_at")),
            ),
        ],
    },
)

SITE_SETTINGS = migrations.CreateModel(
    name="SiteSettings",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("site", models.OneToOneField(on_delete=models.PROTECT, related_name="settings", to="base.site")),
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
            "second_factor_required",
            models.BooleanField(
                default=True,
                help_text="Whether those who sign, order or administer must have set up a second factor.",
            ),
        ),
        (
            "second_factor_for_all",
            models.BooleanField(
                default=False,
                help_text="Whether everybody is asked for it at sign-in, not only prescribers and administrators.",
            ),
        ),
        (
            "second_factor_minutes",
            models.PositiveSmallIntegerField(
                default=15, help_text="Minutes after which a signature asks for the second factor again."
            ),
        ),
        (
            "idle_minutes",
            models.PositiveSmallIntegerField(
                default=30, help_text="Minutes without activity after which a session ends."
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
                blank=True, default=dict, help_text="Owner by item, where it differs from the protocol's."
            ),
        ),
    ],
    options={
        "verbose_name_plural": "site settings",
        "constraints": [
            models.CheckConstraint(
                name="site_nadir_is_a_known_choice", condition=Q(nadir__in=["counts", "review", "ignore"])
            ),
            models.CheckConstraint(
                name="site_recurrence_scope_is_a_known_choice",
                condition=Q(recurrence_scope__in=["row", "analyte", "review"]),
            ),
            models.CheckConstraint(
                name="second_factor_is_asked_for_again_within_a_shift",
                condition=Q(second_factor_minutes__lte=720),
            ),
            models.CheckConstraint(
                name="site_idle_time_is_five_minutes_to_a_shift",
                condition=Q(idle_minutes__gte=5, idle_minutes__lte=720),
            ),
            models.CheckConstraint(
                name="site_ctcae_is_a_known_version", condition=Q(ctcae__in=["4.03", "5.0", "6.0"])
            ),
        ],
    },
)

SITE_CLOSURE = migrations.CreateModel(
    name="SiteClosure",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("site", models.ForeignKey(on_delete=models.PROTECT, related_name="closures", to="base.site")),
        ("on", models.DateField()),
        ("reason", models.CharField(max_length=200)),
    ],
    options={
        "ordering": ["on"],
        "constraints": [
            models.UniqueConstraint(name="site_closes_once_a_day", fields=("site", "on")),
            models.CheckConstraint(name="site_closure_has_a_reason", condition=~Q(reason="")),
        ],
    },
)

PRACTICE = migrations.CreateModel(
    name="Practice",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("name", models.CharField(max_length=200)),
        ("phone", models.CharField(blank=True, max_length=40)),
        ("fax", models.CharField(blank=True, max_length=40)),
        ("email", models.EmailField(blank=True, max_length=254)),
        ("address", models.TextField(blank=True)),
        ("npi", models.CharField(blank=True, max_length=20, verbose_name="National Provider Identifier")),
        ("is_active", models.BooleanField(default=True)),
    ],
    options={
        "ordering": ["name"],
    },
)

USER = migrations.CreateModel(
    name="User",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("password", models.CharField(max_length=128, verbose_name="password")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
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
                blank=True, null=True, on_delete=models.PROTECT, related_name="users", to="base.practice"
            ),
        ),
        ("is_active", models.BooleanField(default=True)),
        ("access_ends_on", models.DateField(blank=True, null=True)),
        ("created_at", models.DateTimeField(default=clock.now)),
        ("sites", models.ManyToManyField(blank=True, related_name="users", to="base.site")),
    ],
    options={
        "ordering": ["full_name"],
        "constraints": [
            models.CheckConstraint(
                name="user_has_one_of_our_roles",
                condition=Q(role__in=["navigator", "prescriber", "clinic", "manager", "referrer", "admin"]),
            ),
            models.CheckConstraint(
                name="user_has_a_practice_just_when_a_referrer",
                condition=(Q(practice__isnull=False, role="referrer"))
                | (~Q(role="referrer") & Q(practice__isnull=True)),
            ),
            models.CheckConstraint(
                name="user_signs_in_in_lower_case", condition=Q(username=Lower(models.F("username")))
            ),
        ],
    },
)

HISTORICAL_USER_SITES = migrations.CreateModel(
    name="HistoricalUser_sites",
    fields=[
        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
        (
            "user",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_tablespace="",
                null=True,
                on_delete=models.DO_NOTHING,
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
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="base.site",
            ),
        ),
        (
            "history",
            models.ForeignKey(db_constraint=False, on_delete=models.DO_NOTHING, to="base.historicaluser"),
        ),
        ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
    ],
    options={
        "verbose_name": "HistoricalUser_sites",
    },
    bases=(simple_history.models.HistoricalChanges, models.Model),
)


class Migration(migrations.Migration):
    dependencies = [("base", "0001_database_functions")]

    operations = [
        CreateModels(
            [
                *with_history(SITE),
                *with_history(SITE_SETTINGS),
                *with_history(SITE_CLOSURE),
                *with_history(PRACTICE),
                *with_history(USER, without=("password",)),
                HISTORICAL_USER_SITES,
            ]
        )
    ]
