from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of, set_together
from coordination.base.models import Fact, FactQuerySet, Practice, Recorded, Versioned
from patients.models.patient import Patient


class ReferralQuerySet(models.QuerySet["Referral"]):
    def undecided(self) -> Self:
        return self.filter(state__in=Referral.UNDECIDED)

    def newest_of(self, patient: Patient) -> "Referral | None":
        """The one that says whether the patient has been accepted."""
        of_patient = self.filter(patient=patient).select_related("patient__site", "decided_by")
        return of_patient.order_by("-received_on", "-pk").first()

    def open(self) -> Self:
        """Those that somebody at the center is still busy with."""
        return self.exclude(state__in=Referral.ENDED)


class ReferralState(models.TextChoices):
    RECEIVED = "received", "Received"
    INFORMATION_NEEDED = "information-needed", "Information needed"
    TUMOR_BOARD = "tumor-board", "Tumor board"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    SCHEDULED = "scheduled", "Scheduled"
    ON_TREATMENT = "on-treatment", "On treatment"
    FOLLOW_UP = "follow-up", "Follow-up"
    RETURNED = "returned", "Returned"


UNDECIDED = (ReferralState.RECEIVED, ReferralState.INFORMATION_NEEDED, ReferralState.TUMOR_BOARD)


class Referral(Recorded, Versioned):
    """A practice asks the center to take a patient; it ends when the patient has returned or was declined."""

    State = ReferralState

    UNDECIDED = UNDECIDED
    ENDED = (State.DECLINED, State.RETURNED)

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="referrals")
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    referred_by_name = models.CharField("who refers", max_length=200, blank=True)
    came_through = models.CharField("through whom it came", max_length=200, blank=True)
    received_on = models.DateField()
    reason = models.TextField(blank=True)
    advice_only = models.BooleanField(default=False, help_text="A question before a referral.")
    placer_system = models.CharField(max_length=200, null=True, blank=True)
    placer_number = models.CharField(max_length=100, null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    declined_because = models.TextField(blank=True, default="")
    returned_on = models.DateField(null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        constraints = [
            is_one_of("state", ReferralState, name="referral_state_is_a_known_word"),
            set_together("decided_at", "decided_by", name="referral_decided_at_and_decided_by_together"),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED, decided_at=None)
                | ~Q(state__in=UNDECIDED) & Q(decided_at__isnull=False),
                name="referral_past_the_decision_says_who_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="declined") & ~Q(declined_because="")
                | ~Q(state="declined") & Q(declined_because=""),
                name="referral_is_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", returned_on__isnull=False)
                | ~Q(state="returned") & Q(returned_on=None),
                name="referral_returned_says_the_day",
            ),
            set_together("placer_system", "placer_number", name="referral_placer_has_system_and_number"),
            models.UniqueConstraint(
                fields=["placer_system", "placer_number"], name="referral_placer_number_is_used_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "received_on"], name="referral_by_state")]

    @property
    def is_accepted(self) -> bool:
        """Accepted, and the patient has not returned since."""
        return self.state not in (*self.UNDECIDED, *self.ENDED)

    def __str__(self) -> str:
        return f"referral of {self.patient_id} received {self.received_on}"


class ReferralPaperQuerySet(FactQuerySet["ReferralPaper"]):
    pass


class ReferralPaperKind(models.TextChoices):
    PATHOLOGY_REPORT = "pathology-report", "Pathology report"
    SSTR_REPORT = "sstr-report", "SSTR imaging report"
    SSTR_IMAGES = "sstr-images", "SSTR images"
    CT_MRI_REPORT = "ct-mri-report", "CT or MRI report"
    CT_MRI_IMAGES = "ct-mri-images", "CT or MRI images"
    SSA_HISTORY = "ssa-history", "SSA history with the last injection"
    THERAPY_HISTORY = "therapy-history", "History of other therapy"
    LABS = "labs", "Laboratory results with ranges"
    CLINIC_NOTE = "clinic-note", "Clinic note"
    OTHER = "other", "Other"


class ReferralPaper(Fact):
    """Something a complete referral holds, received: a report, images, a history (RULES 8)."""

    Kind = ReferralPaperKind

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    dated_on = models.DateField(null=True, blank=True, help_text="The day the paper speaks of.")
    received_on = models.DateField()
    note = models.TextField(blank=True)

    objects = ReferralPaperQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["received_on", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("kind", ReferralPaperKind, name="referral_paper_kind_is_a_known_word"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} received {self.received_on}"
