"""Asking for more time, answering, pausing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from foundation.ui.fields import ChoiceField, DateField, PlainTextField

WORDS_LIMIT = 2_000


class MoreTimeForm(forms.Form):
    """Until when, and why."""

    until = DateField(
        label="Until which day?",
        called="The day",
        empty="Enter the day until which you need",
        help_text="It will be due when the office closes on that day. For example, 27 3 2027.",
    )
    reason = PlainTextField(
        label="Why is more time needed?",
        called="The reason",
        rows=4,
        max_length=WORDS_LIMIT,
        empty="Say why more time is needed",
        help_text="Your manager reads this.",
    )


class AnswerForm(forms.Form):
    """Yes or no, and what to say."""

    decision = ChoiceField(
        label="Your answer",
        choices=[("grant", "Give this time"), ("refuse", "Leave it as it is")],
        empty="Select whether you give this time",
    )
    answer = PlainTextField(
        label="What do you want to say?",
        called="What you say",
        rows=4,
        max_length=WORDS_LIMIT,
        required=False,
        help_text="Say why if you leave it as it is. Whoever asked reads this.",
    )


class PauseForm(forms.Form):
    """Which of the policy's reasons, and what else there is to say."""

    reason = ChoiceField(label="Why does it stand still?", choices=[], empty="Select why it stands still")
    note = PlainTextField(
        label="Anything else?",
        called="The note",
        rows=3,
        max_length=WORDS_LIMIT,
        required=False,
        help_text="Whoever sees this clock reads it.",
    )

    def __init__(self, *args: Any, reasons: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(reason, reason) for reason in reasons]  # type: ignore[attr-defined]
