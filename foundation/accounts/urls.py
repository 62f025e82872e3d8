"""Signing in, and choosing a hat. Of allauth's addresses only those that are used stand here.

Where failures are counted no transaction surrounds the page: the counters' locks would be held while a password is
hashed, so that a school's staff would sign in one after another; and a page that breaks would forget the failure.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.db.transaction import non_atomic_requests as counted
from django.urls import include, path, re_path

from foundation.accounts.views import ChallengeView, HatsView, SetUpAppView, passed_first

signing_in = [
    path("login/", counted(account.login), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", counted(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", passed_first(account.password_change), name="account_change_password"),
    path("password/reset/", counted(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

second_factor = [
    path("", passed_first(factor.index), name="mfa_index"),
    path("authenticate/", counted(ChallengeView.as_view()), name="mfa_authenticate"),
    path("reauthenticate/", counted(factor.reauthenticate), name="mfa_reauthenticate"),
    path("totp/activate/", counted(passed_first(SetUpAppView.as_view())), name="mfa_activate_totp"),
    path("totp/deactivate/", passed_first(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery-codes/", passed_first(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery-codes/generate/", passed_first(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", passed_first(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
]

urlpatterns = [
    path("accounts/", include([*signing_in, path("2fa/", include(second_factor))])),
    path("hats/", HatsView.as_view(), name="hats"),
]
