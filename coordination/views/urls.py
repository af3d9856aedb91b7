"""Addresses of the pages that span patients. None carries a name or a number of a patient."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import path

from coordination.forms.paperwork import PAPER_FORMS
from coordination.views import (
    administration,
    counts,
    decisions,
    document_batches,
    documents,
    items,
    papers,
    paperwork,
    patients,
    portal_admin,
    readiness,
    reminders,
    reminders_addresses,
    reminders_public,
    reminders_settings,
    results,
    sender_maps,
    today,
    today_acts,
)

PATIENT = "patients/<uuid:patient_id>"

FILES: dict[str, Callable[..., HttpResponseBase]] = {
    "readiness": readiness.readiness_file,
    "decisions": decisions.decisions_file,
    "results-to-review": results.results_to_review_file,
    "patients": patients.patients_file,
}
"""The lists that go out as files, CSV and XLSX, with exactly their rows."""

urlpatterns = [
    path("", today.today, name="today"),
    path("today.csv", today.today_csv, name="today-csv"),
    path("today.xlsx", today.today_xlsx, name="today-xlsx"),
    path("today/acts", today_acts.act_on_ticked, name="act-on-ticked"),
    path("today/views", today_acts.save_filter, name="save-filter"),
    path("today/views/remove", today_acts.remove_filter, name="remove-filter"),
    path("today/handover", today_acts.write_handover, name="write-handover"),
    path("today/handover/<uuid:note_id>/end", today_acts.end_handover, name="end-handover"),
    path("items/<uuid:item_id>", items.due_item, name="due-item"),
    path("counts", counts.counts, name="counts"),
    path("decisions", decisions.decisions, name="decisions"),
    path("results-to-review", results.results_to_review, name="results-to-review"),
    path("results-to-review/<uuid:review_id>", results.settle_review, name="settle-review"),
    path("sender-maps", sender_maps.sender_maps, name="sender-maps"),
    path("sender-maps/<uuid:entry_id>", sender_maps.sender_map_entry, name="sender-map-entry"),
    path("patients/", patients.patients, name="patients"),
    path("search", patients.search, name="search"),
    path("readiness", readiness.readiness, name="readiness"),
    *(
        path(f"{name}.{kind}", view, {"kind": kind}, name=f"{name}-{kind}")
        for name, view in FILES.items()
        for kind in ("csv", "xlsx")
    ),
    path("administration", administration.administration, name="administration"),
    *(
        path(f"{PATIENT}/record/{kind}", paperwork.record, {"kind": kind}, name=f"record-{kind}")
        for kind in PAPER_FORMS
    ),
    path(f"{PATIENT}/records/<slug:kind>/<uuid:fact_id>/correct", paperwork.correct, name="correct-record"),
    path(
        f"{PATIENT}/records/<slug:kind>/<uuid:fact_id>/withdraw", paperwork.withdraw, name="withdraw-record"
    ),
    path(f"{PATIENT}/courses/<uuid:course_id>/dose-order/<int:number>", papers.dose_order, name="dose-order"),
    path("messages", reminders.planned, name="messages"),
    path("messages/sent", reminders.sent, name="messages-sent"),
    path("messages/to-decide", reminders.to_decide, name="messages-to-decide"),
    path("messages/addresses", reminders_addresses.addresses, name="message-addresses"),
    path(
        "messages/addresses/<uuid:practice_id>",
        reminders_addresses.practice_addresses,
        name="practice-addresses",
    ),
    path("messages/me", reminders_addresses.my_addresses, name="my-addresses"),
    path("messages/timetable/<uuid:site_id>", reminders_settings.timetable, name="reminder-timetable"),
    path("messages/texts/<uuid:site_id>", reminders_settings.all_texts, name="message-texts"),
    path(
        "messages/texts/<uuid:site_id>/<slug:kind>/<slug:channel>/<slug:language>",
        reminders_settings.one_text,
        name="message-text",
    ),
    path("messages/<uuid:delivery_id>", reminders.message, name="message"),
    path("messages/status/<str:token>", reminders_public.message_status, name="message-status"),
    path("messages/answers/<str:token>", reminders_public.text_answer, name="text-answer"),
    path("m/<uuid:delivery_id>", reminders.open_message, name="open-message"),
    path("w/<str:token>", reminders_public.way_out, name="way-out"),
    path("since-yesterday", reminders.since_yesterday, name="since-yesterday"),
    path("items/<uuid:item_id>/remind", reminders.remind, name="remind-now"),
    path(f"{PATIENT}/messages", reminders_addresses.patient_messages, name="patient-messages"),
    path(f"{PATIENT}/addresses", reminders_addresses.patient_addresses, name="patient-addresses"),
    path("documents/", documents.documents, name="documents"),
    path("documents/downtime", documents.write_downtime_list, name="write-downtime-list"),
    path("documents/batches", document_batches.document_batches, name="document-batches"),
    path("documents/batches/<uuid:batch_id>", document_batches.document_batch, name="document-batch"),
    path("documents/batches/<uuid:batch_id>/print.pdf", document_batches.print_batch, name="print-batch"),
    path("documents/batches/<uuid:batch_id>/send", document_batches.send_batch, name="send-batch"),
    path("documents/<uuid:document_id>", documents.document, name="document"),
    path("documents/<uuid:document_id>/sign", documents.sign_document, name="sign-document"),
    path("documents/<uuid:document_id>/drop", documents.drop_document, name="drop-document"),
    path("documents/<uuid:document_id>/draft.pdf", documents.document_draft, name="document-draft"),
    path("documents/versions/<uuid:version_id>.pdf", documents.document_version, name="document-version"),
    path("documents/versions/<uuid:version_id>/send", documents.send_version, name="send-version"),
    path(f"{PATIENT}/documents", documents.patient_documents, name="patient-documents"),
    path("practice-access", portal_admin.portal_access, name="portal-access"),
    path("practice-access/<uuid:account_id>", portal_admin.portal_account, name="portal-account"),
    path(
        "invitations/<uuid:invitation_id>/again",
        portal_admin.send_invitation_again,
        name="send-invitation-again",
    ),
    path(
        "invitations/<uuid:invitation_id>/withdraw",
        portal_admin.withdraw_invitation,
        name="withdraw-invitation",
    ),
    path("invitation/<str:token>", portal_admin.accept_invitation, name="accept-invitation"),
    path(f"{PATIENT}/portal", portal_admin.patient_portal, name="patient-portal"),
    path(f"{PATIENT}/portal/release", portal_admin.release_results, name="release-results"),
    path("sites/<uuid:site_id>/release-rules", portal_admin.release_rules, name="release-rules"),
]
