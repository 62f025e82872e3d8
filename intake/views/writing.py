"""Writing an enquiry, one thing a page; every page is kept on the server, so one can leave and come back (INT-1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from foundation.accounts import queries as accounts
from foundation.common.errors import Invalid, NotThere
from foundation.ui.views import ActionView, PageFormView, PageView, PolicyMixin
from intake import forms, policies, queries, rules, services, summaries
from intake.models import EnquiryDraft

PAGES = ("family", "people", "story", "consent", "check")


class Start(PageView):
    """Who the form is for, emergency wording first (INT-10); its button begins a draft."""

    policy = policies.check_can_write
    http_method_names = ["get", "head", "post"]
    template_name = "intake/start.html"

    def post(self, request: HttpRequest, *, partnership: str) -> HttpResponseBase:
        """An empty draft, and its first page."""
        draft = services.start_draft(by=self.actor)
        return redirect("intake:draft_family", partnership=partnership, draft_id=draft.pk)


class OwnDraft(PolicyMixin):
    """A page of the writer's own draft. After it was sent (the back button) it leads to the confirmation."""

    policy = policies.check_can_write

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What is not there any more may have become an enquiry."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotThere:
            sent = queries.sent_as(self.actor, kwargs["draft_id"])
            if sent is None:
                raise
            return redirect("intake:confirmation", partnership=kwargs["partnership"], enquiry_id=sent.pk)

    @cached_property
    def draft(self) -> EnquiryDraft:
        """The draft; NotThere if it is not the actor's own."""
        return queries.draft(self.actor, self.kwargs["draft_id"])

    def url(self, page: str, **more: str) -> str:
        """A page of this draft."""
        kwargs = {"partnership": self.kwargs["partnership"], "draft_id": self.kwargs["draft_id"], **more}
        return reverse(f"intake:draft_{page}", kwargs=kwargs)

    @property
    def then(self) -> str:
        """What follows an address while the person is on an errand from the answers."""
        return "?then=check" if self.request.GET.get("then") == "check" else ""

    def onward(self, page: str) -> HttpResponse:
        """The next page; or the answers again, if that is where the person came from."""
        return redirect(self.url("check" if self.then else PAGES[PAGES.index(page) + 1]))


class Resume(OwnDraft):
    """Back to the first page that is not written yet."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Or to the answers, when all pages are."""
        return redirect(self.url(next(page for page in PAGES if page == "check" or page not in self.draft.pages)))


class DraftPage(OwnDraft, PageFormView):
    """One page with one form."""

    template_name = "intake/draft_page.html"
    button = "Save and continue"
    page = ""

    def get_initial(self) -> dict[str, Any]:
        """What was written before."""
        return dict(self.draft.pages.get(self.page, {}))

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the page and go on."""
        services.save_page(by=self.actor, draft_id=self.draft.pk, page=self.page, answers=form.cleaned_data)
        return self.onward(self.page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where Back leads, and whether what is on the page is kept."""
        context = super().get_context_data(**kwargs)
        return {**context, "back_url": self.back(), "saved_at": self.draft.saved_at, "step": PAGES.index(self.page) + 1}

    def back(self) -> str:
        """The page before."""
        if self.then:
            return self.url("check")
        before = PAGES.index(self.page) - 1
        return self.url(PAGES[before]) if before >= 0 else reverse("intake:mine", args=[self.kwargs["partnership"]])


class Family(DraftPage):
    """What the family is called and how to reach them."""

    page = "family"
    title = "The family"
    form_class = forms.FamilyForm


class People(DraftPage):
    """Everyone named so far, with ways to add, change and remove; goes on once there is a child."""

    page = "people"
    title = "Who is in the family"
    form_class = forms.NoForm
    template_name = "intake/people.html"

    def get_initial(self) -> dict[str, Any]:
        """The page has no fields."""
        return {}

    def form_valid(self, form: Any) -> HttpResponse:
        """Asks the rule of the whole list; nothing is left to save."""
        rules.people(self.draft.pages.get("people", []))
        return self.onward("people")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list, each with its links."""
        everyone = self.draft.pages.get("people", [])
        context = {"people": [summaries.person(each) for each in everyone], "full": len(everyone) >= rules.MOST_PEOPLE}
        return super().get_context_data(**kwargs) | context | {"draft": self.draft, "then": self.then}


class Person(DraftPage):
    """Add one person, or change the one whose key the address names."""

    page = "people"
    form_class = forms.PersonForm
    template_name = "intake/person.html"

    @property
    def key(self) -> str:
        """Which person; "" for a new one."""
        return str(self.kwargs.get("key", ""))

    def get_initial(self) -> dict[str, Any]:
        """What is known of them; for a new one the family's own name."""
        if not self.key:
            return {"family_name": self.draft.pages.get("family", {}).get("family_name", "")}
        return person_of(self.draft, self.key)

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the person and show the list."""
        services.save_person(by=self.actor, draft_id=self.draft.pk, key=self.key, answers=form.cleaned_data)
        return redirect(f"{self.url('people')}{self.then}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Its title says which of the two it is."""
        return super().get_context_data(**kwargs) | {"title": "Change a person" if self.key else "Add a person"}

    def back(self) -> str:
        """The list."""
        return f"{self.url('people')}{self.then}"


class RemovePerson(OwnDraft, ActionView):
    """Take one person out of the list."""

    def post(self, request: HttpRequest, *, partnership: str, draft_id: UUID, key: str) -> HttpResponseBase:
        """Then the list again."""
        services.remove_person(by=self.actor, draft_id=draft_id, key=key)
        return redirect(f"{self.url('people')}{self.then}")


class Story(DraftPage):
    """What is happening."""

    page = "story"
    title = "What is happening"
    form_class = forms.StoryForm


class Consent(DraftPage):
    """What the family agreed to; without consent it goes no further, and says what to do instead (INT-3)."""

    page = "consent"
    title = "The family’s consent"
    form_class = forms.ConsentForm
    template_name = "intake/consent.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Consent is about people: they are named first."""
        if not self.draft.pages.get("people"):
            messages.info(request, "Say who is in the family first. The consent is about them.")
            return redirect(self.url("people"))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The people and agencies that can be named."""
        return super().get_form_kwargs() | {
            "people": self.draft.pages.get("people", []),
            "agencies": accounts.agencies(),
            "notice": self.request.partnership.privacy_notice,  # type: ignore[attr-defined]
        }


class Check(DraftPage):
    """Every answer once more, then send (INT-1)."""

    page = "check"
    title = "Check your answers"
    button = "Send the enquiry"
    form_class = forms.NoForm
    template_name = "intake/check.html"
    problems: Mapping[str, str] = {}

    def get_initial(self) -> dict[str, Any]:
        """The page has no fields."""
        return {}

    def form_valid(self, form: Any) -> HttpResponse:
        """Send it whole; what is missing is listed with the page that asks for it."""
        try:
            sent = services.send_enquiry(by=self.actor, draft_id=self.draft.pk)
        except Invalid as refusal:
            self.problems = refusal.fields
            refused: HttpResponse = self.form_invalid(form)
            return refused
        return redirect("intake:confirmation", partnership=self.kwargs["partnership"], enquiry_id=sent.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """All answers in rows; each leads back to its page."""
        pages = self.draft.pages
        names = {str(agency.pk): agency.name for agency in accounts.agencies()}
        covers = pages.get("consent", {}).get("covers", [])
        then = {page: f"{self.url(page)}?then=check" for page in PAGES[:-1]}
        errors = [{"words": words, "href": then.get(page, "")} for page, words in self.problems.items()]
        return super().get_context_data(**kwargs) | {
            "draft": self.draft,
            "errors": errors,
            "has_errors": bool(errors),
            "family": summaries.family(pages.get("family", {}), then["family"]),
            "people": [summaries.person(each, covered=each["key"] in covers) for each in pages.get("people", [])],
            "people_url": then["people"],
            "story": summaries.story(pages.get("story", {}), then["story"]),
            "consent": summaries.consent_answers(pages.get("consent", {}), names, then["consent"]),
        }


class Discard(OwnDraft, ActionView):
    """Throw a draft away."""

    def post(self, request: HttpRequest, *, partnership: str, draft_id: UUID) -> HttpResponseBase:
        """Then the list of one's enquiries."""
        services.discard_draft(by=self.actor, draft_id=draft_id)
        messages.success(request, "The draft was deleted.")
        return redirect("intake:mine", partnership=partnership)


def person_of(draft: EnquiryDraft, key: str) -> dict[str, Any]:
    """The answers about one person; NotThere if nobody has the key."""
    for person in draft.pages.get("people", []):
        if person["key"] == key:
            return dict(person)
    raise NotThere
