"""A page of every component, and a form of every field, for the tests of the shell."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse

from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.ui import fields, views, widgets


class EveryField(forms.Form):
    """Each kind of field once."""

    use_required_attribute = False

    name = fields.PlainTextField(label="Family name", max_length=80, help_text="As the family writes it.")
    story = fields.PlainTextField(label="What is happening?", called="What is happening", rows=6, max_length=20_000)
    born = fields.DateField(
        label="When was Amy born?", called="Date of birth", not_future=True, help_text="For example, 31 3 2019"
    )
    route = fields.ChoiceField(
        label="How did this reach you?",
        choices=[("call", "By telephone"), ("visit", "In person"), ("letter", "In writing")],
        widget=widgets.Radios(hints={"letter": "A letter or an e-mail"}),
    )
    agree = fields.ChoiceField(label="Does the family agree?", choices=[("yes", "Yes"), ("no", "No")], inline=True)
    needs = fields.CheckboxesField(
        label="What does the family want help with?",
        choices=[("sleep", "Sleep"), ("money", "Money"), ("school", "School")],
    )
    level = fields.SelectField(label="Level of need", choices=[("", "Choose"), ("2", "Targeted early help")])
    rooms = fields.NumberField(label="How many rooms?", called="Rooms", low=1, high=30)
    score = fields.ScaleField(label="How are things today?", low="As bad as it gets", high="As good as it gets")
    told = fields.YesField(label="I have told the family what happens to what they tell me")


class Gallery(views.PageView):
    """Every component."""

    open_to_anyone = "a page of the tests"
    template_name = "tests_ui/gallery.html"


class GalleryForm(views.PageFormView):
    """Every field."""

    open_to_anyone = "a page of the tests"
    form_class = EveryField
    title = "Every field"
    back_url = "/help/gallery/"

    def form_valid(self, form: EveryField) -> HttpResponse:
        """Refuse what the name asks to be refused."""
        if form.cleaned_data["name"] == "Refuse":
            raise Invalid({"name": "Family name is taken", "elsewhere": "Something else is wrong"})
        return HttpResponse("sent")


ERRORS: dict[str, Exception] = {
    "clash": Clash("Bea Lund took this enquiry at 9:14am."),
    "not-allowed": NotAllowed("Only a screener can decide an enquiry."),
    "not-there": NotThere("This sentence is never shown."),
    "404": Http404("Nor this one."),
    "invalid": Invalid("That cannot be."),
    "denied": PermissionDenied("for programmers"),
    "too-big": RequestDataTooBig("for programmers"),
    "bug": ZeroDivisionError("Secret Family"),
}


class Raises(views.ActionView):
    """A view that goes wrong as its address says."""

    open_to_anyone = "a page of the tests"

    def post(self, request: HttpRequest, what: str) -> HttpResponse:
        """Raise it."""
        raise ERRORS[what]

    def get(self, request: HttpRequest, what: str) -> Any:
        """Raise it."""
        raise ERRORS[what]

    http_method_names = ["get", "post"]
