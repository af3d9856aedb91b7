from django.urls import path

from coordination.pages.addresses import PATIENT
from coordination.pages.exports import file_urls
from coordination.pages.patient import finding, tabs

urlpatterns = [
    path("patients/", finding.patients, name="patients"),
    *file_urls("patients", finding.patients_file),
    path("search", finding.search, name="search"),
    path(f"{PATIENT}/", tabs.now_tab, name="patient"),
    path(f"{PATIENT}/schedule", tabs.schedule_tab, name="patient-schedule"),
    path(f"{PATIENT}/results", tabs.results_tab, name="patient-results"),
    *file_urls("patient-results", tabs.results_file, at=f"{PATIENT}/results"),
    path(f"{PATIENT}/records", tabs.records_tab, name="patient-records"),
    path(f"{PATIENT}/team", tabs.team_tab, name="patient-team"),
    path(f"{PATIENT}/team/who-does-what", tabs.share_out_page, name="share-out"),
    path(f"{PATIENT}/history", tabs.history_tab, name="patient-history"),
    path(f"{PATIENT}/edit", tabs.edit, name="edit-patient"),
    path(f"{PATIENT}/death", tabs.death, name="record-death"),
]
