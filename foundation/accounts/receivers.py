"""What follows when somebody signs in, or uses a recovery code."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from foundation.accounts import second_factor, sessions


@receiver(user_logged_in, dispatch_uid="accounts.session_begins")
def session_begins(request: HttpRequest, **kwargs: Any) -> None:
    """The limits count from here (ACC-4)."""
    sessions.begin(request.session)


@receiver(authenticator_used, dispatch_uid="accounts.few_codes")
def few_codes_are_told(request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    """Whoever has used one of the last recovery codes hears how many are left, and where to get new ones (ACC-1)."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        return
    left = second_factor.codes_left(Authenticator.objects.get(pk=authenticator.pk))  # as it stands after this use
    if left <= second_factor.FEW:
        messages.warning(request, f"{second_factor.codes_left_words(left)} Make new ones on the page of your account.")
