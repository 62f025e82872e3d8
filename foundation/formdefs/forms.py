"""A page of a form definition as a Django form, and its answers as JSON (EHA-3).

Names in the posted form begin with `answer-`, so that no field of a definition can take the place of a page's own
(`revision`, `csrfmiddlewaretoken`). A repeated group's are `answer-GROUP-0-KEY`, with `answer-GROUP-count`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from foundation.formdefs import values
from foundation.formdefs.definitions import Definition, Field, Page, shown
from foundation.formdefs.enums import Kind
from foundation.formdefs.people import Person, as_people

PREFIX = "answer"
Answers = dict[str, Any]


@dataclass(frozen=True)
class When:
    """The condition on which something is asked: the posted name looked at and its value for the script, and the
    same in words for people.
    """

    name: str
    value: str
    words: str


@dataclass(frozen=True)
class Item:
    """One field on the page."""

    field: Field
    bound: forms.BoundField
    when: When | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of a repeated group; `key`, such as "adults-1", is what its Remove button sends.

    `name` is "Adult 2", and `about` the person whom it is about, where one has been chosen.
    """

    name: str
    about: str
    key: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Block:
    """What stands on the page, in order: a field (`item`), or a repeated group (`entries`)."""

    field: Field
    item: Item | None = None
    entries: tuple[Entry, ...] = ()
    count_name: str = ""
    when: When | None = None

    @property
    def can_add(self) -> bool:
        """Whether the group has room for one more."""
        return len(self.entries) < self.field.max_items


class PageForm(forms.Form):
    """The form of one page; `page` and `people` are set by `page_form`."""

    prefix = PREFIX
    use_required_attribute = False
    page: ClassVar[Page]
    people: ClassVar[tuple[Person, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: Answers = {}
        self.counts = {group.key: self._count(group) for group in self.page if group.kind == Kind.GROUP}
        for field in self.page:
            if field.kind != Kind.GROUP:
                self.fields[field.key] = values.form_field(field, self.people)
                continue
            for number in range(self.counts[field.key]):
                where = f"{entry_name(field, number)}: "
                for inner in field.fields:
                    self.fields[name_in(field, number, inner)] = values.form_field(inner, self.people, where=where)

    def _count(self, group: Field) -> int:
        """How many entries stand on the page: as many as were sent, or as are kept; one at least."""
        if not self.is_bound:
            return max(1, int(self.initial.get(f"{group.key}-count") or 0))
        return max(1, min(self.sent_count(group), group.max_items))

    def sent_count(self, group: Field) -> int:
        """How many entries the browser says that it sends; 0 where it says nothing that can be understood."""
        typed = str(self.data.get(self.add_prefix(f"{group.key}-count")) or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0

    def clean(self) -> Answers:
        """Gather what is kept. Nobody answers for what was not asked: a field whose condition does not hold, an
        entry left wholly empty.
        """
        given = {field.key: self.cleaned_data.get(field.key) for field in self.page if field.kind != Kind.GROUP}
        asked = {field.key for field in shown(self.page, given)}
        for field in self.page:
            if field.kind == Kind.GROUP:
                entries = self._clean_group(field, asked=field.key in asked)
                if field.key in asked:
                    self.kept[field.key] = entries
            elif field.key not in asked:
                self._forget(field.key)
            elif not values.is_empty(given[field.key]):
                self.kept[field.key] = values.stored(given[field.key])
        return self.cleaned_data

    def _clean_group(self, group: Field, *, asked: bool) -> list[Answers]:
        numbers = range(self.counts[group.key])
        begun = [number for number in numbers if asked and not self._is_blank(group, number)]
        if asked and self.sent_count(group) > group.max_items:
            self.add_error(None, f"“{group.label}” can have {group.max_items} entries at most.")
        if asked and group.required and not begun:
            begun = [0]
            if not any(name_in(group, 0, inner) in self.errors for inner in group.fields):
                self.add_error(name_in(group, 0, group.fields[0]), f"Answer “{group.label}” at least once")
        for number in set(numbers) - set(begun):
            self._forget(*(name_in(group, number, inner) for inner in group.fields))
        return [self._clean_entry(group, number) for number in begun]

    def _clean_entry(self, group: Field, number: int) -> Answers:
        given = {inner.key: self.cleaned_data.get(name_in(group, number, inner)) for inner in group.fields}
        asked = {inner.key for inner in shown(group.fields, given)}
        self._forget(*(name_in(group, number, inner) for inner in group.fields if inner.key not in asked))
        return {
            key: values.stored(value) for key, value in given.items() if key in asked and not values.is_empty(value)
        }

    def _is_blank(self, group: Field, number: int) -> bool:
        """Whether nothing was entered. A person filled in beforehand is an entry begun, not a blank one."""
        return all(values.is_empty(values.sent(self, name_in(group, number, inner))) for inner in group.fields)

    def _forget(self, *names: str) -> None:
        for name in names:
            self.errors.pop(name, None)
            self.cleaned_data.pop(name, None)

    @property
    def blocks(self) -> list[Block]:
        """The page in order, for the template."""
        return [
            self._group_block(field) if field.kind == Kind.GROUP else self._field_block(field) for field in self.page
        ]

    def _field_block(self, field: Field) -> Block:
        return Block(field, item=Item(field, self[field.key]), when=self._when(field, self.page.fields))

    def _group_block(self, group: Field) -> Block:
        entries = tuple(self._entry(group, number) for number in range(self.counts[group.key]))
        count = self.add_prefix(f"{group.key}-count")
        return Block(group, entries=entries, count_name=count, when=self._when(group, self.page.fields))

    def _entry(self, group: Field, number: int) -> Entry:
        inside = f"{group.key}-{number}-"
        items = tuple(
            Item(inner, self[name_in(group, number, inner)], self._when(inner, group.fields, inside))
            for inner in group.fields
        )
        chosen = {str(item.bound.value()) for item in items if item.field.kind == Kind.PERSON}
        about = next((person.name for person in self.people if person.id in chosen), "")
        return Entry(entry_name(group, number), about, f"{group.key}-{number}", items)

    def _when(self, field: Field, beside: Iterable[Field], inside: str = "") -> When | None:
        condition = field.condition
        if condition is None:
            return None
        looked_at = next(other for other in beside if other.key == condition.field)
        value = condition.equals if condition.contains is None else condition.contains
        words = f"Only if the answer to “{looked_at.label}” is “{looked_at.option_label(value)}”."
        return When(self.add_prefix(inside + condition.field), str(value), words)


def page_form(definition: Definition, page_key: str, *, people: Iterable[Sequence[str]] = ()) -> type[PageForm]:
    """The form class of one page; NotThere where the definition has no such page.

    `people` are those whom a field of kind person offers: `(id, name)`, or `(id, name, "child" | "adult")`.
    Use it as `page_form(…)(initial=initial_from(…))` and `page_form(…)(request.POST)`.
    """
    page = definition.page(page_key)
    return type("PageForm", (PageForm,), {"page": page, "people": as_people(people)})


def answers_from(form: PageForm) -> Answers:
    """The answers of a valid form as JSON holds them; what was not asked or left empty is not among them."""
    if not form.is_valid():
        raise ValueError("Only a valid form has answers.")
    return form.kept


def initial_from(
    definition: Definition, page_key: str, answers: Mapping[str, Any], *, people: Iterable[Sequence[str]] = ()
) -> Answers:
    """Answers (whole or a draft's) as the initial values of the page's form.

    A group that nobody has begun yet, and that wants one entry for each child or adult, begins with them.
    """
    initial: Answers = {}
    for field in definition.page(page_key):
        if field.kind != Kind.GROUP:
            initial[field.key] = values.shown_again(field, answers.get(field.key))
            continue
        entries = answers.get(field.key)
        if entries is None:
            entries = _one_for_each(field, as_people(people))
        initial[f"{field.key}-count"] = len(entries)
        for number, entry in enumerate(entries):
            for inner in field.fields:
                initial[name_in(field, number, inner)] = values.shown_again(inner, entry.get(inner.key))
    return initial


def name_in(group: Field, number: int, inner: Field) -> str:
    """The name, without prefix, of a field inside an entry of a group."""
    return f"{group.key}-{number}-{inner.key}"


def entry_name(group: Field, number: int) -> str:
    """What an entry is called on pages: "Adult 2"."""
    return f"{group.entry or group.label} {number + 1}"


def _one_for_each(group: Field, people: tuple[Person, ...]) -> list[Answers]:
    key = next((inner.key for inner in group.fields if inner.kind == Kind.PERSON), None)
    if not group.for_each or key is None:
        return []
    return [{key: person.id} for person in people if person.who == group.for_each][: group.max_items]
