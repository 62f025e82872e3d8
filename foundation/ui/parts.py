"""What the field templates need to know about a bound field: its kind, its classes, its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from foundation.ui import widgets

_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (widgets.Scale, "scale"),
    (widgets.DateInput, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),  # Django derives it from RadioSelect
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)
_WITH_FIELDSET = frozenset({"scale", "date", "radios", "checkboxes"})


@dataclass(frozen=True, slots=True)
class Option:
    """One radio or checkbox."""

    id: str
    value: str
    label: str
    selected: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Parts:
    """One field's group on the page."""

    kind: str
    describedby: str
    heading: bool
    legend_class: str
    label_class: str
    limit: int = 0
    counts: bool = False
    width: int = 0
    dir: bool = False
    inline: bool = False
    small: bool = False
    disabled: bool = False
    low: str = ""
    high: str = ""
    wrong_boxes: tuple[str, ...] = ()
    options: list[Option] = field(default_factory=list)

    @property
    def fieldset(self) -> bool:
        """Whether several inputs share one legend."""
        return self.kind in _WITH_FIELDSET

    @property
    def limit_words(self) -> str:
        """The limit as people write it: 20,000."""
        return f"{self.limit:,}"


def parts_of(bound: BoundField) -> Parts:
    """Everything the templates decide by, worked out once a field."""
    widget = bound.field.widget
    kind = kind_of(widget)
    heading = getattr(bound.form, "heading_field", "") == bound.name
    limit = getattr(bound.field, "limit", 0)
    size = "l" if heading else "s"
    return Parts(
        kind=kind,
        describedby=" ".join(_describing(bound)),
        heading=heading,
        legend_class=f"govuk-fieldset__legend--{size}",
        label_class=f"govuk-label--{size}",
        limit=limit,
        counts=bool(kind == "textarea" and limit and getattr(widget, "count", False)),
        width=getattr(widget, "width", 0),
        dir=isinstance(widget, forms.TextInput) and getattr(widget, "input_type", "") == "text",
        inline=getattr(widget, "inline", False),
        small=getattr(widget, "small", False),
        disabled=bound.field.disabled,
        low=getattr(widget, "low", ""),
        high=getattr(widget, "high", ""),
        wrong_boxes=tuple(_wrong_boxes(bound)) if kind == "date" else (),
        options=list(_options(bound)) if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple) else [],
    )


def kind_of(widget: forms.Widget) -> str:
    """The template of `ui/fields/` that draws a widget, Django's own included."""
    if widget.is_hidden:
        return "hidden"
    return next((kind for base, kind in _KINDS if isinstance(widget, base)), "input")


def input_id(bound: BoundField) -> str:
    """The id that an error's link must lead to: the one input, the first wrong box of a date, or the first option."""
    kind = kind_of(bound.field.widget)
    if kind == "date":
        return f"{bound.auto_id}_{next(iter(_wrong_boxes(bound)), 'day')}"
    if kind in _WITH_FIELDSET:
        return next((option.id for option in _options(bound)), bound.auto_id)
    return bound.auto_id


def widget_context(bound: BoundField, parts: Parts) -> dict[str, Any]:
    """Django's own context of the widget, with the ids of hint, error and counter in its aria attributes."""
    attrs: dict[str, Any] = {"id": bound.auto_id}
    if parts.describedby and not parts.fieldset:
        attrs["aria-describedby"] = parts.describedby
    attrs = bound.build_widget_attrs(attrs)
    context: dict[str, Any] = bound.field.widget.get_context(bound.html_name, bound.value(), attrs)
    if parts.counts:
        context["widget"]["attrs"].pop("maxlength", None)  # too long a text keeps its words and gets a sentence
    return context


def _describing(bound: BoundField) -> Iterator[str]:
    if bound.help_text:
        yield f"{bound.auto_id}_helptext"
    if bound.errors:
        yield f"{bound.auto_id}_error"
    if getattr(bound.field.widget, "count", False) and getattr(bound.field, "limit", 0):
        yield f"{bound.auto_id}-info"


def _options(bound: BoundField) -> Iterator[Option]:
    hints: Mapping[str, str] = getattr(bound.field.widget, "hints", {})
    for number, choice in enumerate(bound.subwidgets):
        data = choice.data
        value = str(data["value"])
        yield Option(
            id=f"{bound.auto_id}_{number}",
            value=value,
            label=str(data["label"]),
            selected=bool(data["selected"]),
            hint=str(hints.get(value, "")),
        )


def _wrong_boxes(bound: BoundField) -> list[str]:
    if not bound.errors:
        return []
    for error in bound.errors.as_data():
        if error.params and "parts" in error.params:
            return list(error.params["parts"])
    return list(widgets.DateInput.parts)
