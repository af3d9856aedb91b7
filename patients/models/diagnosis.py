from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of
from coordination.base.models import Fact, FactQuerySet
from patients.models.patient import Patient


class DiagnosisQuerySet(FactQuerySet["Diagnosis"]):
    pass


class DiagnosisFunctioning(models.TextChoices):
    YES = "yes", "Functioning"
    NO = "no", "Not functioning"
    UNKNOWN = "unknown", "Not known"


class DiagnosisDifferentiation(models.TextChoices):
    WELL = "well", "Well differentiated"
    POOR = "poor", "Poorly differentiated"
    UNKNOWN = "unknown", "Not stated"


class DiagnosisGrade(models.TextChoices):
    G1 = "G1", "G1"
    G2 = "G2", "G2"
    G3 = "G3", "G3"
    NEC = "NEC", "NEC"
    UNKNOWN = "unknown", "Not stated"


class Diagnosis(Fact):
    """The tumor as pathology and imaging describe it, with the grade as stated and its scheme named.

    Grade group and contradictions between the two indices are worked out by patients/rules, not stored.
    """

    Functioning = DiagnosisFunctioning
    Differentiation = DiagnosisDifferentiation
    Grade = DiagnosisGrade

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="diagnoses")
    diagnosed_on = models.DateField(null=True, blank=True)
    primary_site = models.CharField(max_length=100)
    t_stage = models.CharField("T", max_length=10, blank=True)
    n_stage = models.CharField("N", max_length=10, blank=True)
    m_stage = models.CharField("M", max_length=10, blank=True)
    stage_group = models.CharField(max_length=20, blank=True)
    metastases = models.CharField("sites of metastases", max_length=200, blank=True)
    functioning = models.CharField(max_length=10, choices=Functioning.choices, default=Functioning.UNKNOWN)
    symptoms = models.TextField(blank=True)
    pathology_on = models.DateField("date of the pathology report", null=True, blank=True)
    differentiation = models.CharField(
        max_length=10, choices=Differentiation.choices, default=Differentiation.UNKNOWN
    )
    ki67_percent = models.DecimalField("Ki-67 (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    mitoses_per_2mm2 = models.DecimalField(
        "mitoses per 2 mm²", max_digits=6, decimal_places=2, null=True, blank=True
    )
    grade = models.CharField(max_length=10, choices=Grade.choices, default=Grade.UNKNOWN)
    grading_scheme = models.CharField(max_length=60, blank=True, help_text="For example WHO 2022.")
    markers = models.TextField(blank=True)
    note = models.TextField(blank=True)

    objects = DiagnosisQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["-diagnosed_on", "-pk"]
        verbose_name_plural = "diagnoses"
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("functioning", DiagnosisFunctioning, name="diagnosis_functioning_is_a_known_word"),
            is_one_of(
                "differentiation", DiagnosisDifferentiation, name="diagnosis_differentiation_is_a_known_word"
            ),
            is_one_of("grade", DiagnosisGrade, name="diagnosis_grade_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(ki67_percent=None) | Q(ki67_percent__range=(0, 100)),
                name="ki67_is_between_0_and_100_percent",
            ),
            models.CheckConstraint(
                condition=Q(mitoses_per_2mm2=None) | Q(mitoses_per_2mm2__gte=0),
                name="mitoses_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.primary_site} {self.grade}"
