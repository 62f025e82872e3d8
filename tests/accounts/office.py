"""An administrator at their desk: a partnership, who administers it, and a browser without script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

from foundation.accounts import services
from foundation.accounts.enums import Role
from foundation.accounts.models import Agency, Invitation, Membership
from foundation.common.actors import Actor
from foundation.outbox import services as outbox
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_agency, make_member, sign_in

LINK = re.compile(r"https?://\S+(/accounts/invitations/\S+/)")


@dataclass
class Office:
    """One partnership's administration."""

    partnership: Partnership
    admin: Membership
    client: Client = field(default_factory=Client)

    def sit_down(self) -> None:
        """Sign in, with the administrator's hat on: at first, and whenever so much time has passed that they must."""
        sign_in(self.client, self.admin.user, self.partnership, self.admin.agency)

    def scope(self) -> Any:
        return tenant_scope(self.partnership.pk)

    @property
    def by(self) -> Actor:
        """The administrator's hat; inside the scope."""
        return actor_of(self.admin)

    def url(self, name: str, *ids: object) -> str:
        return reverse(f"people:{name}", args=[self.partnership.slug, *ids])

    def get(self, name: str, *ids: object, query: str = "") -> Any:
        return self.client.get(self.url(name, *ids) + query)

    def post(self, name: str, *ids: object, data: Any = None, **more: Any) -> Any:
        return self.client.post(self.url(name, *ids), data or {}, **more)

    def invite(self, agency: Agency | None = None, **said: Any) -> Invitation:
        """Invite somebody to an agency as a practitioner, unless told otherwise; outside the scope."""
        given: dict[str, Any] = {
            "email": "petra.lund@oak.example",
            "full_name": "Petra Lund",
            "role": Role.PRACTITIONER,
        }
        with self.scope():
            return services.invite(by=self.by, **{**given, "agency": agency or make_agency(), **said})

    def link(self) -> str:
        """Carry out what is due and read the link of the newest message, as its receiver does."""
        outbox.deliver_due(partnership_id=self.partnership.pk)
        found = LINK.search(str(mail.outbox[-1].body))
        assert found, mail.outbox[-1].body
        return found[1]

    def invited(self, agency: Agency | None = None, **said: Any) -> tuple[Invitation, str]:
        """An invitation with its link."""
        return self.invite(agency, **said), self.link()


def make_office(partnership: Partnership, name: str = "Wilma Stroud") -> Office:
    """Somebody administers the partnership and sits at their desk."""
    with tenant_scope(partnership.pk):
        admin = make_member(role=Role.ADMINISTRATOR, agency=make_agency("Partnership Office"), name=name)
    office = Office(partnership, admin)
    office.sit_down()
    return office
