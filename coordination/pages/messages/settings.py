"""The timetable of a site, and its texts with a preview."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import Site
from coordination.messages import texts
from coordination.messages.texts import VARIABLES, Text
from coordination.models import MessageTemplate, ReminderTimetable
from coordination.models.contact_point import Channel, Language
from coordination.models.message_template import MessageKind
from coordination.pages.messages.forms import (
    RowFormSet,
    TextForm,
    TimetableForm,
    initial_lines,
    timetable_rows_of,
)

UNPROCESSABLE = 422
HEADINGS = (
    "Item",
    "Seen to by",
    "Days before it opens",
    "On its day",
    "Days late: who sees to it",
    "Navigators",
    "Prescribers",
    "Managers",
    "Days before it costs",
    "Take away",
)


@roles(Role.MANAGER, Role.ADMIN)
@require_http_methods(["GET", "POST"])
def timetable_page(request: StaffRequest, site_id: UUID) -> HttpResponse:
    """Who is reminded when: a line for each kind of item and owner, the ladder across."""
    site = request.scope.site_of(site_id)
    stored = ReminderTimetable.of(site)
    names = list(TimetableForm.base_fields)
    form = TimetableForm(
        request.POST or None, initial={name: getattr(stored, name) for name in names}, auto_id="when_%s"
    )
    lines = RowFormSet(request.POST or None, initial=initial_lines(stored.lines), prefix="lines")
    status = 200
    if request.method == "POST":
        if form.is_valid() and lines.is_valid():
            for name in names:
                setattr(stored, name, form.cleaned_data[name])
            stored.rows = timetable_rows_of(lines)
            stored.save_by(request.user, because="timetable changed")
            messages.success(request, "Saved. It holds from the next minute on.")
            return redirect(request.path)
        status = UNPROCESSABLE
    context = {
        "site": site,
        "form": form,
        "lines": lines,
        "headings": HEADINGS,
        "sites": request.scope.sites,
    }
    return render(request, "coordination/reminders/timetable.html", context, status=status)


@roles(Role.MANAGER, Role.ADMIN)
@require_GET
def all_texts_page(request: StaffRequest, site_id: UUID) -> HttpResponse:
    site = request.scope.site_of(site_id)
    own = set(MessageTemplate.objects.filter(site=site).values_list("kind", "channel", "language"))
    rows = [
        {
            "kind": kind,
            "label": label,
            "cells": [
                (
                    Channel(channel).label,
                    Language(language).label,
                    channel,
                    language,
                    (kind, channel, language) in own,
                )
                for channel in Channel.values
                for language in Language.values
            ],
        }
        for kind, label in MessageKind.choices
    ]
    context = {"site": site, "rows": rows, "sites": request.scope.sites}
    return render(request, "coordination/reminders/texts.html", context)


@roles(Role.MANAGER, Role.ADMIN)
@require_http_methods(["GET", "POST"])
def one_text(request: StaffRequest, site_id: UUID, kind: str, channel: str, language: str) -> HttpResponse:
    """Change one text; the preview shows it filled in before it is saved."""
    site = request.scope.site_of(site_id)
    if (kind, channel, language) not in texts.text_keys():
        raise Http404
    current = texts.text_for(site, kind=kind, channel=channel, language=language)
    form = TextForm(request.POST or None, initial={"subject": current.subject, "body": current.body})
    form.fields["subject"].required = channel == Channel.EMAIL
    shown, status = current, 200
    if request.method == "POST":
        shown, status = _try_text(request, form, site, kind, channel, language, current)
        if status == 200 and request.POST.get("act") == "save":
            return redirect(request.path)
    context = {
        "site": site,
        "form": form,
        "label": MessageKind(kind).label,
        "channel": Channel(channel).label,
        "language": Language(language).label,
        "preview": _preview(shown, site, language),
        "variables": VARIABLES.items(),
        "shipped": texts.shipped_text(kind, channel, language),
        "is_sms": channel == Channel.SMS,
    }
    return render(request, "coordination/reminders/text.html", context, status=status)


def _try_text(
    request: StaffRequest, form: TextForm, site: Site, kind: str, channel: str, language: str, current: Text
) -> tuple[Text, int]:
    if not form.is_valid():
        return current, UNPROCESSABLE
    said = Text(form.cleaned_data["subject"], form.cleaned_data["body"].replace("\r\n", "\n"))
    try:
        if request.POST.get("act") == "save":
            texts.save_text(site, kind=kind, channel=channel, language=language, text=said, by=request.user)
            messages.success(request, "Saved. The next message uses it.")
        else:
            texts.check_text(said, channel=channel)
    except CareError as error:
        form.refuse(error)
        return current, UNPROCESSABLE
    return said, 200


def _preview(text: Text, site: Site, language: str) -> dict[str, Any]:
    said = texts.example(site, language)
    filled = text.filled(said)
    return {"subject": filled.subject, "body": filled.body, "length": len(filled.body)}
