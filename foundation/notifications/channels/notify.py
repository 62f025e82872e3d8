"""GOV.UK Notify, by its official client. It knows references: before each e-mail it is asked whether it has it.

One template serves all: its subject is `((subject))` and its text `((body))`.
"""

from __future__ import annotations

from uuid import UUID

from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from foundation.notifications.channels.base import FORGOTTEN, Fate, Found, Refused
from foundation.notifications.enums import MailingState, Trouble
from foundation.notifications.letters import Email

TIMEOUT = 20
"""Seconds for each request: asking and sending together stay within the mailing's lease."""

FATES = {
    "delivered": Fate(MailingState.DELIVERED),
    "permanent-failure": Fate(MailingState.BOUNCED, Trouble.ADDRESS_REFUSED),
    "temporary-failure": Fate(MailingState.FAILED, Trouble.MAILBOX),
    "technical-failure": Fate(MailingState.FAILED, Trouble.SERVICE),
}


class NotifyChannel:
    """One service of GOV.UK Notify."""

    name = "notify"
    knows_references = True

    def __init__(self, key: str, template: str, url: str) -> None:
        self._client = NotificationsAPIClient(key, base_url=url, timeout=TIMEOUT)
        self._template = template

    def look_up(self, reference: UUID) -> Found | None:
        """The e-mail of this reference, if it was accepted before."""
        answer = self._client.get_all_notifications(reference=str(reference))
        known = [str(one["id"]) for one in answer["notifications"] if one.get("reference") == str(reference)]
        return Found(known[0]) if known else None

    def send(self, letter: Email) -> str:
        """Have it sent; an address that is none is a lasting refusal, all else may be better later."""
        try:
            answer = self._client.send_email_notification(
                letter.to,
                self._template,
                personalisation={"subject": letter.subject, "body": letter.body},
                reference=str(letter.reference),
            )
        except HTTPError as error:
            if error.status_code == 400 and _speaks_of_the_address(error):
                raise Refused(Trouble.ADDRESS_REFUSED, bounced=True) from None
            raise
        return str(answer["id"])

    def fate_of(self, provider_id: str) -> Fate | None:
        """What Notify says; what it has forgotten nobody will learn."""
        try:
            answer = self._client.get_notification_by_id(provider_id)
        except HTTPError as error:
            if error.status_code == 404:
                return FORGOTTEN
            raise
        return FATES.get(answer["status"])


def _speaks_of_the_address(error: HTTPError) -> bool:
    return any("email_address" in str(one.get("message", "")) for one in error.message if isinstance(one, dict))
