import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import coordination.base.clock
import coordination.base.search
from coordination.base.schema import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_audit_is_only_added"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Patient",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="patients",
                                to="base.site",
                            ),
                        ),
                        ("family_name", models.CharField(max_length=200)),
                        ("given_name", models.CharField(max_length=200)),
                        ("birth_date", models.DateField(blank=True, null=True)),
                        (
                            "sex",
                            models.CharField(
                                choices=[
                                    ("female", "Female"),
                                    ("male", "Male"),
                                    ("other", "Other"),
                                    ("unknown", "Unknown"),
                                ],
                                default="unknown",
                                max_length=10,
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="patients",
                                to="base.practice",
                            ),
                        ),
                        ("died_on", models.DateField(blank=True, null=True)),
                        ("died_recorded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "died_recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_from",
                                to="patients.patient",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["site"], name="patient_by_site"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    coordination.base.search.Searchable(
                                        django.db.models.functions.text.Concat(
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
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    coordination.base.search.Digits("phone"), name="gin_trgm_ops"
                                ),
                                name="patient_by_part_of_phone",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("sex__in", ["female", "male", "other", "unknown"])),
                                name="patient_sex_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("died_on", None),
                                    ("birth_date", None),
                                    ("died_on__gte", models.F("birth_date")),
                                    _connector="OR",
                                ),
                                name="patient_does_not_die_before_birth",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("died_on__isnull", True), ("died_recorded_at__isnull", True)),
                                    models.Q(("died_on__isnull", False), ("died_recorded_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="patient_death_says_when_it_was_recorded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merged_into", None),
                                    models.Q(("merged_into", models.F("pk")), _negated=True),
                                    _connector="OR",
                                ),
                                name="patient_is_not_merged_into_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PatientIdentifier",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="identifiers",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "system",
                            models.CharField(help_text="The assigning authority, as a URI.", max_length=200),
                        ),
                        ("value", models.CharField(max_length=100)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("MR", "Medical record number"),
                                    ("MB", "Member number"),
                                    ("other", "Other"),
                                ],
                                default="MR",
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    coordination.base.search.Searchable("value"), name="gin_trgm_ops"
                                ),
                                name="identifier_by_part_of_number",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("system", "value"), name="identifier_names_one_patient"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("system", ""), _negated=True),
                                    models.Q(("value", ""), _negated=True),
                                ),
                                name="identifier_has_authority_and_number",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Authorization",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="authorizations",
                                to="patients.patient",
                            ),
                        ),
                        ("payer", models.CharField(blank=True, max_length=200)),
                        ("number", models.CharField(blank=True, max_length=60)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("requested", "Requested"),
                                    ("granted", "Granted"),
                                    ("denied", "Denied"),
                                ],
                                default="granted",
                                max_length=20,
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("doses", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("note", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["starts_on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="authorization_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["requested", "granted", "denied"])),
                                name="authorization_state_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="authorization_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "granted"), _negated=True),
                                    models.Q(("ends_on__isnull", False), ("starts_on__isnull", False)),
                                    _connector="OR",
                                ),
                                name="authorization_granted_says_from_when_to_when",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CareTeamMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="care_team",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
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
                                condition=models.Q(
                                    (
                                        "part__in",
                                        [
                                            "referring-oncologist",
                                            "net-specialist",
                                            "nuclear-medicine",
                                            "navigator",
                                            "primary-care",
                                            "injecting-practice",
                                            "caregiver",
                                            "other",
                                        ],
                                    )
                                ),
                                name="care_team_part_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("since__isnull", True),
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="care_team_member_leaves_after_joining",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Responsibility",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responsibilities",
                                to="patients.patient",
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
                                on_delete=django.db.models.deletion.PROTECT,
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
                                condition=models.Q(
                                    (
                                        "item__in",
                                        [
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
                                        ],
                                    )
                                ),
                                name="responsibility_is_for_a_known_item",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "owner__in",
                                        ["center", "referring-practice", "net-specialist", "patient"],
                                    )
                                ),
                                name="responsibility_has_a_known_owner",
                            ),
                            models.UniqueConstraint(
                                fields=("patient", "item"), name="item_has_one_owner_per_patient"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("practice", None),
                                    ("owner__in", ["referring-practice", "net-specialist"]),
                                    _connector="OR",
                                ),
                                name="only_a_practice_s_item_names_a_practice",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("treatment", "Treatment"),
                                    ("messages", "E-mail and text messages"),
                                    ("sharing", "Sharing records with the practices"),
                                ],
                                default="treatment",
                                max_length=20,
                            ),
                        ),
                        ("given_on", models.DateField()),
                        ("form_version", models.CharField(blank=True, max_length=40)),
                        ("withdrawn_on", models.DateField(blank=True, null=True)),
                        ("note", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["given_on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="consent_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["treatment", "messages", "sharing"])),
                                name="consent_kind_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("given_on__isnull", True),
                                    ("withdrawn_on__isnull", True),
                                    ("withdrawn_on__gte", models.F("given_on")),
                                    _connector="OR",
                                ),
                                name="consent_is_withdrawn_after_it_was_given",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Education",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="education",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "topic",
                            models.CharField(
                                choices=[
                                    ("treatment", "The treatment and its schedule"),
                                    ("radiation-precautions", "Radiation precautions"),
                                    ("contraception", "Contraception and breast-feeding"),
                                    ("who-does-what", "Who does what"),
                                ],
                                default="treatment",
                                max_length=30,
                            ),
                        ),
                        ("on", models.DateField()),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("taught_by", models.CharField(blank=True, max_length=200)),
                        ("understood", models.BooleanField(blank=True, null=True)),
                        ("note", models.TextField(blank=True)),
                    ],
                    options={
                        "verbose_name_plural": "education",
                        "ordering": ["on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="education_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "topic__in",
                                        [
                                            "treatment",
                                            "radiation-precautions",
                                            "contraception",
                                            "who-does-what",
                                        ],
                                    )
                                ),
                                name="education_topic_is_a_known_word",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Diagnosis",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="diagnoses",
                                to="patients.patient",
                            ),
                        ),
                        ("diagnosed_on", models.DateField(blank=True, null=True)),
                        ("primary_site", models.CharField(max_length=100)),
                        ("t_stage", models.CharField(blank=True, max_length=10, verbose_name="T")),
                        ("n_stage", models.CharField(blank=True, max_length=10, verbose_name="N")),
                        ("m_stage", models.CharField(blank=True, max_length=10, verbose_name="M")),
                        ("stage_group", models.CharField(blank=True, max_length=20)),
                        (
                            "metastases",
                            models.CharField(blank=True, max_length=200, verbose_name="sites of metastases"),
                        ),
                        (
                            "functioning",
                            models.CharField(
                                choices=[
                                    ("yes", "Functioning"),
                                    ("no", "Not functioning"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=10,
                            ),
                        ),
                        ("symptoms", models.TextField(blank=True)),
                        (
                            "pathology_on",
                            models.DateField(
                                blank=True, null=True, verbose_name="date of the pathology report"
                            ),
                        ),
                        (
                            "differentiation",
                            models.CharField(
                                choices=[
                                    ("well", "Well differentiated"),
                                    ("poor", "Poorly differentiated"),
                                    ("unknown", "Not stated"),
                                ],
                                default="unknown",
                                max_length=10,
                            ),
                        ),
                        (
                            "ki67_percent",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=5,
                                null=True,
                                verbose_name="Ki-67 (%)",
                            ),
                        ),
                        (
                            "mitoses_per_2mm2",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=6,
                                null=True,
                                verbose_name="mitoses per 2 mm²",
                            ),
                        ),
                        (
                            "grade",
                            models.CharField(
                                choices=[
                                    ("G1", "G1"),
                                    ("G2", "G2"),
                                    ("G3", "G3"),
                                    ("NEC", "NEC"),
                                    ("unknown", "Not stated"),
                                ],
                                default="unknown",
                                max_length=10,
                            ),
                        ),
                        (
                            "grading_scheme",
                            models.CharField(blank=True, help_text="For example WHO 2022.", max_length=60),
                        ),
                        ("markers", models.TextField(blank=True)),
                        ("note", models.TextField(blank=True)),
                    ],
                    options={
                        "verbose_name_plural": "diagnoses",
                        "ordering": ["-diagnosed_on", "-pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="diagnosis_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("functioning__in", ["yes", "no", "unknown"])),
                                name="diagnosis_functioning_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("differentiation__in", ["well", "poor", "unknown"])),
                                name="diagnosis_differentiation_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("grade__in", ["G1", "G2", "G3", "NEC", "unknown"])),
                                name="diagnosis_grade_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ki67_percent", None), ("ki67_percent__range", (0, 100)), _connector="OR"
                                ),
                                name="ki67_is_between_0_and_100_percent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mitoses_per_2mm2", None), ("mitoses_per_2mm2__gte", 0), _connector="OR"
                                ),
                                name="mitoses_are_not_negative",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Referral",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="base.practice",
                            ),
                        ),
                        (
                            "referred_by_name",
                            models.CharField(blank=True, max_length=200, verbose_name="who refers"),
                        ),
                        (
                            "came_through",
                            models.CharField(blank=True, max_length=200, verbose_name="through whom it came"),
                        ),
                        ("received_on", models.DateField()),
                        ("reason", models.TextField(blank=True)),
                        (
                            "advice_only",
                            models.BooleanField(default=False, help_text="A question before a referral."),
                        ),
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("declined_because", models.TextField(blank=True, default="")),
                        ("returned_on", models.DateField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-received_on", "-pk"],
                        "indexes": [models.Index(fields=["state", "received_on"], name="referral_by_state")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "received",
                                            "information-needed",
                                            "tumor-board",
                                            "accepted",
                                            "declined",
                                            "scheduled",
                                            "on-treatment",
                                            "follow-up",
                                            "returned",
                                        ],
                                    )
                                ),
                                name="referral_state_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="referral_decided_at_and_decided_by_together",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None),
                                        ("state__in", ("received", "information-needed", "tumor-board")),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ("received", "information-needed", "tumor-board")),
                                            _negated=True,
                                        ),
                                        ("decided_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="referral_past_the_decision_says_who_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "declined"),
                                        models.Q(("declined_because", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "declined"), _negated=True),
                                        ("declined_because", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="referral_is_declined_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("returned_on__isnull", False), ("state", "returned")),
                                    models.Q(
                                        models.Q(("state", "returned"), _negated=True), ("returned_on", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="referral_returned_says_the_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("placer_number__isnull", True), ("placer_system__isnull", True)
                                    ),
                                    models.Q(
                                        ("placer_number__isnull", False), ("placer_system__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="referral_placer_has_system_and_number",
                            ),
                            models.UniqueConstraint(
                                fields=("placer_system", "placer_number"),
                                name="referral_placer_number_is_used_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReferralPaper",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "referral",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="papers",
                                to="patients.referral",
                            ),
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
                        (
                            "dated_on",
                            models.DateField(blank=True, help_text="The day the paper speaks of.", null=True),
                        ),
                        ("received_on", models.DateField()),
                        ("note", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["received_on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="referralpaper_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
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
                                        ],
                                    )
                                ),
                                name="referral_paper_kind_is_a_known_word",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="EligibilityEvidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="eligibility",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "referral",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="eligibility",
                                to="patients.referral",
                            ),
                        ),
                        ("criterion", models.CharField(max_length=60)),
                        (
                            "answer",
                            models.CharField(
                                choices=[
                                    ("met", "Met"),
                                    ("not-met", "Not met"),
                                    ("cannot-tell", "Cannot tell"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "value",
                            models.CharField(
                                blank=True, help_text="The figure found, with its unit.", max_length=60
                            ),
                        ),
                        (
                            "threshold",
                            models.CharField(
                                blank=True, help_text="The threshold it was held against.", max_length=60
                            ),
                        ),
                        (
                            "source",
                            models.CharField(blank=True, help_text="Whose threshold it is.", max_length=120),
                        ),
                        ("evidence", models.TextField(blank=True)),
                        ("evidence_on", models.DateField()),
                        ("expires_on", models.DateField(blank=True, null=True)),
                    ],
                    options={
                        "verbose_name_plural": "eligibility evidence",
                        "ordering": ["criterion", "-evidence_on", "-pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="eligibilityevidence_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("answer__in", ["met", "not-met", "cannot-tell"])),
                                name="eligibility_answer_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("evidence_on__isnull", True),
                                    ("expires_on__isnull", True),
                                    ("expires_on__gte", models.F("evidence_on")),
                                    _connector="OR",
                                ),
                                name="evidence_does_not_expire_before_its_day",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ResponseAssessment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="response_assessments",
                                to="patients.patient",
                            ),
                        ),
                        ("on", models.DateField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("complete", "Complete response"),
                                    ("partial", "Partial response"),
                                    ("stable", "Stable disease"),
                                    ("progression", "Progression"),
                                    ("not-evaluable", "Not evaluable"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "basis",
                            models.TextField(
                                blank=True,
                                help_text="Scans, markers, symptoms; criteria, such as RECIST 1.1.",
                            ),
                        ),
                        (
                            "first_scan_only",
                            models.BooleanField(
                                default=False, verbose_name="rests only on the first scan after treatment"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="responseassessment_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "outcome__in",
                                        ["complete", "partial", "stable", "progression", "not-evaluable"],
                                    )
                                ),
                                name="response_outcome_is_a_known_word",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="PriorTherapy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cancelled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="therapies",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("TARE", "Radioembolization (TARE)"),
                                    ("SIRT", "Radioembolization (SIRT)"),
                                    ("TACE", "Chemoembolization"),
                                    ("bland-embolization", "Bland embolization"),
                                    ("ablation", "Ablation"),
                                    ("prrt-y90", "PRRT with Y-90"),
                                    ("prrt-lu177", "PRRT with Lu-177"),
                                    ("ssa", "Somatostatin analog"),
                                    ("chemotherapy", "Chemotherapy"),
                                    ("kinase-inhibitor", "Kinase inhibitor"),
                                    ("mtor-inhibitor", "mTOR inhibitor"),
                                    ("interferon", "Interferon"),
                                    ("surgery", "Surgery"),
                                    ("debulking", "Debulking or liver resection"),
                                    ("external-radiation", "External-beam radiation"),
                                    ("other", "Other"),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "name",
                            models.CharField(blank=True, max_length=200, verbose_name="drug or procedure"),
                        ),
                        ("on", models.DateField(blank=True, null=True, verbose_name="day, or first day")),
                        ("ended_on", models.DateField(blank=True, null=True)),
                        ("planned", models.BooleanField(default=False)),
                        ("cycles", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "cumulative_gbq",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=6,
                                null=True,
                                verbose_name="cumulative activity (GBq)",
                            ),
                        ),
                        (
                            "progressed",
                            models.BooleanField(blank=True, null=True, verbose_name="progressed under it"),
                        ),
                        ("details", models.TextField(blank=True)),
                    ],
                    options={
                        "verbose_name_plural": "prior therapies",
                        "ordering": ["on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="priortherapy_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at__isnull", True),
                                        ("cancelled_because", ""),
                                        ("cancelled_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        models.Q(("cancelled_because", ""), _negated=True),
                                        ("cancelled_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="priortherapy_cancelled_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "TARE",
                                            "SIRT",
                                            "TACE",
                                            "bland-embolization",
                                            "ablation",
                                            "prrt-y90",
                                            "prrt-lu177",
                                            "ssa",
                                            "chemotherapy",
                                            "kinase-inhibitor",
                                            "mtor-inhibitor",
                                            "interferon",
                                            "surgery",
                                            "debulking",
                                            "external-radiation",
                                            "other",
                                        ],
                                    )
                                ),
                                name="therapy_kind_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("on__isnull", True),
                                    ("ended_on__isnull", True),
                                    ("ended_on__gte", models.F("on")),
                                    _connector="OR",
                                ),
                                name="therapy_ends_after_it_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cumulative_gbq", None), ("cumulative_gbq__gt", 0), _connector="OR"
                                ),
                                name="therapy_activity_is_above_zero",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="TumorBoardDecision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tumor_board_decisions",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "referral",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tumor_board_decisions",
                                to="patients.referral",
                            ),
                        ),
                        ("met_on", models.DateField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("offer", "Offer PRRT"),
                                    ("decline", "Do not offer PRRT"),
                                    ("defer", "Deferred for a question"),
                                    ("other-treatment", "Other treatment first"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("rationale", models.TextField(blank=True)),
                        ("conditions", models.TextField(blank=True)),
                        (
                            "attendees",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("dissent", models.TextField(blank=True)),
                        (
                            "deferred_for",
                            models.TextField(
                                blank=True, default="", verbose_name="question it was deferred for"
                            ),
                        ),
                        ("comes_back_on", models.DateField(blank=True, null=True)),
                        (
                            "bad_berka_score",
                            models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                        ),
                        ("bad_berka_components", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "ordering": ["-met_on", "-pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="tumorboarddecision_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outcome__in", ["offer", "decline", "defer", "other-treatment"])
                                ),
                                name="tumor_board_outcome_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("outcome", "defer"), models.Q(("deferred_for", ""), _negated=True)
                                    ),
                                    models.Q(
                                        models.Q(("outcome", "defer"), _negated=True),
                                        ("comes_back_on", None),
                                        ("deferred_for", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="tumor_board_defers_for_a_question",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalPatient",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("family_name", models.CharField(max_length=200)),
                        ("given_name", models.CharField(max_length=200)),
                        ("birth_date", models.DateField(blank=True, null=True)),
                        (
                            "sex",
                            models.CharField(
                                choices=[
                                    ("female", "Female"),
                                    ("male", "Male"),
                                    ("other", "Other"),
                                    ("unknown", "Unknown"),
                                ],
                                default="unknown",
                                max_length=10,
                            ),
                        ),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("address", models.TextField(blank=True)),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("pregnancy_possible", models.BooleanField(default=False)),
                        ("anticoagulated", models.BooleanField(default=False)),
                        ("allergies", models.TextField(blank=True)),
                        ("died_on", models.DateField(blank=True, null=True)),
                        ("died_recorded_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
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
                        (
                            "referred_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.practice",
                            ),
                        ),
                        (
                            "died_recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                        "verbose_name": "historical patient",
                        "verbose_name_plural": "historical patients",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPatientIdentifier",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        (
                            "system",
                            models.CharField(help_text="The assigning authority, as a URI.", max_length=200),
                        ),
                        ("value", models.CharField(max_length=100)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("MR", "Medical record number"),
                                    ("MB", "Member number"),
                                    ("other", "Other"),
                                ],
                                default="MR",
                                max_length=10,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                        "verbose_name": "historical patient identifier",
                        "verbose_name_plural": "historical patient identifiers",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalAuthorization",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("payer", models.CharField(blank=True, max_length=200)),
                        ("number", models.CharField(blank=True, max_length=60)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("requested", "Requested"),
                                    ("granted", "Granted"),
                                    ("denied", "Denied"),
                                ],
                                default="granted",
                                max_length=20,
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("doses", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("note", models.TextField(blank=True)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                        "verbose_name": "historical authorization",
                        "verbose_name_plural": "historical authorizations",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalCareTeamMember",
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
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
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
                        "verbose_name": "historical care team member",
                        "verbose_name_plural": "historical care team members",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalResponsibility",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
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
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
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
                        "verbose_name": "historical responsibility",
                        "verbose_name_plural": "historical responsibilities",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalConsent",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("treatment", "Treatment"),
                                    ("messages", "E-mail and text messages"),
                                    ("sharing", "Sharing records with the practices"),
                                ],
                                default="treatment",
                                max_length=20,
                            ),
                        ),
                        ("given_on", models.DateField()),
                        ("form_version", models.CharField(blank=True, max_length=40)),
                        ("withdrawn_on", models.DateField(blank=True, null=True)),
                        ("note", models.TextField(blank=True)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                        "verbose_name": "historical consent",
                        "verbose_name_plural": "historical consents",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalEducation",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "topic",
                            models.CharField(
                                choices=[
                                    ("treatment", "The treatment and its schedule"),
                                    ("radiation-precautions", "Radiation precautions"),
                                    ("contraception", "Contraception and breast-feeding"),
                                    ("who-does-what", "Who does what"),
                                ],
                                default="treatment",
                                max_length=30,
                            ),
                        ),
                        ("on", models.DateField()),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("taught_by", models.CharField(blank=True, max_length=200)),
                        ("understood", models.BooleanField(blank=True, null=True)),
                        ("note", models.TextField(blank=True)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                        "verbose_name": "historical education",
                        "verbose_name_plural": "historical education",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalDiagnosis",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("diagnosed_on", models.DateField(blank=True, null=True)),
                        ("primary_site", models.CharField(max_length=100)),
                        ("t_stage", models.CharField(blank=True, max_length=10, verbose_name="T")),
                        ("n_stage", models.CharField(blank=True, max_length=10, verbose_name="N")),
                        ("m_stage", models.CharField(blank=True, max_length=10, verbose_name="M")),
                        ("stage_group", models.CharField(blank=True, max_length=20)),
                        (
                            "metastases",
                            models.CharField(blank=True, max_length=200, verbose_name="sites of metastases"),
                        ),
                        (
                            "functioning",
                            models.CharField(
                                choices=[
                                    ("yes", "Functioning"),
                                    ("no", "Not functioning"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=10,
                            ),
                        ),
                        ("symptoms", models.TextField(blank=True)),
                        (
                            "pathology_on",
                            models.DateField(
                                blank=True, null=True, verbose_name="date of the pathology report"
                            ),
                        ),
                        (
                            "differentiation",
                            models.CharField(
                                choices=[
                                    ("well", "Well differentiated"),
                                    ("poor", "Poorly differentiated"),
                                    ("unknown", "Not stated"),
                                ],
                                default="unknown",
                                max_length=10,
                            ),
                        ),
                        (
                            "ki67_percent",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=5,
                                null=True,
                                verbose_name="Ki-67 (%)",
                            ),
                        ),
                        (
                            "mitoses_per_2mm2",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=6,
                                null=True,
                                verbose_name="mitoses per 2 mm²",
                            ),
                        ),
                        (
                            "grade",
                            models.CharField(
                                choices=[
                                    ("G1", "G1"),
                                    ("G2", "G2"),
                                    ("G3", "G3"),
                                    ("NEC", "NEC"),
                                    ("unknown", "Not stated"),
                                ],
                                default="unknown",
                                max_length=10,
                            ),
                        ),
                        (
                            "grading_scheme",
                            models.CharField(blank=True, help_text="For example WHO 2022.", max_length=60),
                        ),
                        ("markers", models.TextField(blank=True)),
                        ("note", models.TextField(blank=True)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                        "verbose_name": "historical diagnosis",
                        "verbose_name_plural": "historical diagnoses",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalReferral",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        (
                            "referred_by_name",
                            models.CharField(blank=True, max_length=200, verbose_name="who refers"),
                        ),
                        (
                            "came_through",
                            models.CharField(blank=True, max_length=200, verbose_name="through whom it came"),
                        ),
                        ("received_on", models.DateField()),
                        ("reason", models.TextField(blank=True)),
                        (
                            "advice_only",
                            models.BooleanField(default=False, help_text="A question before a referral."),
                        ),
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
                        ("declined_because", models.TextField(blank=True, default="")),
                        ("returned_on", models.DateField(blank=True, null=True)),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
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
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        "verbose_name": "historical referral",
                        "verbose_name_plural": "historical referrals",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalReferralPaper",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
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
                        (
                            "dated_on",
                            models.DateField(blank=True, help_text="The day the paper speaks of.", null=True),
                        ),
                        ("received_on", models.DateField()),
                        ("note", models.TextField(blank=True)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "referral",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.referral",
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
                        "verbose_name": "historical referral paper",
                        "verbose_name_plural": "historical referral papers",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalEligibilityEvidence",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("criterion", models.CharField(max_length=60)),
                        (
                            "answer",
                            models.CharField(
                                choices=[
                                    ("met", "Met"),
                                    ("not-met", "Not met"),
                                    ("cannot-tell", "Cannot tell"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "value",
                            models.CharField(
                                blank=True, help_text="The figure found, with its unit.", max_length=60
                            ),
                        ),
                        (
                            "threshold",
                            models.CharField(
                                blank=True, help_text="The threshold it was held against.", max_length=60
                            ),
                        ),
                        (
                            "source",
                            models.CharField(blank=True, help_text="Whose threshold it is.", max_length=120),
                        ),
                        ("evidence", models.TextField(blank=True)),
                        ("evidence_on", models.DateField()),
                        ("expires_on", models.DateField(blank=True, null=True)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "referral",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.referral",
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
                        "verbose_name": "historical eligibility evidence",
                        "verbose_name_plural": "historical eligibility evidence",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalResponseAssessment",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("on", models.DateField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("complete", "Complete response"),
                                    ("partial", "Partial response"),
                                    ("stable", "Stable disease"),
                                    ("progression", "Progression"),
                                    ("not-evaluable", "Not evaluable"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "basis",
                            models.TextField(
                                blank=True,
                                help_text="Scans, markers, symptoms; criteria, such as RECIST 1.1.",
                            ),
                        ),
                        (
                            "first_scan_only",
                            models.BooleanField(
                                default=False, verbose_name="rests only on the first scan after treatment"
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                        "verbose_name": "historical response assessment",
                        "verbose_name_plural": "historical response assessments",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPriorTherapy",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("TARE", "Radioembolization (TARE)"),
                                    ("SIRT", "Radioembolization (SIRT)"),
                                    ("TACE", "Chemoembolization"),
                                    ("bland-embolization", "Bland embolization"),
                                    ("ablation", "Ablation"),
                                    ("prrt-y90", "PRRT with Y-90"),
                                    ("prrt-lu177", "PRRT with Lu-177"),
                                    ("ssa", "Somatostatin analog"),
                                    ("chemotherapy", "Chemotherapy"),
                                    ("kinase-inhibitor", "Kinase inhibitor"),
                                    ("mtor-inhibitor", "mTOR inhibitor"),
                                    ("interferon", "Interferon"),
                                    ("surgery", "Surgery"),
                                    ("debulking", "Debulking or liver resection"),
                                    ("external-radiation", "External-beam radiation"),
                                    ("other", "Other"),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "name",
                            models.CharField(blank=True, max_length=200, verbose_name="drug or procedure"),
                        ),
                        ("on", models.DateField(blank=True, null=True, verbose_name="day, or first day")),
                        ("ended_on", models.DateField(blank=True, null=True)),
                        ("planned", models.BooleanField(default=False)),
                        ("cycles", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "cumulative_gbq",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=6,
                                null=True,
                                verbose_name="cumulative activity (GBq)",
                            ),
                        ),
                        (
                            "progressed",
                            models.BooleanField(blank=True, null=True, verbose_name="progressed under it"),
                        ),
                        ("details", models.TextField(blank=True)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "cancelled_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                        "verbose_name": "historical prior therapy",
                        "verbose_name_plural": "historical prior therapies",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalTumorBoardDecision",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("met_on", models.DateField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("offer", "Offer PRRT"),
                                    ("decline", "Do not offer PRRT"),
                                    ("defer", "Deferred for a question"),
                                    ("other-treatment", "Other treatment first"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("rationale", models.TextField(blank=True)),
                        ("conditions", models.TextField(blank=True)),
                        (
                            "attendees",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("dissent", models.TextField(blank=True)),
                        (
                            "deferred_for",
                            models.TextField(
                                blank=True, default="", verbose_name="question it was deferred for"
                            ),
                        ),
                        ("comes_back_on", models.DateField(blank=True, null=True)),
                        (
                            "bad_berka_score",
                            models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                        ),
                        ("bad_berka_components", models.JSONField(blank=True, default=dict)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "referral",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.referral",
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
                        "verbose_name": "historical tumor board decision",
                        "verbose_name_plural": "historical tumor board decisions",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ]
        ),
    ]
