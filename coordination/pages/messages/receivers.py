"""What the receiver of a message reaches without signing in, by the secret that the message carries.

Nothing here names a patient, a practice or a treatment. A GET changes nothing: mail scanners follow links.
"""

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coordination.base import clock
from coordination.messages import bounces, contacts, sms

BY_THE_RECEIVER = "stopped by the receiver"
BY_TEXT = "stopped by a text message"

log = structlog.stdlib.get_logger("fourfold.messages")


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token is the secret
@require_http_methods(["GET", "POST"])
def way_out(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm one's address, or stop the messages."""
    contact = contacts.contact_by_token(token)
    if contact is None:
        raise Http404
    if request.method == "POST":
        now = clock.now()
        if request.POST.get("act") == "confirm":
            contacts.confirm_by_receiver(contact, now=now)
        elif request.POST.get("act") == "stop" or request.POST.get("List-Unsubscribe") == "One-Click":
            contacts.stop_contact(contact, because=BY_THE_RECEIVER, by=None, now=now)
    context = {"contact": contact, "done": request.method == "POST"}
    return render(request, "coordination/reminders/way_out.html", context)


@csrf_exempt  # called by the gateway of text messages
@require_http_methods(["GET", "POST"])
def message_status(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a text message: Kannel's delivery report."""
    delivery = bounces.delivery_by_token(token)
    if delivery is None:
        raise Http404
    now = clock.now()
    match request.GET.get("status"):
        case "1":
            bounces.mark_delivered(delivery, now=now)
        case "2" | "16":
            bounces.mark_bounced(delivery, for_good=False, now=now)
    return HttpResponse(status=204)


@csrf_exempt  # called by the gateway of text messages, which shows its token
@require_http_methods(["GET", "POST"])
def text_answer(request: HttpRequest, token: str) -> HttpResponse:
    """A text message that a phone sent us: "stop" ends the messages to its number; the rest is dropped.

    Kannel's sms-service, by `get-url` (?from=%p&text=%a) or, so that no log on the way holds a number, by
    `post-url`. It is answered with nothing: the carrier confirms a stop by itself.
    """
    if not sms.is_gateway(token):
        raise Http404
    answer = _answer(request)
    ended = contacts.stop_number(answer.number, because=BY_TEXT, now=clock.now()) if answer.is_stop else 0
    log.info("text message received", is_stop=answer.is_stop, addresses_stopped=ended)
    return HttpResponse(content_type="text/plain")


def _answer(request: HttpRequest) -> sms.IncomingText:
    if request.method == "GET":
        return sms.read_answer(sender=request.GET.get("from", ""), text=request.GET.get("text", ""))
    charset = (request.content_params or {}).get("charset", "")
    sender = request.headers.get("X-Kannel-From", "")
    return sms.read_answer(sender=sender, text=request.body, charset=charset)
