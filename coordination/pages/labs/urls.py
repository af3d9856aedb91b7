from django.urls import path

from coordination.pages.addresses import PATIENT
from coordination.pages.exports import file_urls
from coordination.pages.labs import entry, review, sender_maps

urlpatterns = [
    path("results-to-review", review.results_to_review, name="results-to-review"),
    *file_urls("results-to-review", review.results_to_review_file),
    path("results-to-review/<uuid:review_id>", review.settle_review, name="settle-review"),
    path("sender-maps", sender_maps.sender_maps, name="sender-maps"),
    path("sender-maps/<uuid:entry_id>", sender_maps.sender_map_entry, name="sender-map-entry"),
    path(f"{PATIENT}/results/enter", entry.enter_results_page, name="enter-results"),
    path(f"{PATIENT}/results/<uuid:result_id>/in-error", entry.result_in_error, name="result-in-error"),
]
