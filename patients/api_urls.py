from django.urls import path

from patients.api import FindPatients

urlpatterns = [
    path("patients", FindPatients.as_view(), name="api-patients"),
]
