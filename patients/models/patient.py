from collections.abc import Iterable
from typing import Any, Self
from uuid import uuid4

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from coordination.base import clock
from coordination.base.constraints import is_one_of, set_together
from coordination.base.models import Practice, Recorded, Site, Versioned
from coordination.base.names import listed_name, spoken_name
from coordination.base.search import Digits, Searchable, digits_of, has_every_word, search_words

FULL_NAME = Concat(F("family_name"), Value(" "), F("given_name"), output_field=models.TextField())
SHORTEST_CM, TALLEST_CM = 80, 230  # the plausible band of RULES 2


class PatientQuerySet(models.QuerySet["Patient"]):
    def identified(self, system: str, value: str) -> Self:
        """The one whom this authority calls by this number; never matched by name or birth date."""
        return self.filter(identifiers__system=system, identifiers__value=value)

    def living(self) -> Self:
        return self.filter(died_on=None)

    def current(self) -> Self:
        """Without those merged into another."""
        return self.filter(merged_into=None)

    def matching(self, text: str) -> Self:
        """Whose name holds every word of `text`, or whose number or phone holds `text`.

        Order, accents, case, commas and the shape of an apostrophe do not matter. Three searches, each on an
        index of its own, rather than one that could use none.
        """
        wanted = Searchable(Value(" ".join(text.split())))
        numbered = PatientIdentifier.objects.alias(number=Searchable("value")).filter(number__contains=wanted)
        found: list[models.QuerySet[Any, Any]] = [numbered.values("patient_id")]
        if search_words(text):
            named = Patient.objects.alias(name=Searchable(FULL_NAME)).filter(has_every_word(text, of="name"))
            found.append(named.values("pk"))
        for digits in digits_of(text):
            phoned = Patient.objects.alias(digits=Digits("phone")).filter(digits__contains=digits)
            found.append(phoned.values("pk"))
        return self.filter(pk__in=found[0].union(*found[1:]) if found[1:] else found[0])

    def in_name_order(self) -> Self:
        return self.order_by(Searchable("family_name"), Searchable("given_name"), "pk")


class PatientSex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"


class Patient(Recorded, Versioned):
    """A person referred for, or under, treatment. The site is where they are treated."""

    Sex = PatientSex

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="patients")
    family_name = models.CharField(max_length=200)
    given_name = models.CharField(max_length=200)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    height_cm = models.DecimalField("height (cm)", max_digits=4, decimal_places=1, null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="en")
    pregnancy_possible = models.BooleanField(default=False)
    anticoagulated = models.BooleanField(default=False)
    allergies = models.TextField(blank=True)
    referred_by = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="patients"
    )
    died_on = models.DateField(null=True, blank=True)
    died_recorded_at = models.DateTimeField(null=True, blank=True)
    died_recorded_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    created_at = models.DateTimeField(default=clock.now)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            is_one_of("sex", PatientSex, name="patient_sex_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(birth_date=None) | Q(died_on__gte=F("birth_date")),
                name="patient_does_not_die_before_birth",
            ),
            models.CheckConstraint(
                condition=Q(height_cm=None) | Q(height_cm__range=(SHORTEST_CM, TALLEST_CM)),
                name="patient_height_is_between_80_and_230_cm",
            ),
            set_together("died_on", "died_recorded_at", name="patient_death_says_when_it_was_recorded"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="patient_is_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["site"], condition=Q(merged_into=None), name="patient_by_site"),
            models.Index(
                Searchable("family_name"), Searchable("given_name"), "id", name="patient_in_name_order"
            ),
            GinIndex(OpClass(Searchable(FULL_NAME), name="gin_trgm_ops"), name="patient_by_part_of_name"),
            GinIndex(OpClass(Digits("phone"), name="gin_trgm_ops"), name="patient_by_part_of_phone"),
        ]

    def __str__(self) -> str:
        return listed_name(self.family_name, self.given_name)

    @property
    def spoken_name(self) -> str:
        return spoken_name(self.family_name, self.given_name)


class PatientIdentifierKind(models.TextChoices):
    MEDICAL_RECORD = "MR", "Medical record number"
    PAYER = "MB", "Member number"
    OTHER = "other", "Other"


class PatientIdentifierQuerySet(models.QuerySet["PatientIdentifier"]):
    def by_patient(self, patients: Iterable[Patient | int]) -> dict[int, str]:
        """The medical record number of each patient who has one: the first that was registered."""
        rows = self.filter(patient__in=patients, kind=PatientIdentifierKind.MEDICAL_RECORD)
        return dict(rows.order_by("-pk").values_list("patient_id", "value"))


def mrn_of(patient: str) -> Coalesce:
    """The medical record number, or "", as a column of a query; `patient` is the path to the patient's id."""
    numbers = PatientIdentifier.objects.filter(
        patient=OuterRef(patient), kind=PatientIdentifierKind.MEDICAL_RECORD
    ).order_by("pk")
    return Coalesce(Subquery(numbers.values("value")[:1]), Value(""))


class PatientIdentifier(Recorded):
    """A number by which an authority (a hospital, a laboratory, a payer) knows the patient."""

    Kind = PatientIdentifierKind

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=200, help_text="The assigning authority, as a URI.")
    value = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MEDICAL_RECORD)

    objects = PatientIdentifierQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["system", "value"], name="identifier_names_one_patient"),
            models.CheckConstraint(
                condition=~Q(system="") & ~Q(value=""), name="identifier_has_authority_and_number"
            ),
        ]
        indexes = [
            models.Index(fields=["value"], name="identifier_by_number"),
            GinIndex(OpClass(Searchable("value"), name="gin_trgm_ops"), name="identifier_by_part_of_number"),
        ]

    def __str__(self) -> str:
        return f"{self.system}|{self.value}"
