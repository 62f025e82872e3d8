"""A person's own filters of the list of cases."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from cases import policies, queries
from cases.models import SavedFilter
from foundation.accounts.models import User
from foundation.common.actors import Actor
from foundation.common.codes import is_code
from foundation.common.errors import Invalid
from foundation.common.text import clean_name

MOST_FILTERS = 20
NAME_LIMIT = 60
MAY_NARROW = frozenset({"whose", "state", "level", "team", "since"})


@transaction.atomic
def save_filter(*, by: Actor, name: str, query: Mapping[str, str], is_default: bool = False) -> SavedFilter:
    """Keep what the list is narrowed to under a name of the person's own.

    `query` is what stands in the list's address. Raises Invalid for a name that is missing, too long or taken, for
    more than `MOST_FILTERS`, and for anything in `query` that is no code or no filter.
    """
    policies.check_can_look(by=by)
    own = _own_filters(by)
    if len(own) >= MOST_FILTERS:
        raise Invalid(f"You have {MOST_FILTERS} filters. Delete one that you no longer need, then save this one.")
    if not MAY_NARROW.issuperset(query) or not all(is_code(value) for value in query.values()):
        raise Invalid("This filter cannot be kept. Choose it again from the list.")
    made = SavedFilter(user_id=by.person, agency_id=by.agency, query=dict(query))
    return _named(made, own, name=name, is_default=is_default)


@transaction.atomic
def change_filter(*, by: Actor, filter_id: UUID, name: str, is_default: bool) -> SavedFilter:
    """Call one of the person's own filters otherwise, or make it (or no longer) what the list opens with.

    Raises NotThere for anyone else's, and Invalid as `save_filter` does.
    """
    policies.check_can_look(by=by)
    own = _own_filters(by)
    return _named(queries.saved_filter(by, filter_id), own, name=name, is_default=is_default)


@transaction.atomic
def delete_filter(*, by: Actor, filter_id: UUID) -> None:
    """Forget one of the person's own filters; NotThere for anyone else's."""
    policies.check_can_look(by=by)
    queries.saved_filter(by, filter_id).delete()


def _own_filters(by: Actor) -> list[SavedFilter]:
    """All that the person has under this hat; two saves of theirs at once come one after the other."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.person)
    return list(queries.saved_filters(by))


def _named(one: SavedFilter, own: list[SavedFilter], *, name: str, is_default: bool) -> SavedFilter:
    one.name = clean_name(name, limit=NAME_LIMIT)
    if not one.name:
        raise Invalid({"name": "Enter a name for this filter"})
    if one.name.casefold() in {other.name.casefold() for other in own if other.pk != one.pk}:
        raise Invalid({"name": "You have a filter of this name already. Choose another name."})
    one.is_default = is_default
    if is_default:
        others = [other.pk for other in own if other.is_default and other.pk != one.pk]
        SavedFilter.objects.filter(pk__in=others).update(is_default=False)
    one.save()
    return one
