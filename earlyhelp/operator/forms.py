"""What an operator types. What is right is decided by the services."""

from __future__ import annotations

from typing import Any

from django import forms

from foundation.partnership import presets
from foundation.ui.fields import ChoiceField, PlainTextField
from foundation.ui.widgets import Radios, TextInput

ADDRESS = "E-mail address"


class Email(PlainTextField):
    """An e-mail address, with the keyboard that telephones have for it."""

    def __init__(self, *, autocomplete: str = "off", **kwargs: Any) -> None:
        widget = TextInput(attrs={"autocomplete": autocomplete, "inputmode": "email", "spellcheck": "false"})
        super().__init__(max_length=254, widget=widget, **kwargs)


class SetUpForm(forms.Form):
    """The first operator's own account."""

    full_name = PlainTextField(label="Your name", max_length=120, empty="Enter your name.")
    email = Email(label=ADDRESS, help_text="You sign in with it.", autocomplete="username")
    password1 = forms.CharField(
        label="Password",
        help_text="At least 12 characters. Three words that do not belong together work well.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Enter a password."},
        max_length=4096,
        strip=False,
    )
    password2 = forms.CharField(
        label="Password again",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Enter the password again."},
        max_length=4096,
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two passwords differ. Type the same one twice.")
        return cleaned


class AdministratorForm(forms.Form):
    """Whom to invite as a partnership's first administrator."""

    full_name = PlainTextField(label="Their name", max_length=120, empty="Enter their name.")
    email = Email(label=ADDRESS, help_text="The invitation goes there. Its link works for 7 days.")


class FoundForm(AdministratorForm):
    """A new partnership and its first administrator."""

    preset = ChoiceField(label="Start from", choices=[], empty="Choose what to start from.")
    name = PlainTextField(label="Name of the partnership", max_length=120, help_text="Its people can change it later.")
    slug = PlainTextField(
        label="Short name in addresses",
        max_length=40,
        width=20,
        called="The short name",
        empty="Enter the short name.",
        help_text="Small letters, digits and hyphens, such as fernshire. It stands in every link and stays as it is.",
    )

    field_order = ["preset", "name", "slug", "full_name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [presets.load(name) for name in presets.names()]
        field: Any = self.fields["preset"]
        field.widget = Radios(hints={preset.key: main_words(preset) for preset in known})
        field.choices = [(preset.key, preset.title) for preset in known]
        self.fields["full_name"].label = "Name of the first administrator"
        self.fields["email"].label = "E-mail address of the first administrator"


def main_words(preset: presets.Preset) -> str:
    """What a preset calls the things that people meet every day."""
    words = preset.words
    levels = ", ".join(level["words"] for level in words["levels"])
    doors = f"Front door: {words['front_door']}. Social care: {words['social_care_door']}."
    return f"{doors} Lead: {words['lead_title']}. Levels: {levels}."
