"""The states of an e-mail, a person's choice, what went wrong in words, and the words of the trail."""

from django.db.models import TextChoices


class MailingState(TextChoices):
    """From asked for to arrived, or why not."""

    WAITING = "waiting", "Waiting to be sent"
    CLAIMED = "claimed", "Being sent"
    HANDED_OVER = "handed_over", "Handed over"
    DELIVERED = "delivered", "Arrived"
    BOUNCED = "bounced", "Came back"
    FAILED = "failed", "Could not be sent"
    DROPPED = "dropped", "Not needed any more"


# Where an e-mail did not arrive: these are what the administrator is shown.
NOT_ARRIVED = (MailingState.BOUNCED, MailingState.FAILED)
SENT = (MailingState.HANDED_OVER, MailingState.DELIVERED, *NOT_ARRIVED)
SETTLED = (MailingState.DELIVERED, MailingState.DROPPED, *NOT_ARRIVED)


class Trouble(TextChoices):
    """Why an e-mail did not arrive, or was not sent."""

    ADDRESS_REFUSED = "address_refused", "Their mail server does not know this address"
    MESSAGE_REFUSED = "message_refused", "Their mail server did not accept the message"
    MAILBOX = "mailbox", "Their mailbox could not take it, perhaps because it is full"
    SERVICE = "service", "The mail service could not send it"
    NEVER_TAKEN = "never_taken", "No mail server took it within a day"
    NO_WORD = "no_word", "The mail service no longer says what became of it"
    LEFT = "left", "They no longer work here"
    INACTIVE = "inactive", "Their account is closed"
    READ = "read", "They had read everything already"


def trouble_words(trouble: str) -> str:
    """Why an e-mail did not arrive; a later release may know more reasons than this one."""
    return Trouble(trouble).label if trouble in Trouble.values else "It did not arrive"


class MailChoice(TextChoices):
    """When a person wants e-mail."""

    IMMEDIATE = "immediate", "As soon as something happens"
    DAILY = "daily", "Once a day, in the morning"


class MailingVerb(TextChoices):
    """What is written in the trail, one for each transition."""

    CLAIMED = "mailing.claimed", "began to send an e-mail"
    HANDED_OVER = "mailing.handed_over", "handed an e-mail over"
    DELIVERED = "mailing.delivered", "learnt that an e-mail arrived"
    BOUNCED = "mailing.bounced", "learnt that an e-mail came back"
    FAILED = "mailing.failed", "learnt that an e-mail could not be sent"
    DROPPED = "mailing.dropped", "did not send an e-mail that nobody needs any more"


# Which verb tells of which transition (a test holds the two lists together).
VERB_OF_TRANSITION = {
    "claim": MailingVerb.CLAIMED,
    "hand_over": MailingVerb.HANDED_OVER,
    "deliver": MailingVerb.DELIVERED,
    "bounce": MailingVerb.BOUNCED,
    "fail": MailingVerb.FAILED,
    "drop": MailingVerb.DROPPED,
}
