"""Who may do what at one's own sites: people, sites and machines. Read only, and no patient on it."""

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coordination.base import clock
from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.models import ApiClient, Site, User
from coordination.portal import access


@roles(Role.ADMIN)
@require_GET
def administration(request: StaffRequest) -> HttpResponse:
    mine = Site.objects.filter(pk__in=[site.pk for site in request.scope.sites])
    of_mine = Prefetch("sites", queryset=mine)
    context = {
        "users": _people(request, mine).select_related("practice").prefetch_related(of_mine),
        "sites": mine.select_related("settings").order_by("name"),
        "mine": request.scope.sites,
        "clients": ApiClient.objects.at(mine).prefetch_related(of_mine).order_by("name"),
        "today": clock.now().date(),
    }
    return render(request, "coordination/administration.html", context)


def _people(request: StaffRequest, mine: "QuerySet[Site]") -> "QuerySet[User]":
    """Who works at one's own sites, and who reads in the portal what these show."""
    of_practices = access.accounts_of(request.scope).values("pk")
    found = User.objects.filter(Q(sites__in=mine) | Q(pk__in=of_practices))
    return found.distinct().order_by("role", "full_name")
