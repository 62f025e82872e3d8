"""Partnerships, agencies and people for tests, made by the product's own services.

    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        member = make_member(role=Role.SCREENER)
        actor = actor_of(member)
    sign_in(client, member.user)

All but `make_partnership`, `make_user` and `sign_in` want the partnership's scope to be open; a request opens its own
scope, so `client.get(…)` stands outside.
"""

from __future__ import annotations

from itertools import count

from django.test import Client

from foundation.accounts import services
from foundation.accounts.arrivals import CAME_IN
from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.hats import actor_for
from foundation.accounts.middleware import HATS
from foundation.accounts.models import Agency, Membership, Team, User
from foundation.common.actors import Actor, system
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import current_partnership_id

PASSWORD = "pebble-lantern-orchard"
BACKEND = "foundation.accounts.backends.PasswordBackend"
_number = count(1)


def make_partnership(slug: str | None = None, *, second_factor: bool = False, **fields) -> Partnership:
    """A partnership that asks for no second factor unless told to."""
    slug = slug or f"fernshire-{next(_number)}"
    name = fields.pop("name", slug.replace("-", " ").title())
    return Partnership.objects.create(slug=slug, name=name, second_factor=second_factor, **fields)


def make_user(
    name: str = "Asha Okafor", *, email: str | None = None, password: str | None = PASSWORD, **fields
) -> User:
    """A person who may sign in with PASSWORD."""
    return User.objects.create_user(
        email or f"person{next(_number)}@fernshire.example", password, full_name=name, **fields
    )


def make_agency(name: str | None = None, *, kind: AgencyKind = AgencyKind.SCHOOL) -> Agency:
    return services.create_agency(by=_system(), name=name or f"Fernbank School {next(_number)}", kind=kind)


def make_team(agency: Agency | None = None, name: str | None = None) -> Team:
    return services.create_team(
        by=_system(), agency=agency or make_agency(), name=name or f"North locality {next(_number)}"
    )


def make_member(
    *,
    role: Role = Role.PRACTITIONER,
    agency: Agency | None = None,
    user: User | None = None,
    team: Team | None = None,
    name: str = "Asha Okafor",
) -> Membership:
    """A person with one role in an agency; the team's agency if only the team is given."""
    agency = agency or (team.agency if team else make_agency())
    return services.add_membership(by=_system(), user=user or make_user(name), agency=agency, role=role, team=team)


def actor_of(member: Membership | User, agency: Agency | None = None) -> Actor:
    """The hat of a membership, or of a person in an agency, with all roles that they hold there."""
    if isinstance(member, Membership):
        return actor_for(member.user, member.agency)
    assert agency is not None, "Which agency?"
    return actor_for(member, agency)


def sign_in(client: Client, user: User, partnership: Partnership | None = None, agency: Agency | None = None) -> Client:
    """Sign a person in without the form; with an agency, also put that hat on.

    The session is one that has been in every partnership, so that its next request is not a new arrival.
    """
    client.force_login(user, backend=BACKEND)
    session = client.session
    session[CAME_IN] = [str(key) for key in Partnership.objects.values_list("pk", flat=True)]
    if agency is not None:
        session[HATS] = {str((partnership or agency.partnership).pk): str(agency.pk)}
    session.save()
    return client


def _system() -> Actor:
    return system(current_partnership_id())
