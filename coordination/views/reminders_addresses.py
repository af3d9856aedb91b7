"""Addresses of patients, practices and one's own: added, verified, agreed to, stopped."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from coordination.base import clock
from coordination.base.access import CARE_STAFF, STAFF, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import Practice, Site, User
from coordination.forms.reminders import AddressForm, HowForm
from coordination.messages import contacts, gateway
from coordination.models import ContactPoint
from coordination.patient_page.acts import refused
from coordination.patient_page.opened import open_patient
from coordination.reminders import listing
from coordination.views.reminders import tabs
from patients.models import Consent, Patient

UNPROCESSABLE = 422
READ_BACK = "read back on the phone"


@roles(*STAFF)
@require_GET
def addresses(request: StaffRequest) -> HttpResponse:
    """The practices that referred patients in reach, and the staff of one's sites: who can be written to."""
    practices = list(_practices(request))
    people = list(
        User.objects.filter(sites__in=request.scope.sites, is_active=True)
        .exclude(role__in=[Role.REFERRER, Role.ADMIN])
        .distinct()
    )
    of_practice, of_user = contacts.of_practices(practices), contacts.of_users(people)
    context = {
        "practices": [(practice, of_practice.get(practice.pk, [])) for practice in practices],
        "people": [(person, of_user.get(person.pk, [])) for person in people],
        "tabs": tabs(request, "message-addresses"),
        "has_sms": gateway.can_send("sms"),
    }
    return render(request, "coordination/reminders/addresses.html", context)


def _practices(request: StaffRequest) -> "QuerySet[Practice]":
    referring = request.scope.patients.exclude(referred_by=None).values("referred_by")
    return Practice.objects.filter(pk__in=referring)


@roles(*CARE_STAFF)
@require_http_methods(["GET", "POST"])
def practice_addresses(request: StaffRequest, practice_id: UUID) -> HttpResponse:
    practice = _practices(request).filter(public_id=practice_id).first()
    if practice is None:
        raise Http404
    return _addresses_of(
        request,
        heading=practice.name,
        points=contacts.of_practices([practice]).get(practice.pk, []),
        owner={"practice": practice},
        site=request.scope.sites[0],
    )


@roles(*STAFF, Role.ADMIN)
@require_http_methods(["GET", "POST"])
def my_addresses(request: StaffRequest) -> HttpResponse:
    """One's own: confirmed by the message that arrives there, and by nobody else."""
    site = request.scope.sites[0] if request.scope.sites else None
    return _addresses_of(
        request,
        heading="Messages to me",
        points=contacts.of_users([request.user]).get(request.user.pk, []),
        owner={"user": request.user},
        site=site,
    )


@roles(*STAFF)
@require_GET
def patient_messages(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Everything sent, not sent or waiting about one patient, and the patient's own addresses."""
    opened = open_patient(request, patient_id)
    context = {
        "opened": opened,
        "patient": opened.patient,
        "tabs": opened.tabs("patient-messages"),
        "told": listing.of_patient(request.scope, opened.patient),
        "points": _of_patient(request, opened.patient),
        "may_change": request.user.role in CARE_STAFF,
        **_consent(request, opened.patient),
    }
    return render(request, "coordination/reminders/patient.html", context)


@roles(*CARE_STAFF)
@require_http_methods(["GET", "POST"])
def patient_addresses(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    opened = open_patient(request, patient_id)
    patient = opened.patient
    return _addresses_of(
        request,
        heading="Addresses of the patient",
        points=_of_patient(request, patient),
        owner={"patient": patient},
        site=patient.site,
        template="coordination/reminders/addresses_of_patient.html",
        more={"opened": opened, "patient": patient, **_consent(request, patient)},
        language=patient.language[:2],
        noted=lambda act: request.audit.changed(patient, address=act),
    )


def _of_patient(request: StaffRequest, patient: Patient) -> list[ContactPoint]:
    return list(request.scope.of(ContactPoint).filter(patient=patient, removed_at=None))


def _consent(request: StaffRequest, patient: Patient) -> dict[str, Any]:
    given = request.scope.of(Consent).filter(
        patient=patient, kind=Consent.Kind.MESSAGES, withdrawn_on=None, recorded_in_error_at=None
    )
    return {"consent": given.first()}


# --- adding and changing ------------------------------------------------------------------------------


def _addresses_of(
    request: StaffRequest,
    *,
    heading: str,
    points: list[ContactPoint],
    owner: dict[str, Any],
    site: Site | None,
    template: str = "coordination/reminders/addresses_of.html",
    more: dict[str, Any] | None = None,
    language: str = "en",
    noted: Callable[[str], object] = lambda act: None,
) -> HttpResponse:
    act = request.POST.get("act", "")
    patient = owner.get("patient")
    form = AddressForm(
        request.POST if act == "add" else None, patient=patient, initial={"language": language}
    )
    status = 200
    if request.method == "POST":
        status = _try(request, act, form, points, owner, site)
        if status == 200:
            noted(act)
            return redirect(request.get_full_path())
    context = {
        "heading": heading,
        "points": points,
        "form": form,
        "is_own": "user" in owner,
        "has_sms": gateway.can_send("sms"),
        "may_act": True,
        **(more or {}),
    }
    return render(request, template, context, status=status)


def _try(
    request: StaffRequest,
    act: str,
    form: AddressForm,
    points: list[ContactPoint],
    owner: dict[str, Any],
    site: Site | None,
) -> int:
    try:
        if act == "add":
            return _add(request, form, owner, site)
        return _change(request, act, points, owner, site)
    except CareError as error:
        if act == "add":
            form.refuse(error)
        else:
            messages.warning(request, error.message)
        return UNPROCESSABLE


def _add(request: StaffRequest, form: AddressForm, owner: dict[str, Any], site: Site | None) -> int:
    if not form.is_valid():
        return refused(request, form)
    now = clock.now()
    country = site.country if site else ""
    contact = contacts.add_contact(by=request.user, now=now, country=country, **owner, **form.typed)
    if site and gateway.can_send(contact.channel):
        contacts.ask_to_confirm(contact, site=site, now=now)
        messages.success(request, "Added. A message with a link to confirm it is on its way there.")
    else:
        messages.success(request, "Added. It is written to once it is verified and agreed to.")
    return 200


def _change(
    request: StaffRequest, act: str, points: list[ContactPoint], owner: dict[str, Any], site: Site | None
) -> int:
    is_own = "user" in owner
    form = HowForm(request.POST, patient=owner.get("patient"))
    if form.is_for_another:
        return refused(request, form)
    if not form.is_valid():
        raise CareError("Say how it came about.")
    contact = next((point for point in points if point.public_id == form.cleaned_data["contact"]), None)
    if contact is None:
        raise Http404
    how, by, now = form.cleaned_data["how"].strip(), request.user, clock.now()
    if act == "verify" and not is_own:
        contacts.verify(contact, how=how or READ_BACK, by=by, now=now)
    elif act == "agree" and not is_own:
        if not how:
            raise CareError("Say how the receiver agreed: by phone, in writing.")
        contacts.agree(contact, how=how, by=by, now=now)
    elif act == "ask" and site:
        contacts.ask_to_confirm(contact, site=site, now=now)
    elif act == "stop":
        contacts.stop(contact, because=how or f"asked {by.full_name} to stop", by=by, now=now)
    elif act == "remove":
        contacts.remove(contact, by=by, now=now)
    else:
        raise CareError("Nobody knows this act.")
    messages.success(request, "Done.")
    return 200
