"""How a password is checked, with equal work whatever the answer (ACC-5)."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from axes.backends import AxesStandaloneBackend
from axes.exceptions import AxesBackendPermissionDenied
from django.http import HttpRequest

from foundation.accounts.lockout import count_and_take_back


class LockoutBackend(AxesStandaloneBackend):
    """Stands first and turns away who is locked out, no quicker than a wrong password is."""

    def authenticate(self, request: HttpRequest, password: str | None = None, **credentials: Any) -> None:
        """Nobody is signed in here. Raises PermissionDenied for who is locked out, after the work of a failed check:
        the person is looked up, the password is hashed, and a failure is counted and taken back.
        """
        try:
            super().authenticate(request, password=password, **credentials)
        except AxesBackendPermissionDenied:
            PasswordBackend().authenticate(request, password=password, **credentials)
            count_and_take_back(request, credentials)
            raise


class PasswordBackend(AuthenticationBackend):
    """By e-mail address and password; hashes once for an unknown address too (allauth's own care)."""
