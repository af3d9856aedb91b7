"""Addresses of the pages about one patient. None carries a name or a number of the patient."""

from django.urls import path

from labs import views_entry
from patients import views

urlpatterns = [
    path("patients/<uuid:patient_id>/", views.now, name="patient"),
    path("patients/<uuid:patient_id>/schedule", views.timetable, name="patient-schedule"),
    path("patients/<uuid:patient_id>/results", views.results, name="patient-results"),
    *(
        path(
            f"patients/<uuid:patient_id>/results.{kind}",
            views.results_file,
            {"kind": kind},
            name=f"patient-results-{kind}",
        )
        for kind in ("csv", "xlsx")
    ),
    path("patients/<uuid:patient_id>/records", views.recorded, name="patient-records"),
    path("patients/<uuid:patient_id>/team", views.people, name="patient-team"),
    path("patients/<uuid:patient_id>/team/who-does-what", views.share_out, name="share-out"),
    path("patients/<uuid:patient_id>/history", views.history, name="patient-history"),
    path("patients/<uuid:patient_id>/edit", views.edit, name="edit-patient"),
    path("patients/<uuid:patient_id>/death", views.death, name="record-death"),
    path("patients/<uuid:patient_id>/results/enter", views_entry.enter_results, name="enter-results"),
    path(
        "patients/<uuid:patient_id>/results/<uuid:result_id>/in-error",
        views_entry.result_in_error,
        name="result-in-error",
    ),
]
