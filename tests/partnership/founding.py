"""Partnerships founded from a preset, each with two administrators."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from foundation.accounts.enums import Role
from foundation.accounts.models import Agency, Membership
from foundation.common.actors import Actor
from foundation.partnership.services import found_partnership
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_member, sign_in


@dataclass(frozen=True)
class Place:
    """A founded partnership, and the two who administer it."""

    partnership: Partnership
    member: Membership
    other: Membership
    actor: Actor

    @property
    def slug(self) -> str:
        return self.partnership.slug

    def url(self, path: str = "") -> str:
        return f"/{self.slug}/set-up/{path}"

    def fresh(self) -> Partnership:
        """The partnership's row as it stands now."""
        return Partnership.objects.get(pk=self.partnership.pk)

    def browser(self, member: Membership | None = None) -> Client:
        """The administrator's browser, or a colleague's."""
        member = member or self.member
        return sign_in(Client(), member.user, agency=member.agency)


def make_place(preset: str = "rotherham", slug: str = "rutland", name: str = "Rutland Partnership") -> Place:
    partnership = found_partnership(by_user=None, preset=preset, slug=slug, name=name)
    with tenant_scope(partnership.pk):
        # As in a demonstration, so that tests sign in with the password alone.
        Partnership.objects.filter(pk=partnership.pk).update(second_factor=False)
        agency = Agency.objects.get()
        member = make_member(role=Role.ADMINISTRATOR, agency=agency, name="Marguerite Oyelaran")
        other = make_member(role=Role.ADMINISTRATOR, agency=agency, name="Tobias Ferncliffe")
        return Place(partnership, member, other, actor_of(member))
