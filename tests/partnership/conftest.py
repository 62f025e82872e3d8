"""A partnership founded from a preset, and its administrator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
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
    """A partnership, and somebody who administers it."""

    partnership: Partnership
    member: Membership
    actor: Actor

    @property
    def slug(self) -> str:
        return self.partnership.slug

    def url(self, path: str = "") -> str:
        return f"/{self.slug}/set-up/{path}"

    def fresh(self) -> Partnership:
        """The partnership's row as it stands now."""
        return Partnership.objects.get(pk=self.partnership.pk)


def make_place(preset: str = "rotherham", slug: str = "rutland", name: str = "Rutland Partnership") -> Place:
    partnership = found_partnership(by_user=None, preset=preset, slug=slug, name=name)
    # The demonstration's setting, so that tests sign in with the password alone.
    with tenant_scope(partnership.pk):
        Partnership.objects.filter(pk=partnership.pk).update(second_factor=False)
        member = make_member(role=Role.ADMINISTRATOR, agency=Agency.objects.get(), name="Marguerite Oyelaran")
        return Place(partnership, member, actor_of(member))


@pytest.fixture
def place(db: None) -> Place:
    return make_place()


@pytest.fixture
def browser(place: Place) -> Client:
    return sign_in(Client(), place.member.user, agency=place.member.agency)


@pytest.fixture
def inside(place: Place) -> Iterator[Place]:
    """The place, with its scope open for the whole test."""
    with tenant_scope(place.partnership.pk):
        yield place
