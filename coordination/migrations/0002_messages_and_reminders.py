import datetime
import uuid

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import coordination.base.clock
import coordination.models.contact_point
from coordination.base.schema import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_audit_is_only_added"),
        ("coordination", "0001_saved_filters_and_handover_notes"),
        ("patients", "0001_patients"),
        ("scheduling", "0003_sign_ahead_of_the_panel"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="ContactPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "token",
                            models.CharField(
                                default=coordination.models.contact_point.new_token,
                                editable=False,
                                max_length=40,
                                unique=True,
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("email", "E-mail"), ("sms", "Text message")], max_length=10
                            ),
                        ),
                        ("address", models.CharField(max_length=254)),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español")], default="en", max_length=5
                            ),
                        ),
                        (
                            "timezone",
                            models.CharField(
                                blank=True, help_text="Empty: the zone of the site.", max_length=60
                            ),
                        ),
                        (
                            "quiet_from",
                            models.TimeField(blank=True, help_text="Empty: as at the site.", null=True),
                        ),
                        (
                            "quiet_until",
                            models.TimeField(blank=True, help_text="Empty: as at the site.", null=True),
                        ),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        ("verified_how", models.CharField(blank=True, default="", max_length=200)),
                        ("agreed_at", models.DateTimeField(blank=True, null=True)),
                        ("agreed_how", models.CharField(blank=True, default="", max_length=200)),
                        ("stopped_at", models.DateTimeField(blank=True, null=True)),
                        ("stopped_because", models.CharField(blank=True, default="", max_length=200)),
                        ("bounced_at", models.DateTimeField(blank=True, null=True)),
                        ("bounced_because", models.CharField(blank=True, default="", max_length=200)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contact_points",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contact_points",
                                to="base.practice",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contact_points",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalContactPoint",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        (
                            "token",
                            models.CharField(
                                db_index=True,
                                default=coordination.models.contact_point.new_token,
                                editable=False,
                                max_length=40,
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("email", "E-mail"), ("sms", "Text message")], max_length=10
                            ),
                        ),
                        ("address", models.CharField(max_length=254)),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español")], default="en", max_length=5
                            ),
                        ),
                        (
                            "timezone",
                            models.CharField(
                                blank=True, help_text="Empty: the zone of the site.", max_length=60
                            ),
                        ),
                        (
                            "quiet_from",
                            models.TimeField(blank=True, help_text="Empty: as at the site.", null=True),
                        ),
                        (
                            "quiet_until",
                            models.TimeField(blank=True, help_text="Empty: as at the site.", null=True),
                        ),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        ("verified_how", models.CharField(blank=True, default="", max_length=200)),
                        ("agreed_at", models.DateTimeField(blank=True, null=True)),
                        ("agreed_how", models.CharField(blank=True, default="", max_length=200)),
                        ("stopped_at", models.DateTimeField(blank=True, null=True)),
                        ("stopped_because", models.CharField(blank=True, default="", max_length=200)),
                        ("bounced_at", models.DateTimeField(blank=True, null=True)),
                        ("bounced_because", models.CharField(blank=True, default="", max_length=200)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
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
                            "user",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical contact point",
                        "verbose_name_plural": "historical contact points",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalMessageTemplate",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
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
                        (
                            "channel",
                            models.CharField(
                                choices=[("email", "E-mail"), ("sms", "Text message")], max_length=10
                            ),
                        ),
                        (
                            "language",
                            models.CharField(choices=[("en", "English"), ("es", "Español")], max_length=5),
                        ),
                        ("subject", models.CharField(blank=True, max_length=120)),
                        ("body", models.TextField()),
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
                    ],
                    options={
                        "verbose_name": "historical message template",
                        "verbose_name_plural": "historical message templates",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalReminderTimetable",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("is_on", models.BooleanField(default=True, verbose_name="Reminders are sent")),
                        (
                            "quiet_from",
                            models.TimeField(default=datetime.time(20, 0), verbose_name="Quiet from"),
                        ),
                        (
                            "quiet_until",
                            models.TimeField(default=datetime.time(8, 0), verbose_name="Quiet until"),
                        ),
                        (
                            "stale_after_hours",
                            models.PositiveSmallIntegerField(
                                default=72, verbose_name="Not sent when later than"
                            ),
                        ),
                        (
                            "most_per_patient",
                            models.PositiveSmallIntegerField(
                                default=3, verbose_name="Most about one patient in 24 hours"
                            ),
                        ),
                        (
                            "most_per_contact",
                            models.PositiveSmallIntegerField(
                                default=20, verbose_name="Most to one address in 24 hours"
                            ),
                        ),
                        (
                            "digest_at",
                            models.TimeField(
                                blank=True,
                                default=datetime.time(8, 0),
                                null=True,
                                verbose_name="Digest for navigators at",
                            ),
                        ),
                        (
                            "rows",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text="Lines of the timetable; empty: the defaults.",
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
                    ],
                    options={
                        "verbose_name": "historical reminder timetable",
                        "verbose_name_plural": "historical reminder timetables",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="MessageDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "token",
                            models.CharField(
                                default=coordination.models.contact_point.new_token,
                                editable=False,
                                max_length=40,
                                unique=True,
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
                        ("made_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("send_after", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        (
                            "first_tried_at",
                            models.DateTimeField(blank=True, help_text="Of attempts that failed.", null=True),
                        ),
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
                            models.CharField(
                                blank=True, default="", help_text="The carrier's own id.", max_length=200
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sent_again_as",
                                to="coordination.messagedelivery",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="coordination.contactpoint",
                            ),
                        ),
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
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                help_text="Empty for the staff, who are told of several in one message.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="message_deliveries",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="message_deliveries",
                                to="base.site",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "message deliveries",
                        "ordering": ["-made_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="MessageTemplate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                        (
                            "channel",
                            models.CharField(
                                choices=[("email", "E-mail"), ("sms", "Text message")], max_length=10
                            ),
                        ),
                        (
                            "language",
                            models.CharField(choices=[("en", "English"), ("es", "Español")], max_length=5),
                        ),
                        ("subject", models.CharField(blank=True, max_length=120)),
                        ("body", models.TextField()),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="message_templates",
                                to="base.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kind", "channel", "language"],
                    },
                ),
                migrations.CreateModel(
                    name="Reminder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                        ("anchor_on", models.DateField()),
                        (
                            "due_at",
                            models.DateTimeField(
                                help_text="Its day and hour by the timetable and the receiver's hours."
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("dropped_at", models.DateTimeField(blank=True, null=True)),
                        ("dropped_because", models.CharField(blank=True, default="", max_length=200)),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminders",
                                to="coordination.contactpoint",
                            ),
                        ),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminders",
                                to="coordination.messagedelivery",
                            ),
                        ),
                        (
                            "due_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminders",
                                to="scheduling.dueitem",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminders",
                                to="patients.patient",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-due_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ReminderTimetable",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("is_on", models.BooleanField(default=True, verbose_name="Reminders are sent")),
                        (
                            "quiet_from",
                            models.TimeField(default=datetime.time(20, 0), verbose_name="Quiet from"),
                        ),
                        (
                            "quiet_until",
                            models.TimeField(default=datetime.time(8, 0), verbose_name="Quiet until"),
                        ),
                        (
                            "stale_after_hours",
                            models.PositiveSmallIntegerField(
                                default=72, verbose_name="Not sent when later than"
                            ),
                        ),
                        (
                            "most_per_patient",
                            models.PositiveSmallIntegerField(
                                default=3, verbose_name="Most about one patient in 24 hours"
                            ),
                        ),
                        (
                            "most_per_contact",
                            models.PositiveSmallIntegerField(
                                default=20, verbose_name="Most to one address in 24 hours"
                            ),
                        ),
                        (
                            "digest_at",
                            models.TimeField(
                                blank=True,
                                default=datetime.time(8, 0),
                                null=True,
                                verbose_name="Digest for navigators at",
                            ),
                        ),
                        (
                            "rows",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text="Lines of the timetable; empty: the defaults.",
                            ),
                        ),
                        (
                            "site",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminder_timetable",
                                to="base.site",
                            ),
                        ),
                    ],
                ),
            ]
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "sms"])), name="contact_channel_is_ours"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["en", "es"])), name="contact_language_is_ours"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("patient__isnull", False), ("practice", None), ("user", None)),
                    models.Q(("patient", None), ("practice__isnull", False), ("user", None)),
                    models.Q(("patient", None), ("practice", None), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="contact_point_has_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("patient", "practice", "user", "channel", "address"),
                name="address_is_listed_once_for_its_owner",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("address", ""), _negated=True), name="contact_point_has_an_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verified_at__isnull", True), ("verified_how", "")),
                    models.Q(("verified_at__isnull", False), models.Q(("verified_how", ""), _negated=True)),
                    _connector="OR",
                ),
                name="verified_contact_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed_at__isnull", True), ("agreed_how", "")),
                    models.Q(("agreed_at__isnull", False), models.Q(("agreed_how", ""), _negated=True)),
                    _connector="OR",
                ),
                name="agreed_contact_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stopped_at__isnull", True), ("stopped_because", "")),
                    models.Q(("stopped_at__isnull", False), models.Q(("stopped_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="stopped_contact_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bounced_at__isnull", True), ("bounced_because", "")),
                    models.Q(("bounced_at__isnull", False), models.Q(("bounced_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="bounced_contact_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="messagedelivery",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["send_after"], name="delivery_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="messagedelivery",
            index=models.Index(fields=["contact", "claimed_at"], name="delivery_by_contact"),
        ),
        migrations.AddIndex(
            model_name="messagedelivery",
            index=models.Index(
                condition=models.Q(
                    ("decided_at", None), ("state__in", ["queued", "sending", "unknown", "failed", "bounced"])
                ),
                fields=["claimed_at"],
                name="delivery_undecided",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "queued",
                            "sending",
                            "sent",
                            "delivered",
                            "bounced",
                            "failed",
                            "unknown",
                            "not-sent",
                        ],
                    )
                ),
                name="delivery_state_is_ours",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["reminder", "digest", "confirm", "document"])),
                name="delivery_purpose_is_ours",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claimed_at", None), models.Q(("state", "sending"), _negated=True)),
                    models.Q(("claimed_at__isnull", False), models.Q(("state", "queued"), _negated=True)),
                    _connector="OR",
                ),
                name="delivery_is_claimed_before_it_is_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sent", "delivered"]), _negated=True),
                    models.Q(("claimed_at__isnull", False), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="sent_delivery_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "not-sent"), models.Q(("cancelled_because", ""), _negated=True)),
                    models.Q(models.Q(("state", "not-sent"), _negated=True), ("cancelled_because", "")),
                    _connector="OR",
                ),
                name="delivery_not_sent_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decision", ""), ("decided_by__isnull", True)),
                    models.Q(
                        ("decided_at__isnull", False),
                        models.Q(("decision", ""), _negated=True),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="delivery_decided_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagedelivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "digest")),
                fields=("contact", "site", "for_on"),
                name="one_digest_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "practice-ahead",
                            "practice-late",
                            "patient",
                            "staff-ahead",
                            "staff-late",
                            "staff-money",
                            "digest",
                            "confirm",
                            "document",
                        ],
                    )
                ),
                name="message_template_kind_is_ours",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "sms"])), name="message_template_channel_is_ours"
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["en", "es"])), name="message_template_language_is_ours"
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetemplate",
            constraint=models.UniqueConstraint(
                fields=("site", "kind", "channel", "language"), name="site_has_each_message_text_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="messagetemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("body", ""), _negated=True),
                    models.Q(
                        models.Q(("channel", "email"), _negated=True),
                        models.Q(("subject", ""), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="message_text_says_something",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["patient", "due_at"], name="reminder_by_patient"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("dropped_at", None)), fields=["delivery"], name="reminder_standing"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("moment__in", ["before", "due", "overdue", "money", "now"])),
                name="reminder_moment_is_ours",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("receiver__in", ["owner", "navigator", "prescriber", "manager"])),
                name="reminder_receiver_is_ours",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("due_item", "moment", "days", "receiver", "contact", "anchor_on"),
                name="each_step_reminds_an_address_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dropped_at__isnull", True), ("dropped_because", "")),
                    models.Q(("dropped_at__isnull", False), models.Q(("dropped_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="dropped_reminder_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="remindertimetable",
            constraint=models.CheckConstraint(
                condition=models.Q(("stale_after_hours__range", (1, 720))),
                name="a_reminder_is_stale_within_30_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="remindertimetable",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_per_contact__gte", 1), ("most_per_patient__gte", 1)),
                name="at_least_one_message_may_be_sent",
            ),
        ),
    ]
