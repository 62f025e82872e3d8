"""A clock, the time asked for beyond it, its pauses, and the moments at which somebody is reminded."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Agency, Team, User
from foundation.audit.history import tracked
from foundation.common import clock
from foundation.common.workflow import StateField
from foundation.deadlines.enums import OPEN, CancelReason, DeadlineState, ExtensionState
from foundation.deadlines.reckoning import Reckoning
from foundation.deadlines.workflow import DeadlineWorkflow, ExtensionWorkflow
from foundation.partnership.enums import ClockKind, StartEvent, Unit
from foundation.partnership.pathway import Length
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import TenantModel


@tracked
class Deadline(DeadlineWorkflow, TenantModel):
    """A running clock on one piece of work (CLK-1, CLK-2). Nothing counts down: it stores when it is due.

    What it is about stands as kind and id (`subject_kind`, `subject_id`), with the case where there is one. `owner`
    does the work; without an `agency` it is the hub's. `count`, `unit`, `start_event` and `left_out` are the policy's
    at `policy_version`, so that the arithmetic can be told for good; `original_due_at` is what came of it, `due_at`
    what pauses and extensions made of that. One `for_figures` is counted, and nobody is reminded.
    """

    kind = models.CharField(max_length=30, choices=ClockKind.choices)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True, blank=True)
    reference = models.CharField(max_length=16)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    agency = TenantForeignKey(Agency, null=True, blank=True, related_name="+")
    team = TenantForeignKey(Team, null=True, blank=True, related_name="+")
    state = StateField(default=DeadlineState.RUNNING, choices=DeadlineState.choices)
    policy_version = models.PositiveIntegerField()
    start_event = models.CharField(max_length=30, choices=StartEvent.choices)
    started_at = models.DateTimeField()
    count = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, choices=Unit.choices)
    for_figures = models.BooleanField(default=False)
    approval_first = models.BooleanField(default=False)
    left_out = models.JSONField(default=list, blank=True)
    original_due_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=20, choices=CancelReason.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "subject_id", "kind"],
                condition=Q(state__in=[str(state) for state in OPEN]),
                name="one_open_clock_of_a_kind",
            ),
            models.CheckConstraint(
                name="a_clock_is_due_unless_unknown",
                condition=Q(
                    state__in=[DeadlineState.UNKNOWN, DeadlineState.MET, DeadlineState.CANCELLED],
                    due_at__isnull=True,
                    original_due_at__isnull=True,
                )
                | (~Q(state=DeadlineState.UNKNOWN) & Q(due_at__isnull=False, original_due_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_met_clock_says_when",
                condition=Q(state=DeadlineState.MET, met_at__isnull=False)
                | (~Q(state=DeadlineState.MET) & Q(met_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_paused_clock_says_since_when",
                condition=Q(state=DeadlineState.PAUSED, paused_at__isnull=False)
                | (~Q(state=DeadlineState.PAUSED) & Q(paused_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_cancelled_clock_says_why",
                condition=(Q(state=DeadlineState.CANCELLED, cancelled_at__isnull=False) & ~Q(cancel_reason=""))
                | (~Q(state=DeadlineState.CANCELLED) & Q(cancelled_at__isnull=True, cancel_reason="")),
            ),
            models.CheckConstraint(
                name="a_clock_ends_after_its_start",
                condition=Q(original_due_at__isnull=True) | Q(original_due_at__gt=F("started_at")),
            ),
            models.CheckConstraint(name="a_clock_has_a_length", condition=Q(count__gte=1)),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "agency", "due_at", "id"],
                condition=Q(state=DeadlineState.RUNNING, for_figures=False),
                name="clock_of_agency_by_due",
            ),
            models.Index(
                fields=["partnership", "due_at", "id"],
                condition=Q(state=DeadlineState.RUNNING, for_figures=False, agency__isnull=True),
                name="clock_of_hub_by_due",
            ),
            models.Index(
                fields=["partnership", "owner", "due_at", "id"],
                condition=Q(state=DeadlineState.RUNNING, for_figures=False),
                name="clock_of_owner_by_due",
            ),
            models.Index(fields=["partnership", "subject_id"], name="clock_by_subject"),
            models.Index(fields=["partnership", "case_id"], condition=Q(case_id__isnull=False), name="clock_by_case"),
            models.Index(
                fields=["partnership", "id"], condition=Q(state=DeadlineState.UNKNOWN), name="clock_not_worked_out"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to meet it."""
        return self.state in OPEN

    @property
    def is_late(self) -> bool:
        """Whether it was missed: it runs past its due time, or was met after it."""
        if self.due_at is None:
            return False
        if self.state == DeadlineState.RUNNING:
            return self.due_at < clock.now()
        return self.met_at is not None and self.met_at > self.due_at

    @property
    def length(self) -> Length:
        """How long it is, as its policy's version says."""
        return Length(self.count, Unit(self.unit))

    @property
    def arithmetic(self) -> Reckoning | None:
        """How its first due time follows from its start; None while that is not known (CLK-2)."""
        if self.original_due_at is None:
            return None
        left_out = tuple((dt.date.fromisoformat(day), name) for day, name in self.left_out)
        return Reckoning(self.started_at, self.length, self.original_due_at, left_out)


@tracked
class Extension(ExtensionWorkflow, TenantModel):
    """More time asked for one clock, and the answer (CLK-3). `late`: it was asked after the clock was due.

    `due_before` is when the clock was due as it was asked; its original due time stays in the figures.
    """

    deadline = TenantForeignKey(Deadline, models.CASCADE, related_name="extensions")
    state = StateField(default=ExtensionState.ASKED, choices=ExtensionState.choices)
    until = models.DateTimeField()
    reason = models.TextField()
    late = models.BooleanField(default=False)
    due_before = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "deadline"],
                condition=Q(state=ExtensionState.ASKED),
                name="one_extension_waits_for_an_answer",
            ),
            models.CheckConstraint(
                name="an_answered_extension_says_who_and_when",
                condition=Q(state=ExtensionState.ASKED, decided_by__isnull=True, decided_at__isnull=True)
                | Q(state=ExtensionState.WITHDRAWN, decided_by__isnull=True, decided_at__isnull=False)
                | Q(
                    state__in=[ExtensionState.GRANTED, ExtensionState.REFUSED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_refused_extension_says_why", condition=~Q(state=ExtensionState.REFUSED) | ~Q(answer="")
            ),
            models.CheckConstraint(
                name="nobody_grants_their_own_extension",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(name="an_extension_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="an_extension_ends_later", condition=Q(until__gt=F("due_before"))),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "asked_at", "id"],
                condition=Q(state=ExtensionState.ASKED),
                name="extension_waiting",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


@tracked
class Pause(TenantModel):
    """A time in which a clock stood still (CLK-4). Open until somebody resumes it, or the clock ends."""

    deadline = TenantForeignKey(Deadline, models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    paused_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    paused_at = models.DateTimeField()
    resumed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    resumed_at = models.DateTimeField(null=True, blank=True)
    due_before = models.DateTimeField()
    due_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "deadline"], condition=Q(resumed_at__isnull=True), name="one_pause_at_a_time"
            ),
            models.CheckConstraint(name="a_pause_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="a_pause_ends_after_its_start",
                condition=Q(resumed_at__isnull=True) | Q(resumed_at__gte=F("paused_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Reminder(TenantModel):
    """One moment at which one sort of person is told of a clock (CLK-5). `done_at`: the sweep has told them.

    It is of one due time (`clock_due_at`): when that moves, it goes and another is made, and one that a sweep holds at
    that moment tells nothing any more. It goes as well when the clock is met, paused or cancelled.
    """

    deadline = TenantForeignKey(Deadline, models.CASCADE, related_name="reminders")
    step = models.PositiveSmallIntegerField()
    when = models.CharField(max_length=10)
    to = models.CharField(max_length=10)
    clock_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "deadline", "step", "clock_due_at"], name="reminder_once"),
            models.CheckConstraint(name="reminder_when_is_known", condition=Q(when__in=["before", "at", "after"])),
            models.CheckConstraint(name="reminder_to_is_known", condition=Q(to__in=["worker", "manager", "hub"])),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "due_at", "id"], condition=Q(done_at__isnull=True), name="reminder_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
