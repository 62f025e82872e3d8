"""The partnership's words and colour, and how people sign in. What is right is decided by the service."""

from __future__ import annotations

from typing import Any

from django import forms

from foundation.partnership.wording import FIELDS, LEVEL_LIMIT
from foundation.tenancy.models import IDLE_MINUTES, SESSION_HOURS, Partnership
from foundation.ui.fields import ChoiceField, NumberField, PlainTextField, YesField

HINTS = {
    "name": "It stands at the top of every page and in every e-mail.",
    "colour": "Six letters or numbers behind a #, such as #1d70b8. It fills the top of every page.",
    "front_door": "Where enquiries arrive, as people here call it.",
    "social_care_door": "Where a child who may be harmed is reported. It is named beside the out-of-hours number.",
    "lead_title": "The one named worker of a case, such as lead professional.",
    "adviser_title": "Who advises other agencies, such as early help coordinator.",
    "emergency_wording": "It stands on every page and every form. Say when to call 999, and whom to ring otherwise.",
    "out_of_hours_phone": "One number, which people can press to call. Leave it empty if there is none.",
    "adult_door": "Whom to ring about an adult, with the number. Leave it empty if there is none.",
    "privacy_notice": "Its version or date. Each consent records which one the family was given.",
}
SECOND_STEP = [("yes", "Ask for it"), ("no", "Do not ask for it")]


class WordsForm(forms.Form):
    """One box for each setting, and one for the word of each level of need."""

    def __init__(self, partnership: Partnership, data: Any = None) -> None:
        self.codes = [level["code"] for level in partnership.levels]
        super().__init__(data, initial=self._kept(partnership))
        for field, hint in HINTS.items():
            self.fields[field] = text_field(field, hint)
        for number, code in enumerate(self.codes):
            self.fields[f"level_{number}"] = PlainTextField(
                label=f"Level {code}", called=f"The word for level {code}", max_length=LEVEL_LIMIT, width=30
            )
        self.order_fields([*list(HINTS)[:-1], *(f"level_{number}" for number in range(len(self.codes)))])

    @staticmethod
    def _kept(partnership: Partnership) -> dict[str, Any]:
        kept = {field: getattr(partnership, field) for field in HINTS}
        return kept | {f"level_{number}": level["words"] for number, level in enumerate(partnership.levels)}

    @property
    def changes(self) -> dict[str, Any]:
        """What was sent, as the service takes it."""
        said = {field: self.cleaned_data[field] for field in HINTS}
        words = [self.cleaned_data[f"level_{number}"] for number in range(len(self.codes))]
        levels = [{"code": code, "words": word} for code, word in zip(self.codes, words, strict=True)]
        return said | {"levels": levels}


def text_field(field: str, hint: str) -> PlainTextField:
    """The box of one setting."""
    setting = FIELDS[field]
    return PlainTextField(
        label=setting.label,
        help_text=hint,
        max_length=setting.limit,
        rows=3 if setting.lines else 0,
        width=10 if field == "colour" else 20 if field in {"out_of_hours_phone", "privacy_notice"} else 0,
        required=not setting.may_be_empty,
        empty=f"Enter {setting.label[0].lower()}{setting.label[1:]}.",
    )


class SigningInForm(forms.Form):
    """The second step, and how long a session lasts (ACC-1, ACC-4)."""

    idle_minutes = NumberField(
        label=FIELDS["idle_minutes"].label,
        help_text=f"Who does nothing for so long signs in again. From {IDLE_MINUTES[0]} to {IDLE_MINUTES[1]}.",
        low=IDLE_MINUTES[0],
        high=IDLE_MINUTES[1],
    )
    session_hours = NumberField(
        label=FIELDS["session_hours"].label,
        help_text=f"After so long everybody signs in again. From {SESSION_HOURS[0]} to {SESSION_HOURS[1]}.",
        low=SESSION_HOURS[0],
        high=SESSION_HOURS[1],
    )

    def __init__(self, partnership: Partnership, data: Any = None, *, may_switch_off: bool) -> None:
        self.asked_for = partnership.second_factor
        kept = {field: getattr(partnership, field) for field in ("idle_minutes", "session_hours")}
        super().__init__(data, initial=kept | {"second_factor": "yes" if self.asked_for else "no"})
        if may_switch_off or not self.asked_for:
            self.fields["second_factor"] = ChoiceField(label=FIELDS["second_factor"].label, choices=SECOND_STEP)
        if may_switch_off and self.asked_for:
            self.fields["sure"] = YesField(
                label="If I have chosen not to ask for it: I know that a password alone will then open everything here",
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Switching it off is asked twice."""
        cleaned: dict[str, Any] = super().clean() or {}
        off = cleaned.get("second_factor") == "no"
        if off and self.asked_for and "sure" in self.fields and not cleaned.get("sure"):
            self.add_error("sure", "Tick the box if you want people to sign in with a password alone.")
        return cleaned

    @property
    def changes(self) -> dict[str, Any]:
        """What was sent, as the service takes it."""
        said: dict[str, Any] = {field: self.cleaned_data[field] for field in ("idle_minutes", "session_hours")}
        if "second_factor" in self.cleaned_data:
            said["second_factor"] = self.cleaned_data["second_factor"] == "yes"
        return said
