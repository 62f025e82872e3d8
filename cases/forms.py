"""The forms of cases."""

from __future__ import annotations

from uuid import UUID

from django import forms

from cases.enums import ContactHow, ContactResult
from cases.services.contacts import NOTE_LIMIT as CONTACT_NOTE_LIMIT
from cases.services.filters import NAME_LIMIT
from cases.services.looks import NOTE_LIMIT
from foundation.ui.fields import ChoiceField, ClockTimeField, DateField, PlainTextField, YesField


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


class ContactForm(forms.Form):
    """When and how somebody turned to a family, and what came of it. By default it was just now."""

    result = ChoiceField(
        label="Did you reach them?", choices=ContactResult.choices, empty="Select whether you reached them"
    )
    how = ChoiceField(label="How?", choices=ContactHow.choices, empty="Select how you turned to the family")
    on = DateField(label="Which day?", called="The day", empty="Enter the day", not_future=True)
    at = ClockTimeField(
        label="What time?", called="The time", empty="Enter the time", help_text="About is enough. For example, 2:30pm."
    )
    note = PlainTextField(
        label="Anything to note?",
        called="The note",
        rows=4,
        max_length=CONTACT_NOTE_LIMIT,
        required=False,
        help_text="Everybody who works with this family can read it.",
    )
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_form_key(self) -> UUID | None:
        """The key that the form was given; None for one that is none."""
        try:
            return UUID(self.cleaned_data["form_key"])
        except ValueError:
            return None


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
