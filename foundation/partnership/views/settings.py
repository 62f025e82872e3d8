"""The landing page of setting up, and the pages of a partnership's words, colour and limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.partnership import places, policies, wording
from foundation.partnership.forms.settings import SigningInForm, WordsForm
from foundation.partnership.services.settings import SettingsClash, change_settings
from foundation.tenancy.models import Partnership
from foundation.ui import colours
from foundation.ui.components import Difference
from foundation.ui.views import PageFormView, PageView, conflict_page


class SetUp(PageView):
    """Everything that an administrator sets up, one line each."""

    policy = policies.check_can_change_settings
    template_name = "partnership/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The places, each with its address."""
        slug = partnership_of(self.request).slug
        lines = [(one.words, reverse(one.url_name, kwargs={"partnership": slug}), one.about) for one in places.listed()]
        return super().get_context_data(**kwargs) | {"places": lines}


class SettingsPage(PageFormView):
    """A page of settings: two administrators at once see both versions, and nothing is lost."""

    policy = policies.check_can_change_settings
    url_name = ""
    button = "Save"

    def get_form(self, form_class: Any = None) -> Any:
        """The page's form, with what is kept or with what was sent."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, unless somebody else did in the meantime."""
        partnership = partnership_of(self.request)
        try:
            saved = change_settings(by=self.actor, revision=sent_revision(self.request), changes=form.changes)
        except SettingsClash as clash:
            return self.both_versions(clash)
        if saved.revision == partnership.revision:
            messages.info(self.request, "Nothing was changed.")
        else:
            messages.success(self.request, "Saved. Everybody sees it from their next page on.")
        return redirect(self.own_url)

    def both_versions(self, clash: SettingsClash) -> HttpResponse:
        """Theirs and yours side by side, each setting that differs."""
        return conflict_page(
            self.request,
            sentence=clash.sentence,
            differences=list(differences(clash)),
            theirs_words="What is kept now",
            keep_theirs_url=self.own_url,
            revision=clash.theirs.revision,
        )

    @property
    def own_url(self) -> str:
        """Where the page stands."""
        return reverse(self.url_name, kwargs={"partnership": partnership_of(self.request).slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The revision that the page was made from travels with it."""
        partnership = partnership_of(self.request)
        sent = self.request.method == "POST"
        words: dict[str, Any] = {
            "back_url": reverse("partnership:home", kwargs={"partnership": partnership.slug}),
            "revision": sent_revision(self.request) if sent else partnership.revision,
        }
        return {**super().get_context_data(**kwargs), **words}


class Words(SettingsPage):
    """What things are called here, and how the top of every page looks."""

    url_name = "partnership:words"
    title = "Words and colour"
    template_name = "partnership/words.html"

    def get_form(self, form_class: Any = None) -> WordsForm:
        """See SettingsPage."""
        return WordsForm(partnership_of(self.request), self.request.POST if self.request.method == "POST" else None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Save, or only look at how it would be."""
        if "look" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        if form.is_valid() and not colours.is_colour(form.cleaned_data["colour"].lower()):
            form.add_error("colour", "Enter the colour as # and six letters or numbers, such as #1d70b8.")
        if not form.is_valid():
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, preview=preview_of(form)))


class SigningIn(SettingsPage):
    """The second step, and how long a session lasts."""

    url_name = "partnership:signing_in"
    title = "Signing in"
    template_name = "partnership/signing_in.html"

    def get_form(self, form_class: Any = None) -> SigningInForm:
        """See SettingsPage."""
        data = self.request.POST if self.request.method == "POST" else None
        return SigningInForm(partnership_of(self.request), data, may_switch_off=settings.DEMO)


def partnership_of(request: HttpRequest) -> Partnership:
    """The partnership whose page this is."""
    return cast(Partnership, cast(Any, request).partnership)


def sent_revision(request: HttpRequest) -> int:
    """The revision that the page was made from; nonsense counts as none, and so as a clash, never as an error."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1


def differences(clash: SettingsClash) -> Iterator[Difference]:
    """Each setting that two administrators want differently."""
    for field, yours in clash.yours.items():
        theirs = getattr(clash.theirs, field)
        if yours != theirs:
            yield Difference(wording.label(field), wording.say(field, theirs), wording.say(field, yours))


def preview_of(form: WordsForm) -> dict[str, Any]:
    """How the top of every page would look, with the contrast that was measured."""
    said: dict[str, Any] = {field: form.cleaned_data[field] for field in wording.WORDS if field in form.cleaned_data}
    brand = colours.brand(said["colour"])
    return said | {
        "brand": brand,
        "text_contrast": f"{colours.contrast(brand.colour, brand.text):.1f}",
        "white_contrast": f"{colours.contrast(brand.colour, colours.LIGHT):.1f}",
        "can_be_seen": colours.can_be_seen(brand.colour),
        "nearest": colours.nearest_seen(brand.colour),
    }
