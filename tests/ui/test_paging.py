"""Lists by key: nothing twice, nothing left out, nothing broken by a bad cursor."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import IntegerField, QuerySet, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from foundation.ui.paging import bounded_count, page_by_key

DAY = dt.datetime(2026, 4, 14, tzinfo=dt.UTC)
ORDERS = [("name", "id"), ("-name", "id"), ("name", "-id"), ("created_at", "slug"), ("-created_at", "name", "-id")]


def rows(names: list[tuple[str, int]]) -> QuerySet[Partnership]:
    """Partnerships with these names and days, as many as there are; they stand outside the wall."""
    made = Partnership.objects.bulk_create(
        Partnership(slug=f"page-{number}", name=name or "-") for number, (name, _day) in enumerate(names)
    )
    for one, (_name, day) in zip(made, names, strict=True):
        with tenant_scope(one.pk):
            Partnership.objects.filter(pk=one.pk).update(created_at=DAY + dt.timedelta(days=day))
    return Partnership.objects.filter(slug__startswith="page-")


def walk(
    found: QuerySet[Any], order: tuple[str, ...], size: int, step: str = "next", after: str = ""
) -> list[list[Any]]:
    """Every page from a cursor on, by its own links."""
    pages = [page_by_key(found, order=order, after=after, size=size)]
    while cursor := getattr(pages[-1], step):
        pages.append(page_by_key(found, order=order, after=cursor, size=size))
        assert len(pages) < 100
    return [page.rows for page in pages]


@pytest.mark.django_db
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.tuples(st.sampled_from(["", "a", "B", "é", "مريم", "🙂"]), st.integers(0, 3)), max_size=14),
    size=st.integers(1, 5),
    order=st.sampled_from(ORDERS),
)
def test_pages_part_a_list(names, size, order, django_db_blocker):
    """INT-4: pages put together are the list, each row once, in order; backwards as well."""
    from django.db import transaction

    with transaction.atomic():
        found = rows(names)
        whole = list(found.order_by(*order))
        forwards = walk(found, order, size)
        assert [row for page in forwards for row in page] == whole
        assert all(len(page) == size for page in forwards[:-1])
        last = page_by_key(found, order=order, after=None, size=size)
        while last.next:
            last = page_by_key(found, order=order, after=last.next, size=size)
        if last.previous:
            back = walk(found, order, size, step="previous", after=last.previous)
            assert back[-1] == whole[: len(back[-1])]
            assert len(back[0]) == size
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["", "x", "é", "gAAAAA" + "x" * 200, "1", "'; DROP TABLE", "\x00"])
def test_a_bad_cursor_is_the_first_page(cursor):
    """INT-4: whatever stands in the address, the list answers."""
    found = rows([("a", 0), ("b", 0)])
    assert [row.name for row in page_by_key(found, order=("name", "id"), after=cursor, size=1).rows] == ["a"]


@pytest.mark.django_db
def test_a_cursor_fits_its_own_list_only():
    """INT-4: a cursor of another order is no cursor here."""
    found = rows([("a", 0), ("b", 1), ("c", 2)])
    cursor = page_by_key(found, order=("name", "id"), after=None, size=1).next
    assert [row.name for row in page_by_key(found, order=("-name", "id"), after=cursor, size=1).rows] == ["c"]


@pytest.mark.django_db
def test_a_cursor_tells_nothing():
    """OPS-2: a family's name is never in an address."""
    import base64

    found = rows([("Okonkwo", 0), ("Smith", 0)])
    cursor = page_by_key(found, order=("name", "id"), after=None, size=1).next
    assert b"Okonkwo" not in base64.urlsafe_b64decode(cursor)


@pytest.mark.django_db
def test_rows_that_went_since_are_no_dead_end():
    """INT-4: when all that stood behind a cursor has been taken, the first page answers."""
    found = rows([("a", 0), ("b", 0)])
    cursor = page_by_key(found, order=("name", "id"), after=None, size=1).next
    left = found.exclude(name="b")
    assert [row.name for row in page_by_key(left, order=("name", "id"), after=cursor, size=1).rows] == ["a"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3, 9])
def test_a_page_is_one_query(number, django_assert_num_queries):
    """INT-4: a page costs one query, however long the list."""
    found = rows([("a", day) for day in range(number)])
    with django_assert_num_queries(1):
        first = page_by_key(found, order=("created_at", "id"), after=None, size=2)
    if first.next:
        with django_assert_num_queries(1) as seen:
            page_by_key(found, order=("created_at", "id"), after=first.next, size=2)
        assert "OFFSET" not in seen.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_a_null_key_is_a_mistake_of_ours():
    """INT-4: a list may not be ordered by what can be null, and says so at once."""
    found = rows([("a", 0), ("b", 0)]).annotate(nothing=Value(None, output_field=IntegerField()))
    with pytest.raises(ValueError, match="never null"):
        page_by_key(found, order=("nothing", "id"), after=None, size=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "words"), [(2, "2 or more"), (3, "3 or more"), (4, "3"), (1_000, "3")])
def test_a_count_stops_at_its_limit(limit, words, django_assert_num_queries):
    """INT-4: nobody waits for a count of everything."""
    found = rows([("a", 0), ("b", 0), ("c", 0)])
    with django_assert_num_queries(1):
        assert str(bounded_count(found, limit)) == words
