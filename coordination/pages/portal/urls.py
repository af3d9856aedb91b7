"""What begins with /portal/ runs under the practice's database role and is only read."""

from django.urls import path

from coordination.pages.addresses import PATIENT
from coordination.pages.portal import practice, staff

AT_PORTAL = "portal/patients/<uuid:patient_id>"
INVITATION = "invitations/<uuid:invitation_id>"

urlpatterns = [
    path("portal/", practice.portal, name="portal"),
    path("portal/calendar", practice.portal_calendar, name="portal-calendar"),
    *(
        path(f"portal/{page}", practice.static_page, {"page": page}, name=f"portal-{page}")
        for page in practice.STATIC_PAGES
    ),
    path(f"{AT_PORTAL}/", practice.portal_patient, name="portal-patient"),
    path(f"{AT_PORTAL}/results", practice.portal_results, name="portal-results"),
    path(f"{AT_PORTAL}/documents/<uuid:version_id>.pdf", practice.portal_document, name="portal-document"),
    # Outside /portal/: a person's own address is made here, and a program without a session reads it.
    path("practice-calendar", practice.calendar_address, name="practice-calendar"),
    path("practice-calendar/new", practice.new_calendar_address, name="practice-calendar-new"),
    path("practice-calendar/<str:token>.ics", practice.calendar_feed, name="practice-calendar-feed"),
    # The staff's side.
    path("practice-access", staff.portal_access, name="portal-access"),
    path("practice-access/<uuid:account_id>", staff.portal_account, name="portal-account"),
    path(f"{INVITATION}/again", staff.send_invitation_again, name="send-invitation-again"),
    path(f"{INVITATION}/withdraw", staff.withdraw_invitation, name="withdraw-invitation"),
    path("invitation/<str:token>", staff.accept_invitation, name="accept-invitation"),
    path(f"{PATIENT}/portal", staff.patient_portal, name="patient-portal"),
    path(f"{PATIENT}/portal/release", staff.release_results_page, name="release-results"),
    path("sites/<uuid:site_id>/release-rules", staff.release_rules, name="release-rules"),
]
