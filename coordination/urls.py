"""Every address of the product: pages by subject, and the doors of machines."""

from django.urls import URLPattern, URLResolver, include, path

from coordination.ehr import problem_pages
from coordination.pages.general import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("coordination.ehr.urls")),
    path("problems/", problem_pages.problems, name="problems"),
    path("problems/<slug:code>", problem_pages.problem, name="problem"),
    path("", include("coordination.pages.general.urls")),
    path("", include("coordination.pages.account.urls")),
    path("", include("coordination.pages.worklist.urls")),
    path("", include("coordination.pages.patient.urls")),
    path("", include("coordination.pages.course.urls")),
    path("", include("coordination.pages.records.urls")),
    path("", include("coordination.pages.labs.urls")),
    path("", include("coordination.pages.documents.urls")),
    path("", include("coordination.pages.messages.urls")),
    path("", include("coordination.pages.portal.urls")),
    path("", include("coordination.pages.settings.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
