from django.urls import path

from labs.api import LabResults

urlpatterns = [
    path("lab-results", LabResults.as_view(), name="api-lab-results"),
]
