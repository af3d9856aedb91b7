from django.urls import path

from coordination.base import health
from coordination.pages.general import views

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("theme", views.choose_theme, name="theme"),
    path("help", views.help_page, name="help"),
    path("design", views.design, name="design"),
]
