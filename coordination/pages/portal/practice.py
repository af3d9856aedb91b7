"""The pages of a referring practice. They only read; each notes whom it showed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from coordination.base import audit, clock
from coordination.base.access import Scope, StaffRequest, roles, use_zone_of
from coordination.base.choices import Role
from coordination.base.models import Site
from coordination.base.models.audit import AuditEventKind
from coordination.chart.lanes import twin_of
from coordination.documents.source import speaking
from coordination.graphs.swimlane import swimlane
from coordination.models import CalendarFeed
from coordination.portal import feed, pages, record
from coordination.portal.database_role import behind_the_wall
from coordination.portal.lanes import portal_lanes_of
from coordination.portal.reading import PortalChart, stories, story_of
from coordination.portal.release import matrix_of, results_of
from coordination.portal.requests import PracticeRequest, requests_in_order, requests_of, whom_to_tell
from coordination.portal.status import lead_lines, stands
from coordination.wording.bilingual import ENGLISH
from patients.models import Patient

DRAWS_AT_FIRST, DRAWS_AT_MOST = 4, 60
STATIC_PAGES = {
    "how-to-refer": "How to refer",
    "about-prrt": "About the treatment",
    "who-does-what": "Who does what",
}


@roles(Role.REFERRER)
@require_safe
def portal(request: StaffRequest) -> HttpResponse:
    """What is asked of the practice, by when; then where each of its patients stands."""
    found = stories(request.scope, now=clock.now())
    request.audit.saw([story.patient for story in found])
    asked = {story.patient.pk: requests_of(story) for story in found}
    everything = requests_in_order(each for listed in asked.values() for each in listed)
    lines = [
        {
            "story": story,
            "standing": _standing(story),
            "asked": sum(a.is_now for a in asked[story.patient.pk]),
        }
        for story in found
    ]
    pressing = [each for each in everything if each.presses]
    context = {
        "now_asked": pressing,
        "soon_asked": [each for each in everything if not each.presses and each.is_soon],
        "late": sum(each.tone == "danger" for each in pressing),
        "near": sum(each.tone == "warn" for each in pressing),
        "lines": sorted(lines, key=lambda line: line["standing"].key in ("completed", "died", "cancelled")),
        "sites": sorted({story.site for story in found}, key=lambda site: site.name),
    }
    return render(request, "portal/patients.html", context)


def _standing(story: PortalChart) -> Any:
    with speaking(ENGLISH, story.site):
        return stands(story)


def _open(request: StaffRequest, patient_id: UUID) -> PortalChart:
    """Find the patient within reach, show times in the zone of the site, note that they were seen."""
    patient = request.scope.get(Patient, patient_id)
    use_zone_of(patient.site)
    request.audit.saw([patient])
    return story_of(request.scope, patient, now=clock.now())


@roles(Role.REFERRER)
@require_safe
def portal_patient(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """One patient: who is in charge, what is asked, where it stands, and all that was released."""
    story = _open(request, patient_id)
    scope = request.scope
    with speaking(ENGLISH, story.site):
        shown = results_of(story.patient, scope, now=story.now)
        lanes = portal_lanes_of(story, scope, shown.values) if story.course else []
        asked = requests_of(story)
        context = {
            **_frame(story),
            "lead": lead_lines(story),
            "now_asked": [each for each in asked if each.is_now],
            "later_asked": [each for each in asked if not each.is_now],
            "chart": swimlane(lanes, today=story.today, title="The course") if lanes else "",
            "twin": twin_of(lanes),
            "figures": record.course_figures(story),
            "decisions": record.past_decisions(story, scope),
            "papers": record.papers(story.patient, scope),
            "plan": record.long_term_plan(story),
            "matrix": matrix_of(shown.values, story.site, most_days=DRAWS_AT_FIRST),
            "waiting": len(shown.waiting),
            "whom": whom_to_tell(story),
            "physicians": [m for m in story.team if m.part in ("nuclear-medicine", "net-specialist")],
        }
    return render(request, "portal/patient.html", context)


def _frame(story: PortalChart) -> dict[str, Any]:
    return {
        "story": story,
        "patient": story.patient,
        "mrn": story.mrn,
        "standing": stands(story),
        "url": reverse("portal-patient", args=[story.patient.public_id]),
    }


@roles(Role.REFERRER)
@require_safe
def portal_results(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Every released result, draw beside draw."""
    story = _open(request, patient_id)
    with speaking(ENGLISH, story.site):
        shown = results_of(story.patient, request.scope, now=story.now)
        context = {
            **_frame(story),
            "matrix": matrix_of(shown.values, story.site, most_days=DRAWS_AT_MOST),
            "waiting": len(shown.waiting),
        }
    return render(request, "portal/results.html", context)


@roles(Role.REFERRER)
@require_safe
def portal_document(request: StaffRequest, patient_id: UUID, version_id: UUID) -> HttpResponse:
    """A document as it was sent, byte for byte; its file name says nothing of the patient."""
    found = request.scope.get(Patient, patient_id)
    version = record.paper(version_id, found, request.scope)
    if version is None:
        raise Http404
    request.audit.exported([found], document=str(version.public_id))
    return HttpResponse(
        bytes(version.pdf),
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="document.pdf"'},
    )


# --- without a patient ------------------------------------------------------------------------------


@roles(Role.REFERRER)
@require_safe
def static_page(request: StaffRequest, page: str) -> HttpResponse:
    protocol = pages.default_protocol()
    context = {
        "duties": pages.duties(),
        "needed": pages.NEEDED,
        "protocol": protocol,
        "days_without_draw": protocol.panel.first_day - 1,
        "sites": Site.objects.all(),
    }
    return render(request, f"portal/{page}.html", context)


# --- calendar ---------------------------------------------------------------------------------------


@roles(Role.REFERRER)
@require_safe
def portal_calendar(request: StaffRequest) -> HttpResponse:
    """What comes, day by day, and the secret address for a calendar program."""
    now = clock.now()
    found = stories(request.scope, now=now)
    request.audit.saw([story.patient for story in found])
    days: list[tuple[Any, Any]] = []
    for story in found:
        days += [
            (ask.by, ask)
            for ask in requests_of(story)
            if ask.by and ask.by >= story.today - timedelta(days=30)
        ]
        days += [(on, (story, cycle)) for cycle, on in story.to_come]
    return render(
        request,
        "portal/calendar.html",
        {"entries": [_entry(on, what) for on, what in sorted(days, key=lambda day: day[0])]},
    )


def _entry(on: Any, what: Any) -> dict[str, Any]:
    if isinstance(what, PracticeRequest):
        return {"on": on, "patient": what.patient, "what": what.what, "tone": what.tone, "ours": True}
    story, cycle = what
    return {"on": on, "patient": story.patient, "what": f"Infusion {cycle.number} at {story.site.name}"}


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar for a program that holds the secret address. Unknown, ended and mistyped look the same."""
    found = feed.feed_by(token)
    if found is None:
        raise Http404
    now = clock.now()
    scope = Scope.of_user(found.user)
    with behind_the_wall(scope.practice_id):
        told = stories(scope, now=now)
        text = feed.calendar_text(told, now=now)
    audit.add_event(
        request,
        AuditEventKind.EXPORT,
        user=found.user,
        status=200,
        patients=[story.patient.public_id for story in told],
        detail={"calendar": str(found.public_id)},
    )
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="calendar.ics"'},
    )


@roles(Role.REFERRER)
@require_POST
def new_calendar_address(request: StaffRequest) -> HttpResponse:
    """Outside /portal/, for it writes: not about a patient, only the address."""
    feed.new_feed(request.user, now=clock.now())
    return redirect("practice-calendar")


@roles(Role.REFERRER)
@require_safe
def calendar_address(request: StaffRequest) -> HttpResponse:
    """The secret address, to be copied into a calendar program."""
    standing = CalendarFeed.objects.standing().filter(user=request.user).first()
    address = ""
    if standing:
        address = request.build_absolute_uri(
            reverse("practice-calendar-feed", args=[feed.token_of(standing)])
        )
    return render(request, "portal/calendar_address.html", {"feed": standing, "address": address})
