"""The pages' forms. What an answer must be is said in `rules`, once; here are labels, hints and order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from cases.enums import BirthDateKind, Part
from consent.enums import ConsentHow, InformationKind
from foundation.accounts.models import Agency, Membership
from foundation.common import text
from foundation.common.errors import Invalid
from foundation.tenancy.models import Partnership
from foundation.ui.fields import CheckboxesField, ChoiceField, DateField, PlainTextField, SelectField, YesField
from foundation.ui.widgets import Checkboxes, Radios
from intake import rules
from intake.enums import Decision, EnquiryState, Need, ToldHow


class RuledForm(forms.Form):
    """A form whose page has a rule: every sentence stands beside its field, all at once."""

    def rule(self, answers: Mapping[str, Any]) -> object:
        """The page's rule; raises Invalid by field."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """A field that could not even be read keeps the sentence it has."""
        answers = super().clean() or self.cleaned_data
        try:
            self.rule(answers)
        except Invalid as refusal:
            for name, sentence in refusal.fields.items():
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, sentence)
        return answers


class FamilyForm(RuledForm):
    """What the family is called and how to reach them."""

    family_name = PlainTextField(
        label="Family name",
        called="The family name",
        max_length=120,
        required=False,
        help_text="The name the family goes by. If there are several, the children’s.",
    )
    address = PlainTextField(label="Address (if you know it)", called="The address", max_length=300, required=False)
    phone = PlainTextField(
        label="Phone number (if you know it)", called="The phone number", max_length=40, width=20, required=False
    )

    def rule(self, answers: Mapping[str, Any]) -> object:
        """The family's page."""
        return rules.family(answers)


class PersonForm(RuledForm):
    """One family member."""

    given_name = PlainTextField(
        label="Given name",
        called="The given name",
        max_length=text.NAME_LIMIT,
        required=False,
        help_text="Leave empty for an unborn baby, or an adult whose given name you do not know.",
    )
    family_name = PlainTextField(
        label="Family name", called="The family name", max_length=text.NAME_LIMIT, required=False
    )
    part = ChoiceField(label="Who they are in the family", choices=Part.choices, required=False)
    born_kind = ChoiceField(
        label="How sure the date of birth is",
        choices=BirthDateKind.choices,
        required=False,
        widget=Radios(small=True, hints={BirthDateKind.ESTIMATED: "Enter your best guess, such as 1 7 1988."}),
    )
    born_on = DateField(
        label="Date of birth, or when the baby is expected",
        called="The date",
        required=False,
        help_text="For example, 27 3 2016. Leave empty if it is not known.",
    )
    nhs_number = PlainTextField(
        label="NHS number (if you know it)",
        called="The NHS number",
        max_length=30,
        width=20,
        required=False,
        help_text="10 digits, such as 943 476 5919.",
    )

    def rule(self, answers: Mapping[str, Any]) -> object:
        """One person's page."""
        return rules.person(answers)


def _note(label: str, called: str, *, rows: int = 5, hint: str = "") -> PlainTextField:
    return PlainTextField(
        label=label, called=called, rows=rows, max_length=text.NOTE_LIMIT, required=False, help_text=hint
    )


class StoryForm(RuledForm):
    """What is happening, in the enquirer's words."""

    worries = _note(
        "What are you worried about?",
        "What you are worried about",
        rows=8,
        hint="What you have seen or been told, by whom and when, and what it means for each child.",
    )
    working_well = _note("What is working well?", "What is working well")
    tried = _note("What has been tried already, and did it help?", "What has been tried")
    wishes = _note("What does the family wish for?", "What the family wishes", hint="In their own words if you can.")
    needs = CheckboxesField(
        label="What is this mostly about?",
        choices=Need.choices,
        required=False,
        widget=Checkboxes(small=True),
        help_text="Choose all that apply.",
    )

    def rule(self, answers: Mapping[str, Any]) -> object:
        """The page of what is happening."""
        return rules.story(answers)


class ConsentForm(RuledForm):
    """What the family agreed to: nothing is ticked beforehand."""

    given = ChoiceField(
        label="Has the family given consent to this enquiry?", choices=[("yes", "Yes"), ("no", "No")], required=False
    )
    given_by = PlainTextField(
        label="Who gave consent",
        called="The name",
        max_length=160,
        required=False,
        help_text="Their name and who they are, such as “Oriel Quillfeather, mother”.",
    )
    how = ChoiceField(label="How they gave it", choices=ConsentHow.choices, required=False)
    witness = PlainTextField(
        label="If it was spoken: who heard it", called="The witness’s name", max_length=160, required=False
    )
    paper_kept_at = PlainTextField(
        label="If it is on paper: where the form is kept", called="The place", max_length=200, required=False
    )
    given_on = DateField(label="When they gave it", called="The date when consent was given", required=False)
    ends_on = DateField(
        label="Until when (if they said so)",
        called="The date when consent ends",
        required=False,
        help_text="Leave empty if they set no end. They can take it back at any time.",
    )
    covers = CheckboxesField(label="Who in the family it covers", choices=[], required=False)
    work = CheckboxesField(
        label="Agencies that may see the case and work on it",
        choices=[],
        required=False,
        widget=Checkboxes(small=True),
        help_text="The lead will come from one of these. Name your own agency if the family agrees to that.",
    )
    see = CheckboxesField(
        label="Agencies that may only see the case", choices=[], required=False, widget=Checkboxes(small=True)
    )
    information = CheckboxesField(
        label="What may be shared with them",
        choices=InformationKind.choices,
        required=False,
        widget=Checkboxes(small=True),
    )
    privacy_notice = YesField(label="I have given the family the privacy notice", required=False)

    def __init__(
        self,
        *args: Any,
        people: Sequence[Mapping[str, Any]],
        agencies: Iterable[Agency],
        notice: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people_keys = [person["key"] for person in people]
        named = [(str(agency.pk), agency.name) for agency in agencies]
        self.agency_ids = [key for key, _name in named]
        self._offer("covers", [(person["key"], name_of(person)) for person in people])
        self._offer("work", named)
        self._offer("see", named)
        self.fields["privacy_notice"].label = f"I have given the family the privacy notice (version {notice})"

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def rule(self, answers: Mapping[str, Any]) -> object:
        """The consent's page (INT-3)."""
        return rules.consent(answers, people_keys=self.people_keys, agency_ids=self.agency_ids)


def name_of(person: Mapping[str, Any]) -> str:
    """What to call someone whose given name may not be known, such as "Unborn baby Quillfeather"."""
    first = person["given_name"] or Part(person["part"]).label
    return f"{first} {person['family_name']}".strip()


class NoForm(forms.Form):
    """A page that has only a button."""


class QueueFilters(forms.Form):
    """What the queue is narrowed to."""

    state = SelectField(
        label="Show",
        required=False,
        choices=[
            ("open", "All that are not decided"),
            ("late", "Late"),
            ("today", "Due today"),
            (EnquiryState.WAITING.value, EnquiryState.WAITING.label),
            ("mine", "Mine"),
            (EnquiryState.TAKEN.value, EnquiryState.TAKEN.label),
            (EnquiryState.DECIDED.value, EnquiryState.DECIDED.label),
            ("untold", "Decided, sender not told"),
        ],
    )
    need = SelectField(label="Need", required=False, choices=[("", "Any need"), *Need.choices])
    agency = SelectField(label="Sent by", required=False, choices=[])

    def __init__(self, *args: Any, agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agency"]
        field.choices = [("", "Any agency"), *((str(agency.pk), agency.name) for agency in agencies)]


class DecisionForm(forms.Form):
    """The end of a screening (INT-7); its rule stands in the service."""

    decision = ChoiceField(
        label="Decision", choices=Decision.choices, empty="Choose a decision", widget=Radios(small=True)
    )
    level = ChoiceField(label="Level of need", choices=[], empty="Choose a level of need", widget=Radios(small=True))
    lead = SelectField(label="Lead professional", choices=[], required=False)
    reason = PlainTextField(
        label="Reason",
        called="The reason",
        rows=4,
        max_length=text.NOTE_LIMIT,
        empty="Give the reason for the decision",
        help_text="The sender will read it.",
    )

    def __init__(self, *args: Any, partnership: Partnership, leads: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level: Any = self.fields["level"]
        level.choices = [(each["code"], f"{each['code']}: {each['words']}") for each in partnership.levels]
        lead: Any = self.fields["lead"]
        lead.label = partnership.lead_title.capitalize()
        lead.help_text = "Needed for an assessment. People of the agencies that the family lets work with them."
        self.leads = {str(each.pk): each for each in leads}
        lead.choices = [("", "Choose"), *((key, _lead_words(each)) for key, each in self.leads.items())]

    def clean(self) -> dict[str, Any]:
        """The chosen membership as the ids that the service asks for."""
        answers = super().clean() or self.cleaned_data
        if answers.get("decision") == Decision.EHA_REQUIRED and not answers.get("lead") and "lead" not in self.errors:
            self.add_error("lead", "Choose who will lead")
        chosen = self.leads.get(answers.pop("lead", ""))
        if chosen and answers.get("decision") == Decision.EHA_REQUIRED:
            answers |= {"lead_id": chosen.user_id, "agency_id": chosen.agency_id, "team_id": chosen.team_id}
        return answers


class ToldForm(forms.Form):
    """How and when the sender was told, where no message told them (INT-9)."""

    how = ChoiceField(
        label="How were they told?",
        choices=[(each.value, each.label) for each in ToldHow if each != ToldHow.MESSAGE],
        empty="Select how they were told",
    )
    told_on = DateField(
        label="When?",
        called="The day",
        empty="Enter the day on which they were told",
        not_future=True,
        help_text="For a letter, the day on which it was posted. For example, 27 3 2027.",
    )


def _lead_words(member: Membership) -> str:
    team = f", {member.team.name}" if member.team else ""
    return f"{member.user.full_name} ({member.agency.name}{team})"
