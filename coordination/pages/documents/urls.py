from django.urls import path

from coordination.pages.addresses import PATIENT
from coordination.pages.documents import batches, documents, lists

urlpatterns = [
    path("documents/", lists.documents_page, name="documents"),
    path("documents/downtime", lists.write_downtime_list, name="write-downtime-list"),
    path("documents/batches", batches.document_batches, name="document-batches"),
    path("documents/batches/<uuid:batch_id>", batches.document_batch, name="document-batch"),
    path("documents/batches/<uuid:batch_id>/print.pdf", batches.print_batch, name="print-batch"),
    path("documents/batches/<uuid:batch_id>/send", batches.send_batch, name="send-batch"),
    path("documents/<uuid:document_id>", documents.document_page, name="document"),
    path("documents/<uuid:document_id>/sign", documents.sign_document_page, name="sign-document"),
    path("documents/<uuid:document_id>/drop", documents.drop_document, name="drop-document"),
    path("documents/<uuid:document_id>/draft.pdf", documents.document_draft, name="document-draft"),
    path("documents/versions/<uuid:version_id>.pdf", documents.document_version, name="document-version"),
    path("documents/versions/<uuid:version_id>/send", documents.send_version, name="send-version"),
    path(f"{PATIENT}/documents", lists.patient_documents, name="patient-documents"),
]
