"""What the administrator's pages of agencies, people and invitations have in common (ACC-3)."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse

from foundation.accounts import policies
from foundation.ui.views import PageFormView


class OfNamed(PageFormView):
    """A page with a form about what its address names.

    `named` are attributes that find it and raise NotThere for what is none of this partnership's.
    """

    policy = policies.check_can_administer
    named: tuple[str, ...] = ()

    def ask_policy(self, request: HttpRequest, **kwargs: Any) -> None:
        """The role first, then whether what is named is there, whatever the method."""
        super().ask_policy(request, **kwargs)
        for name in self.named:
            getattr(self, name)


def url_of(request: HttpRequest, name: str, *ids: object) -> str:
    """An address of this room in the partnership whose scope is open."""
    return reverse(name, args=[cast(Any, request).partnership.slug, *ids])
