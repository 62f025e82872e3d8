"""One e-mail, from its claim to the mail server or service, so that a crash at any point sends nothing twice that a
service can know, and loses nothing.

Three steps: claim it (a transaction); ask whether the service has it, and send it if not (outside any transaction);
write down that it is handed over (another). A crash after the second leaves a claimed mailing: whoever takes it again
finds the service knowing its reference. A mail server knows none; it gets the same Message-ID again.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import structlog

from foundation.common import clock
from foundation.notifications import channels, services
from foundation.notifications.models import Mailing
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope

LOOKS_AT_ONCE = 100
"""E-mails of one partnership that one sweep asks about."""

LONGEST_HAND_OVER = dt.timedelta(seconds=75)
"""A mail server's five answers at their slowest; within the lease, so that no second worker has begun meanwhile."""

log = structlog.get_logger(__name__)


class LeaseRanOut(RuntimeError):
    """Asking took so long that another worker may have the mailing."""


def carry(*, partnership_id: UUID, mailing_id: UUID) -> None:
    """Send one mailing, if there is anything to send; outside any scope. Raises what the channel raises."""
    with tenant_scope(partnership_id):
        claimed = services.claim(mailing_id=mailing_id)
    if claimed is None:
        return
    channel = channels.chosen()
    try:
        provider_id = _send(channel, claimed)
    except channels.Refused as refusal:
        with tenant_scope(partnership_id):
            services.settle(mailing_id=mailing_id, state=refusal.fate.state, trouble=refusal.fate.trouble)
        return
    except Exception:
        with tenant_scope(partnership_id):
            services.let_go(mailing_id=mailing_id, attempt=claimed.attempt)
        raise
    with tenant_scope(partnership_id):
        services.hand_over(
            mailing_id=mailing_id, channel=channel.name, provider_id=provider_id, looks=channel.knows_references
        )


def _send(channel: channels.Channel, claimed: services.Claimed) -> str:
    """The service's number of the e-mail, sent now or found there. Raises LeaseRanOut rather than send too late."""
    found = channel.look_up(claimed.letter.reference)
    if found is not None:
        return found.provider_id
    if clock.now() + LONGEST_HAND_OVER > claimed.leased_until:
        raise LeaseRanOut
    return channel.send(claimed.letter)


def sweep(partnership_id: UUID) -> None:
    """The morning's e-mails, what was lost on its way, what nobody took, and what became of the rest."""
    with tenant_scope(partnership_id):
        services.ask_digests()
        services.ask_stale_again()
        services.give_up_stale()
    look(partnership_id)


def look(partnership_id: UUID) -> int:
    """Ask the service what became of e-mails; how many that settled. Outside any scope.

    A service that does not answer is asked again by a later sweep.
    """
    channel = channels.chosen()
    if not channel.knows_references:
        return 0
    with tenant_scope(partnership_id):
        looks = services.claim_looks(at_most=LOOKS_AT_ONCE)
    settled = 0
    for look in looks:
        try:
            fate = channel.fate_of(look.provider_id)
        except Exception as error:  # whatever the client raises: its words may hold an address
            log.warning("notifications.not_looked_up", error=type(error).__name__)
            break
        if fate is None and look.last:
            fate = channels.FORGOTTEN
        if fate is not None:
            with tenant_scope(partnership_id):
                settled += services.settle(mailing_id=look.mailing_id, state=fate.state, trouble=fate.trouble)
    return settled


def partnership_of(mailing_id: UUID) -> UUID | None:
    """Whose a mailing is, where only its reference is known: each partnership is asked in its own scope."""
    for partnership_id in Partnership.objects.values_list("pk", flat=True):
        with tenant_scope(partnership_id):
            if Mailing.objects.filter(pk=mailing_id).exists():
                return partnership_id
    return None
