"""Signing in, and choosing a hat. Of allauth's addresses only those that are used stand here.

Where failures are counted no transaction surrounds the page: the counters' locks would be held while a password is
hashed, so that a school's staff would sign in one after another; and a page that breaks would forget the failure.
"""

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as codes
from django.db.transaction import non_atomic_requests as counted
from django.urls import include, path, re_path

from foundation.accounts.views import factors, own
from foundation.accounts.views.factors import passed_first
from foundation.accounts.views.hats import HatsView
from foundation.accounts.views.invited import InvitationLink

signing_in = [
    path("", passed_first(own.AccountView.as_view()), name="account"),
    path("home/", passed_first(own.HomeView.as_view()), name="account_home"),
    path("session/", own.SessionView.as_view(), name="account_session"),
    path("session/end/", own.EndSessionView.as_view(), name="account_session_end"),
    path("kept/discard/", passed_first(own.DiscardView.as_view()), name="account_kept_discard"),
    path("invitations/<str:token>/", InvitationLink.as_view(), name="account_invitation"),
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
    path("", passed_first(factors.FactorsView.as_view()), name="mfa_index"),
    path("set-up/", passed_first(factors.ChooseFactorView.as_view()), name="mfa_set_up"),
    path("authenticate/", counted(factors.ChallengeView.as_view()), name="mfa_authenticate"),
    path("reauthenticate/", counted(factors.AgainView.as_view()), name="mfa_reauthenticate"),
    path("totp/activate/", counted(passed_first(factors.SetUpAppView.as_view())), name="mfa_activate_totp"),
    path("totp/deactivate/", passed_first(factors.RemoveAppView.as_view()), name="mfa_deactivate_totp"),
    path("keys/add/", passed_first(factors.AddKeyView.as_view()), name="mfa_add_webauthn"),
    path("keys/<int:pk>/rename/", passed_first(factors.RenameKeyView.as_view()), name="mfa_edit_webauthn"),
    path("keys/<int:pk>/remove/", passed_first(factors.RemoveKeyView.as_view()), name="mfa_remove_webauthn"),
    path("recovery-codes/", passed_first(factors.CodesView.as_view()), name="mfa_view_recovery_codes"),
    path("recovery-codes/generate/", passed_first(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path(
        "recovery-codes/download/",
        passed_first(factors.DownloadCodesView.as_view()),
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns = [
    path("accounts/", include([*signing_in, path("2fa/", include(second_factor))])),
    path("hats/", HatsView.as_view(), name="hats"),
]
