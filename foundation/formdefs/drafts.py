"""What somebody has typed so far, kept as it stands: half a date and all (EHA-4).

A draft is kept in the shape of the answers, so that one JSON field holds either. Only a whole date is a string there;
the boxes of half a date are `{"day": "3", "month": "", "year": ""}`, and a number that is none yet is the text typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from foundation.common.errors import Invalid
from foundation.formdefs import values
from foundation.formdefs.definitions import Definition, Field
from foundation.formdefs.enums import Kind
from foundation.formdefs.forms import Answers, PageForm, name_in, page_form
from foundation.ui.widgets import DateInput

ADD, REMOVE = "group-add", "group-remove"
# The most that a draft keeps, in characters: of one long text, of anything shorter, of a whole page.
LONGEST_TEXT, LONGEST_ELSE, LONGEST_PAGE = 60_000, 200, 600_000
_CHOSEN = frozenset({Kind.CHOICE, Kind.MANY_CHOICES, Kind.SCALE, Kind.PERSON})


def draft_answers(
    definition: Definition, page_key: str, post: Mapping[str, Any], *, people: Iterable[Sequence[str]] = ()
) -> Answers:
    """Everything typed on a page, finished or not, after the Add another or Remove button that was pressed, if any.

    Answers that are not asked for at present are kept too. Raises Invalid when something is too long to keep, by its
    field's name, so that the page can say so and leave the words in their box; never cuts anything off.
    """
    form = page_form(definition, page_key, people=people)(post)
    draft: Answers = {}
    for field in form.page:
        if field.kind == Kind.GROUP:
            draft[field.key] = _group(form, field, post)
        else:
            _keep(form, field, field.key, draft)
    if _length(draft) > LONGEST_PAGE:
        raise Invalid("This page holds more than can be kept. Shorten some of its answers.")
    return draft


def pressed(post: Mapping[str, Any]) -> bool:
    """Whether Add another or Remove was pressed: keep the draft, then show the page again at `anchor`."""
    return bool(post.get(ADD) or post.get(REMOVE))


def anchor(post: Mapping[str, Any], draft: Mapping[str, Any]) -> str:
    """Where on the page to go on after Add another or Remove, such as "#group-adults-2"; nothing for neither."""
    key = str(post.get(ADD) or "")
    if isinstance(draft.get(key), list):
        return f"#group-{key}-{max(0, len(draft[key]) - 1)}"
    key = str(post.get(REMOVE) or "").rpartition("-")[0]
    return f"#group-{key}" if isinstance(draft.get(key), list) else ""


def _group(form: PageForm, group: Field, post: Mapping[str, Any]) -> list[Answers]:
    if form.sent_count(group) > group.max_items:
        raise Invalid(f"“{group.label}” can have {group.max_items} entries at most.")
    entries: list[Answers] = []
    for number in range(form.counts[group.key]):
        entry: Answers = {}
        for inner in group.fields:
            _keep(form, inner, name_in(group, number, inner), entry)
        entries.append(entry)
    if post.get(ADD) == group.key and len(entries) < group.max_items:
        entries.append({})
    key, _, number_sent = str(post.get(REMOVE) or "").rpartition("-")
    if key == group.key and number_sent in {str(number) for number in range(len(entries))}:
        del entries[int(number_sent)]
    return entries


def _keep(form: PageForm, field: Field, name: str, into: Answers) -> None:
    """Put what was sent for one field into the draft, whole if it is whole, else as typed."""
    typed = _readable(values.sent(form, name))
    if values.is_empty(typed) and not isinstance(typed, str):
        return
    longest = LONGEST_TEXT if field.kind in {Kind.TEXT, Kind.LONG_TEXT} else LONGEST_ELSE
    parts = typed if isinstance(typed, list) else [typed]
    if any(len(part) > longest for part in parts):
        sentence = f"“{field.label}” is too long to keep. Make it {longest:,} characters or fewer."
        raise Invalid({name: sentence})
    kept = _as_draft(form, field, name, typed)
    if kept not in (None, "", []):
        into[field.key] = kept


def _as_draft(form: PageForm, field: Field, name: str, typed: Any) -> Any:
    if field.kind in {Kind.TEXT, Kind.LONG_TEXT}:
        return typed
    if field.kind == Kind.PERSON and not form.people:
        return typed
    if field.kind == Kind.MANY_CHOICES:
        known = {option.value for option in field.options}
        return [value for value in dict.fromkeys(typed) if value in known]
    try:
        cleaned = form.fields[name].clean(typed)
    except ValidationError:
        if field.kind in _CHOSEN:
            return None  # nobody types these: it is no answer that the page offered
        return dict(zip(DateInput.parts, typed, strict=True)) if isinstance(typed, list) else typed
    return values.stored(cleaned)


def _readable(value: Any) -> Any:
    """Text with one kind of line break, without what the database cannot hold (NUL, halves of characters)."""
    if isinstance(value, list | tuple):
        return [_readable(part) for part in value]
    text = str("" if value is None else value).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _length(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_length, value.values()))
    if isinstance(value, list):
        return sum(map(_length, value))
    return len(str(value))
