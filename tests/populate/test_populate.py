"""What `manage.py populate` leaves: so much of everything, behind the wall, as the product would have left it."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from assessments.freezing import sha256_of
from assessments.models import Assessment
from cases import queries as cases
from cases.disclosure import of_many
from cases.models import Case, CaseGrant
from consent.queries import doors_of
from earlyhelp.populate import build, tables
from earlyhelp.populate.country import address_of
from earlyhelp.populate.scaffolding import Lost, Scaffolding
from foundation.accounts.hats import Hat, hats_of
from foundation.accounts.models import Agency, User
from foundation.common.text import nhs_number
from foundation.deadlines import queries as deadlines
from foundation.deadlines.models import Deadline
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import sign_in
from tests.populate.conftest import NOW, SIZE


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("populate", *arguments, stdout=StringIO())
    assert "\n" not in str(refused.value)
    return str(refused.value)


def hat(role: str = "practitioner", agency: str = "council") -> Hat:
    (found,) = hats_of(User.objects.get(email=address_of(role, agency, 1)))
    return found


def test_there_is_as_much_as_was_asked_for(ask: Any) -> None:
    """Architecture §1: cases to the last one, the rest in the proportion that is written down."""
    ((every,),) = ask("SELECT count(*) FROM cases_case")
    assert every == SIZE.cases
    each = ask(
        "SELECT p.slug, count(*) FROM cases_case c JOIN tenancy_partnership p ON p.id = partnership_id GROUP BY 1"
    )
    assert dict(each) == {"size-001": 121, "size-002": 120}
    counts = {table.name: ask(f"SELECT count(*) FROM {table.name}")[0][0] for table in tables.ALL}
    del counts["deadlines_extensionevent"]  # one in five hundred families has one
    assert all(counts.values()), "every table has something"
    assert 2.6 < counts["cases_casegrant"] / every < 3.4
    assert 3 < counts["cases_person"] / every < 4.5
    assert counts["cases_person"] == counts["cases_familymember"] == counts["consent_consentperson"]
    assert every < counts["intake_enquiry"] == counts["consent_consent"] < 1.6 * every
    assert counts["audit_chain"] == counts["audit_entry"] + counts["audit_access"]


def test_clocks_run_in_what_is_open_and_are_met_in_what_is_done(ask: Any) -> None:
    """CLK-1: some three for each case; each enquiry in the queue, and each open case, has one that runs."""
    states = Counter(dict(ask("SELECT state, count(*) FROM deadlines_deadline GROUP BY 1")))
    assert set(states) == {"running", "met"}
    assert 2.5 < sum(states.values()) / SIZE.cases < 4
    without = (
        "SELECT count(*) FROM {0} s WHERE s.state IN %s AND NOT EXISTS (SELECT FROM deadlines_deadline d WHERE {1})"
    )
    running = "d.subject_id = s.id AND d.partnership_id = s.partnership_id AND d.state = 'running'"
    assert ask(without.format("intake_enquiry", running), ("waiting", "taken")) == [(0,)]
    assert ask(without.format("cases_case", running), ("open",)) == [(0,)]
    ((late, today, soon),) = ask(
        "SELECT count(*) FILTER (WHERE due_at < %s), count(*) FILTER (WHERE due_at::date = %s), "
        "count(*) FILTER (WHERE due_at > %s) FROM deadlines_deadline WHERE state = 'running'",
        NOW, NOW.date(), NOW,
    )  # fmt: skip
    assert 0 < late < today + soon
    assert today
    assert ask("SELECT count(*) FROM deadlines_reminder WHERE done_at IS NULL AND due_at <= %s", NOW) == [(0,)]


def test_clocks_keep_a_version_of_the_policy_and_can_be_explained(said: list[str]) -> None:
    """CLK-2: the arithmetic's policy is there, and a manager's page of what is late opens."""
    worn = hat("manager")
    with tenant_scope(worn.partnership.pk):
        assert set(Deadline.objects.values_list("policy_version", flat=True)) == {worn.partnership.pathway_version}
        assert deadlines.policy_of(1).preset == "derby"
    client = sign_in(Client(), worn.user, worn.partnership, worn.agency)
    assert client.get(reverse("deadlines:late", args=[worn.partnership.slug])).status_code == 200


def test_inboxes_of_the_measured_agencies_hold_what_was_told(ask: Any) -> None:
    """CLK-5: a message for each reminder that was told there, read or unread, in an e-mail that arrived."""
    read, unread = (
        ask(f"SELECT count(*) FROM notifications_message WHERE read_at IS {how}")[0][0] for how in ("NOT NULL", "NULL")
    )
    assert read > unread > 0
    lost = (
        "SELECT count(*) FROM notifications_message m LEFT JOIN deadlines_reminder r ON m.key = 'reminder:' || r.id "
        "WHERE r.done_at IS NULL OR m.mailing_id IS NULL"
    )
    assert ask(lost) == [(0,)]
    worn = hat()
    client = sign_in(Client(), worn.user, worn.partnership, worn.agency)
    assert client.get(reverse("notifications:inbox", args=[worn.partnership.slug])).status_code == 200


def test_a_large_and_a_small_agency_see_their_parts(ask: Any) -> None:
    """Speed: nine in ten cases are open to the council, and few to a small charity."""
    ((council,), (small,)) = (
        ask(
            "SELECT count(DISTINCT content_object_id) FROM cases_casegrant g JOIN accounts_agency a USING (group_id) "
            "WHERE a.name = %s",
            name,
        )[0]
        for name in ("Council Early Help", "Lantern Family Project")
    )
    assert 0.8 < council / SIZE.cases < 0.98
    assert 0 < small / SIZE.cases < 0.08


def test_the_wall_holds_for_the_app(said: list[str]) -> None:
    """Trust 2: the app's role sees nothing without a scope, and one partnership's rows in it."""
    with connection.cursor() as cursor:
        for table in tables.ALL:
            cursor.execute(f"SELECT count(*) FROM {table.name}")
            assert cursor.fetchone() == (0,), table.name
    first, second = Partnership.objects.order_by("slug")
    for partnership, expected in ((first, 121), (second, 120)):
        with tenant_scope(partnership.pk):
            assert Case.objects.count() == expected
            assert set(CaseGrant.objects.values_list("partnership_id", flat=True)) == {partnership.pk}


def test_the_trail_is_whole(said: list[str]) -> None:
    """Trust 14: every entry stands in its link, and every link follows from the one before it."""
    found = StringIO()
    call_command("verify_audit", stdout=found)
    assert "The trail is whole." in found.getvalue()
    assert found.getvalue().count(" 0 found") == SIZE.partnerships


def test_doors_are_those_that_consent_opens(said: list[str]) -> None:
    """CON-2: what stands open is what the consents of each case say; the sort key is the case's own."""
    worn = hat()
    with tenant_scope(worn.partnership.pk):
        for case in Case.objects.select_related("lead_agency__group")[:40]:
            wanted = {(group.pk, level.value) for group, level in doors_of(case)}
            grants = list(case.grants.select_related("permission"))
            in_time = {(one.group_id, one.permission.codename) for one in grants if one.until is None}
            assert wanted >= in_time
            assert {(one.group_id, one.permission.codename) for one in grants} >= wanted
            assert {one.opened_at for one in grants} == {case.opened_at}


def test_pages_of_it_can_be_opened(said: list[str]) -> None:
    """Screens: the list and My work show families with their children, as consent lets the reader know them."""
    worn = hat()
    client = sign_in(Client(), worn.user, worn.partnership, worn.agency)
    for name in ("cases:list", "home"):
        assert client.get(reverse(name, args=[worn.partnership.slug])).status_code == 200
    with tenant_scope(worn.partnership.pk):
        rows = list(cases.newest_cases(worn.actor).order_by(*cases.NEWEST_FIRST)[:25])
        assert len(rows) == 25
        assert all(known.people() for known in of_many(worn.actor, rows).values())
        assert {case.state for case in Case.objects.all()} == {"open", "closed"}
    (case,) = rows[:1]
    assert client.get(reverse("cases:detail", args=[worn.partnership.slug, case.pk])).status_code == 200


def test_assessments_are_in_every_state_and_frozen_rightly(ask: Any) -> None:
    """EHA-7: an approved one bears the hash of what it froze; nobody has approved their own."""
    states = Counter(state for (state,) in ask("SELECT state FROM assessments_assessment"))
    assert states["approved"] > sum(states.values()) / 2
    for frozen, hashed in ask(
        "SELECT frozen, frozen_sha256 FROM assessments_assessment WHERE frozen IS NOT NULL LIMIT 3"
    ):
        assert sha256_of(json.loads(frozen)) == hashed
    assert ask("SELECT count(*) FROM assessments_assessment WHERE author_id = decided_by_id") == [(0,)]


def test_names_and_numbers_are_as_in_a_real_place(ask: Any) -> None:
    """Architecture §1: some names are common; NHS numbers are right, and of a range that nobody has."""
    names = Counter(name for (name,) in ask("SELECT name FROM cases_family"))
    assert len(names) > SIZE.cases / 2
    assert names.most_common(1)[0][1] > 1
    numbers = [number for (number,) in ask("SELECT nhs_number FROM cases_person WHERE nhs_number <> ''")]
    assert numbers
    assert all(number.startswith("999") and nhs_number(number) == number for number in numbers)


def test_checks_triggers_and_indexes_stand_again(ask: Any, said: list[str]) -> None:
    """Architecture §4: after the load the database guards itself as before it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        assert cursor.fetchone() == (0,)
    worn = hat()
    with pytest.raises(IntegrityError), tenant_scope(worn.partnership.pk):
        Agency.objects.create(name=worn.agency.name, kind="school", group=worn.agency.group)
    with pytest.raises(InternalError), tenant_scope(worn.partnership.pk):
        Assessment.objects.filter(state="approved").update(agreed_by="Somebody else")
    before = ask("SELECT count(*) FROM cases_caseevent")
    with tenant_scope(worn.partnership.pk):
        Case.objects.filter(pk=Case.objects.first().pk).update(level="3")
        transaction.set_rollback(True)
    assert ask("SELECT count(*) FROM cases_caseevent") == before


def test_entries_lie_in_the_months_that_they_are_of(ask: Any) -> None:
    """Architecture §7: five years of months have their partitions; the default one stays empty."""
    for log in ("audit_entry", "audit_access"):
        assert ask(f"SELECT count(*) FROM {log}_rest") == [(0,)]
        ((used,),) = ask(f"SELECT count(DISTINCT tableoid) FROM {log}")
        assert used > 40


def test_a_row_that_points_at_nothing_is_found(said: list[str]) -> None:
    """Trust 2: a foreign key put up by the owner looks at no row under the wall, so each is looked at apart."""
    scaffolding = Scaffolding(["cases_familymember"], lambda line: None)
    scaffolding.check()
    with connections["owner"].cursor() as owner, connections["maintenance"].cursor() as maintenance:
        owner.execute("ALTER TABLE cases_familymember DROP CONSTRAINT cases_familymember_person_id_wall")
        maintenance.execute("SELECT id, person_id FROM cases_familymember LIMIT 1")
        member, person = maintenance.fetchone()
        change = "UPDATE cases_familymember SET person_id = %s WHERE id = %s"
        maintenance.execute(change, ["019a0000-0000-7000-8000-000000000000", member])
        foreign_key = (
            "ALTER TABLE cases_familymember ADD CONSTRAINT cases_familymember_person_id_wall FOREIGN KEY "
            "(partnership_id, person_id) REFERENCES cases_person (partnership_id, id) DEFERRABLE INITIALLY DEFERRED"
        )
        owner.execute(foreign_key)  # believes it
        with pytest.raises(Lost, match="1 of cases_familymember"):
            scaffolding.check()
        maintenance.execute(change, [str(person), member])
    scaffolding.check()


def test_it_says_how_far_it_is_and_how_large(said: list[str]) -> None:
    """Architecture §1: rows a second while it loads, and the size at the end."""
    assert any(line.startswith(f"{SIZE.cases} of {SIZE.cases} cases; ") and "a second" in line for line in said)
    assert "MB" in said[-1]
    assert build.standing() == SIZE.words


def test_a_second_load_is_refused(said: list[str]) -> None:
    """Architecture §1: a database that holds anything is not added to."""
    assert "holds something already" in refusal("--partnerships", "1", "--cases", "10")


def test_nobody_can_sign_in_where_it_is_no_demonstration(ask: Any) -> None:
    """Trust: a password that everyone knows stands only where the demonstration is allowed."""
    assert ask("SELECT count(*) FROM accounts_user WHERE password NOT LIKE '!%%'") == [(0,)]
