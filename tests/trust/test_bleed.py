"""Nothing of one partnership is left behind in a thread, a connection or a template for the next (trust 4).

By default a part of it; `make trust` tries 10,000 of each.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.shortcuts import render
from django.test import Client, RequestFactory

from foundation.accounts.enums import Role
from foundation.accounts.models import User
from foundation.common.actors import Actor
from foundation.formdefs.models import FormDefinition
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import current_partnership_id_or_none, tenant_scope
from tests.factories import make_agency, make_member, make_partnership, sign_in
from tests.ui.gallery import EveryField

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WHOLE = os.environ.get("EARLYHELP_TRUST") == "whole"
RENDERS, TURNS, REQUESTS = (10_000, 10_000, 2_000) if WHOLE else (800, 1_200, 160)
THREADS = 6
PLACES = ["amber", "basalt", "cobalt", "dunlin", "ermine"]


def canary(place: str) -> str:
    """A word that stands in one partnership's things and nowhere else."""
    return f"Zq{place}qZ"


def on_threads(work: Callable[[int], None]) -> None:
    """The same work on every thread at once, each with its own connection; an error in one is the test's."""
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def strangers_in(text: str, place: str) -> set[str]:
    """The other places whose canary stands in a text."""
    return {other for other in PLACES if other != place and canary(other) in text}


def setting() -> str:
    """What the connection holds of a partnership."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('earlyhelp.partnership', true), '')")
        return str(cursor.fetchone()[0])


def page_of(place: str, number: int) -> str:
    """A whole page with its shell, and a form that came back with its words and errors, for one partnership."""
    sent = QueryDict(mutable=True)
    sent.update({"name": f"{canary(place)} name", "story": f"{canary(place)} story", "born_0": canary(place)})
    sent.setlist("needs", [canary(place)])
    request: Any = RequestFactory().post(f"/help/{place}/", sent)
    request.user = User(pk=number + 1, email=f"{place}@{place}.example", full_name=f"{canary(place)} person")
    request.partnership = Partnership(slug=place, name=canary(place), front_door=canary(place))
    request.actor = Actor(partnership_id=request.partnership.pk, user_id=number + 1)
    request.session, request.csp_nonce = {}, f"nonce{canary(place)}"
    form = EveryField(request.POST)
    context = {"form": form, "title": canary(place), "button": "Continue", "back_url": f"/help/{canary(place)}/"}
    return render(request, "ui/form_page.html", context).content.decode()


def test_renders_on_many_threads_show_one_partnership_each(record_property: Any) -> None:
    """Trust 4: forms, errors and the shell, rendered at once for five partnerships; each page holds its own canary."""
    bled: list[str] = []
    lost: list[str] = []

    def work(number: int) -> None:
        for turn in range(RENDERS // THREADS + 1):
            place = PLACES[(number + turn) % len(PLACES)]
            page = page_of(place, turn)
            bled.extend(strangers_in(page, place))
            if page.count(canary(place)) < 6:
                lost.append(place)

    on_threads(work)
    record_property("trust", f"renders: {THREADS * (RENDERS // THREADS + 1):,} on {THREADS} threads, {len(bled)} bled")
    assert (bled, lost) == ([], [])


def test_transactions_by_turns_leave_nothing_behind(transactional_db: None, record_property: Any) -> None:
    """Trust 4: scopes by turns on six connections, one in seven ending in an error; each finds its own rows alone."""
    partnerships = {place: make_partnership(place) for place in PLACES}
    for place, partnership in partnerships.items():
        with tenant_scope(partnership.pk):
            FormDefinition.objects.create(key="eha", version=1, title=canary(place), body={})
    bled: list[str] = []

    def work(number: int) -> None:
        for turn in range(TURNS // THREADS + 1):
            place = PLACES[(number + turn) % len(PLACES)]
            try:
                with tenant_scope(partnerships[place].pk):
                    titles = [form.title for form in FormDefinition._base_manager.all()]
                    if titles != [canary(place)]:
                        bled.append(f"{place}: {titles}")
                    if turn % 7 == 0:
                        raise LookupError
            except LookupError:
                pass
            if setting() or current_partnership_id_or_none() or FormDefinition._base_manager.exists():
                bled.append(f"{place} stayed behind")

    on_threads(work)
    record_property("trust", f"transactions: {THREADS * (TURNS // THREADS + 1):,} by turns, {len(bled)} bled")
    assert bled == []


class Broken(Exception):
    """What goes wrong in the middle of a request."""


@pytest.fixture
def doors(transactional_db: None) -> dict[str, User]:
    """In each place an administrator, and an agency that bears the place's canary."""
    people: dict[str, User] = {}
    for place in PLACES:
        partnership = make_partnership(place, name=canary(place))
        with tenant_scope(partnership.pk):
            people[place] = make_member(
                role=Role.ADMINISTRATOR, agency=make_agency(f"{canary(place)} Council"), name=f"{canary(place)} Lund"
            ).user
    return people


def test_requests_that_break_in_the_middle_leave_nothing_behind(doors: dict[str, User], record_property: Any) -> None:
    """Trust 4: whole requests by turns on six threads; every fifth dies at one of its statements."""
    bled: list[str] = []
    broken: list[str] = []

    def work(number: int) -> None:
        clients = {place: sign_in(Client(raise_request_exception=False), user) for place, user in doors.items()}
        for turn in range(REQUESTS // THREADS + 1):
            place = PLACES[(number + turn) % len(PLACES)]
            if turn % 5 == 4:
                with connection.execute_wrapper(dying_at(3 + turn % 9)):
                    answer = clients[place].get(f"/{place}/set-up/agencies/")
                broken.append(place) if answer.status_code >= 500 else None
            else:
                answer = clients[place].get(f"/{place}/set-up/agencies/")
                assert answer.status_code == 200
                assert f"{canary(place)} Council" in answer.content.decode()
            bled.extend(strangers_in(answer.content.decode(), place))
            if setting() or current_partnership_id_or_none():
                bled.append(f"{place} stayed behind")

    on_threads(work)
    record_property(
        "trust", f"requests: {THREADS * (REQUESTS // THREADS + 1):,}, {len(broken):,} of them broken, {len(bled)} bled"
    )
    assert bled == []
    assert broken


def dying_at(statement: int) -> Callable[..., Any]:
    """Breaks the so manieth statement of a connection."""
    left = [statement]

    def die(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Broken
        return execute(sql, params, many, context)

    return die
