"""Contact points, message templates, deliveries and reminders."""

from datetime import time
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history
from coordination.models.contact_point import new_token

CONTACT_POINT = migrations.CreateModel(
    name="ContactPoint",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "token",
            models.CharField(
                default=new_token,
                editable=False,
                max_length=40,
                unique=True,
            ),
        ),
        (
            "patient",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="contact_points",
                to="patients.patient",
            ),
        ),
        (
            "practice",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="contact_points",
                to="base.practice",
            ),
        ),
        (
            "user",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="contact_points",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        ("channel", models.CharField(choices=[("email", "E-mail"), ("sms", "Text message")], max_length=10)),
        ("address", models.CharField(max_length=254)),
        (
            "language",
            models.CharField(choices=[("en", "English"), ("es", "Español")], default="en", max_length=5),
        ),
        ("timezone", models.CharField(blank=True, help_text="Empty: the zone of the site.", max_length=60)),
        ("quiet_from", models.TimeField(blank=True, help_text="Empty: as at the site.", null=True)),
        ("quiet_until", models.TimeField(blank=True, help_text="Empty: as at the site.", null=True)),
        ("created_at", models.DateTimeField(default=clock.now)),
        ("verified_at", models.DateTimeField(blank=True, null=True)),
        ("verified_how", models.CharField(blank=True, default="", max_length=200)),
        ("agreed_at", models.DateTimeField(blank=True, null=True)),
        ("agreed_how", models.CharField(blank=True, default="", max_length=200)),
        ("stopped_at", models.DateTimeField(blank=True, null=True)),
        ("stopped_because", models.CharField(blank=True, default="", max_length=200)),
        ("bounced_at", models.DateTimeField(blank=True, null=True)),
        ("bounced_because", models.CharField(blank=True, default="", max_length=200)),
        ("removed_at", models.DateTimeField(blank=True, null=True)),
    ],
    options={
        "ordering": ["pk"],
        "constraints": [
            models.CheckConstraint(name="contact_channel_is_ours", condition=Q(channel__in=["email", "sms"])),
            models.CheckConstraint(name="contact_language_is_ours", condition=Q(language__in=["en", "es"])),
            models.CheckConstraint(
                name="contact_point_has_one_owner",
                condition=(Q(patient__isnull=False, practice=None, user=None))
                | (Q(patient=None, practice__isnull=False, user=None))
                | (Q(patient=None, practice=None, user__isnull=False)),
            ),
            models.UniqueConstraint(
                name="address_is_listed_once_for_its_owner",
                fields=("patient", "practice", "user", "channel", "address"),
                condition=Q(removed_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="contact_point_has_an_address", condition=~Q(address="")),
            models.CheckConstraint(
                name="verified_contact_says_how",
                condition=(Q(verified_at__isnull=True, verified_how=""))
                | (Q(verified_at__isnull=False) & ~Q(verified_how="")),
            ),
            models.CheckConstraint(
                name="agreed_contact_says_how",
                condition=(Q(agreed_at__isnull=True, agreed_how=""))
                | (Q(agreed_at__isnull=False) & ~Q(agreed_how="")),
            ),
            models.CheckConstraint(
                name="stopped_contact_says_why",
                condition=(Q(stopped_at__isnull=True, stopped_because=""))
                | (Q(stopped_at__isnull=False) & ~Q(stopped_because="")),
            ),
            models.CheckConstraint(
                name="bounced_contact_says_why",
                condition=(Q(bounced_at__isnull=True, bounced_because=""))
                | (Q(bounced_at__isnull=False) & ~Q(bounced_because="")),
            ),
        ],
    },
)

MESSAGE_TEMPLATE = migrations.CreateModel(
    name="MessageTemplate",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "site",
            models.ForeignKey(on_delete=models.PROTECT, related_name="message_templates", to="base.site"),
        ),
        (
            "kind",
            models.CharField(
                choices=[
                    ("practice-ahead", "To a practice: something is needed"),
                    ("practice-late", "To a practice: something is late"),
                    ("patient", "To a patient: something is coming up"),
                    ("staff-ahead", "To the staff: something is needed"),
                    ("staff-late", "To the staff: something is late"),
                    ("staff-money", "To the staff: money is about to be lost"),
                    ("digest", "To navigators: what changed since yesterday"),
                    ("confirm", "To anybody: confirm this address"),
                    ("document", "To a practice: a document is there"),
                ],
                max_length=20,
            ),
        ),
        ("channel", models.CharField(choices=[("email", "E-mail"), ("sms", "Text message")], max_length=10)),
        ("language", models.CharField(choices=[("en", "English"), ("es", "Español")], max_length=5)),
        ("subject", models.CharField(blank=True, max_length=120)),
        ("body", models.TextField()),
    ],
    options={
        "ordering": ["kind", "channel", "language"],
        "constraints": [
            models.CheckConstraint(
                name="message_template_kind_is_ours",
                condition=Q(
                    kind__in=[
                        "practice-ahead",
                        "practice-late",
                        "patient",
                        "staff-ahead",
                        "staff-late",
                        "staff-money",
                        "digest",
                        "confirm",
                        "document",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="message_template_channel_is_ours", condition=Q(channel__in=["email", "sms"])
            ),
            models.CheckConstraint(
                name="message_template_language_is_ours", condition=Q(language__in=["en", "es"])
            ),
            models.UniqueConstraint(
                name="site_has_each_message_text_once", fields=("site", "kind", "channel", "language")
            ),
            models.CheckConstraint(
                name="message_text_says_something",
                condition=~Q(body="") & (~Q(channel="email") | ~Q(subject="")),
            ),
        ],
    },
)

MESSAGE_DELIVERY = migrations.CreateModel(
    name="MessageDelivery",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "token",
            models.CharField(
                default=new_token,
                editable=False,
                max_length=40,
                unique=True,
            ),
        ),
        (
            "site",
            models.ForeignKey(on_delete=models.PROTECT, related_name="message_deliveries", to="base.site"),
        ),
        (
            "contact",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="deliveries", to="coordination.contactpoint"
            ),
        ),
        (
            "patient",
            models.ForeignKey(
                blank=True,
                help_text="Empty for the staff, who are told of several in one message.",
                null=True,
                on_delete=models.PROTECT,
                related_name="message_deliveries",
                to="patients.patient",
            ),
        ),
        (
            "purpose",
            models.CharField(
                choices=[
                    ("reminder", "Reminder"),
                    ("digest", "What changed since yesterday"),
                    ("confirm", "Confirm an address"),
                    ("document", "A document is there"),
                ],
                default="reminder",
                max_length=10,
            ),
        ),
        ("for_on", models.DateField(blank=True, help_text="The day of a digest.", null=True)),
        (
            "sending",
            models.ForeignKey(
                blank=True,
                help_text="Of a document that it tells of.",
                null=True,
                on_delete=models.PROTECT,
                related_name="deliveries",
                to="coordination.documentsending",
            ),
        ),
        (
            "state",
            models.CharField(
                choices=[
                    ("queued", "Waits to be sent"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("delivered", "Arrived"),
                    ("bounced", "Came back"),
                    ("failed", "Was refused"),
                    ("unknown", "Nobody knows whether it was sent"),
                    ("not-sent", "Not sent"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        ("made_at", models.DateTimeField(default=clock.now)),
        ("send_after", models.DateTimeField()),
        ("attempts", models.PositiveSmallIntegerField(default=0)),
        ("first_tried_at", models.DateTimeField(blank=True, help_text="Of attempts that failed.", null=True)),
        ("claimed_at", models.DateTimeField(blank=True, null=True)),
        ("sent_at", models.DateTimeField(blank=True, null=True)),
        ("delivered_at", models.DateTimeField(blank=True, null=True)),
        ("bounced_at", models.DateTimeField(blank=True, null=True)),
        ("problem", models.CharField(blank=True, default="", max_length=200)),
        ("cancelled_because", models.CharField(blank=True, default="", max_length=200)),
        (
            "kind",
            models.CharField(
                blank=True,
                choices=[
                    ("practice-ahead", "To a practice: something is needed"),
                    ("practice-late", "To a practice: something is late"),
                    ("patient", "To a patient: something is coming up"),
                    ("staff-ahead", "To the staff: something is needed"),
                    ("staff-late", "To the staff: something is late"),
                    ("staff-money", "To the staff: money is about to be lost"),
                    ("digest", "To navigators: what changed since yesterday"),
                    ("confirm", "To anybody: confirm this address"),
                    ("document", "To a practice: a document is there"),
                ],
                default="",
                max_length=20,
            ),
        ),
        ("language", models.CharField(blank=True, default="", max_length=5)),
        ("subject", models.CharField(blank=True, default="", max_length=200)),
        ("body", models.TextField(blank=True, default="")),
        (
            "reference",
            models.CharField(blank=True, default="", help_text="The carrier's own id.", max_length=200),
        ),
        ("decided_at", models.DateTimeField(blank=True, null=True)),
        (
            "decided_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        (
            "decision",
            models.CharField(
                blank=True,
                choices=[
                    ("arrived", "It arrived"),
                    ("called", "Told by phone instead"),
                    ("again", "Send it again"),
                    ("leave", "No longer needed"),
                ],
                default="",
                max_length=10,
            ),
        ),
        ("decision_note", models.TextField(blank=True, default="")),
        (
            "again_of",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="sent_again_as",
                to="coordination.messagedelivery",
            ),
        ),
    ],
    options={
        "verbose_name_plural": "message deliveries",
        "ordering": ["-made_at", "-pk"],
        "indexes": [
            models.Index(name="delivery_waiting", fields=["send_after"], condition=Q(state="queued")),
            models.Index(name="delivery_by_contact", fields=["contact", "claimed_at"]),
            models.Index(
                name="delivery_undecided",
                fields=["claimed_at"],
                condition=Q(decided_at=None, state__in=["queued", "sending", "unknown", "failed", "bounced"]),
            ),
        ],
        "constraints": [
            models.CheckConstraint(
                name="delivery_state_is_ours",
                condition=Q(
                    state__in=[
                        "queued",
                        "sending",
                        "sent",
                        "delivered",
                        "bounced",
                        "failed",
                        "unknown",
                        "not-sent",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="delivery_purpose_is_ours",
                condition=Q(purpose__in=["reminder", "digest", "confirm", "document"]),
            ),
            models.CheckConstraint(
                name="delivery_is_claimed_before_it_is_sent",
                condition=(Q(claimed_at=None) & ~Q(state="sending"))
                | (Q(claimed_at__isnull=False) & ~Q(state="queued")),
            ),
            models.CheckConstraint(
                name="sent_delivery_says_when",
                condition=~Q(state__in=["sent", "delivered"])
                | (Q(claimed_at__isnull=False, sent_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="delivery_not_sent_says_why",
                condition=(Q(state="not-sent") & ~Q(cancelled_because=""))
                | (~Q(state="not-sent") & Q(cancelled_because="")),
            ),
            models.CheckConstraint(
                name="delivery_decided_says_what",
                condition=(Q(decided_at__isnull=True, decision="") & Q(decided_by__isnull=True))
                | (Q(decided_at__isnull=False) & ~Q(decision="") & Q(decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="delivery_of_a_document_says_which",
                condition=(Q(purpose="document", sending__isnull=False))
                | (~Q(purpose="document") & Q(sending=None)),
            ),
            models.UniqueConstraint(
                name="one_digest_a_day", fields=("contact", "site", "for_on"), condition=Q(purpose="digest")
            ),
        ],
    },
)

REMINDER_TIMETABLE = migrations.CreateModel(
    name="ReminderTimetable",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "site",
            models.OneToOneField(on_delete=models.PROTECT, related_name="reminder_timetable", to="base.site"),
        ),
        ("is_on", models.BooleanField(default=True, verbose_name="Reminders are sent")),
        ("quiet_from", models.TimeField(default=time(20, 0), verbose_name="Quiet from")),
        ("quiet_until", models.TimeField(default=time(8, 0), verbose_name="Quiet until")),
        (
            "stale_after_hours",
            models.PositiveSmallIntegerField(default=96, verbose_name="Not sent when later than"),
        ),
        (
            "most_per_patient",
            models.PositiveSmallIntegerField(default=3, verbose_name="Most about one patient in 24 hours"),
        ),
        (
            "most_per_contact",
            models.PositiveSmallIntegerField(default=20, verbose_name="Most to one address in 24 hours"),
        ),
        (
            "digest_at",
            models.TimeField(
                blank=True, default=time(8, 0), null=True, verbose_name="Digest for navigators at"
            ),
        ),
        (
            "rows",
            models.JSONField(
                blank=True, default=list, help_text="Lines of the timetable; empty: the defaults."
            ),
        ),
    ],
    options={
        "constraints": [
            models.CheckConstraint(
                name="a_reminder_is_stale_within_30_days", condition=Q(stale_after_hours__range=(1, 720))
            ),
            models.CheckConstraint(
                name="at_least_one_message_may_be_sent",
                condition=Q(most_per_contact__gte=1, most_per_patient__gte=1),
            ),
        ],
    },
)

REMINDER = migrations.CreateModel(
    name="Reminder",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="reminders", to="patients.patient"),
        ),
        (
            "due_item",
            models.ForeignKey(on_delete=models.PROTECT, related_name="reminders", to="scheduling.dueitem"),
        ),
        (
            "moment",
            models.CharField(
                choices=[
                    ("before", "before it opens"),
                    ("due", "when it is due"),
                    ("overdue", "when it is late"),
                    ("money", "before money is lost"),
                    ("now", "asked for by a person"),
                ],
                max_length=10,
            ),
        ),
        ("days", models.PositiveSmallIntegerField(default=0)),
        (
            "receiver",
            models.CharField(
                choices=[
                    ("owner", "Who sees to it"),
                    ("navigator", "Navigators"),
                    ("prescriber", "Prescribers"),
                    ("manager", "Managers"),
                ],
                max_length=12,
            ),
        ),
        (
            "contact",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="reminders", to="coordination.contactpoint"
            ),
        ),
        ("anchor_on", models.DateField()),
        (
            "due_at",
            models.DateTimeField(help_text="Its day and hour by the timetable and the receiver's hours."),
        ),
        ("made_at", models.DateTimeField(default=clock.now)),
        (
            "delivery",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="reminders", to="coordination.messagedelivery"
            ),
        ),
        ("dropped_at", models.DateTimeField(blank=True, null=True)),
        ("dropped_because", models.CharField(blank=True, default="", max_length=200)),
    ],
    options={
        "ordering": ["-due_at", "-pk"],
        "indexes": [
            models.Index(name="reminder_by_patient", fields=["patient", "due_at"]),
            models.Index(name="reminder_standing", fields=["delivery"], condition=Q(dropped_at=None)),
        ],
        "constraints": [
            models.CheckConstraint(
                name="reminder_moment_is_ours",
                condition=Q(moment__in=["before", "due", "overdue", "money", "now"]),
            ),
            models.CheckConstraint(
                name="reminder_receiver_is_ours",
                condition=Q(receiver__in=["owner", "navigator", "prescriber", "manager"]),
            ),
            models.UniqueConstraint(
                name="each_step_reminds_an_address_once",
                fields=("due_item", "moment", "days", "receiver", "contact", "anchor_on"),
            ),
            models.CheckConstraint(
                name="dropped_reminder_says_why",
                condition=(Q(dropped_at__isnull=True, dropped_because=""))
                | (Q(dropped_at__isnull=False) & ~Q(dropped_because="")),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("coordination", "0002_documents")]

    operations = [
        CreateModels(
            [
                *with_history(CONTACT_POINT),
                *with_history(MESSAGE_TEMPLATE),
                MESSAGE_DELIVERY,
                *with_history(REMINDER_TIMETABLE),
                REMINDER,
            ]
        )
    ]
