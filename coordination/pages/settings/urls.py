from django.urls import path

from coordination.pages.account import own_account
from coordination.pages.settings import administration

urlpatterns = [
    path("administration", administration.administration, name="administration"),
    path("sites/<uuid:site_id>/sign-in-rules", own_account.sign_in_rules, name="sign-in-rules"),
]
