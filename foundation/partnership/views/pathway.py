"""The pathway policy as administrators read it, and the buttons that confirm the product's defaults (§11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from foundation.accounts.queries import user_names
from foundation.common.errors import Clash
from foundation.partnership import pathway, places, policies, presets, queries
from foundation.partnership.enums import ClockKind, Standing
from foundation.partnership.forms.configuration import PresetForm
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.services import confirm_default, start_from_preset
from foundation.partnership.views.settings import partnership_of
from foundation.tenancy.models import Partnership
from foundation.ui.views import ActionView, PageFormView, PageView

COLOURS = {
    Standing.SOURCE: "blue",
    Standing.DEFAULT: "yellow",
    Standing.CONFIRMED: "green",
    Standing.OWN: "green",
    Standing.NONE: "grey",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One setting on the page. `told` are the sentences below the tag: its sources, or who confirmed it and when."""

    key: str
    label: str
    words: str
    hint: str
    standing: Standing
    told: tuple[str, ...]
    confirmed_at: dt.datetime | None = None
    change_url: str = ""

    @property
    def colour(self) -> str:
        """The tag's dress; its words say the same."""
        return COLOURS[self.standing]

    @property
    def to_confirm(self) -> bool:
        """Whether it waits for the administrator's word."""
        return self.standing is Standing.DEFAULT


def lines_of(policy: pathway.Policy, partnership: Partnership | None) -> list[tuple[str, list[Line]]]:
    """The settings by group. With the partnership, its own words as they are at this moment; without, as then kept."""
    names = user_names({held.confirmed_by for held in policy.held.values() if held.confirmed_by})
    preset = presets.load(policy.preset)
    groups: dict[str, list[Line]] = {}
    for key, held in policy.held.items():
        now = queries.present_value(partnership, key, held.value) if partnership else held.value
        line = _line(held, names) if now == held.value else _own_line(held, now)
        if line.standing is Standing.SOURCE and (said := preset.says(key, held.value)):
            line = _with_sources(line, said)
        if partnership:
            line = replace(line, change_url=places.change_url(held.setting, partnership.slug))
        groups.setdefault(held.setting.group, []).append(line)
    for setting in pathway.MORE:
        if setting.key not in policy.held:
            groups.setdefault(setting.group, []).append(_product_line(setting, policy, partnership))
    return list(groups.items())


def _product_line(setting: pathway.Setting, policy: pathway.Policy, partnership: Partnership | None) -> Line:
    """What counts where a version says nothing."""
    words = {
        "office_hours": policy.office_hours.in_words,
        "pause_reasons": "\n".join(policy.pause_reasons),
    }.get(setting.key, "None")
    url = places.change_url(setting, partnership.slug) if partnership else ""
    return Line(setting.key, setting.label, words, "", Standing.NONE, ("The product’s own stands.",), None, url)


def _line(held: pathway.Held, names: dict[int, str]) -> Line:
    told: tuple[str, ...] = ()
    if held.standing is Standing.CONFIRMED:
        told = (f"By {names.get(held.confirmed_by or 0, 'an administrator')}",)
    return Line(
        held.setting.key,
        held.setting.label,
        held.in_words,
        held.setting.hint if held.value else "",
        held.standing,
        told,
        held.confirmed_at,
    )


def _own_line(held: pathway.Held, now: Any) -> Line:
    told = ("As the page “Words and colour” says it now.",)
    words = pathway.say(held.setting, now)
    return Line(held.setting.key, held.setting.label, words, held.setting.hint if now else "", Standing.OWN, told)


def _with_sources(line: Line, said: presets.Value) -> Line:
    told = [f"“{said.said}”"] if said.said else []
    told += presets.in_words(said.sources)
    return Line(line.key, line.label, line.words, line.hint, line.standing, tuple(told))


def without_limit(policy: pathway.Policy) -> str:
    """The kinds of clock that this policy says nothing about, in words."""
    return ", ".join(in_a_sentence(kind.label) for kind in ClockKind if kind.value not in policy.held)


def made_words(row: PathwayPolicy) -> str:
    """Who made a version."""
    return row.made_by.full_name if row.made_by else "the product"


class ShowPolicy(PageView):
    """The policy in force, or the question where to start from."""

    policy = policies.check_can_change_settings
    template_name = "partnership/pathway.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each setting in words, with where it comes from."""
        partnership = partnership_of(self.request)
        row = queries.newest()
        context = super().get_context_data(**kwargs) | _back(partnership)
        if row is None:
            return context | {"start_form": PresetForm()}
        policy = queries.policy_from(row)
        return context | {
            **_about(row, policy),
            "groups": lines_of(policy, partnership),
            "left": _left(policy, partnership),
            "earlier": list(queries.earlier_than(row.version)),
            "in_force": True,
        }


class ShowVersion(PageView):
    """An earlier version, as it was then."""

    policy = policies.check_can_change_settings
    template_name = "partnership/pathway.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The same page, without buttons."""
        row = queries.version_of(kwargs["version"])
        policy = queries.policy_from(row)
        context = super().get_context_data(**kwargs)
        url = reverse("partnership:pathway", kwargs={"partnership": partnership_of(self.request).slug})
        return context | {
            **_about(row, policy),
            "back_url": url,
            "groups": lines_of(policy, None),
            "earlier": list(queries.earlier_than(row.version)),
            "in_force": False,
        }


class Confirm(ActionView):
    """Confirm one default, or with no key all that are left."""

    policy = policies.check_can_change_settings

    def post(self, request: HttpRequest, *, partnership: str) -> HttpResponseBase:
        """Back to the policy; 409 where another administrator was first."""
        key = request.POST.get("key") or None
        made = confirm_default(by=self.actor, version=sent_version(request), key=key)
        messages.success(request, f"Confirmed. This is now version {made.version} of the pathway policy.")
        url = reverse("partnership:pathway", kwargs={"partnership": partnership})
        return redirect(f"{url}#{key}" if key in pathway.BY_KEY else url)


class Start(PageFormView):
    """Choose the preset that the first policy starts from."""

    policy = policies.check_can_change_settings
    form_class = PresetForm
    title = "Start the pathway policy"
    button = "Start from this"

    def form_valid(self, form: PresetForm) -> HttpResponse:
        """To the policy, which says what is left to confirm."""
        row = queries.newest()
        start_from_preset(by=self.actor, preset=form.cleaned_data["preset"], version=row.version if row else 0)
        messages.success(self.request, "The pathway policy stands. Confirm the product’s defaults below.")
        return redirect("partnership:pathway", partnership=partnership_of(self.request).slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With a way back to the policy."""
        url = reverse("partnership:pathway", kwargs={"partnership": partnership_of(self.request).slug})
        return super().get_context_data(**kwargs) | {"back_url": url}


def sent_version(request: HttpRequest) -> int:
    """The version that the page was made from; Clash for nonsense, which no page of ours sends."""
    typed = request.POST.get("version", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise Clash("The page did not say which version it was made from. Look at the policy once more.")
    return int(typed)


def _left(policy: pathway.Policy, partnership: Partnership) -> int:
    """How many defaults wait; one whose words were changed meanwhile is the partnership's own."""
    held = (policy.held[key] for key in policy.to_confirm)
    return sum(queries.present_value(partnership, one.setting.key, one.value) == one.value for one in held)


def in_a_sentence(label: str) -> str:
    """A label in small letters, save its abbreviations: "first TAF meeting"."""
    return " ".join(word if word.isupper() else word.lower() for word in label.split())


def _about(row: PathwayPolicy, policy: pathway.Policy) -> dict[str, Any]:
    return {
        "row": row,
        "made_by": made_words(row),
        "preset": presets.load(row.preset).title,
        "without_limit": without_limit(policy),
    }


def _back(partnership: Partnership) -> dict[str, str]:
    return {"back_url": reverse("partnership:home", kwargs={"partnership": partnership.slug})}
