"""What people fill in to record a consent or its withdrawal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from cases.enums import GrantLevel
from cases.models import FamilyMember
from cases.words import name_of
from consent import checks
from consent.enums import ConsentHow, InformationKind
from consent.models import ConsentAgency
from foundation.accounts.models import Agency
from foundation.ui.fields import CheckboxesField, ChoiceField, DateField, PlainTextField

ALL, SOME = "all", "some"
GONE = "Select from the agencies shown: somebody may have recorded a withdrawal while this page was open"


class WithdrawForm(forms.Form):
    """For whom the family takes the consent back, and who of them said so."""

    whom = ChoiceField(
        label="Which agencies should no longer see the case?",
        choices=[(ALL, "All of them: the family withdraws the whole consent"), (SOME, "Only some of them")],
        empty="Select whether this is for all agencies or some of them",
    )
    agencies = CheckboxesField(
        label="If only some: which?", choices=[], required=False, empty="Select at least one agency"
    )
    told_by = PlainTextField(
        label="Who told you?",
        called="Who told you",
        help_text="Their name and how they told you, such as “Sana’s mother, by telephone”.",
        max_length=160,
        empty="Enter who told you",
    )

    def __init__(self, *args: Any, entries: Iterable[ConsentAgency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agencies = {str(entry.agency_id): entry.agency for entry in entries}
        # A page that asked which agencies may come back after one was taken away: what was chosen on it still counts.
        if len(self._agencies) < 2 and "whom" not in self.data:
            del self.fields["whom"], self.fields["agencies"]
        else:
            self.fields["agencies"].error_messages["invalid_choice"] = GONE
            self.fields["agencies"].choices = [(key, agency.name) for key, agency in self._agencies.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """For some agencies, at least one is chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("whom") == SOME and "agencies" not in self.errors and not cleaned.get("agencies"):
            self.add_error("agencies", "Select at least one agency")
        return cleaned

    def chosen(self) -> list[Agency] | None:
        """The agencies taken back, as the service takes them: None for all."""
        if self.cleaned_data.get("whom", ALL) == ALL:
            return None
        return [self._agencies[key] for key in self.cleaned_data["agencies"]]


class RecordForm(forms.Form):
    """A further consent for an open case (CON-1)."""

    given_by = PlainTextField(
        label="Who gave consent?",
        called="Who gave consent",
        help_text="Their name and who they are in the family.",
        max_length=160,
        empty="Enter who gave consent",
    )
    people = CheckboxesField(label="Whom is it about?", choices=[], empty="Select at least one person")
    agencies = CheckboxesField(label="Which agencies may see the case?", choices=[], required=False)
    workers = CheckboxesField(
        label="Which agencies may work on the case too?",
        help_text="They can see the case and write in its assessment.",
        choices=[],
        required=False,
    )
    information = CheckboxesField(
        label="What may be shared with them?",
        choices=InformationKind.choices,
        empty="Select at least one kind of information",
    )
    how = ChoiceField(label="How was it given?", choices=ConsentHow.choices, empty="Select how consent was given")
    paper_kept_at = PlainTextField(
        label="If on paper: where is the signed form kept?",
        called="Where the form is kept",
        max_length=200,
        required=False,
    )
    witness = PlainTextField(label="If spoken: who heard it?", called="The witness", max_length=160, required=False)
    given_on = DateField(
        label="When was it given?", called="The date consent was given", empty="Enter the date consent was given"
    )
    ends_on = DateField(label="What is its last day, if the family named one?", called="The last day", required=False)

    def __init__(self, *args: Any, people: Iterable[FamilyMember], agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(member.person_id): member.person for member in people}
        self._agencies = {str(agency.pk): agency for agency in agencies}
        named = [(key, agency.name) for key, agency in self._agencies.items()]
        self._choose("people", [(key, name_of(person)) for key, person in self._people.items()])
        self._choose("agencies", named)
        self._choose("workers", named)

    def clean(self) -> dict[str, Any]:
        """What belongs together is asked for at once, with all that is missing: an agency, and how it was given."""
        cleaned = super().clean() or {}
        if not {"agencies", "workers"} & self.errors.keys() and not (cleaned["agencies"] or cleaned["workers"]):
            self.add_error("agencies", "Select at least one agency")
        if not {"how", "witness", "paper_kept_at"} & self.errors.keys():
            way = {name: cleaned[name] for name in ("witness", "paper_kept_at")}
            for name, sentence in checks.wrong_way(cleaned["how"], **way).items():
                self.add_error(name, sentence)
        return cleaned

    def said(self) -> Mapping[str, Any]:
        """The consent as `services.record_for_case` takes it."""
        said = dict(self.cleaned_data)
        see, work = said.pop("agencies"), said.pop("workers")
        levels = {**dict.fromkeys(see, GrantLevel.SEE), **dict.fromkeys(work, GrantLevel.CONTRIBUTE)}
        said["people"] = [self._people[key] for key in said["people"]]
        said["agencies"] = {self._agencies[key]: level for key, level in levels.items()}
        return said

    @staticmethod
    def starting_from(today: dt.date) -> dict[str, Any]:
        """What stands in the boxes at first."""
        return {"given_on": today}

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]
