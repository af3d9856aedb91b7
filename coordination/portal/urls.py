"""Addresses of the portal. What begins with /portal/ runs behind the wall and is only read."""

from django.urls import path

from coordination.portal import views

PATIENT = "portal/patients/<uuid:patient_id>"

urlpatterns = [
    path("portal/", views.portal, name="portal"),
    path("portal/calendar", views.calendar, name="portal-calendar"),
    *(
        path(f"portal/{page}", views.static_page, {"page": page}, name=f"portal-{page}")
        for page in views.STATIC_PAGES
    ),
    path(f"{PATIENT}/", views.patient, name="portal-patient"),
    path(f"{PATIENT}/results", views.results, name="portal-results"),
    path(f"{PATIENT}/documents/<uuid:version_id>.pdf", views.document, name="portal-document"),
    # Outside the wall: a person's own address is made here, and a program without a session reads it.
    path("practice-calendar", views.calendar_address, name="practice-calendar"),
    path("practice-calendar/new", views.new_calendar_address, name="practice-calendar-new"),
    path("practice-calendar/<str:token>.ics", views.calendar_feed, name="practice-calendar-feed"),
]
