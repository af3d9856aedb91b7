"""Documents about a patient (or a site's week), and the versions of them that left the house."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Max, Q

from coordination.base import clock
from coordination.base.constraints import is_one_of, said_with
from coordination.base.models import Practice, Recorded, Site, Versioned
from patients.models import Patient
from scheduling.models import Course


class DocumentKind(models.TextChoices):
    ACKNOWLEDGEMENT = "acknowledgement", "Acknowledgement of the referral"
    PLEASE_SEND = "please-send", "Please send"
    PLAN = "plan", "Treatment plan"
    AFTER_CYCLE = "after-cycle", "Letter after an infusion"
    HOLD = "hold", "Letter on a hold"
    STOP = "stop", "Letter on a stop"
    HAND_BACK = "hand-back", "Hand-back letter"
    RADIATION_SHEET = "radiation-sheet", "Radiation sheet"
    TREATMENT_CALENDAR = "treatment-calendar", "Treatment calendar"
    TRAVEL_CARD = "travel-card", "Travel card"
    FAMILY_PAGE = "family-page", "Page for family and helpers"
    TUMOR_BOARD = "tumor-board", "Tumor-board page"
    DOSE_ORDER = "dose-order", "Dose order form"
    DOWNTIME_LIST = "downtime-list", "Downtime list"


LOST_MAIL = Q(
    versions__sendings__deliveries__state__in=["failed", "bounced", "unknown"],
    versions__sendings__deliveries__decided_at=None,
)


class DocumentQuerySet(models.QuerySet["Document"]):
    def standing(self) -> Self:
        return self.filter(dropped_at=None)

    def with_state(self) -> Self:
        """With how many versions there are, when one was signed and sent last, and mails that were lost."""
        return self.annotate(
            version_count=Count("versions", distinct=True),
            signed_at=Max("versions__made_at"),
            sent_at=Max("versions__sendings__at"),
            lost_mails=Count("versions__sendings__deliveries", filter=LOST_MAIL, distinct=True),
        ).order_by("-created_at", "-pk")

    def lock(self) -> Self:
        return self.select_for_update(of=("self",))


class Document(Recorded, Versioned):
    """One letter, sheet or form: what is chosen for it now. What left the house are its versions.

    Without a patient it is a site's downtime list. `left_out` names the sections that were unticked.
    """

    Kind = DocumentKind

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="documents")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    cycle_number = models.PositiveSmallIntegerField(null=True, blank=True)
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    language = models.CharField(max_length=10, default="en")
    free_text = models.TextField(blank=True)
    left_out: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=40), default=list, blank=True
    )
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dropped_because = models.TextField(blank=True, default="")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            is_one_of("kind", DocumentKind, name="document_kind_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(kind="downtime-list", patient=None)
                | ~Q(kind="downtime-list") & Q(patient__isnull=False),
                name="document_is_about_a_patient_or_a_site_s_week",
            ),
            models.CheckConstraint(condition=Q(language__in=["en", "es"]), name="document_language_is_ours"),
            models.CheckConstraint(
                condition=Q(cycle_number=None) | Q(cycle_number__range=(1, 10)),
                name="document_cycle_is_from_1_to_10",
            ),
            said_with(
                "dropped_at", "dropped_by", "dropped_because", name="document_dropped_says_who_and_why"
            ),
        ]
        indexes = [models.Index(fields=["patient", "created_at"], name="document_by_patient")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{f' {self.cycle_number}' if self.cycle_number else ''}"

    @property
    def newest(self) -> "DocumentVersion | None":
        return self.versions.order_by("-number").first()


class DocumentVersionQuerySet(models.QuerySet["DocumentVersion"]):
    def without_bytes(self) -> Self:
        """For lists: what a version is, not the PDF itself."""
        return self.defer("pdf")


class DocumentVersion(models.Model):
    """What was signed and may have been sent, byte for byte. Only ever added."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    signed_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="signed_documents")
    language = models.CharField(max_length=10)
    free_text = models.TextField(blank=True)
    left_out: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=40), default=list, blank=True
    )
    digest = models.CharField(
        max_length=64, help_text="SHA-256 of the words, as whoever signed had read them."
    )
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the PDF.")

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["document", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_has_each_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_versions_count_from_1"),
            models.CheckConstraint(
                condition=~Q(pdf=b"") & ~Q(sha256=""), name="document_version_holds_its_bytes"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.document}"


class DocumentSendingChannel(models.TextChoices):
    MAIL_LINK = "mail-link", "Link by e-mail"
    PORTAL = "portal", "Portal"
    PRINT = "print", "Printed and handed over, mailed or faxed"


class DocumentSending(models.Model):
    """That a version was sent: when, by whom, which way, to whom. Only ever added."""

    Channel = DocumentSendingChannel

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="sendings")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")
    to = models.CharField(max_length=200, help_text="To whom, in words.")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            is_one_of("channel", DocumentSendingChannel, name="document_sending_channel_is_a_known_word"),
            models.CheckConstraint(condition=~Q(to=""), name="document_sending_says_to_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} at {self.at:%Y-%m-%d %H:%M}"


class DocumentBatchQuerySet(models.QuerySet["DocumentBatch"]):
    pass


class DocumentBatch(models.Model):
    """Many letters of one kind, written in the background; whoever started it signs them all."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="document_batches")
    kind = models.CharField(max_length=30, choices=DocumentKind.choices)
    free_text = models.TextField(blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")

    objects = DocumentBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name_plural = "document batches"
        constraints = [is_one_of("kind", DocumentKind, name="document_batch_kind_is_a_known_word")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.started_at:%Y-%m-%d %H:%M}"


class BatchLetterState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    WRITING = "writing", "Being written"
    WRITTEN = "written", "Written"
    SKIPPED = "skipped", "Not needed"
    FAILED = "failed", "Failed"


class BatchLetterQuerySet(models.QuerySet["BatchLetter"]):
    def to_write(self, *, given_up_before: datetime) -> Self:
        """Waiting, or claimed by a worker that has not been heard of since."""
        waiting = Q(state=BatchLetterState.WAITING)
        lost = Q(state=BatchLetterState.WRITING, claimed_at__lt=given_up_before)
        return self.filter(waiting | lost)


class BatchLetter(models.Model):
    """One letter of a batch. A worker claims the row, writes the letter and settles it, once."""

    State = BatchLetterState

    batch = models.ForeignKey(DocumentBatch, on_delete=models.PROTECT, related_name="letters")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(
        DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True, help_text="Why it was not needed, or what went wrong.")

    objects = BatchLetterQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "pk"]
        constraints = [
            is_one_of("state", BatchLetterState, name="batch_letter_state_is_a_known_word"),
            models.UniqueConstraint(fields=["batch", "patient"], name="batch_writes_to_each_patient_once"),
            models.CheckConstraint(
                condition=Q(state="written", version__isnull=False) | ~Q(state="written") & Q(version=None),
                name="batch_letter_written_has_its_version",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=["waiting", "writing"]),
                name="batch_letter_to_write",
            )
        ]

    def __str__(self) -> str:
        return f"letter {self.pk} of {self.batch}"
