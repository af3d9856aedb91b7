"""Who may do what: users, sites and machines. Read only for now, and no patient on it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coordination.base import clock
from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.models import ApiClient, Site, User


@roles(Role.ADMIN)
@require_GET
def administration(request: StaffRequest) -> HttpResponse:
    context = {
        "users": User.objects.select_related("practice")
        .prefetch_related("sites")
        .order_by("role", "full_name"),
        "sites": Site.objects.select_related("settings").order_by("name"),
        "mine": request.scope.sites,
        "clients": ApiClient.objects.prefetch_related("sites").order_by("name"),
        "today": clock.now().date(),
    }
    return render(request, "coordination/administration.html", context)
