from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from coordination.base import clock
from labs.models.report import LabReport
from labs.models.sender_map import SenderMapEntry
from labs.rules.reading import Reading, Rejection, read_result
from patients.models import Patient


class LabResultQuerySet(models.QuerySet["LabResult"]):
    def received_by(self, moment: datetime) -> Self:
        return self.filter(received_at__lte=moment)

    def usable(self) -> Self:
        """Those that a rule may use."""
        return self.filter(usable=True)

    def as_read(self, as_of: datetime | None = None) -> Self:
        """Without a reading that a later one of the same sent version has taken the place of."""
        later = LabResult.objects.filter(
            reading_of=Coalesce(OuterRef("reading_of"), OuterRef("pk")), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later if as_of is None else later.received_by(as_of)))

    def in_order_of_standing(self, as_of: datetime | None = None) -> Self:
        """All versions, those of one result together, the one that stands first.

        With `as_of`: among the versions received by then.
        """
        received = self if as_of is None else self.received_by(as_of)
        ranked = received.as_read(as_of)._ranked(as_of)
        return ranked.order_by("source", "source_id", "strand", *_STANDS_FIRST)

    def standing(self, as_of: datetime | None = None) -> Self:
        """The version of each result that stands, whatever the order they came in (EHR rules 1.5, 3).

        registered < preliminary < final < amended = corrected; within a rank the sender's report time
        decides, then receipt. Cancelled and entered-in-error end a result, except for a newer final one
        from the same source. With `as_of`: what stood then. A version that nobody has matched to a patient
        neither stands nor displaces one that stands. One of another analyte than its id belongs to, and one
        that replaces a result of another analyte or that is replaced by it in turn, displace nothing.
        """
        versions = LabResult.objects.filter(
            source=OuterRef("source"),
            source_id=OuterRef("source_id"),
            strand=OuterRef("strand"),
            patient__isnull=False,
        )
        best = versions.in_order_of_standing(as_of).values("pk")[:1]
        replacing = _replacing(as_of)
        # A registered, preliminary or unknown result replaces only its like.
        tentative = Q(status__in=LabResult.TENTATIVE)
        return self.filter(
            ~Exists(replacing.exclude(tentative)), ~(tentative & Exists(replacing)), pk=Subquery(best)
        )

    def _ranked(self, as_of: datetime | None) -> Self:
        return self.annotate(moment=_MOMENT, rank=_RANK).annotate(
            tier=Case(
                When(status__in=LabResult.ENDING, then=1),
                When(Q(status__in=LabResult.FINAL) & ~Exists(_ended_later(as_of)), then=2),
                default=0,
            )
        )


def _replacing(as_of: datetime | None) -> LabResultQuerySet:
    """Results that name the outer row as replaced: of its patient, analyte and sender, and not in a ring."""
    back = LabResult.objects.filter(
        source=OuterRef("source"),
        source_id=OuterRef("replaces"),
        patient=OuterRef("patient"),
        replaces=OuterRef("source_id"),
    )
    naming = LabResult.objects.exclude(replaces="").filter(
        source=OuterRef("source"),
        replaces=OuterRef("source_id"),
        patient=OuterRef("patient"),
        analyte=OuterRef("analyte"),
        strand="",
    )
    if as_of is not None:
        back, naming = back.received_by(as_of), naming.received_by(as_of)
    return naming.as_read(as_of).filter(~Exists(back))


def _ended_later(as_of: datetime | None) -> "LabResultQuerySet":
    """Versions of the outer row's result that end it, and are not older than the outer row."""
    endings = LabResult.objects.annotate(moment=_MOMENT).filter(
        Q(moment__gt=OuterRef("moment"))
        | Q(moment=OuterRef("moment"), received_at__gte=OuterRef("received_at")),
        source=OuterRef("source"),
        source_id=OuterRef("source_id"),
        strand=OuterRef("strand"),
        status__in=LabResult.ENDING,
    )
    return endings if as_of is None else endings.received_by(as_of)


class LabResult(models.Model):
    """One version of one laboratory result: as it was sent, and as the rules use it. Only ever added.

    A correction is a new row under the same (source, source_id). So is a new reading of what was sent, made
    when the sender's map changes: `reading_of` names the version that it reads. Which version stands is asked
    of the queryset and stored nowhere. The figures of the rules are read again from what was sent;
    `used_value` serves lists and charts.
    """

    FINAL = ("final", "amended", "corrected")
    ENDING = ("cancelled", "entered-in-error")
    TENTATIVE = ("registered", "preliminary", "unknown")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    report = models.ForeignKey(LabReport, on_delete=models.PROTECT, related_name="results")
    patient = models.ForeignKey(
        Patient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="results",
        help_text="Null while the report is parked.",
    )
    source = models.CharField(max_length=200)
    source_id = models.CharField(max_length=255, help_text="The source's own id of the result.")
    version = models.PositiveIntegerField(default=1, help_text="Counted as received, from 1.")
    replaces = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="The source's id of another result that this one replaces, whichever arrives first.",
    )
    strand = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="Empty for the analyte that the id belongs to; else the other one that it was used for.",
    )
    reading_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="readings",
        help_text="The version as sent that this one reads anew, by a changed map of its sender.",
    )

    # As sent.
    code = models.CharField(
        max_length=270,
        blank=True,
        default="",
        db_default="",
        help_text="system|code, where the code is not LOINC.",
    )
    loinc = models.CharField(max_length=60, blank=True)
    code_text = models.CharField(max_length=200, blank=True)
    value = models.TextField(null=True, blank=True)
    comparator = models.CharField(max_length=10, null=True, blank=True)
    unit = models.CharField(max_length=60, null=True, blank=True)
    low = models.CharField(max_length=60, null=True, blank=True)
    high = models.CharField(max_length=60, null=True, blank=True)
    range_text = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=20)
    absent_reason = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    placer_order = models.CharField(
        max_length=100, blank=True, help_text="The order, as who ordered numbers it."
    )
    filler_order = models.CharField(
        max_length=100, blank=True, help_text="The order, as the laboratory does."
    )
    collected_at = models.DateTimeField(null=True, blank=True)
    day_only = models.BooleanField(
        default=False, help_text="Only the day of collection is known; `collected_at` is its local noon."
    )
    collected_text = models.CharField(
        max_length=60, blank=True, help_text="The time as sent, where that was not a whole instant."
    )
    reported_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    entered_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # As used.
    code_map = models.ForeignKey(
        SenderMapEntry, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    unit_map = models.ForeignKey(
        SenderMapEntry, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    mapped_loinc = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="What the sender's map says that its code means.",
    )
    mapped_unit = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="What the sender's map says that its unit means.",
    )
    analyte = models.CharField(max_length=40, null=True, blank=True)
    used_value = models.DecimalField(max_digits=40, decimal_places=10, null=True, blank=True)
    used_text = models.CharField(
        max_length=80, blank=True, help_text="Exact where it ends, else with six decimals."
    )
    used_comparator = models.CharField(max_length=2, blank=True)
    used_unit = models.CharField(max_length=40, null=True, blank=True)
    usable = models.BooleanField(
        default=False, help_text="Its code, value and unit could be read, and its status is final."
    )
    rejection = models.CharField(max_length=30, null=True, blank=True)

    limits_failed = False
    """Known while it is stored; afterwards the rules are asked, who read it afresh."""

    objects = LabResultQuerySet.as_manager()

    class Meta:
        ordering = ["collected_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id", "version"], name="result_version_is_stored_once"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="result_versions_count_from_1"),
            models.CheckConstraint(condition=~Q(source_id=""), name="result_has_an_id_of_its_source"),
            models.CheckConstraint(
                condition=Q(usable=False) | Q(rejection=None), name="usable_result_is_not_rejected"
            ),
            models.CheckConstraint(
                condition=Q(usable=False) | Q(analyte__isnull=False, collected_at__isnull=False),
                name="usable_result_has_an_analyte_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(usable=False) | Q(status__in=["final", "amended", "corrected"]),
                name="usable_result_is_final",
            ),
            models.CheckConstraint(
                condition=Q(day_only=False) | Q(collected_at__isnull=False),
                name="result_of_a_day_knows_the_day",
            ),
            models.CheckConstraint(
                condition=Q(replaces="") | ~Q(replaces=F("source_id")), name="result_does_not_replace_itself"
            ),
            models.CheckConstraint(
                condition=Q(usable=False) | Q(strand=""), name="result_under_an_id_of_another_is_not_used"
            ),
            models.CheckConstraint(
                condition=Q(code_map=None, mapped_loinc="") | Q(code_map__isnull=False) & ~Q(mapped_loinc=""),
                name="result_code_is_mapped_by_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(unit_map=None, mapped_unit="") | Q(unit_map__isnull=False) & ~Q(mapped_unit=""),
                name="result_unit_is_mapped_by_an_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "collected_at"], name="result_by_patient_and_time"),
            models.Index(fields=["patient", "analyte", "collected_at"], name="result_by_analyte"),
            models.Index(fields=["source", "replaces"], condition=~Q(replaces=""), name="result_replacing"),
            models.Index(
                fields=["reading_of", "version"],
                condition=Q(reading_of__isnull=False),
                name="result_read_anew",
            ),
            models.Index(fields=["code_map"], condition=Q(code_map__isnull=False), name="result_by_code_map"),
            models.Index(fields=["unit_map"], condition=Q(unit_map__isnull=False), name="result_by_unit_map"),
        ]

    @property
    def sent_code(self) -> str:
        """The code as sent, with its system: how the map of its sender names it."""
        return self.code or (f"LOINC|{self.loinc}" if self.loinc else "")

    @property
    def used_loinc(self) -> str:
        """The LOINC code that the rules read it under."""
        return self.mapped_loinc or self.loinc

    @property
    def unit_read(self) -> str | None:
        """The unit that the rules read it in."""
        return self.mapped_unit or self.unit

    def read(self) -> Reading | Rejection:
        """As the rules read it, by the map of its sender; its status is the caller's to judge."""
        return read_result(
            *(self.used_loinc, self.value, self.comparator, self.unit_read),
            *(self.low, self.high, self.range_text, self.absent_reason),
        )

    @property
    def range_words(self) -> str:
        """The limits as they were sent."""
        limits = [limit for limit in (self.low, self.high) if limit and limit.strip()]
        return " to ".join(limits) or self.range_text

    def __str__(self) -> str:
        return f"{self.analyte or self.loinc} {self.comparator or ''}{self.value} {self.unit or ''}".strip()


_MOMENT = Coalesce("reported_at", "received_at")
_RANK = Case(
    When(status__in=("amended", "corrected"), then=3),
    When(status="final", then=2),
    When(status="preliminary", then=1),
    default=0,
)
_STANDS_FIRST = ("-tier", "-rank", "-moment", "-received_at", "-pk")
