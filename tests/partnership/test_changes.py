"""Who changed what: everything that administrators do, in words, and nothing about any family (ACC-3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.accounts import services as accounts
from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency
from foundation.audit import services as audit
from foundation.common import clock
from foundation.formdefs import services as formdefs
from foundation.partnership import trail
from foundation.partnership.services.settings import change_settings
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_partnership, make_user
from tests.markup import Markup, words
from tests.partnership.office import Office, office

__all__ = ["office"]


def lines(office: Office, query: str = "", who: str = "carol") -> list[str]:
    """What the page lists, one string for each line."""
    answer = office.client(who).get(office.url("partnership:changes") + query)
    assert answer.status_code == 200
    return [words(row) for row in Markup.of(answer.content).all("tbody tr")]


def test_settings_are_told_as_they_were_and_as_they_became(office: Office) -> None:
    """§11: each field of one change in its own line, in words; an empty value is called nothing."""
    levels = [{**level, "words": level["words"].upper()} for level in office.partnership.levels]
    said = {"front_door": "Starting Point", "adult_door": "Adult Contact", "levels": levels, "second_factor": True}
    with office.scope(), clock.at(dt.datetime(2030, 3, 4, 9, 5, tzinfo=dt.UTC)):
        change_settings(by=office.actor("dafydd"), revision=1, changes=said)
    told = next(line for line in with_second_step_off(office) if "Words, colour or limits changed" in line)
    assert told.startswith("Mon 4 March 2030 at 9:05am Dafydd Oyelowo")
    assert "The name of the front doorbefore: Early Help Hubnow: Starting Point" in told
    assert "The door for an adult at riskbefore: nothingnow: Adult Contact" in told
    assert "1+: Universal plus" in told
    assert "1+: UNIVERSAL PLUS" in told
    assert "A second step at sign-inbefore: Not asked fornow: Asked for" in told


def with_second_step_off(office: Office) -> list[str]:
    """The page, in a session without the second step that the change has just demanded."""
    with office.scope():
        partnership = office.fresh()
        partnership.second_factor = False
        partnership.save(update_fields=["second_factor"])
    return lines(office)


def test_agencies_teams_people_invitations_and_forms_are_named(office: Office) -> None:
    """ACC-3: by the names that they have today, with who did it; the product's own acts say so."""
    with office.scope():
        by = office.actor()
        agency = accounts.create_agency(by=by, name="Fernbank School", kind=AgencyKind.SCHOOL)
        team = accounts.create_team(by=by, agency=agency, name="Year 7")
        accounts.add_membership(by=by, user=make_user("Idris Vale"), agency=agency, role=Role.PRACTITIONER)
        accounts.invite(
            by=by, email="una@fernbank.example", full_name="Una Reed", agency=agency, role=Role.MANAGER, team=team
        )
        formdefs.publish_library(by=by)
    told = lines(office)
    for piece in (
        "Agency created: Fernbank School",
        "Team created: Year 7, Fernbank School",
        "Membership added: Idris Vale: Practitioner, Fernbank School",
        "Invitation sent: Una Reed: Team manager, Fernbank School",
        "Published a form: Early Help Assessment, version 1",
    ):
        assert any(piece in line and "Carol Denton" in line for line in told), piece
    assert any("Agency created: Fernshire Early Help" in line and trail.PRODUCT in line for line in told)


def test_an_operator_is_not_named_to_the_partnership(office: Office) -> None:
    """Practice model §2: who is no member is an operator, by what they are."""
    operator = make_user("Oona Quill", is_operator=True)
    with office.scope():
        agency = make_agency("Fernbank School")
        by = office.actor()
        audit.record(
            by=type(by)(by.partnership_id, operator.pk, by.agency_id, by.roles), verb="agency.created", subject=agency
        )
    told = lines(office)
    assert any(trail.OPERATOR in line for line in told)
    assert not any("Oona" in line for line in told)


def test_the_list_narrows_by_kind_and_by_person(office: Office) -> None:
    """ACC-3: both stand in the address; nonsense narrows nothing."""
    with office.scope():
        change_settings(by=office.actor("dafydd"), revision=1, changes={"name": "Fernshire and Isles"})
        accounts.create_agency(by=office.actor("carol"), name="Fernbank School", kind=AgencyKind.SCHOOL)
        carol, dafydd = (office.members[who].user_id for who in ("carol", "dafydd"))
    assert len(lines(office, "?kind=partnership")) == 1
    assert len(lines(office, f"?person={dafydd}")) == 1
    assert len(lines(office, f"?person={carol}&kind=agencies")) == 1
    assert lines(office, f"?person={carol}&kind=partnership") == []
    everything = lines(office)
    for nonsense in ("?kind=x", "?person=0", "?person=x", "?after=x", "?kind=%00", "?person=99999999999999999999"):
        assert lines(office, nonsense) == everything


def test_only_administrators_are_offered_to_narrow_by(office: Office) -> None:
    """ACC-3: the list of names is no list of everybody who works here."""
    page = Markup.of(office.client().get(office.url("partnership:changes")).content)
    assert [words(option) for option in page.all("select[name=person] option")] == [
        "Everybody", "Carol Denton", "Dafydd Oyelowo",
    ]  # fmt: skip


def test_what_is_done_for_families_is_not_on_the_list(office: Office) -> None:
    """Practice model §2: an administrator sees no case content, not even that something was done to one."""
    before = lines(office)
    with office.scope():
        agency = Agency.objects.first()
        audit.record(by=office.actor("nell"), verb="case.opened", subject=agency)
        audit.record(by=office.actor("nell"), verb="assessment.approved", subject=agency)
    assert lines(office) == before
    assert all(verb.partition(".")[0] not in {"case", "consent", "assessment"} for verb in trail.verbs_of(""))


def test_another_partnerships_changes_stay_there(office: Office) -> None:
    """The wall."""
    other = make_partnership("marrowdale")
    with tenant_scope(other.pk):
        make_agency("Marrowdale Academy")
    assert not any("Marrowdale" in line for line in lines(office))


@pytest.mark.parametrize("rows", [1, 25])
def test_a_page_takes_the_same_queries_for_one_and_for_twenty_five(office: Office, rows: int) -> None:
    """Lists: a literal number of queries, with settings and their fields among the rows."""
    with office.scope():
        for number in range(rows):
            change_settings(by=office.actor(), revision=number + 1, changes={"name": f"Fernshire {number}"})
    client = office.client()
    client.get(office.url("partnership:changes"))  # a session's first page notes that somebody came in
    with CaptureQueriesContext(connection) as queries:
        page = client.get(office.url("partnership:changes") + "?kind=partnership").content.decode()
    assert page.count("<del>") == rows
    asked = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"] and "set_config" not in q["sql"]]
    assert len(asked) == 8, "\n".join(asked)


def test_pages_go_by_key_and_keep_what_was_narrowed(office: Office) -> None:
    """Lists: 25 lines a page, newest first, none twice and none missing."""
    with office.scope():
        for number in range(30):
            change_settings(by=office.actor(), revision=number + 1, changes={"name": f"Fernshire {number:02}"})
    client = office.client()
    first = Markup.of(client.get(office.url("partnership:changes") + "?kind=partnership").content)
    older = first.one("a[rel=next]").get("href", "")
    assert "kind=partnership" in older
    second = Markup.of(client.get(office.url("partnership:changes") + older).content)
    names = [words(cell) for page in (first, second) for cell in page.all("ins")]
    assert [name.rpartition(" ")[2] for name in names] == [f"{number:02}" for number in range(29, -1, -1)]


def test_an_empty_list_says_what_will_stand_there(office: Office) -> None:
    """Screens: empty states teach."""
    page = office.client().get(office.url("partnership:changes") + "?kind=pathway").content.decode()
    assert "Nothing here" in page
    assert "Show all" in page
