"""A partnership in which every word that somebody can type is hostile, and the eye that looks at its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from django.test import Client
from django.urls import reverse

from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_member, make_partnership, make_team, sign_in
from tests.markup import Markup
from tests.trust.payloads import MARK, Feeder
from tests.walks import Scene, make_form, make_scene

# Attributes that browsers show or send back and never run. Anything else that holds the mark is an opening.
RUNS = {"script", "style", "iframe", "object", "embed", "svg", "math", "base", "noscript", "template"}
HARMLESS = {"value", "title", "aria-label", "content", "placeholder", "data-label", "alt"}


@dataclass
class Stage:
    """A partnership in which every word that somebody can type is hostile."""

    feeder: Feeder = field(default_factory=Feeder)
    pages: dict[str, str] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        words = self.feeder.text
        self.partnership = make_partnership("scripts", name=words("partnership name", 120))
        self.partnership.front_door = words("front door", 120)
        self.partnership.lead_title = words("lead's title", 60)
        self.partnership.emergency_wording = words("emergency wording", 5_000)
        self.partnership.adult_door = words("adult door", 200)
        self.partnership.out_of_hours_phone = words("out of hours", 40)
        self.partnership.levels = [
            {"code": "1", "words": words("level", 120)},
            {"code": "2", "words": words("level", 120)},
        ]
        with self.scope():
            self.partnership.save()
            self.scene: Scene = make_scene(form=None)
            self.hostile_agency = make_agency(words("agency", 160))
            make_team(self.scene.early_help, words("team", 160))
            self.colleague = make_member(agency=self.scene.early_help, name=words("person's name", 120))
            make_form(hostile_form(self.feeder))

    def scope(self) -> Any:
        return tenant_scope(self.partnership.pk)

    def url(self, name: str, **ids: Any) -> str:
        return reverse(name, kwargs={"partnership": self.partnership.slug, **ids})

    def client(self, member: Any) -> Client:
        return sign_in(Client(), member.user, self.partnership, member.agency)

    def look(self, member: Any, name: str, data: dict[str, Any] | None = None, **ids: Any) -> str:
        """Open a page, or send it a form that it will not take; check what came, and that it may run nothing."""
        url = self.url(name, **ids)
        answer = self.client(member).get(url) if data is None else self.client(member).post(url, data)
        page = answer.content.decode()
        openings = list(openings_in(page))
        assert openings == [], f"{name}: {openings[:5]}"
        self.check_policy(name, answer.headers.get("Content-Security-Policy", ""))
        self.pages[f"{name} {'GET' if data is None else 'POST'} {answer.status_code}"] = page
        return page

    def check_policy(self, name: str, policy: str) -> None:
        assert "script-src 'self' 'nonce-" in policy, f"{name}: {policy}"
        assert "unsafe-" not in policy, f"{name}: {policy}"
        nonce = re.findall(r"'nonce-([^']+)'", policy)[0]
        assert nonce not in self.nonces, f"{name}: a nonce used twice"
        self.nonces.add(nonce)


def hostile_form(feeder: Feeder) -> dict[str, Any]:
    """A form whose every word is hostile: whoever may edit forms is no more trusted than who fills them in."""
    words = feeder.text
    return {
        "key": "eha",
        "title": words("form title", 120),
        "pages": [
            {
                "key": "reason",
                "title": words("page title", 120),
                "intro": words("page intro", 400),
                "fields": [
                    {"key": "why", "kind": "long_text", "label": words("label", 120), "help": words("help", 300)},
                    {"key": "wish", "kind": "text", "label": words("label", 120), "required": True},
                    {
                        "key": "pick", "kind": "choice", "label": words("label", 120),
                        "options": [{"value": "a", "label": words("option", 120)}, {"value": "b", "label": "B"}],
                    },
                ],
            },
            {
                "key": "children",
                "title": words("page title", 120),
                "fields": [
                    {
                        "key": "voices", "kind": "group", "label": words("label", 120), "entry": words("entry", 60),
                        "max_items": 8,
                        "fields": [
                            {"key": "child", "kind": "person", "label": "Which child?", "who": "child"},
                            {"key": "said", "kind": "long_text", "label": words("label", 120)},
                        ],
                    }
                ],
            },
        ],
    }  # fmt: skip


def openings_in(page: str) -> Iterator[str]:
    """Each place where typed words became markup: an element or an attribute that a browser could run."""
    for element in Markup.of(page).root.iter():
        if not isinstance(element.tag, str):
            yield from (f"comment {element.text!r}" for _ in [0] if MARK in (element.text or ""))
            continue
        tag = element.tag.lower()
        if tag in {"script", "style", "iframe", "object", "embed", "svg", "base", "noscript"} and MARK in everything(
            element
        ):
            yield f"<{tag}> {everything(element)[:80]!r}"
        for name, value in element.attrib.items():
            shown = name.lower() in HARMLESS or value.startswith("tel:")
            if MARK in name or (MARK in value and not shown):
                yield f"<{tag} {name}={value[:60]!r}>"
            if name.lower().startswith("on"):
                yield f"<{tag} {name}>"


def everything(element: ElementTree.Element) -> str:
    return "".join(element.itertext())
