"""How a password is checked: allauth's way, with equal work for every answer (ACC-5)."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """By e-mail address and password."""
