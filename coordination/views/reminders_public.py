"""What the receiver of a message reaches without signing in, by the secret that the message carries.

Nothing here names a patient, a practice or a treatment. A GET changes nothing: mail scanners follow links.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coordination.base import clock
from coordination.messages import bounces, contacts

BY_THE_RECEIVER = "stopped by the receiver"


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token is the secret
@require_http_methods(["GET", "POST"])
def way_out(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm one's address, or stop the messages."""
    contact = contacts.by_token(token)
    if contact is None:
        raise Http404
    if request.method == "POST":
        now = clock.now()
        if request.POST.get("act") == "confirm":
            contacts.confirm_by_receiver(contact, now=now)
        elif request.POST.get("act") == "stop" or request.POST.get("List-Unsubscribe") == "One-Click":
            contacts.stop(contact, because=BY_THE_RECEIVER, by=None, now=now)
    context = {"contact": contact, "done": request.method == "POST"}
    return render(request, "coordination/reminders/way_out.html", context)


@csrf_exempt  # called by the gateway of text messages
@require_http_methods(["GET", "POST"])
def message_status(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a text message: Kannel's delivery report."""
    delivery = bounces.by_token(token)
    if delivery is None:
        raise Http404
    now = clock.now()
    match request.GET.get("status"):
        case "1":
            bounces.mark_delivered(delivery, now=now)
        case "2" | "16":
            bounces.mark_bounced(delivery, for_good=False, now=now)
    return HttpResponse(status=204)
