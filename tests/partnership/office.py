"""A partnership with two administrators and somebody who is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Membership
from foundation.common.actors import Actor
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_agency, make_member, make_partnership, sign_in


@dataclass
class Office:
    """Where a partnership is set up."""

    partnership: Partnership
    members: dict[str, Membership] = field(default_factory=dict)

    def scope(self) -> Any:
        return tenant_scope(self.partnership.pk)

    def actor(self, who: str = "carol") -> Actor:
        return actor_of(self.members[who])

    def client(self, who: str = "carol") -> Client:
        return sign_in(Client(), self.members[who].user)

    def url(self, name: str, **ids: Any) -> str:
        return reverse(name, kwargs={"partnership": self.partnership.slug, **ids})

    def fresh(self) -> Partnership:
        self.partnership.refresh_from_db()
        return self.partnership


@pytest.fixture
def office(db: None) -> Office:
    made = Office(make_partnership("fernshire", name="Fernshire"))
    with made.scope():
        agency = make_agency("Fernshire Early Help", kind=AgencyKind.EARLY_HELP)
        for who, name, role in (
            ("carol", "Carol Denton", Role.ADMINISTRATOR),
            ("dafydd", "Dafydd Oyelowo", Role.ADMINISTRATOR),
            ("nell", "Nell Farrow", Role.PRACTITIONER),
        ):
            made.members[who] = make_member(role=role, agency=agency, name=name)
    return made
