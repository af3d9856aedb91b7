"""Patients, who shares in their care, and referrals."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Concat

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history
from coordination.base.search import Digits, Searchable

PATIENT = migrations.CreateModel(
    name="Patient",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("version", models.PositiveIntegerField(default=1, editable=False)),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("site", models.ForeignKey(on_delete=models.PROTECT, related_name="patients", to="base.site")),
        ("family_name", models.CharField(max_length=200)),
        ("given_name", models.CharField(max_length=200)),
        ("birth_date", models.DateField(blank=True, null=True)),
        (
            "sex",
            models.CharField(
                choices=[("female", "Female"), ("male", "Male"), ("other", "Other"), ("unknown", "Unknown")],
                default="unknown",
                max_length=10,
            ),
        ),
        (
            "height_cm",
            models.DecimalField(
                blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="height (cm)"
            ),
        ),
        ("phone", models.CharField(blank=True, max_length=40)),
        ("email", models.EmailField(blank=True, max_length=254)),
        ("address", models.TextField(blank=True)),
        ("language", models.CharField(default="en", max_length=10)),
        ("pregnancy_possible", models.BooleanField(default=False)),
        ("anticoagulated", models.BooleanField(default=False)),
        ("allergies", models.TextField(blank=True)),
        (
            "referred_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="patients", to="base.practice"
            ),
        ),
        ("died_on", models.DateField(blank=True, null=True)),
        ("died_recorded_at", models.DateTimeField(blank=True, null=True)),
        (
            "died_recorded_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        (
            "merged_into",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="merged_from",
                to="patients.patient",
            ),
        ),
        ("created_at", models.DateTimeField(default=clock.now)),
    ],
    options={
        "indexes": [
            models.Index(name="patient_by_site", fields=["site"], condition=Q(merged_into=None)),
            models.Index(
                Searchable("family_name"),
                Searchable("given_name"),
                models.F("id"),
                name="patient_in_name_order",
            ),
            GinIndex(
                OpClass(
                    Searchable(
                        Concat(
                            models.F("family_name"),
                            models.Value(" "),
                            models.F("given_name"),
                            output_field=models.TextField(),
                        )
                    ),
                    name="gin_trgm_ops",
                ),
                name="patient_by_part_of_name",
            ),
            GinIndex(OpClass(Digits("phone"), name="gin_trgm_ops"), name="patient_by_part_of_phone"),
        ],
        "constraints": [
            models.CheckConstraint(
                name="patient_sex_is_a_known_word",
                condition=Q(sex__in=["female", "male", "other", "unknown"]),
            ),
            models.CheckConstraint(
                name="patient_does_not_die_before_birth",
                condition=Q(died_on=None) | Q(birth_date=None) | Q(died_on__gte=models.F("birth_date")),
            ),
            models.CheckConstraint(
                name="patient_height_is_between_80_and_230_cm",
                condition=Q(height_cm=None) | Q(height_cm__range=(80, 230)),
            ),
            models.CheckConstraint(
                name="patient_death_says_when_it_was_recorded",
                condition=(Q(died_on__isnull=True, died_recorded_at__isnull=True))
                | (Q(died_on__isnull=False, died_recorded_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="patient_is_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("pk")),
            ),
        ],
    },
)

PATIENT_IDENTIFIER = migrations.CreateModel(
    name="PatientIdentifier",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="identifiers", to="patients.patient"),
        ),
        ("system", models.CharField(help_text="The assigning authority, as a URI.", max_length=200)),
        ("value", models.CharField(max_length=100)),
        (
            "kind",
            models.CharField(
                choices=[("MR", "Medical record number"), ("MB", "Member number"), ("other", "Other")],
                default="MR",
                max_length=10,
            ),
        ),
    ],
    options={
        "ordering": ["pk"],
        "indexes": [
            models.Index(name="identifier_by_number", fields=["value"]),
            GinIndex(OpClass(Searchable("value"), name="gin_trgm_ops"), name="identifier_by_part_of_number"),
        ],
        "constraints": [
            models.UniqueConstraint(name="identifier_names_one_patient", fields=("system", "value")),
            models.CheckConstraint(
                name="identifier_has_authority_and_number", condition=~Q(system="") & ~Q(value="")
            ),
        ],
    },
)

CARE_TEAM_MEMBER = migrations.CreateModel(
    name="CareTeamMember",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="care_team", to="patients.patient"),
        ),
        (
            "practice",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="care_team_members",
                to="base.practice",
            ),
        ),
        ("name", models.CharField(max_length=200)),
        (
            "part",
            models.CharField(
                choices=[
                    ("referring-oncologist", "Referring oncologist"),
                    ("net-specialist", "NET specialist"),
                    ("nuclear-medicine", "Nuclear medicine"),
                    ("navigator", "Nurse navigator"),
                    ("primary-care", "Primary care"),
                    ("injecting-practice", "Gives the monthly injection"),
                    ("caregiver", "Caregiver"),
                    ("other", "Other"),
                ],
                max_length=30,
            ),
        ),
        ("phone", models.CharField(blank=True, max_length=40)),
        ("email", models.EmailField(blank=True, max_length=254)),
        ("since", models.DateField(blank=True, null=True)),
        ("until", models.DateField(blank=True, null=True)),
    ],
    options={
        "ordering": ["pk"],
        "constraints": [
            models.CheckConstraint(
                name="care_team_part_is_a_known_word",
                condition=Q(
                    part__in=[
                        "referring-oncologist",
                        "net-specialist",
                        "nuclear-medicine",
                        "navigator",
                        "primary-care",
                        "injecting-practice",
                        "caregiver",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="care_team_member_leaves_after_joining",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=models.F("since")),
            ),
        ],
    },
)

RESPONSIBILITY = migrations.CreateModel(
    name="Responsibility",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "patient",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="responsibilities", to="patients.patient"
            ),
        ),
        (
            "item",
            models.CharField(
                choices=[
                    ("infusion", "Infusion"),
                    ("sstr-pet", "SSTR imaging before treatment"),
                    ("baseline-labs", "Baseline labs"),
                    ("pregnancy-test", "Pregnancy test"),
                    ("education", "Education"),
                    ("consent", "Consent"),
                    ("authorization", "Payer authorization"),
                    ("dose-order", "Dose order"),
                    ("pre-dose-labs", "Labs before the dose"),
                    ("confirm-labs", "Confirming labs"),
                    ("lar-last-before", "Last long-acting SSA before the infusion"),
                    ("short-acting-stop", "Short-acting octreotide stopped"),
                    ("antiemetic", "Antiemetic"),
                    ("amino-acids", "Amino acids"),
                    ("post-dose-lar", "Octreotide LAR after the dose"),
                    ("radiation-precautions", "Radiation precautions"),
                    ("nadir-labs", "Nadir labs"),
                    ("ct-mri", "CT or MRI"),
                    ("post-treatment-labs", "Labs after treatment"),
                    ("maintenance-lar", "Maintenance long-acting SSA"),
                    ("response-sstr-pet", "SSTR imaging for response"),
                    ("follow-up-labs", "Follow-up labs"),
                    ("hand-back", "Return to the referring physician"),
                    ("interim-ssa", "Interim SSA"),
                ],
                max_length=30,
            ),
        ),
        (
            "owner",
            models.CharField(
                choices=[
                    ("center", "PRRT center"),
                    ("referring-practice", "Referring practice"),
                    ("net-specialist", "NET specialist"),
                    ("patient", "Patient"),
                ],
                max_length=20,
            ),
        ),
        (
            "practice",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="responsibilities",
                to="base.practice",
            ),
        ),
    ],
    options={
        "verbose_name_plural": "responsibilities",
        "ordering": ["pk"],
        "constraints": [
            models.CheckConstraint(
                name="responsibility_is_for_a_known_item",
                condition=Q(
                    item__in=[
                        "infusion",
                        "sstr-pet",
                        "baseline-labs",
                        "pregnancy-test",
                        "education",
                        "consent",
                        "authorization",
                        "dose-order",
                        "pre-dose-labs",
                        "confirm-labs",
                        "lar-last-before",
                        "short-acting-stop",
                        "antiemetic",
                        "amino-acids",
                        "post-dose-lar",
                        "radiation-precautions",
                        "nadir-labs",
                        "ct-mri",
                        "post-treatment-labs",
                        "maintenance-lar",
                        "response-sstr-pet",
                        "follow-up-labs",
                        "hand-back",
                        "interim-ssa",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="responsibility_has_a_known_owner",
                condition=Q(owner__in=["center", "referring-practice", "net-specialist", "patient"]),
            ),
            models.UniqueConstraint(name="item_has_one_owner_per_patient", fields=("patient", "item")),
            models.CheckConstraint(
                name="only_a_practice_s_item_names_a_practice",
                condition=Q(practice=None) | Q(owner__in=["referring-practice", "net-specialist"]),
            ),
        ],
    },
)

REFERRAL = migrations.CreateModel(
    name="Referral",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("version", models.PositiveIntegerField(default=1, editable=False)),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="referrals", to="patients.patient"),
        ),
        (
            "practice",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="referrals", to="base.practice"
            ),
        ),
        ("referred_by_name", models.CharField(blank=True, max_length=200, verbose_name="who refers")),
        ("came_through", models.CharField(blank=True, max_length=200, verbose_name="through whom it came")),
        ("received_on", models.DateField()),
        ("reason", models.TextField(blank=True)),
        ("advice_only", models.BooleanField(default=False, help_text="A question before a referral.")),
        ("placer_system", models.CharField(blank=True, max_length=200, null=True)),
        ("placer_number", models.CharField(blank=True, max_length=100, null=True)),
        (
            "state",
            models.CharField(
                choices=[
                    ("received", "Received"),
                    ("information-needed", "Information needed"),
                    ("tumor-board", "Tumor board"),
                    ("accepted", "Accepted"),
                    ("declined", "Declined"),
                    ("scheduled", "Scheduled"),
                    ("on-treatment", "On treatment"),
                    ("follow-up", "Follow-up"),
                    ("returned", "Returned"),
                ],
                default="received",
                max_length=20,
            ),
        ),
        ("decided_at", models.DateTimeField(blank=True, null=True)),
        (
            "decided_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("declined_because", models.TextField(blank=True, default="")),
        ("returned_on", models.DateField(blank=True, null=True)),
    ],
    options={
        "ordering": ["-received_on", "-pk"],
        "indexes": [
            models.Index(name="referral_by_state", fields=["state", "received_on"]),
        ],
        "constraints": [
            models.CheckConstraint(
                name="referral_state_is_a_known_word",
                condition=Q(
                    state__in=[
                        "received",
                        "information-needed",
                        "tumor-board",
                        "accepted",
                        "declined",
                        "scheduled",
                        "on-treatment",
                        "follow-up",
                        "returned",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="referral_decided_at_and_decided_by_together",
                condition=(Q(decided_at__isnull=True, decided_by__isnull=True))
                | (Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="referral_past_the_decision_says_who_decided",
                condition=(Q(decided_at=None, state__in=("received", "information-needed", "tumor-board")))
                | (
                    ~Q(state__in=("received", "information-needed", "tumor-board"))
                    & Q(decided_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="referral_is_declined_with_a_reason",
                condition=(Q(state="declined") & ~Q(declined_because=""))
                | (~Q(state="declined") & Q(declined_because="")),
            ),
            models.CheckConstraint(
                name="referral_returned_says_the_day",
                condition=(Q(returned_on__isnull=False, state="returned"))
                | (~Q(state="returned") & Q(returned_on=None)),
            ),
            models.CheckConstraint(
                name="referral_placer_has_system_and_number",
                condition=(Q(placer_number__isnull=True, placer_system__isnull=True))
                | (Q(placer_number__isnull=False, placer_system__isnull=False)),
            ),
            models.UniqueConstraint(
                name="referral_placer_number_is_used_once", fields=("placer_system", "placer_number")
            ),
        ],
    },
)

REFERRAL_PAPER = migrations.CreateModel(
    name="ReferralPaper",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("recorded_at", models.DateTimeField(default=clock.now)),
        (
            "recorded_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
        (
            "recorded_in_error_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_because", models.TextField(blank=True, default="")),
        (
            "referral",
            models.ForeignKey(on_delete=models.PROTECT, related_name="papers", to="patients.referral"),
        ),
        (
            "kind",
            models.CharField(
                choices=[
                    ("pathology-report", "Pathology report"),
                    ("sstr-report", "SSTR imaging report"),
                    ("sstr-images", "SSTR images"),
                    ("ct-mri-report", "CT or MRI report"),
                    ("ct-mri-images", "CT or MRI images"),
                    ("ssa-history", "SSA history with the last injection"),
                    ("therapy-history", "History of other therapy"),
                    ("labs", "Laboratory results with ranges"),
                    ("clinic-note", "Clinic note"),
                    ("other", "Other"),
                ],
                max_length=30,
            ),
        ),
        ("dated_on", models.DateField(blank=True, help_text="The day the paper speaks of.", null=True)),
        ("received_on", models.DateField()),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["received_on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="referralpaper_in_error_says_who_and_why",
                condition=(
                    Q(
                        recorded_in_error_at__isnull=True,
                        recorded_in_error_because="",
                        recorded_in_error_by__isnull=True,
                    )
                )
                | (
                    Q(recorded_in_error_at__isnull=False)
                    & ~Q(recorded_in_error_because="")
                    & Q(recorded_in_error_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="referral_paper_kind_is_a_known_word",
                condition=Q(
                    kind__in=[
                        "pathology-report",
                        "sstr-report",
                        "sstr-images",
                        "ct-mri-report",
                        "ct-mri-images",
                        "ssa-history",
                        "therapy-history",
                        "labs",
                        "clinic-note",
                        "other",
                    ]
                ),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("base", "0005_triggers")]

    operations = [
        CreateModels(
            [
                *with_history(PATIENT),
                *with_history(PATIENT_IDENTIFIER),
                *with_history(CARE_TEAM_MEMBER),
                *with_history(RESPONSIBILITY),
                *with_history(REFERRAL),
                *with_history(REFERRAL_PAPER),
            ]
        )
    ]
