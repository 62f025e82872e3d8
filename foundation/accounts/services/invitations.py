"""Inviting somebody by e-mail, sending it again, taking it back (ACC-3).

Nothing here looks at accounts outside this partnership: an address that is known elsewhere and one that nobody knows
are the same to whoever invites.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from foundation.accounts import policies, tokens
from foundation.accounts.enums import AccountVerb, InvitationState, Role
from foundation.accounts.models import Agency, Invitation, Membership, Team
from foundation.accounts.services.members import check_place
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.common.text import clean_email, clean_name, time_ago
from foundation.outbox import services as outbox

TOPIC = "invitation.send"
VALID = dt.timedelta(days=7)
PAUSE = dt.timedelta(minutes=5)
"""Between one message of an invitation and the next: a button pressed in impatience floods nobody's inbox."""
MOST_A_DAY = 500
"""Invitations that one partnership sends within 24 hours: enough for a launch, too few for a list of addresses."""
NAME_LIMIT = 120

WAITS = (
    "This person has been invited to that role already, and their link still works. "
    "You can send it again from the list of invitations."
)
MEMBER = "Somebody with this e-mail address works here already. Add the role on their own page instead."
TOO_MANY = f"This partnership has sent {MOST_A_DAY} invitations within a day. Send the others tomorrow."


@transaction.atomic
def invite(
    *, by: Actor, email: str, full_name: str, agency: Agency, role: Role | str, team: Team | None = None
) -> Invitation:
    """Offer somebody a role by an e-mail with a link that works once, for 7 days (ACC-3).

    An earlier invitation to the same role whose link has ended is sent anew. Raises Invalid with a sentence for each
    field that is wrong, and Clash when that role waits for them already or the day's limit is reached.
    """
    policies.check_can_administer(by=by)
    email, full_name = _clean(email, full_name)
    check_place(agency=agency, role=role, team=team)
    if Membership.objects.filter(user__email=email, ended_at=None).exists():
        raise Invalid({"email": MEMBER})
    _check_limit()
    offer = {"email": email, "agency": agency, "role": role, "team": team, "state": InvitationState.WAITING}
    invitation: Invitation | None = Invitation.objects.select_for_update(of=("self",)).filter(**offer).first()
    if invitation is None:
        invitation = Invitation(email=email, full_name=full_name, agency=agency, role=role, team=team)
    elif invitation.expires_at > clock.now():
        raise Clash(WAITS)
    invitation.full_name, invitation.invited_by_id = full_name, by.person
    try:
        with transaction.atomic():
            _send(invitation)
    except IntegrityError:
        raise Clash(WAITS) from None  # a colleague was quicker by a moment
    audit.record(by=by, verb=AccountVerb.INVITATION_SENT, subject=invitation, agency=agency.pk, role=str(role))
    return invitation


@transaction.atomic
def send_invitation_again(*, by: Actor, invitation_id: UUID) -> Invitation:
    """A new message with a new link, for 7 days from now; the old link opens nothing any more.

    Raises Clash when it waits no longer, when its agency is closed, and within minutes of the last message.
    """
    policies.check_can_administer(by=by)
    invitation = _locked(invitation_id)
    if invitation.state != InvitationState.WAITING:
        raise Clash(f"This invitation has been {invitation.get_state_display().lower()} already. Nothing was sent.")
    if not invitation.agency.active:
        raise Clash("This agency is closed. Open it again first. Nothing was sent.")
    now = clock.now()
    if invitation.sent_at + PAUSE > now:
        ago = time_ago(invitation.sent_at, now)
        raise Clash(f"It was sent {ago}. A message can take a few minutes to arrive: wait before you send another.")
    _check_limit()
    _send(invitation)
    audit.record(by=by, verb=AccountVerb.INVITATION_SENT_AGAIN, subject=invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(*, by: Actor, invitation_id: UUID) -> Invitation:
    """Take it back: its link opens nothing any more. Twice changes nothing; raises Clash once it has been accepted."""
    policies.check_can_administer(by=by)
    invitation = _locked(invitation_id)
    if invitation.state == InvitationState.ACCEPTED:
        raise Clash("This invitation has been accepted already. End the role on the person's own page instead.")
    if invitation.state == InvitationState.WAITING:
        invitation.withdraw()
        invitation.save(update_fields=["state"])
        audit.record(by=by, verb=AccountVerb.INVITATION_WITHDRAWN, subject=invitation)
    return invitation


def _send(invitation: Invitation) -> None:
    """Give it a new secret and 7 days, and put its message into the outbox."""
    nonce = tokens.new_nonce()
    invitation.secret_digest = tokens.digest_of_new(nonce)
    invitation.sent_at = clock.now()
    invitation.expires_at = invitation.sent_at + VALID
    invitation.save()
    outbox.put(topic=TOPIC, payload={"invitation": invitation.pk, "nonce": nonce})


def _clean(email: str, full_name: str) -> tuple[str, str]:
    wrong = {}
    try:
        email = clean_email(email)
    except Invalid as refusal:
        wrong["email"] = refusal.sentence
    try:
        full_name = clean_name(full_name, what="The name", limit=NAME_LIMIT)
    except Invalid as refusal:
        wrong["full_name"] = refusal.sentence
    else:
        if not full_name:
            wrong["full_name"] = "Enter the person's name."
    if wrong:
        raise Invalid(wrong)
    return email, full_name


def _check_limit() -> None:
    sent = Invitation.objects.filter(sent_at__gt=clock.now() - dt.timedelta(days=1)).order_by()
    if sent[:MOST_A_DAY].count() >= MOST_A_DAY:
        raise Clash(TOO_MANY)


def _locked(invitation_id: UUID) -> Invitation:
    try:
        found = Invitation.objects.select_for_update(of=("self",)).select_related("agency").get(pk=invitation_id)
    except Invitation.DoesNotExist:
        raise NotThere from None
    invitation: Invitation = found
    return invitation
