from django.urls import path

from coordination.pages.addresses import PATIENT
from coordination.pages.messages import addresses, messages, receivers, settings

TEXT = "messages/texts/<uuid:site_id>/<slug:kind>/<slug:channel>/<slug:language>"
PRACTICE = "messages/addresses/<uuid:practice_id>"

urlpatterns = [
    path("messages", messages.planned_page, name="messages"),
    path("messages/sent", messages.sent, name="messages-sent"),
    path("messages/to-decide", messages.to_decide_page, name="messages-to-decide"),
    path("messages/addresses", addresses.addresses, name="message-addresses"),
    path(PRACTICE, addresses.practice_addresses, name="practice-addresses"),
    path("messages/me", addresses.my_addresses, name="my-addresses"),
    path("messages/timetable/<uuid:site_id>", settings.timetable_page, name="reminder-timetable"),
    path("messages/texts/<uuid:site_id>", settings.all_texts_page, name="message-texts"),
    path(TEXT, settings.one_text, name="message-text"),
    path("messages/<uuid:delivery_id>", messages.message, name="message"),
    path("messages/status/<str:token>", receivers.message_status, name="message-status"),
    path("messages/answers/<str:token>", receivers.text_answer, name="text-answer"),
    path("m/<uuid:delivery_id>", messages.open_message, name="open-message"),
    path("w/<str:token>", receivers.way_out, name="way-out"),
    path("since-yesterday", messages.since_yesterday, name="since-yesterday"),
    path("items/<uuid:item_id>/remind", messages.remind_page, name="remind-now"),
    path(f"{PATIENT}/messages", addresses.patient_messages, name="patient-messages"),
    path(f"{PATIENT}/addresses", addresses.patient_addresses, name="patient-addresses"),
]
