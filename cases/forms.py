"""The forms of cases."""

from __future__ import annotations

from django import forms

from cases.services.filters import NAME_LIMIT
from cases.services.looks import NOTE_LIMIT
from foundation.ui.fields import PlainTextField, YesField


class FilterForm(forms.Form):
    """What a person calls a filter of theirs."""

    name = PlainTextField(
        label="Name of the filter",
        called="The name",
        max_length=NAME_LIMIT,
        width=30,
        empty="Enter a name for this filter",
        help_text="Only you see it. Such as “Level 3, North”.",
    )
    is_default = YesField(label="Open the list of cases with this filter", required=False)


class LookedIntoForm(forms.Form):
    """What came of asking about an unusual look."""

    note = PlainTextField(
        label="What did you find out, and what did you do?",
        called="The note",
        rows=5,
        max_length=NOTE_LIMIT,
        empty="Say what you found out, and what you did about it",
        help_text="Managers of your agency read it. The person who looked does not.",
    )
