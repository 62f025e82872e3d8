"""How allauth behaves here: closed, plain words, one answer for every failed sign-in (ACC-1, ACC-5)."""

from __future__ import annotations

import smtplib
import time
from typing import Any

import structlog
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.accounts import sessions
from foundation.accounts.lockout import client_address
from foundation.accounts.models import User
from foundation.common import sealing

log = structlog.get_logger(__name__)

PAUSE = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
# Shown for a wrong password, an unknown, inactive or locked account alike.
NO_SIGN_IN = (
    "We cannot sign you in with that e-mail address and password. Check both and try again. "
    f"After {settings.AXES_FAILURE_LIMIT} failed tries, signing in stops for {PAUSE} minutes, even with the right "
    f"password: wait {PAUSE} minutes, then try again."
)
WAIT_FOR_CODE = "There have been too many wrong codes. Wait 5 minutes, then try again with a new code."
WRONG_CODE = "That code is not right, or has been used. Wait for a new code in your app and enter that."


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs themselves up, and no answer says whether an account exists."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": NO_SIGN_IN,
        "too_many_login_attempts": WAIT_FOR_CODE,
        "rate_limited": WAIT_FOR_CODE,
        "incorrect_password": f"That password is not right. After {settings.AXES_FAILURE_LIMIT} tries, wait {PAUSE} "
        "minutes before you try again.",
        "enter_current_password": "Enter the password that you use now.",
        "invalid_password_reset": "This link has been used or is too old. Ask for a new one.",
    }
    silent = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from the partnership's administrator."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counting is the lockout's alone: a second counter would give a second answer."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, if address and password are theirs and they may sign in; an inactive one is nobody."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the person's password, counted towards the lockout like a sign-in."""
        return self.authenticate(self.request, email=user.email, password=password) == user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within a few minutes of signing in: who has just given their password need not do so again."""
        records = get_authentication_records(self.request, self.request.user)
        last = max((record["at"] for record in records), default=0.0)
        return time.time() - last >= account_settings.REAUTHENTICATION_TIMEOUT

    def get_client_ip(self, request: HttpRequest) -> str:
        """What allauth's rate limits count under."""
        return client_address(request) or "unknown"

    def logout(self, request: HttpRequest) -> None:
        """Words that still come from a page left open are kept for who has just signed out (ACC-4)."""
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            request.session.set_expiry(0)
            sessions.mark(request.session, user, sessions.Why.LEFT)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password; or whatever the person has as second factor, on one page."""
        if not user.is_authenticated:
            return []
        names = ["account_reauthenticate"] if user.has_usable_password() else []
        if Authenticator.objects.filter(user=user).exists():
            names.append("mfa_reauthenticate")
        return [{"id": name, "description": name, "url": reverse(name)} for name in names]

    def is_safe_url(self, url: str | None) -> bool:
        """Only this very site is a place to go on to."""
        host = self.request.get_host()
        return url_has_allowed_host_and_scheme(url, {host}, require_https=self.request.is_secure())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work."""
        return reverse("hats")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kw: Any
    ) -> None:
        """Say what needs saying; that one has signed in can be seen."""
        if message_template not in self.silent:
            super().add_message(request, level, message_template, *args, **kw)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a message that names no one. A mail server that is down must not tell who has an account either."""
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            log.warning("accounts.mail_not_sent", error=type(error).__name__)


class FactorAdapter(DefaultMFAAdapter):
    """The authenticator app and security keys, in plain words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
    }

    def encrypt(self, text: str) -> str:
        """Seeds and recovery codes are kept sealed: a copy of the database alone makes no codes."""
        return sealing.seal(text, purpose="second factor")

    def decrypt(self, encrypted_text: str) -> str:
        """What allauth asks for when it checks a code."""
        return sealing.unseal(encrypted_text, purpose="second factor")

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """For a key that nobody has named."""
        return f"Security key {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A key belongs to this host, under the product's name."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}
