"""Small forms for tests, as JSON, and posts as a browser sends them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.http import QueryDict

from foundation.formdefs import definitions
from foundation.formdefs.definitions import Definition

PEOPLE = [
    ("p-amy", "Amy Larkspur", "child"),
    ("p-ben", "Ben Larkspur", "child"),
    ("p-cara", "Cara Larkspur", "adult"),
    ("p-dev", "Dev Rowan", "adult"),
]

YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def field(key: str, kind: str, **more: Any) -> dict[str, Any]:
    """One field; a choice gets yes and no, a group one line of text, unless told otherwise."""
    made: dict[str, Any] = {"key": key, "kind": kind, "label": more.pop("label", key.capitalize())}
    if kind in {"choice", "many_choices"}:
        made["options"] = deepcopy(YES_NO)
    if kind == "group":
        made["fields"] = [field("name", "text")]
    return made | more


def body(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A form of one page, `first`, with these fields."""
    page = {"key": "first", "title": "First page", "fields": list(fields) or [field("voice", "text")]}
    return {"key": "sample", "title": "Sample", "pages": [page]} | more


def definition(*fields: dict[str, Any]) -> Definition:
    return definitions.parse(body(*fields))


EVERY_KIND = [
    field("name", "text", label="Name", max_length=40),
    field("story", "long_text", label="What happened?", max_length=500, required=True),
    field("route", "choice", label="How did they come?", options=[
        {"value": "foot", "label": "On foot"}, {"value": "bus", "label": "By bus", "help": "Any bus"}]),
    field("needs", "many_choices", label="Needs", options=[
        {"value": "sleep", "label": "Sleep"}, {"value": "money", "label": "Money"},
        {"value": "other", "label": "Other"}]),
    field("other_need", "text", label="Which other need?", required=True,
          condition={"field": "needs", "contains": "other"}),
    field("met", "date", label="When did you meet?"),
    field("since", "partial_date", label="Since when?"),
    field("attendance", "number", label="Attendance", min=0, max=100, whole=False, unit="%"),
    field("score", "scale", label="How are things?", low="bad", high="good"),
    field("about", "person", label="Who is it about?", who="child"),
    field("adults", "group", label="Adults", entry="Adult", max_items=3, fields=[
        field("who", "person", label="Adult", who="adult", required=True),
        field("agrees", "choice", label="Do they agree?"),
        field("why_not", "long_text", label="Why not?", required=True, condition={"field": "agrees", "equals": "no"}),
        field("born", "date", label="Date of birth"),
    ]),
]  # fmt: skip


def every_kind() -> Definition:
    """One page with a field of each kind, conditions included."""
    return definition(*deepcopy(EVERY_KIND))


def post(*lists: tuple[str, list[str]], **values: Any) -> QueryDict:
    """What a browser sends: `voice="x"` as `answer-voice`; `__` in a name stands for the hyphen of groups."""
    sent = QueryDict(mutable=True)
    for name, value in [*values.items(), *lists]:
        plain = name if name in {"group_add", "group_remove"} else f"answer-{name.replace('__', '-')}"
        sent.setlist(plain.replace("group_", "group-"), value if isinstance(value, list) else [str(value)])
    return sent


def whole_post() -> QueryDict:
    """Every field of `every_kind` answered."""
    return post(
        name="Amy", story="First line\r\nSecond line", route="bus", needs=["sleep", "other"], other_need="A bicycle",
        met_day="14", met_month="4", met_year="2026", since_day="", since_month="9", since_year="2024",
        attendance="85.5%", score="7", about="p-amy", adults__count="2",
        adults__0__who="p-cara", adults__0__agrees="no", adults__0__why_not="She sees it otherwise",
        adults__0__born_day="", adults__0__born_month="", adults__0__born_year="",
        adults__1__who="p-dev", adults__1__agrees="yes", adults__1__why_not="",
        adults__1__born_day="1", adults__1__born_month="2", adults__1__born_year="1990",
    )  # fmt: skip


WHOLE_ANSWERS = {
    "name": "Amy",
    "story": "First line\nSecond line",
    "route": "bus",
    "needs": ["sleep", "other"],
    "other_need": "A bicycle",
    "met": "2026-04-14",
    "since": "2024-09",
    "attendance": 85.5,
    "score": 7,
    "about": "p-amy",
    "adults": [
        {"who": "p-cara", "agrees": "no", "why_not": "She sees it otherwise"},
        {"who": "p-dev", "agrees": "yes", "born": "1990-02-01"},
    ],
}
