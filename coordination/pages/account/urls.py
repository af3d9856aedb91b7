from django.urls import path

from coordination.pages.account import own_account, own_second_factor, sign_in

urlpatterns = [
    path("sign-in", sign_in.SignInView.as_view(), name="sign-in"),
    path("sign-in/code", sign_in.code, name="sign-in-code"),
    path("sign-out", sign_in.SignOutView.as_view(), name="sign-out"),
    path("account", own_account.account, name="account"),
    path("account/password", own_account.password, name="password"),
    path("session/stay", own_account.stay, name="stay-signed-in"),
    path("session/keep", own_account.keep_typed, name="keep-typed"),
    path("session/end", own_account.time_out_page, name="time-out"),
    path("session/discard", own_account.discard_kept, name="discard-kept"),
    path("second-factor", own_second_factor.own, name="second-factor"),
]
