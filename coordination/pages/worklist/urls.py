from django.urls import path

from coordination.pages.exports import file_urls
from coordination.pages.worklist import counts, decisions, items, readiness, today, today_acts

urlpatterns = [
    path("", today.today_page, name="today"),
    path("today.csv", today.today_csv, name="today-csv"),
    path("today.xlsx", today.today_xlsx, name="today-xlsx"),
    path("today/acts", today_acts.act_on_ticked, name="act-on-ticked"),
    path("today/views", today_acts.save_filter, name="save-filter"),
    path("today/views/remove", today_acts.remove_filter, name="remove-filter"),
    path("today/handover", today_acts.write_handover, name="write-handover"),
    path("today/handover/<uuid:note_id>/end", today_acts.end_handover, name="end-handover"),
    path("items/<uuid:item_id>", items.due_item_page, name="due-item"),
    path("counts", counts.counts, name="counts"),
    path("decisions", decisions.decisions_page, name="decisions"),
    *file_urls("decisions", decisions.decisions_file),
    path("readiness", readiness.readiness, name="readiness"),
    *file_urls("readiness", readiness.readiness_file),
]
