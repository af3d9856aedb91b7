"""What is due, draws, chairs and calls."""

from datetime import UTC
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Coalesce, Least, TruncDate

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

DRAW = migrations.CreateModel(
    name="Draw",
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
        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
        (
            "cancelled_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("cancelled_because", models.TextField(blank=True, default="")),
        ("patient", models.ForeignKey(on_delete=models.PROTECT, related_name="draws", to="patients.patient")),
        ("at", models.DateTimeField()),
        ("urgent", models.BooleanField(default=False)),
        (
            "item",
            models.CharField(
                blank=True,
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
            "practice",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="draws", to="base.practice"
            ),
        ),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["at", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="draw_in_error_says_who_and_why",
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
                name="draw_cancelled_says_who_and_why",
                condition=(Q(cancelled_at__isnull=True, cancelled_because="", cancelled_by__isnull=True))
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="") & Q(cancelled_by__isnull=False)),
            ),
        ],
    },
)

DUE_ITEM = migrations.CreateModel(
    name="DueItem",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("version", models.PositiveIntegerField(default=1, editable=False)),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "course",
            models.ForeignKey(on_delete=models.PROTECT, related_name="due_items", to="scheduling.course"),
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
        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
        (
            "sequence",
            models.PositiveSmallIntegerField(
                default=1, help_text="Place in a series; 1 where there is none."
            ),
        ),
        ("opens_on", models.DateField(blank=True, null=True)),
        ("target_on", models.DateField(blank=True, null=True)),
        ("closes_on", models.DateField(blank=True, null=True)),
        ("opens_at", models.DateTimeField(blank=True, null=True)),
        ("target_at", models.DateTimeField(blank=True, null=True)),
        ("closes_at", models.DateTimeField(blank=True, null=True)),
        ("done", models.BooleanField(default=False, help_text="The fact exists.")),
        ("waits", models.BooleanField(default=False, help_text="Stays planned until its infusion is given.")),
        (
            "too_late",
            models.BooleanField(default=False, help_text="What it was for is over; closed with a reason."),
        ),
        (
            "not_recorded",
            models.BooleanField(
                default=False, help_text="Its infusion was given, and nobody recorded this before it."
            ),
        ),
        ("cancelled_because", models.TextField(blank=True, default="")),
        (
            "missing",
            ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None),
        ),
        (
            "owner",
            models.CharField(
                blank=True,
                choices=[
                    ("center", "PRRT center"),
                    ("referring-practice", "Referring practice"),
                    ("net-specialist", "NET specialist"),
                    ("patient", "Patient"),
                ],
                help_text="Empty: nobody has it.",
                max_length=20,
            ),
        ),
        (
            "practice",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="due_items", to="base.practice"
            ),
        ),
        ("moved_to", models.DateField(blank=True, null=True)),
        (
            "assigned_to",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="due_items",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        ("snoozed_until", models.DateField(blank=True, null=True)),
        ("not_done_at", models.DateTimeField(blank=True, null=True)),
        (
            "not_done_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("not_done_reason", models.TextField(blank=True, default="")),
        (
            "marked_done_at",
            models.DateTimeField(
                blank=True, help_text="For what no other fact shows, such as the hand-back.", null=True
            ),
        ),
        (
            "marked_done_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ],
    options={
        "ordering": ["course", "cycle_number", "pk"],
        "indexes": [
            models.Index(
                name="due_item_unsettled",
                fields=["closes_on"],
                condition=Q(cancelled_because="", done=False, marked_done_at=None, not_done_at=None),
            ),
            models.Index(
                Least(
                    Coalesce("target_on", "closes_on", "opens_on", TruncDate("opens_at", tzinfo=UTC)),
                    "closes_on",
                ),
                name="due_item_by_nearest_day",
                condition=Q(
                    cancelled_because="", done=False, marked_done_at=None, not_done_at=None, waits=False
                ),
                include=(
                    "item",
                    "cycle_number",
                    "opens_on",
                    "target_on",
                    "closes_on",
                    "opens_at",
                    "closes_at",
                    "owner",
                    "too_late",
                    "not_recorded",
                    "snoozed_until",
                    "course",
                ),
            ),
            models.Index(
                name="due_item_by_opening_moment",
                fields=["opens_at"],
                condition=Q(
                    cancelled_because="",
                    done=False,
                    marked_done_at=None,
                    not_done_at=None,
                    opens_at__isnull=False,
                ),
            ),
        ],
        "constraints": [
            models.CheckConstraint(
                name="due_item_is_a_known_word",
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
            models.UniqueConstraint(
                name="course_has_each_due_item_once",
                fields=("course", "item", "cycle_number", "sequence"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="due_item_cycle_is_from_1_to_10",
                condition=Q(cycle_number=None) | Q(cycle_number__range=(1, 10)),
            ),
            models.CheckConstraint(
                name="due_item_has_a_day_or_an_instant_not_both",
                condition=(Q(opens_on=None) | Q(opens_at=None))
                & (Q(target_on=None) | Q(target_at=None))
                & (Q(closes_on=None) | Q(closes_at=None)),
            ),
            models.CheckConstraint(
                name="not_done_says_who_and_why",
                condition=(Q(not_done_at__isnull=True, not_done_reason="") & Q(not_done_by__isnull=True))
                | (Q(not_done_at__isnull=False) & ~Q(not_done_reason="") & Q(not_done_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="marked_done_says_who_and_is_not_also_not_done",
                condition=(Q(marked_done_at=None, marked_done_by=None))
                | (Q(marked_done_at__isnull=False, marked_done_by__isnull=False, not_done_at=None)),
            ),
        ],
    },
)

CONTACT_LOG = migrations.CreateModel(
    name="ContactLog",
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
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="contacts", to="patients.patient"),
        ),
        (
            "due_item",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="contacts",
                to="scheduling.dueitem",
            ),
        ),
        (
            "practice",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="contacts", to="base.practice"
            ),
        ),
        ("at", models.DateTimeField()),
        (
            "channel",
            models.CharField(
                choices=[
                    ("phone", "Phone"),
                    ("email", "E-mail"),
                    ("text", "Text message"),
                    ("fax", "Fax"),
                    ("letter", "Letter"),
                    ("in-person", "In person"),
                ],
                max_length=20,
            ),
        ),
        ("with_whom", models.CharField(max_length=200)),
        (
            "outcome",
            models.CharField(
                choices=[
                    ("reached", "Reached"),
                    ("left-message", "Left a message"),
                    ("no-answer", "No answer"),
                    ("wrong-contact", "Wrong number or address"),
                    ("sent", "Sent"),
                ],
                max_length=20,
            ),
        ),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "verbose_name": "contact",
        "ordering": ["-at", "-pk"],
        "abstract": False,
        "indexes": [
            models.Index(name="contact_by_patient", fields=["patient", "at"]),
        ],
        "constraints": [
            models.CheckConstraint(
                name="contactlog_in_error_says_who_and_why",
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
                name="contact_channel_is_a_known_word",
                condition=Q(channel__in=["phone", "email", "text", "fax", "letter", "in-person"]),
            ),
            models.CheckConstraint(
                name="contact_outcome_is_a_known_word",
                condition=Q(outcome__in=["reached", "left-message", "no-answer", "wrong-contact", "sent"]),
            ),
        ],
    },
)

CHAIR_BOOKING = migrations.CreateModel(
    name="ChairBooking",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "cycle",
            models.ForeignKey(on_delete=models.PROTECT, related_name="bookings", to="scheduling.cycle"),
        ),
        ("starts_at", models.DateTimeField()),
        ("ends_at", models.DateTimeField()),
        ("chair", models.CharField(max_length=60)),
        ("people", ArrayField(base_field=models.CharField(max_length=200), size=None)),
        ("booked_at", models.DateTimeField()),
        (
            "booked_by",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
        (
            "cancelled_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("cancelled_because", models.TextField(blank=True, default="")),
    ],
    options={
        "ordering": ["starts_at", "pk"],
        "constraints": [
            models.UniqueConstraint(
                name="cycle_has_one_standing_booking", fields=("cycle",), condition=Q(cancelled_at=None)
            ),
            models.CheckConstraint(
                name="booking_starts_before_it_ends",
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="booking_names_a_chair_and_people", condition=~Q(chair="") & Q(people__len__gt=0)
            ),
            models.CheckConstraint(
                name="booking_cancelled_says_who_and_why",
                condition=(Q(cancelled_at__isnull=True, cancelled_because="", cancelled_by__isnull=True))
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="") & Q(cancelled_by__isnull=False)),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0004_judgments_and_conflicts")]

    operations = [
        CreateModels(
            [
                *with_history(DRAW),
                *with_history(DUE_ITEM),
                *with_history(CONTACT_LOG),
                *with_history(CHAIR_BOOKING),
            ]
        )
    ]
