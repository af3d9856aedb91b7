from datetime import time
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base.constraints import days_in_order, is_one_of
from coordination.base.models.recorded import Recorded

A_SHIFT = 12 * 60  # minutes: as long as a session lasts
SHORTEST_IDLE = 5  # minutes: the warning comes two minutes before the end


class Site(Recorded):
    """A center that treats; its zone says what day it is, its hours say when a window can be used."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=60, default="America/New_York")
    country = models.CharField(max_length=2, default="US")
    subdivision = models.CharField(max_length=10, blank=True)
    opens_at = models.TimeField(default=time(8))
    closes_at = models.TimeField(default=time(17))
    phone = models.CharField(max_length=40, blank=True)
    address = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            days_in_order("opens_at", "closes_at", touching=False, name="site_opens_before_it_closes"),
        ]

    def __str__(self) -> str:
        return self.name


class SiteSettingsNadir(models.TextChoices):
    COUNTS = "counts", "Counts"
    REVIEW = "review", "Is put before a prescriber"
    IGNORE = "ignore", "Does not count"


class SiteSettingsRecurrenceScope(models.TextChoices):
    ROW = "row", "The same row"
    ANALYTE = "analyte", "The same analyte"
    REVIEW = "review", "A prescriber judges"


class SiteSettingsCtcae(models.TextChoices):
    V4_03 = "4.03", "CTCAE 4.03"
    V5_0 = "5.0", "CTCAE 5.0"
    V6_0 = "6.0", "CTCAE 6.0"


class SiteSettings(Recorded):
    """A site's choices (RULES: *setting*). Null leaves the protocol's own."""

    Nadir = SiteSettingsNadir
    RecurrenceScope = SiteSettingsRecurrenceScope
    Ctcae = SiteSettingsCtcae

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="settings")
    default_protocol = models.CharField(max_length=60, default="lutathera-us-2024")
    nadir = models.CharField(max_length=10, choices=Nadir.choices, null=True, blank=True)
    recurrence_scope = models.CharField(max_length=10, choices=RecurrenceScope.choices, null=True, blank=True)
    ctcae = models.CharField(max_length=5, choices=Ctcae.choices, null=True, blank=True)
    confirm_labs = models.BooleanField(null=True, blank=True)
    interim_ssa = models.BooleanField(null=True, blank=True)
    pregnancy_test_every_cycle = models.BooleanField(default=False)
    order_lead_days = models.PositiveSmallIntegerField(
        default=14, help_text="Days from ordering a dose to giving it; taken off the 16 weeks while held."
    )
    licensed_gbq_per_day = models.DecimalField(
        max_digits=8,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="The activity the license allows on one day; null: not watched.",
    )
    second_factor_required = models.BooleanField(
        default=True,
        help_text="Whether those who sign, order or administer must have set up a second factor.",
    )
    second_factor_for_all = models.BooleanField(
        default=False,
        help_text="Whether everybody is asked for it at sign-in, not only prescribers and administrators.",
    )
    second_factor_minutes = models.PositiveSmallIntegerField(
        default=15, help_text="Minutes after which a signature asks for the second factor again."
    )
    idle_minutes = models.PositiveSmallIntegerField(
        default=30, help_text="Minutes without activity after which a session ends."
    )
    precaution_days = models.JSONField(
        default=dict, blank=True, help_text="Days of each radiation precaution, by its key; absent: 7."
    )
    eligibility_thresholds = models.JSONField(
        default=dict, blank=True, help_text="Operator, number and source by criterion; absent: the default."
    )
    default_owners = models.JSONField(
        default=dict, blank=True, help_text="Owner by item, where it differs from the protocol's."
    )

    class Meta:
        verbose_name_plural = "site settings"
        constraints = [
            is_one_of("nadir", SiteSettingsNadir, name="site_nadir_is_a_known_choice"),
            is_one_of(
                "recurrence_scope",
                SiteSettingsRecurrenceScope,
                name="site_recurrence_scope_is_a_known_choice",
            ),
            models.CheckConstraint(
                condition=Q(second_factor_minutes__lte=A_SHIFT),
                name="second_factor_is_asked_for_again_within_a_shift",
            ),
            models.CheckConstraint(
                condition=Q(idle_minutes__gte=SHORTEST_IDLE, idle_minutes__lte=A_SHIFT),
                name="site_idle_time_is_five_minutes_to_a_shift",
            ),
            is_one_of("ctcae", SiteSettingsCtcae, name="site_ctcae_is_a_known_version"),
        ]

    def __str__(self) -> str:
        return f"settings of {self.site}"


class SiteClosure(Recorded):
    """A day the site is closed, on top of weekends and public holidays."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="closures")
    on = models.DateField()
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["site", "on"], name="site_closes_once_a_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="site_closure_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.site} closed on {self.on}: {self.reason}"
