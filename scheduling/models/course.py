from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import connection, models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Greatest

from coordination.base import clock
from coordination.base.models import Recorded, SiteSettings, Versioned
from coordination.base.promises import in_order, is_one_of, said_with
from patients.models import Patient, Referral
from scheduling.protocols import pinned_protocol
from scheduling.rules.protocol import Protocol

# Only mark_dirty and settle write these: an ordinary save must not undo a mark set meanwhile.
ASSESSMENT_MARKS = frozenset({"assess_after", "assess_token", "assess_failures", "assessed_at"})


_MARK_DIRTY_OF = """
    UPDATE scheduling_course
    SET assess_after = CASE WHEN assess_failures = 0 THEN greatest(assess_after, %(now)s) ELSE %(now)s END,
        assess_token = assess_token + 1,
        assess_failures = 0
    WHERE patient_id = %(patient)s
    RETURNING id
"""


class CourseQuerySet(models.QuerySet["Course"]):
    def current(self) -> Self:
        """Neither stopped nor completed."""
        return self.filter(ended_at=None)

    def on_hold(self) -> Self:
        return self.current().filter(held_since__isnull=False)

    def needing_assessment(self, now: datetime) -> Self:
        """Marked dirty and due to be tried, the longest waiting first."""
        return self.filter(assess_after__lte=now).order_by("assess_after", "pk")

    def lock_for_assessment(self) -> Self:
        """Locked until the transaction ends, without those that another worker is busy with."""
        return self.select_for_update(of=("self",), skip_locked=True)

    def lock(self) -> Self:
        """Locked until the transaction ends, so that acts on one course follow one another."""
        return self.select_for_update(of=("self",))

    def mark_dirty(self, now: datetime) -> int:
        """Something changed: assess again from `now` on. Leaves no history, for no person did it.

        Who waited for a lock comes with an earlier `now`: a mark only moves on, except from a moment to
        which a failure has put it off.
        """
        latest = Case(
            When(assess_failures=0, then=Greatest("assess_after", now)),
            default=Value(now, output_field=models.DateTimeField()),
        )
        return self.update(assess_after=latest, assess_token=F("assess_token") + 1, assess_failures=0)

    def mark_dirty_of(self, patient: Patient, now: datetime) -> list[int]:
        """The same for every course of a patient, in one statement that also says which they are."""
        with connection.cursor() as cursor:
            cursor.execute(_MARK_DIRTY_OF, {"patient": patient.pk, "now": now})
            return [course_id for (course_id,) in cursor.fetchall()]


class Course(Recorded, Versioned):
    """One patient's treatment: up to as many infusions as the protocol has, and all that hangs on them.

    The protocol is pinned as it was when the course began; to change it is an act with a reason. Settings
    are pinned too, where they differ from the site's: null leaves the site's, then the protocol's own.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="courses"
    )
    protocol_key = models.CharField(max_length=60)
    protocol_version = models.CharField(max_length=40)
    protocol_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the protocol file.")
    nadir = models.CharField(max_length=10, choices=SiteSettings.Nadir.choices, null=True, blank=True)
    recurrence_scope = models.CharField(
        max_length=10, choices=SiteSettings.RecurrenceScope.choices, null=True, blank=True
    )
    ctcae = models.CharField(max_length=5, choices=SiteSettings.Ctcae.choices, null=True, blank=True)
    confirm_labs = models.BooleanField(null=True, blank=True)
    interim_ssa = models.BooleanField(null=True, blank=True)
    follow_up_lab_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="A closer interval than yearly, set by a prescriber [H22]."
    )
    started_at = models.DateTimeField(default=clock.now)
    started_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_anyway_because = models.TextField(
        blank=True, default="", help_text="Why it began without an accepted referral."
    )
    held_since = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    held_reason = models.TextField(blank=True, default="")
    stopped_on = models.DateField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stopped_reason = models.TextField(blank=True, default="")
    completed_on = models.DateField(null=True, blank=True)
    completed_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="The moment the course was stopped or completed here."
    )
    handed_back_on = models.DateField(null=True, blank=True)
    progressed_on = models.DateField(null=True, blank=True)
    assess_after = models.DateTimeField(null=True, blank=True, help_text="Null: nothing has changed.")
    assess_token = models.PositiveBigIntegerField(default=0, help_text="Counts the marks.")
    assess_failures = models.PositiveSmallIntegerField(default=0)
    assessed_at = models.DateTimeField(null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            ExclusionConstraint(
                name="patient_has_one_course_at_a_time",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    (
                        Func(
                            "started_at",
                            "ended_at",
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(referral__isnull=False) | ~Q(started_anyway_because=""),
                name="course_begins_on_a_referral_or_a_reason",
            ),
            in_order("started_at", "ended_at", name="course_ends_after_it_started"),
            models.CheckConstraint(
                condition=Q(ended_at=None, stopped_on=None, completed_on=None)
                | Q(ended_at__isnull=False, stopped_on__isnull=False)
                | Q(ended_at__isnull=False, completed_on__isnull=False),
                name="course_has_ended_when_stopped_or_completed",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on=None) | Q(completed_on=None),
                name="course_is_stopped_or_completed_not_both",
            ),
            said_with("stopped_on", "stopped_by", "stopped_reason", name="course_stopped_says_who_and_why"),
            said_with("held_since", "held_by", "held_reason", name="course_held_says_who_and_why"),
            models.CheckConstraint(
                condition=Q(completed_by=None) | Q(completed_on__isnull=False),
                name="course_completed_by_says_the_day",
            ),
            is_one_of("nadir", SiteSettings.Nadir, name="course_nadir_is_a_known_choice"),
            is_one_of(
                "recurrence_scope",
                SiteSettings.RecurrenceScope,
                name="course_recurrence_scope_is_a_known_choice",
            ),
            is_one_of("ctcae", SiteSettings.Ctcae, name="course_ctcae_is_a_known_version"),
        ]
        indexes = [
            models.Index(
                fields=["assess_after"],
                condition=Q(assess_after__isnull=False),
                name="course_needing_assessment",
            ),
        ]

    def __str__(self) -> str:
        return f"course of {self.patient}"

    @property
    def protocol(self) -> Protocol:
        """The version it was started on. Raises ProtocolError where that file is not what it was then."""
        return pinned_protocol(self.protocol_key, self.protocol_version, self.protocol_digest)

    @property
    def is_current(self) -> bool:
        return self.ended_at is None

    @property
    def is_on_hold(self) -> bool:
        return self.is_current and self.held_since is not None

    def save(self, **how: Any) -> None:
        if not self._state.adding and how.get("update_fields") is None:
            how["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name not in ASSESSMENT_MARKS
            ]
        super().save(**how)

    def mark_dirty(self, now: datetime) -> None:
        """Something changed: the course is to be assessed again from `now` on."""
        Course.objects.filter(pk=self.pk).mark_dirty(now)
        self.refresh_from_db(fields=ASSESSMENT_MARKS)

    def settle(self, *, token: int, now: datetime) -> bool:
        """Clear the mark that was read with `token`; False where another was set meanwhile, and stays."""
        rows = Course.objects.filter(pk=self.pk, assess_token=token)
        if rows.update(assess_after=None, assess_failures=0, assessed_at=now) != 1:
            self.refresh_from_db(fields=ASSESSMENT_MARKS)
            return False
        self.assess_after, self.assess_failures, self.assessed_at = None, 0, now
        return True

    def moment_of_assessment(self, now: datetime) -> datetime:
        """As of when to assess: never before what the last assessment knew, or what marked the course.

        Who waited for a lock comes with an earlier `now`, and would not see what was stored meanwhile. A mark
        that a failure has put off lies ahead; what set it lies behind the present.
        """
        marked_at = self.assess_after
        if self.assess_failures and marked_at:
            marked_at = min(marked_at, clock.now())
        return max(moment for moment in (now, self.assessed_at, marked_at) if moment)

    def put_off_assessment(self, *, until: datetime) -> None:
        """An assessment failed: keep the mark and try again at `until`."""
        Course.objects.filter(pk=self.pk).update(assess_after=until, assess_failures=F("assess_failures") + 1)
        self.refresh_from_db(fields=ASSESSMENT_MARKS)
