"""The pathway policy: versions that are only added, defaults that an administrator confirms (§11, CLK-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import system
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.partnership import checks, pathway, presets, queries
from foundation.partnership.enums import ClockKind, Standing
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.services import adopt_policy, change_settings, confirm_default, start_from_preset
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_member, make_partnership
from tests.partnership.founding import Place, make_place
from tests.partnership.test_founding import at_once

pytestmark = pytest.mark.django_db

DEFAULTS = ["colour", "screening_decision", "review", "eha_age"]


def body_of(preset: str = "rotherham", **settings: Any) -> dict[str, Any]:
    """A preset's body with some settings replaced."""
    body = deepcopy(presets.load(preset).body)
    body["settings"] |= settings
    return body


def test_what_waits_is_what_the_preset_marks(inside: Place) -> None:
    """§11: the defaults of Rotherham, to be confirmed."""
    assert queries.current_policy().to_confirm == DEFAULTS


def test_confirming_one_makes_a_version_that_says_who_and_when(inside: Place) -> None:
    """§11: confirmed by whom and when; the rest waits; the version before stays as it was."""
    moment = dt.datetime(2026, 4, 14, 13, 2, 11, tzinfo=dt.UTC)
    with clock.at(moment):
        made = confirm_default(by=inside.actor, version=1, key="review")
    assert made.version == 2
    policy = queries.current_policy()
    held = policy.held["review"]
    assert held.standing is Standing.CONFIRMED
    assert (held.confirmed_by, held.confirmed_at) == (inside.member.user_id, moment)
    assert held.value == queries.policy_from(queries.version_of(1)).held["review"].value
    assert policy.to_confirm == ["colour", "screening_decision", "eha_age"]
    assert queries.policy_from(queries.version_of(1)).to_confirm == DEFAULTS
    entry = AuditEntry.objects.get(verb="pathway.confirmed")
    assert (entry.user_id, entry.subject_id) == (inside.member.user_id, made.pk)
    assert entry.detail == {"version": 2, "settings": ["review"]}


def test_confirming_all_leaves_nothing_to_confirm(inside: Place) -> None:
    """§11: all that are left in one step."""
    confirm_default(by=inside.actor, version=1, key="colour")
    confirm_default(by=inside.actor, version=2)
    policy = queries.current_policy()
    assert policy.version == 3
    assert policy.to_confirm == []
    confirmed = {key for key, held in policy.held.items() if held.standing is Standing.CONFIRMED}
    assert confirmed == set(DEFAULTS)
    with pytest.raises(Clash, match="confirmed already"):
        confirm_default(by=inside.actor, version=3)


def test_what_is_no_default_is_not_confirmed(inside: Place) -> None:
    """§11: a value from the guidance needs nobody's word; a setting that is none is not there."""
    with pytest.raises(Clash):
        confirm_default(by=inside.actor, version=1, key="lead_title")
    with pytest.raises(NotThere):
        confirm_default(by=inside.actor, version=1, key="coffee")
    assert PathwayPolicy.objects.count() == 1


def test_a_default_of_the_words_is_confirmed_as_it_reads_now(inside: Place) -> None:
    """§11: who confirms the colour confirms the one that stands on the page."""
    change_settings(by=inside.actor, revision=1, changes={"colour": "#123456"})
    confirm_default(by=inside.actor, version=1, key="colour")
    assert queries.current_policy().held["colour"].value == "#123456"


def test_own_words_with_markup_are_not_confirmed() -> None:
    """Trust 17: the policy holds plain words only; the sentence says where to mend them."""
    place = make_place("derby")
    with tenant_scope(place.partnership.pk):
        change_settings(by=place.actor, revision=1, changes={"emergency_wording": "Call 999 <b>now</b>"})
        with pytest.raises(Clash, match="Mend it on the page “Words and colour” first"):
            confirm_default(by=place.actor, version=1)
        assert confirm_default(by=place.actor, version=1, key="colour").version == 2


def test_only_an_administrator_confirms_or_adopts(inside: Place) -> None:
    """Practice model §2: the policy is the administrator's."""
    screener = actor_of(make_member(role=Role.SCREENER))
    for act in (
        lambda: confirm_default(by=screener, version=1),
        lambda: adopt_policy(by=screener, preset="devon", body=body_of("devon"), version=1),
        lambda: start_from_preset(by=screener, preset="devon", version=0),
    ):
        with pytest.raises(NotAllowed, match="administrator"):
            act()


def test_a_version_seen_too_long_ago_is_refused(inside: Place) -> None:
    """Issue 3: two administrators on one policy: the second is told, and nothing of the first is lost."""
    other = actor_of(inside.other)
    confirm_default(by=inside.actor, version=1, key="review")
    for version in (0, 1, 3, 99):
        with pytest.raises(Clash, match="Nothing of theirs was lost"):
            confirm_default(by=other, version=version, key="eha_age")
    assert queries.current_policy().held["review"].confirmed_by == inside.member.user_id
    assert confirm_default(by=other, version=2, key="eha_age").version == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_administrators_at_the_same_moment_one_wins() -> None:
    """Trust 7: really at once: one version, the others are told."""
    place = make_place()
    with tenant_scope(place.partnership.pk):
        actors = [actor_of(place.member), actor_of(place.other)] * 3

    def confirming(number: int) -> Callable[[], object]:
        def act() -> object:
            with tenant_scope(place.partnership.pk):
                return confirm_default(by=actors[number], version=1, key=DEFAULTS[number % 4])

        return act

    given = at_once(*[confirming(number) for number in range(6)])
    assert sum(isinstance(answer, PathwayPolicy) for answer in given) == 1
    assert sum(isinstance(answer, Clash) for answer in given) == 5
    with tenant_scope(place.partnership.pk):
        assert PathwayPolicy.objects.count() == 2


def test_adopting_another_policy_is_the_next_version(inside: Place) -> None:
    """CLK-2: what began under a version keeps it, so versions are only added."""
    own = {"value": {"length": 2, "unit": "working_days", "from": "panel_held"}, "standing": "own"}
    made = adopt_policy(by=inside.actor, preset="rotherham", body=body_of(joint_visit=own, allocation=own), version=1)
    policy = queries.current_policy()
    assert policy.version == made.version == 2
    for kind in (ClockKind.JOINT_VISIT, ClockKind.ALLOCATION):
        limit = policy.clock(kind)
        assert limit is not None
        assert limit.in_words == "2 working days from the panel"
    assert policy.held["allocation"].setting.label == "Allocation"
    assert AuditEntry.objects.filter(verb="pathway.adopted", detail__version=2).count() == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE partnership_pathwaypolicy SET version = 9", "DELETE FROM partnership_pathwaypolicy"]
)
def test_a_version_cannot_be_rewritten(inside: Place, statement: str) -> None:
    """CLK-2: the app's role may only add."""
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_number_stands_for_one_version(inside: Place) -> None:
    """CLK-2: the database says so too."""
    with pytest.raises(IntegrityError), transaction.atomic():
        PathwayPolicy.objects.create(version=1, preset="devon", body={}, made_at=clock.now())


def broken(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    body = body_of()
    change(body["settings"])
    return body


CLOCK = {"length": 3, "unit": "weeks", "from": "taf_held"}
BROKEN: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("missing", lambda s: s.pop("review"), "settings, review: this is missing."),
    ("unknown", lambda s: s.update(coffee={"value": 1, "standing": "own"}), "‘coffee’ is not known here."),
    ("unit", lambda s: s["review"]["value"].update(unit="fortnights"), "not ‘fortnights’"),
    ("zero", lambda s: s["review"]["value"].update(length=0), "review, value, length: this must be 1 or more."),
    ("huge", lambda s: s["review"]["value"].update(length=10**9), "1,000 or less"),
    ("text", lambda s: s["review"]["value"].update(length="six"), "this must be a whole number."),
    ("half", lambda s: s["review"]["value"].update(length=1.5), "this must be a whole number."),
    ("start", lambda s: s["review"]["value"].update({"from": "full_moon"}), "not ‘full_moon’"),
    ("list", lambda s: s.update(review=[]), "settings, review: this must be a set of named values."),
    ("none", lambda s: s["review"].update(value=None), "‘none’ goes with null"),
    ("not none", lambda s: s["referrer_told"].update(value=CLOCK), "‘none’ goes with null"),
    ("no title", lambda s: s.update(lead_title={"value": None, "standing": "own"}), "title, value: this must be text."),
    ("no levels", lambda s: s.update(levels={"value": [], "standing": "own"}), "this needs at least 2."),
    ("blank", lambda s: s["lead_title"].update(value="  "), "this cannot be blank."),
    ("long", lambda s: s["lead_title"].update(value="x" * 61), "60 characters or fewer"),
    ("months", lambda s: s["eha_age"]["value"].update(unit="weeks"), "the age of an EHA is counted in months."),
    ("week", lambda s: s["joint_visit"]["value"].update(in_week=True), "counted in weeks."),
    ("back", lambda s: s["review"]["value"].update(again={"least": 9, "most": 6, "unit": "weeks"}), "‘least’ is more"),
    ("twice", lambda s: s["levels"]["value"].append({"code": "1", "words": "Again"}), "has the code ‘1’ already."),
    ("markup", lambda s: s["disagreement"].update(value="<img src=x onerror=alert(1)>"), "there is markup in it"),
    ("hidden", lambda s: s["disagreement"].update(value="a\x00b"), "a hidden character"),
    ("turned", lambda s: s["disagreement"].update(value="a\u202eb"), "turns text around"),
    ("standing", lambda s: s["review"].update(standing="certain"), "not ‘certain’"),
    ("secret", lambda s: s["review"].update(password="x"), "‘password’ is not known here."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_body_that_is_no_policy_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    """§11, EHA-3: each fault is a sentence that names where it is."""
    with pytest.raises(Invalid) as refused:
        checks.check_policy(broken(change))
    assert any(sentence.lower() in words.lower() for words in refused.value.fields.values()), refused.value.fields


def test_a_refused_policy_leaves_the_one_in_force(inside: Place) -> None:
    """CLK-2: nothing half made."""
    with pytest.raises(Invalid):
        adopt_policy(by=inside.actor, preset="rotherham", body={"settings": {}}, version=1)
    with pytest.raises(Invalid, match="There is no preset"):
        adopt_policy(by=inside.actor, preset="atlantis", body=body_of(), version=1)
    assert PathwayPolicy.objects.count() == 1


def test_many_faults_are_said_twenty_at_a_time() -> None:
    """EHA-3: as many as a person can mend before trying again."""
    with pytest.raises(Invalid) as refused:
        checks.check_policy({"settings": {}})
    assert len(refused.value.fields) == checks.MOST_FAULTS + 1
    assert refused.value.fields[""] == "There are more faults: correct these first."


def test_a_partnership_without_a_policy_starts_from_a_preset() -> None:
    """§11: its own words stay; its first version is the preset's."""
    partnership = make_partnership(front_door="The Haven")
    with tenant_scope(partnership.pk):
        with pytest.raises(NotThere, match="has not chosen"):
            queries.current_policy()
        with pytest.raises(NotThere, match="has not chosen"):
            confirm_default(by=system(partnership.pk), version=0)
        member = make_member(role=Role.ADMINISTRATOR)
        made = start_from_preset(by=actor_of(member), preset="devon", version=0)
        assert (made.version, made.made_by, queries.current_policy().preset) == (1, member.user, "devon")
        partnership.refresh_from_db()
        assert partnership.front_door == "The Haven"
        with pytest.raises(Clash, match="already"):
            start_from_preset(by=actor_of(member), preset="devon", version=1)
        with pytest.raises(Clash):
            start_from_preset(by=actor_of(member), preset="devon", version=0)


def test_the_policy_is_read_in_one_query(inside: Place, django_assert_num_queries: Any) -> None:
    """CLK-1: and every clock from it without another."""
    for version, key in enumerate(DEFAULTS, start=1):
        confirm_default(by=inside.actor, version=version, key=key)
    with django_assert_num_queries(1):
        policy = queries.current_policy()
        assert [policy.clock(kind) for kind in ClockKind].count(None) == 8
        assert policy.reuse_months == 6
        assert policy.ages.to == 19


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"length": 1, "unit": "hours", "from": "step_up_sent"}, "1 hour from sending the step up"),
        (
            {"length": 1, "unit": "calendar_days", "from": "enquiry_decided"},
            "1 calendar day from the screening decision",
        ),
        ({"length": 2, "unit": "months", "from": "consent_given"}, "2 months from the consent"),
        ({"length": 4, "unit": "weeks", "from": "case_opened", "in_week": True}, "in week 4 from opening the case"),
        (
            {"length": 5, "unit": "working_days", "from": "contribution_asked", "by_need": True},
            "5 working days from asking for it, more or less by need",
        ),
    ],
)
def test_a_clock_is_said_in_plain_words(value: dict[str, Any], words: str) -> None:
    """CLK-1: by unit and start event, as people say it."""
    assert pathway.clock_of(value).in_words == words
