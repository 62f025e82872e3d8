"""What an operator does: become the first one, found a partnership, invite its first administrator."""

from __future__ import annotations

import pghistory
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from earlyhelp.operator import links, queries
from foundation.accounts import services as accounts
from foundation.accounts.enums import Role
from foundation.accounts.models import Agency, Invitation, User
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotAllowed
from foundation.common.text import clean_email, clean_name
from foundation.partnership import services as partnerships
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope

NAME_LIMIT = 120
SET_UP_ALREADY = "Somebody else has just set up this installation. Sign in if it was you, or ask them."


@transaction.atomic
def become_first_operator(*, email: str, full_name: str, password: str) -> User:
    """The account of whoever sets the installation up. The caller has seen the token.

    Raises Clash once there is an operator (of two at once, one wins), and Invalid for each field that is wrong.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('first operator', 0))")
    if links.is_set_up():
        raise Clash(SET_UP_ALREADY)
    wrong: dict[str, str] = {}
    try:
        email = clean_email(email)
        if User.objects.filter(email=email).exists():
            wrong["email"] = "There is an account with this e-mail address already. Use another for the operator."
    except Invalid as refusal:
        wrong["email"] = refusal.sentence
    try:
        full_name = clean_name(full_name, what="Your name", limit=NAME_LIMIT)
    except Invalid as refusal:
        wrong["full_name"] = refusal.sentence
    if not full_name:
        wrong["full_name"] = "Enter your name."
    try:
        password_validation.validate_password(password, User(email=email, full_name=full_name))
    except ValidationError as refusal:
        wrong["password1"] = " ".join(refusal.messages)
    if wrong:
        raise Invalid(wrong)
    return User.objects.create_user(email, password, full_name=full_name, is_operator=True)


@transaction.atomic
def found(*, by_user: User, preset: str, slug: str, name: str, full_name: str, email: str) -> Partnership:
    """A partnership from a preset, and the invitation of its first administrator: both, or neither.

    Raises Invalid with a sentence for each field that is wrong.
    """
    _check_is_operator(by_user)
    partnership = partnerships.found_partnership(by_user=by_user, preset=preset, slug=slug, name=name)
    with tenant_scope(partnership.pk), pghistory.context(user=by_user.pk):
        _invite(by_user, partnership, full_name=full_name, email=email)
    return partnership


@transaction.atomic
def invite_again(*, by_user: User, partnership: Partnership, full_name: str, email: str) -> Invitation:
    """Send the first administrator's invitation again, or to another address if the first one was wrong.

    Raises Clash as soon as the partnership has an administrator of its own: from then on they invite, nobody else.
    """
    _check_is_operator(by_user)
    with tenant_scope(partnership.pk), pghistory.context(user=by_user.pk):
        Partnership.objects.select_for_update(of=("self",)).get(pk=partnership.pk)
        if queries.has_administrator():
            raise Clash("This partnership has an administrator now, who invites everybody else. Nothing was sent.")
        waiting = queries.first_invitation()
        if waiting is not None:
            by = _as_founder(by_user, partnership, waiting.agency)
            if (waiting.email, waiting.full_name) == (email.strip().lower(), full_name.strip()):
                return accounts.send_invitation_again(by=by, invitation_id=waiting.pk)
            accounts.withdraw_invitation(by=by, invitation_id=waiting.pk)
        return _invite(by_user, partnership, full_name=full_name, email=email)


def _invite(by_user: User, partnership: Partnership, *, full_name: str, email: str) -> Invitation:
    agency = Agency.objects.order_by("pk").first()
    if agency is None:
        raise Clash("This partnership has no agency to invite an administrator to. Nothing was sent.")
    by = _as_founder(by_user, partnership, agency)
    return accounts.invite(by=by, email=email, full_name=full_name, agency=agency, role=Role.ADMINISTRATOR)


def _as_founder(by_user: User, partnership: Partnership, agency: Agency) -> Actor:
    """The operator for this one act; no membership stands behind it, so no page inside opens to them."""
    return Actor(partnership.pk, by_user.pk, agency.pk, frozenset({Role.ADMINISTRATOR.value}))


def _check_is_operator(user: User) -> None:
    if not (user.is_active and user.is_operator):
        raise NotAllowed("Only an operator of this installation can set up a partnership.")
