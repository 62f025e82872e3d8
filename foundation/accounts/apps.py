"""The app's place in the house."""

from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.urls import reverse

from foundation.ui import kept, shell


class AccountsConfig(AppConfig):
    """People who sign in: users, agencies, teams, memberships, hats."""

    name = "foundation.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Every page shows who has signed in, the hat they wear, and how to change it (ACC-2)."""
        from foundation.accounts import keeping, receivers, sessions, tasks  # noqa: F401, PLC0415 (they need the models)

        shell.provide("hat", _hat)
        shell.provide("change_hat_url", _change_hat_url)
        shell.provide("sign_out_url", _sign_out_url)
        shell.provide("person", _person)
        shell.provide("account_url", _account_url)
        shell.provide("session", sessions.shell_words)
        shell.provide("session_notice", sessions.notice)
        kept.provide(keeping.words_for)


def _hat(request: HttpRequest) -> str | None:
    hat = getattr(request, "hat", None)
    return hat.label if hat else None


def _change_hat_url(request: HttpRequest) -> str | None:
    return reverse("hats") if getattr(request, "has_other_hats", False) else None


def _sign_out_url(request: HttpRequest) -> str | None:
    return reverse("account_logout") if request.user.is_authenticated else None


def _person(request: HttpRequest) -> str | None:
    return request.user.get_full_name() if request.user.is_authenticated else None


def _account_url(request: HttpRequest) -> str | None:
    return reverse("account") if request.user.is_authenticated else None
