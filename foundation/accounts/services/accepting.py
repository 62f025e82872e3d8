"""Accepting an invitation by its link: the only way into a partnership from outside (ACC-3).

These open the scope of the partnership that the link names. The link proves that its message was received; an account
of that very address is what it is accepted with, and no other.
"""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from foundation.accounts import offers, tokens
from foundation.accounts.enums import AccountVerb
from foundation.accounts.models import User
from foundation.accounts.offers import Offer, Refused, Trouble
from foundation.accounts.services.invitations import NAME_LIMIT
from foundation.accounts.services.members import give_role
from foundation.audit import services as audit
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid
from foundation.common.text import clean_name
from foundation.tenancy.scope import tenant_scope

HAS_ACCOUNT = "There is an account with this e-mail address already. Open the link again and sign in with it."


def accept_invitation(*, by_user: User, token: str) -> Offer:
    """Take the role with the account that one has.

    Raises Refused, with the reason, for a link that is used, ended, withdrawn, replaced or another person's.
    """
    link = _link(token)
    with tenant_scope(link.partnership_id):
        offer = offers.within(link, lock=True)
        _accept(offer, by_user)
        return offer


def join_by_invitation(*, token: str, full_name: str, password: str) -> tuple[User, Offer]:
    """Make the account of somebody new with the link's address, and take the role.

    Raises Refused as above, Invalid for a name or password that will not do, Clash when the address has an account.
    """
    link = _link(token)
    with tenant_scope(link.partnership_id):
        offer = offers.within(link, lock=True)
        if offer.trouble is not None:
            raise Refused(offer.trouble)
        if offer.has_account:
            raise Clash(HAS_ACCOUNT)
        user = _new_user(offer.invitation.email, full_name, password)
        _accept(offer, user)
        return user, offer


def _link(token: str) -> tokens.Link:
    link = tokens.read(token)
    if link is None:
        raise Refused(Trouble.UNKNOWN)
    return link


def _accept(offer: Offer, user: User) -> None:
    trouble = offer.trouble_for(user)
    if trouble is not None:
        raise Refused(trouble)
    invitation = offer.invitation
    by = Actor(partnership_id=offer.partnership.pk, user_id=user.pk, agency_id=invitation.agency_id)
    give_role(by=by, user=user, agency=invitation.agency, role=invitation.role, team=invitation.team, because="invited")
    invitation.accept(by_id=user.pk)
    invitation.save(update_fields=["state", "accepted_by", "accepted_at"])
    audit.record(by=by, verb=AccountVerb.INVITATION_ACCEPTED, subject=invitation)


def _new_user(email: str, full_name: str, password: str) -> User:
    try:
        full_name = clean_name(full_name, what="Your name", limit=NAME_LIMIT)
    except Invalid as refusal:
        raise Invalid({"full_name": refusal.sentence}) from None
    if not full_name:
        raise Invalid({"full_name": "Enter your name."})
    try:
        password_validation.validate_password(password, User(email=email, full_name=full_name))
    except ValidationError as refusal:
        raise Invalid({"password1": " ".join(refusal.messages)}) from None
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, full_name=full_name)
    except IntegrityError:
        raise Clash(HAS_ACCOUNT) from None  # made at this very moment, by another partnership's invitation
