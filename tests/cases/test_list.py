"""The list of cases at its edges: the last row of a page, a row that goes while one reads, a count that stops."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from consent import services as consents
from foundation.accounts.enums import Role
from foundation.common import clock
from foundation.tenancy.scope import tenant_scope
from foundation.ui.paging import bounded_count, page_by_key
from tests.cases.making import SEE, make_scene, opened
from tests.factories import make_agency, make_member, make_partnership, sign_in
from tests.markup import Markup, words

TOLD = "Ruth Adeyemi, on the telephone"
START = dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Four cases open to a school, newest first; for the whole module, and never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        partnership = make_partnership()
        with tenant_scope(partnership.pk):
            scene = make_scene()
            school, other = make_agency("Fernbank Academy"), make_agency("Harbour Health")
            made = []
            for day in range(4):
                with clock.at(START + dt.timedelta(days=day)):
                    made.append(opened(scene, {school: SEE}))
        yield SimpleNamespace(
            partnership=partnership, scene=scene, school=school, other=other,
            cases=[case for case, _, _ in reversed(made)], consents=[consent for _, _, consent in reversed(made)],
        )  # fmt: skip
        transaction.set_rollback(True)


@pytest.fixture
def world(built):
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)


def reader_of(world, agency, role=Role.PRACTITIONER) -> Client:
    with tenant_scope(world.partnership.pk):
        member = make_member(role=role, agency=agency)
    return sign_in(Client(), member.user, world.partnership, agency)


@pytest.fixture
def reader(world):
    return reader_of(world, world.school)


def look(client, world, query=""):
    return client.get(reverse("cases:list", args=[world.partnership.slug]) + query)


def references(response) -> list[str]:
    return re.findall(r"EH-\w{4}-\w{4}", response.content.decode())


def onward(response, rel: str) -> str:
    found = Markup.of(response.content).all(f'a[rel="{rel}"]')
    return found[0].get("href") if found else ""


def of(world, *places) -> list[str]:
    return [world.cases[place].reference for place in places]


@pytest.mark.parametrize(
    ("size", "pages"),
    [(1, [[0], [1], [2], [3]]), (2, [[0, 1], [2, 3]]), (3, [[0, 1, 2], [3]]), (4, [[0, 1, 2, 3]]), (5, [[0, 1, 2, 3]])],
)
def test_a_full_last_page_is_the_last(world, reader, monkeypatch, size, pages):
    """Architecture §4: no empty page after the last row, no row twice, and the way back is the way there."""
    monkeypatch.setitem(page_by_key.__kwdefaults__, "size", size)
    seen, response = [], look(reader, world)
    seen.append(references(response))
    while following := onward(response, "next"):
        response = look(reader, world, following)
        seen.append(references(response))
    assert seen == [of(world, *page) for page in pages]
    back = [seen[-1]]
    while before := onward(response, "prev"):
        response = look(reader, world, before)
        back.append(references(response))
    assert back == seen[::-1]


def test_a_case_withdrawn_while_one_reads_is_gone_from_the_next_page(world, reader, monkeypatch):
    """CON-2: a cursor made before a withdrawal shows nothing of what was withdrawn, and skips nothing else."""
    monkeypatch.setitem(page_by_key.__kwdefaults__, "size", 2)
    first = look(reader, world)
    with tenant_scope(world.partnership.pk):
        for place in (1, 2):
            consents.withdraw(by=world.scene.lead_actor, consent_id=world.consents[place].pk, told_by=TOLD)
    assert references(look(reader, world, onward(first, "next"))) == of(world, 3)
    assert references(look(reader, world)) == of(world, 0, 3)


def test_another_s_cursor_shows_one_s_own_rows_alone(world, reader, monkeypatch):
    """Trust 1: the place in a list is no door: carried to another agency it opens nothing, and tells nothing."""
    monkeypatch.setitem(page_by_key.__kwdefaults__, "size", 2)
    following = onward(look(reader, world), "next")
    assert following
    for case in world.cases:
        assert str(case.pk) not in following
        assert case.reference not in following
    theirs = look(reader_of(world, world.other), world, following)
    assert theirs.status_code == 200
    assert references(theirs) == []
    ours = look(sign_in(Client(), world.scene.lead.user, world.partnership, world.scene.lead_agency), world, following)
    assert references(ours) == of(world, 2, 3)


@pytest.mark.parametrize("after", ["x", "%00", "gAAAAA", "é", "a" * 5000])
def test_a_damaged_cursor_begins_at_the_beginning(world, reader, after):
    """Bad input: what somebody typed into the address is no error."""
    response = look(reader, world, f"?after={after}")
    assert (response.status_code, references(response)) == (200, of(world, 0, 1, 2, 3))


def test_the_count_stops_at_its_limit_and_says_so(world, reader, monkeypatch):
    """Architecture §4: counting ends somewhere, and the page says that there may be more."""
    assert "4 cases" in words(Markup.of(look(reader, world).content).one("main"))
    monkeypatch.setattr(bounded_count, "__defaults__", (3,))
    assert "3 or more cases" in words(Markup.of(look(reader, world).content).one("main"))


def test_the_count_is_of_what_one_may_see(world):
    """CON-2: a number tells as much as a name: an agency that no case is open to counts none."""
    page = words(Markup.of(look(reader_of(world, world.other), world).content).one("main"))
    assert "No case is here yet" in page
    assert not re.search(r"\d+ cases?", page)


def test_a_filter_is_kept_from_page_to_page(world, monkeypatch):
    """Screens: page two of what my agency leads is still what my agency leads."""
    monkeypatch.setitem(page_by_key.__kwdefaults__, "size", 2)
    lead = sign_in(Client(), world.scene.lead.user, world.partnership, world.scene.lead_agency)
    following = onward(look(lead, world, "?whose=mine"), "next")
    assert "whose=mine" in following
    assert references(look(lead, world, following)) == of(world, 2, 3)


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        (
            Role.SOCIAL_WORKER,
            "Social workers see a case while it moves to social care or back. None is moving to you now.",
        ),
        (Role.AUDITOR, "Auditors see the cases that are sampled for an audit. No case is sampled for you now."),
        (Role.ANALYST, "Your role does not open families’ cases. If you need one for your work, ask your manager."),
        (
            Role.ADMINISTRATOR,
            "Your role does not open families’ cases. If you need one for your work, ask your manager.",
        ),
    ],
)
def test_who_has_no_list_is_told_why(world, role, sentence):
    """ACC-6: on the list as on a case, in words of their own work, and without a word about a family."""
    client = reader_of(world, world.school, role)
    for response in (
        look(client, world),
        client.get(reverse("cases:detail", args=[world.partnership.slug, world.cases[0].pk])),
    ):
        assert response.status_code == 403
        main = words(Markup.of(response.content).one("main"))
        assert sentence in main
        assert "deyemi" not in main
        assert world.cases[0].reference not in main


def test_no_row_s_address_or_mark_names_anyone(world, reader):
    """Contract of every page: ids alone in addresses, in ids and in data."""
    page = Markup.of(look(reader, world).content)
    values = [value for element in page.all("main *") for name, value in element.items() if name != "class"]
    assert any(str(world.cases[0].pk) in value for value in values)
    assert not [value for value in values if "deyemi" in value.lower()]
