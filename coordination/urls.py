"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path

from coordination.api import docs, meanings
from coordination.base import health, views, views_account, views_second_factor, views_sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("sign-in", views_sign_in.SignInView.as_view(), name="sign-in"),
    path("sign-in/code", views_sign_in.code, name="sign-in-code"),
    path("sign-out", views_sign_in.SignOutView.as_view(), name="sign-out"),
    path("account", views_account.account, name="account"),
    path("account/password", views_account.password, name="password"),
    path("session/stay", views_account.stay, name="stay-signed-in"),
    path("session/keep", views_account.keep_typed, name="keep-typed"),
    path("session/end", views_account.time_out, name="time-out"),
    path("session/discard", views_account.discard_kept, name="discard-kept"),
    path("sites/<uuid:site_id>/sign-in-rules", views_account.sign_in_rules, name="sign-in-rules"),
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
