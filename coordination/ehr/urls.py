"""Addresses of the machine doors, under /api/."""

from django.urls import path

from coordination.ehr import docs
from coordination.ehr.courses import CourseFileView, GateView
from coordination.ehr.lab_results import LabResults
from coordination.ehr.patients import FindPatients

urlpatterns = [
    path("schema/", docs.schema, name="api-schema"),
    path("docs/", docs.docs, name="api-docs"),
    path("v1/patients", FindPatients.as_view(), name="api-patients"),
    path("v1/patients/<uuid:patient_id>/gate", GateView.as_view(), name="api-gate"),
    path("v1/patients/<uuid:patient_id>/course-file", CourseFileView.as_view(), name="api-course-file"),
    path("v1/lab-results", LabResults.as_view(), name="api-lab-results"),
]
