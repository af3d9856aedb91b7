"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path

from coordination.api import docs, meanings
from coordination.base import health, views, views_second_factor

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("sign-in", views.SignInView.as_view(), name="sign-in"),
    path("sign-out", views.SignOutView.as_view(), name="sign-out"),
    path("second-factor", views_second_factor.own, name="second-factor"),
    path("theme", views.choose_theme, name="theme"),
    path("help", views.help_page, name="help"),
    path("design", views.design, name="design"),
    path("api/schema/", docs.schema, name="api-schema"),
    path("api/docs/", docs.docs, name="api-docs"),
    path("problems/", meanings.problems, name="problems"),
    path("problems/<slug:code>", meanings.problem, name="problem"),
    path("api/v1/", include("patients.api_urls")),
    path("api/v1/", include("labs.api_urls")),
    path("api/v1/", include("scheduling.api_urls")),
    path("", include("coordination.views.urls")),
    path("", include("coordination.portal.urls")),
    path("", include("patients.urls")),
    path("", include("scheduling.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
