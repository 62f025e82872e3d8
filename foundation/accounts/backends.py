"""How a password is checked, with equal work whatever the answer (ACC-5)."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from axes.backends import AxesStandaloneBackend
from axes.exceptions import AxesBackendPermissionDenied
from django.http import HttpRequest

from foundation.accounts.models import User


class LockoutBackend(AxesStandaloneBackend):
    """Stands first and turns away who is locked out, no quicker than a wrong password is."""

    def authenticate(self, request: HttpRequest, password: str | None = None, **credentials: Any) -> None:
        """Nobody is signed in here. Raises PermissionDenied for who is locked out, after the work of a check."""
        try:
            super().authenticate(request, password=password, **credentials)
        except AxesBackendPermissionDenied:
            User().set_password(password)
            raise


class PasswordBackend(AuthenticationBackend):
    """By e-mail address and password; hashes once for an unknown address too (allauth's own care)."""
