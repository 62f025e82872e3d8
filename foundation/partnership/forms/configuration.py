"""Choosing a file, and choosing a preset."""

from __future__ import annotations

from typing import Any

from django import forms

from foundation.partnership import presets
from foundation.ui.fields import ChoiceField


class UploadForm(forms.Form):
    """The configuration file that is to be looked at before it is taken over."""

    file = forms.FileField(
        label="Configuration file",
        help_text="A file that was downloaded from this page, here or in another partnership. At most 1 MB.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={
            "required": "Choose the configuration file",
            "empty": "The file is empty",
            "invalid": "Choose the configuration file",
        },
    )


class PresetForm(forms.Form):
    """Which preset a partnership's first pathway policy starts from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, presets.load(name).title) for name in presets.names()]
        self.fields["preset"] = ChoiceField(label="Start from", choices=choices, empty="Choose where to start from")
