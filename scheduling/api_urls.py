from django.urls import path

from scheduling.api import CourseFile, Gate

urlpatterns = [
    path("patients/<uuid:patient_id>/gate", Gate.as_view(), name="api-gate"),
    path("patients/<uuid:patient_id>/course-file", CourseFile.as_view(), name="api-course-file"),
]
