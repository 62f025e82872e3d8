"""When a person wants e-mail."""

from __future__ import annotations

from django import forms

from foundation.notifications.enums import MailChoice
from foundation.ui.fields import ChoiceField


class ChoiceForm(forms.Form):
    """One question, which is the page's heading."""

    heading_field = "mail"
    mail = ChoiceField(
        label="When do you want an e-mail about your inbox?",
        choices=MailChoice.choices,
        empty="Select when you want an e-mail",
        help_text="An e-mail says how many things wait, and links to them. It names no family and no concern.",
    )
