"""A page of every component, and a form of every field, for the tests of the shell."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views import View

from foundation.accounts.models import User
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.tenancy.models import Partnership
from foundation.ui import components, fields, paging, views, widgets


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


@dataclass
class Waiting:
    """A row of the worklist."""

    family: str
    waiting: str
    needs: str
    children: int


MOMENT = dt.datetime(2026, 4, 14, 13, 2, tzinfo=dt.UTC)
NOTE = "Amy sleeps better.\nShe told me so <b>herself</b>.\n\nأمي تحب المدرسة 🙂"


class Dressed(View):
    """As `?dressed` asks: in a partnership, signed in, with a hat."""

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Before the view: nothing of it is in the database."""
        super().setup(request, *args, **kwargs)
        if "dressed" in request.GET:
            request.user = User(pk=1, email="bea@harrow-street.example", full_name="Bea Lund")
            request.partnership = Partnership(
                slug="gallery", name="Wharfedale", colour="#7a2d8c", out_of_hours_phone="01632 960 001",
                adult_door="call Adult Care on 01632 960 002",
            )  # fmt: skip
            request.actor = Actor(partnership_id=request.partnership.pk, user_id=1)


class Gallery(Dressed, views.PageView):
    """Every component."""

    open_to_anyone = "a page of the tests"
    template_name = "tests_ui/gallery.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One of everything."""
        if "dressed" in self.request.GET:
            messages.success(self.request, "The enquiry was sent.")
            messages.error(self.request, "The letter was not sent.")
            kwargs["name_bar"] = components.NameBar(
                "Okonkwo-Featherstonehaugh", "EH-7KQ2-M9XD", "2 Targeted early help", "Bea Lund", marks=["Restricted"]
            )
        return super().get_context_data(
            rows=[
                components.Row("Family name", "Okonkwo", "/help/gallery/form/"),
                components.Row("Address", "12 Canal Row\nOtley"),
                components.Row("Telephone", "", "/help/gallery/form/"),
            ],
            tasks=[
                components.Task("Who lives there", "Done", "/help/gallery/form/"),
                components.Task("What is going well", "Not started", "/help/gallery/form/", "Bea, 14:02", "blue"),
                components.Task("Check and send", "Cannot start yet"),
            ],
            columns=[
                components.Column("Family"),
                components.Column("Waiting", sort_url="?sort=age", sorted="descending"),
                components.Column("Needs"),
                components.Column("Children", numeric=True),
            ],
            page=paging.Page(
                [Waiting("Okonkwo", "2 working days", "Sleep, school", 3), Waiting("مريم", "1 hour", "Money", 1)],
                previous="before",
                next="behind",
            ),
            empty=paging.Page([]),
            count=paging.Count(1000, True),
            events=[components.Event("Enquiry sent", MOMENT, "Bea Lund", NOTE), components.Event("Taken", MOMENT)],
            progress=components.Progress(2, 5, "Drawing the family tree"),
            note=NOTE,
            **kwargs,
        )


class GalleryForm(Dressed, views.PageFormView):
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


class GallerySaving(GalleryForm):
    """A form that is saved as people type."""

    form_class = type("Going", (forms.Form,), {"well": fields.PlainTextField(label="What is going well?", rows=4)})
    template_name = "tests_ui/saving.html"


HEARD: list[str] = []


class GalleryAutosave(views.ActionView):
    """Hears what is saved as people type."""

    open_to_anyone = "a page of the tests"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember it."""
        HEARD.append(request.POST["well"])
        return JsonResponse({"revision": 4, "saved": "14:02"})


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


class Raises(Dressed, views.ActionView):
    """A view that goes wrong as its address says."""

    open_to_anyone = "a page of the tests"

    def post(self, request: HttpRequest, what: str) -> HttpResponse:
        """Raise it."""
        raise ERRORS[what]

    def get(self, request: HttpRequest, what: str) -> Any:
        """Raise it."""
        raise ERRORS[what]

    http_method_names = ["get", "post"]


class InHalves(View):
    """A page whose second half comes half a second after its first."""

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        def halves() -> Iterator[str]:
            yield "<!doctype html><html lang='en-GB'><title>In halves – Early Help</title>" + " " * 5000
            time.sleep(0.5)
            yield "<body><main><h1>In halves</h1></main></body></html>"

        return StreamingHttpResponse(halves())
