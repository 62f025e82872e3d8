"""What an administrator is asked about agencies, teams, people and roles, and an invited person about themself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Team
from foundation.common.text import EMAIL_LIMIT
from foundation.ui.fields import ChoiceField, PlainTextField, SelectField
from foundation.ui.widgets import Radios, TextInput

NAME_LIMIT = 160
PERSON_LIMIT = 120
PASSWORD_LIMIT = 1_000

# What each role may do, in one line (practice model §2).
ROLE_HINTS: dict[str, str] = {
    Role.PRACTITIONER: "Makes enquiries; works on the cases that consent has opened to their agency.",
    Role.SCREENER: "Sees the whole queue; screens enquiries and decides.",
    Role.HUB_MANAGER: "All that a screener may; overturns a decision; shares out the queue.",
    Role.MANAGER: "Approves or returns the work of their teams, never their own.",
    Role.COORDINATOR: "Advises practitioners on assessments and teams around the family.",
    Role.SAFEGUARDING_LEAD: "Sees all that their own agency has sent, and its cases.",
    Role.BUSINESS_SUPPORT: "Enters for a named worker, who confirms; never decides.",
    Role.SOCIAL_WORKER: "Sees only the cases that move to social care or back.",
    Role.AUDITOR: "Reads the cases that are sampled for an audit.",
    Role.ANALYST: "Sees figures, never a name.",
    Role.ADMINISTRATOR: "Agencies, people, words and limits; no case by this role.",
}


class AgencyForm(forms.Form):
    """An agency's name and kind."""

    name = PlainTextField(
        label="Name", called="The agency’s name", empty="Enter the agency’s name", max_length=NAME_LIMIT,
        help_text="As people here know it, such as Fernbank Primary School.",
    )  # fmt: skip
    kind = ChoiceField(
        label="What kind of agency is it?", choices=AgencyKind.choices, empty="Select what kind of agency it is"
    )


class TeamForm(forms.Form):
    """A team's name."""

    name = PlainTextField(
        label="Name", called="The team’s name", empty="Enter the team’s name", max_length=NAME_LIMIT,
        help_text="A locality or a service inside the agency, such as North locality.",
    )  # fmt: skip


class AgencyFilter(forms.Form):
    """Which agencies a list shows."""

    search = PlainTextField(label="Name contains", max_length=NAME_LIMIT, required=False)
    show = SelectField(label="Show", choices=[("", "Open agencies"), ("closed", "Closed agencies")], required=False)


def choices_of(form: forms.Form, name: str) -> forms.ChoiceField:
    """A field whose choices are known only when the form is made."""
    return cast(forms.ChoiceField, form.fields[name])


class PeopleFilter(forms.Form):
    """Which people a list shows. Agencies are those that the list is drawn with."""

    search = PlainTextField(label="Name or e-mail address begins with", max_length=EMAIL_LIMIT, required=False)
    agency = SelectField(label="Agency", choices=[], required=False)
    role = SelectField(label="Role", choices=[("", "Any role"), *Role.choices], required=False)
    show = SelectField(
        label="Show", choices=[("", "People who work here"), ("left", "People who have left")], required=False
    )

    def __init__(self, *args: Any, agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "agency").choices = [("", "Any agency"), *agency_choices(agencies)]


class AgencyChoice(forms.Form):
    """Which agency a role is for."""

    heading_field = "agency"
    agency = SelectField(label="Which agency?", choices=[], empty="Select an agency")

    def __init__(self, *args: Any, agencies: Iterable[Agency], question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "agency").choices = [("", "Select an agency"), *agency_choices(agencies)]
        self.fields["agency"].label = question


class RoleForm(forms.Form):
    """A role in one agency, for one of its teams or for all of it. The cleaned team is a Team or None."""

    role = ChoiceField(label="Role", choices=Role.choices, widget=Radios(hints=ROLE_HINTS), empty="Select a role")
    team = SelectField(
        label="Team", choices=[], required=False,
        help_text="A team manager decides for their own team; without one, for the whole agency.",
    )  # fmt: skip

    def __init__(self, *args: Any, teams: Iterable[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.pk): team for team in teams}
        choices_of(self, "team").choices = [
            ("", "The whole agency"), *((key, team.name) for key, team in self.teams.items())
        ]  # fmt: skip
        if not self.teams:
            del self.fields["team"]

    def clean_team(self) -> Team | None:
        """The team itself."""
        return self.teams.get(self.cleaned_data["team"])


class InviteForm(RoleForm):
    """Who is invited, and to which role."""

    full_name = PlainTextField(
        label="Name", called="The name", empty="Enter the person’s name", max_length=PERSON_LIMIT,
        help_text="First name and last name. They can mend it when they accept.",
    )  # fmt: skip
    email = PlainTextField(
        label="E-mail address", called="The e-mail address", empty="Enter the person’s e-mail address",
        max_length=EMAIL_LIMIT, help_text="Their own at work. A shared one cannot be used.",
        widget=TextInput(attrs={"inputmode": "email", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("full_name", "email", "role", "team")


class JoinForm(forms.Form):
    """The name and password of somebody new."""

    full_name = PlainTextField(
        label="Your name", called="Your name", empty="Enter your name", max_length=PERSON_LIMIT,
        help_text="As colleagues know you.", widget=TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    password1 = forms.CharField(
        label="Password", strip=False, max_length=PASSWORD_LIMIT,
        help_text="At least 12 characters. Three words that do not belong together work well.",
        error_messages={"required": "Enter a password", "max_length": "The password must be shorter"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    password2 = forms.CharField(
        label="Password again", strip=False,
        error_messages={"required": "Enter the password again"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_password2(self) -> str:
        """Both the same."""
        again: str = self.cleaned_data["password2"]
        if "password1" in self.cleaned_data and self.cleaned_data["password1"] != again:
            raise ValidationError("The two passwords are not the same. Enter them again")
        return again


class Sure(forms.Form):
    """Nothing to fill in: only a button to press."""


def agency_choices(agencies: Iterable[Agency]) -> list[tuple[str, str]]:
    """Agencies as a list to choose from; a closed one says so."""
    return [(str(one.pk), one.name if one.active else f"{one.name} (closed)") for one in agencies]


def as_uuid(value: str) -> UUID | None:
    """An id that came with an address, if it is one."""
    try:
        return UUID(value)
    except ValueError:
        return None
