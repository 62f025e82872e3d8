"""What people are told, the e-mails that say so, and how each person wants them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from foundation.accounts.models import Agency, User
from foundation.common.workflow import StateField
from foundation.notifications.enums import NOT_ARRIVED, SETTLED, MailChoice, MailingState
from foundation.notifications.workflow import MailingWorkflow
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import TenantModel

S = MailingState
OPEN = (S.WAITING, S.CLAIMED, S.HANDED_OVER)


class Mailing(MailingWorkflow, TenantModel):
    """One e-mail to one person, of everything that waited for them when it was claimed.

    Its id is the reference by which a mail service knows it, and the first half of its Message-ID. At most one waits
    for a person, so that a flood of messages becomes one e-mail. `leased_until` keeps a second worker from sending it
    beside the first; `look_at` is when the mail service is asked what became of it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = StateField(default=S.WAITING, choices=S.choices)
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    channel = models.CharField(max_length=10, blank=True, default="")
    provider_id = models.CharField(max_length=64, blank=True, default="")
    trouble = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "user"], condition=Q(state=S.WAITING), name="mailing_waits_once"
            ),
            models.CheckConstraint(
                name="mailing_settled_says_when",
                condition=Q(state__in=SETTLED, settled_at__isnull=False) | Q(state__in=OPEN, settled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="mailing_not_arrived_says_why", condition=~Q(state__in=NOT_ARRIVED) | ~Q(trouble="")
            ),
            models.CheckConstraint(
                name="mailing_handed_over_says_how",
                condition=~Q(state=S.HANDED_OVER) | (~Q(channel="") & Q(handed_over_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "-settled_at", "-id"], condition=Q(state__in=NOT_ARRIVED),
                name="mailing_not_arrived",
            ),
            models.Index(
                fields=["partnership", "look_at"], condition=Q(look_at__isnull=False), name="mailing_to_look_up"
            ),
            models.Index(
                fields=["partnership", "asked_at"], condition=Q(state__in=[S.WAITING, S.CLAIMED]), name="mailing_open"
            ),
        ]  # fmt: skip


class Message(TenantModel):
    """One thing told to one person, once: `key` says what it is, so that telling it again tells nothing.

    It names nobody: `kind` is registered in `kinds.py` and gives the words, `params` holds codes, the subject is a
    kind and an id. `agency` is the hat that it is for; with none it is the person's whatever hat they wear.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    agency = TenantForeignKey(Agency, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True, blank=True)
    reference = models.CharField(max_length=16, blank=True, default="")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailing = TenantForeignKey(Mailing, null=True, blank=True, related_name="messages")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "user", "key"], name="message_told_once"),
            models.CheckConstraint(name="message_key_is_code", condition=Q(key__regex=r"^[A-Za-z0-9._:/+-]+$")),
            models.CheckConstraint(name="message_reference_is_code", condition=Q(reference__regex=r"^[A-Z0-9-]*$")),
            models.CheckConstraint(
                name="message_kinds_are_codes",
                condition=Q(kind__regex=r"^[a-z0-9._-]+$", subject_kind__regex=r"^[a-z0-9._-]+$"),
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "user", "-at", "-id"], name="message_inbox"),
            models.Index(fields=["partnership", "user"], condition=Q(read_at__isnull=True), name="message_unread"),
            models.Index(fields=["partnership", "user"], condition=Q(mailing__isnull=True), name="message_unmailed"),
        ]


class Choice(TenantModel):
    """How a person wants e-mail in this partnership; who has no row has it at once. `digest_on` is the last day's."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    mail = models.CharField(max_length=10, choices=MailChoice.choices, default=MailChoice.IMMEDIATE)
    digest_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "user"], name="choice_once"),
            models.CheckConstraint(name="choice_is_known", condition=Q(mail__in=MailChoice.values)),
        ]
