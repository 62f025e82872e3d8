"""The pages' tags. `{% load early_help %}`, then:

Forms
    {% error_summary form %} {% error_summary form formset %}   first thing in `content`; nothing when all is well
    {{ form }}                                                  every field
    {{ form.name.as_field_group }}                              one field with label, hint and error
    `heading_field = "name"` on the form makes that field's label the page's h1 (one question on a page)

Words
    {{ moment|when }}        "Tue 14 April 2026 at 2:02pm", London time       {{ date|day }}   "Tue 14 April 2026"
    {{ note|prose }}         text as typed, in paragraphs, dir="auto", escaped
    {% tag "Waiting" "blue" %}   a status in words; colour is only its dress: grey blue green yellow orange red purple

Pieces (`{% include %}`; each file says at its top what it takes)
    ui/back_link.html ui/warning.html ui/details.html ui/panel.html ui/button.html ui/name_bar.html
    ui/check_answers.html ui/task_list.html ui/timeline.html ui/worklist.html ui/progress.html ui/saved.html
    ui/add_another.html ui/empty.html
Rows for them are made with `foundation.ui.components`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from foundation.common.clock import LONDON
from foundation.ui.parts import Parts, input_id, parts_of, widget_context

register = template.Library()
TAG_COLOURS = frozenset({"grey", "blue", "green", "yellow", "orange", "red", "purple", "teal", "magenta"})


@register.simple_tag
def field_parts(field: BoundField) -> Parts:
    """What `ui/field.html` decides by."""
    return parts_of(field)


@register.simple_tag
def field_input(field: BoundField, parts: Parts) -> SafeString:
    """The input or inputs of a field."""
    context = {**widget_context(field, parts), "field": field, "parts": parts}
    return SafeString(field.form.renderer.render(f"ui/fields/{parts.kind}.html", context))  # the template escapes


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """Every mistake of these forms and formsets, each linked to its input."""
    return {"errors": [error for form in forms if form for error in _errors(form)]}


@register.filter
def when(moment: dt.datetime | None) -> str:
    """A moment on a London clock: "Tue 14 April 2026 at 2:02pm", at the full hour "at 5pm"; nothing for none."""
    if not moment:
        return ""
    local = moment.astimezone(LONDON)
    minutes = f":{local:%M}" if local.minute else ""
    return f"{day(local.date())} at {local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


@register.filter
def day(date: dt.date | None) -> str:
    """A date with its weekday: "Tue 14 April 2026"; nothing for none."""
    if not date:
        return ""
    if isinstance(date, dt.datetime):
        date = date.astimezone(LONDON).date()
    return f"{date:%a} {date.day} {date:%B %Y}"


@register.filter
def prose(text: str | None) -> SafeString:
    """What a person wrote, in paragraphs and lines as they wrote it, each in its own direction."""
    blocks = [block for block in (text or "").replace("\r\n", "\n").split("\n\n") if block.strip()]
    return format_html_join(
        "", '<p class="govuk-body" dir="auto">{}</p>', ((_lines(block.strip("\n")),) for block in blocks)
    )


@register.simple_tag(name="tag")
def status_tag(words: str, colour: str = "grey") -> SafeString:
    """A status, always in words."""
    if colour not in TAG_COLOURS:
        raise template.TemplateSyntaxError(f"No tag is {colour}.")
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)


def _lines(block: str) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in block.split("\n")))


def _errors(form: Any) -> Iterator[dict[str, str]]:
    if hasattr(form, "management_form"):
        for error in form.non_form_errors():
            yield {"words": str(error), "href": ""}
        for one in form.forms:
            yield from _errors(one)
        return
    if not form.is_bound:
        return
    for error in form.non_field_errors():
        yield {"words": str(error), "href": ""}
    for bound in form:
        for error in bound.errors:
            yield {"words": str(error), "href": "" if bound.is_hidden else f"#{input_id(bound)}"}
