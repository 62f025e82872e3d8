"""A configuration as one file: written the same each time, read with every fault told, taken over whole (§11)."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Team
from foundation.audit.models import AuditEntry
from foundation.common.errors import Clash, NotAllowed
from foundation.formdefs.models import FormDefinition
from foundation.partnership import configuration, presets, queries
from foundation.partnership.models import SettingsChange
from foundation.partnership.services import change_settings, confirm_default, take_configuration
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_agency, make_member, make_partnership
from tests.partnership.files import exported, state_of, take
from tests.partnership.founding import Place, make_place
from tests.partnership.test_founding import at_once

pytestmark = pytest.mark.django_db


def test_the_file_holds_how_the_partnership_is_set_up(place: Place) -> None:
    """§11: words, colour, levels, limits, pathway, forms, agencies and teams."""
    content = exported(place.partnership)
    start = presets.load("rotherham")
    assert content["format"] == "early-help-configuration"
    assert content["words"]["lead_title"] == "Lead Professional"
    assert content["colour"] == "#00625f"
    assert content["levels"] == start.words["levels"]
    assert content["session"] == {"idle_minutes": 30, "session_hours": 12}
    assert content["pathway"] == {"preset": "rotherham", "settings": start.body["settings"]}
    assert [form["key"] for form in content["forms"]] == sorted({form["key"] for form in content["forms"]})
    assert content["agencies"] == [
        {"name": "Rutland Early Help", "kind": "early_help", "teams": ["Early Help triage at the MASH"]}
    ]


def test_the_file_names_no_person_and_opens_no_door(place: Place) -> None:
    """§11, trust 17: neither people nor the name, address, second step or number of who confirmed."""
    with tenant_scope(place.partnership.pk):
        confirm_default(by=place.actor, version=1)
    text = json.dumps(exported(place.partnership))
    for secret in (
        "Oyelaran",
        "Ferncliffe",
        "@",
        "confirmed_by",
        "confirmed_at",
        "second_factor",
        "rutland",
        place.slug,
    ):
        assert secret not in text
    assert '"confirmed"' in text


def test_the_same_configuration_gives_the_same_file(place: Place) -> None:
    """§11: two downloads can be compared."""
    assert configuration.write(exported(place.partnership)) == configuration.write(exported(place.partnership))


@pytest.mark.parametrize("preset", presets.names())
def test_from_one_partnership_into_another_and_out_again(preset: str) -> None:
    """§11: export, import, export gives the same file, for a partnership of every preset."""
    source = make_place(preset, slug="marrowdale", name="Marrowdale").partnership
    target = make_partnership("fernshire")
    content = exported(source)
    assert take(target, content)
    assert exported(target) == content
    assert take(target, content) == []
    with tenant_scope(target.pk):
        target.refresh_from_db()
        assert (target.name, target.slug, target.second_factor) == ("Fernshire", "fernshire", False)


LINE = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="<"), min_size=1, max_size=24
)  # fmt: skip
CLOCKS = st.fixed_dictionaries(
    {
        "length": st.integers(1, 24),
        "unit": st.sampled_from(["hours", "calendar_days", "working_days", "weeks"]),
        "from": st.sampled_from(["enquiry_received", "panel_held", "taf_held"]),
    },
    optional={"by_need": st.just(True), "for_figures": st.just(True), "meetings": st.integers(1, 50)},
)


@st.composite
def configurations(draw: st.DrawFn) -> dict[str, Any]:
    """Any configuration that an administrator could have made."""
    preset = presets.load(draw(st.sampled_from(presets.names())))
    body = deepcopy(preset.body["settings"])
    for key in draw(st.sets(st.sampled_from(["review", "joint_visit", "allocation", "step_up_answer"]))):
        body[key] = {"value": draw(CLOCKS), "standing": draw(st.sampled_from(["own", "confirmed"]))}
    for key in draw(st.sets(st.sampled_from(["screening_decision", "first_contact"]))):
        body[key] = {**body[key], "standing": "confirmed"}
    names = draw(st.lists(LINE, max_size=4, unique_by=lambda name: name.upper()))
    return {
        "format": "early-help-configuration",
        "version": 1,
        "words": {
            **{key: draw(LINE) for key in ("front_door", "social_care_door", "lead_title", "adviser_title")},
            "emergency_wording": "\n".join(draw(st.lists(LINE, min_size=1, max_size=3))),
            "out_of_hours_phone": draw(st.sampled_from(["", "01632 960 199", "+44 1632 960199"])),
            "adult_door": draw(st.just("") | LINE),
        },
        "colour": draw(st.sampled_from(["#123456", "#6b2058", "#000000"])),
        "levels": [{"code": str(code), "words": draw(LINE)} for code in range(1, draw(st.integers(3, 6)))],
        "session": {"idle_minutes": draw(st.integers(5, 120)), "session_hours": draw(st.integers(1, 24))},
        "pathway": draw(st.none() | st.just({"preset": preset.key, "settings": body})),
        "forms": [],
        "agencies": [
            {
                "name": name,
                "kind": draw(st.sampled_from(AgencyKind.values)),
                "teams": draw(st.lists(LINE, max_size=3, unique_by=lambda team: team.upper())),
            }
            for name in names
        ],
    }


def in_order(content: dict[str, Any]) -> dict[str, Any]:
    """Agencies and teams as the file orders them does not matter."""
    agencies = [{**agency, "teams": sorted(agency["teams"])} for agency in content["agencies"]]
    return {**content, "agencies": sorted(agencies, key=lambda agency: agency["name"])}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=configurations())
def test_whatever_was_set_up_comes_out_as_it_went_in(content: dict[str, Any]) -> None:
    """§11: the property: import, export, import elsewhere, export: the same file."""
    clean = configuration.read(json.dumps(content).encode())
    first, second = make_partnership(), make_partnership()
    take(first, content)
    once = exported(first)
    assert in_order(once) == in_order(clean)
    take(second, once)
    assert exported(second) == once


def test_taking_over_changes_all_of_it_and_says_what(place: Place) -> None:
    """§11: words, levels with other codes, pathway, agencies: in one step, in the trail."""
    content = exported(make_place("tower-hamlets", slug="marrowdale", name="Marrowdale").partnership)
    content["session"]["idle_minutes"] = 15
    told = {(change.area, change.label): change for change in take(place.partnership, content)}
    assert told["Words", "Front door"].before == "Early Help triage at the MASH"
    assert told["Words", "Front door"].after == "Early Help Hub"
    assert "1+: Universal Plus" in told["Words", "Levels of need"].after
    assert told["Signing in", "Minutes without a click"].after == "15"
    assert told["Pathway policy", "First contact sought"].before.startswith("72 hours from receiving the enquiry")
    assert told["Agencies", "Marrowdale Early Help"].after == "Early Help Hub"
    assert ("Forms", "Early Help Assessment") not in told
    fresh = place.fresh()
    assert [level["code"] for level in fresh.levels] == ["1", "1+", "2", "3", "4"]
    with tenant_scope(place.partnership.pk):
        assert queries.current_policy().preset == "tower-hamlets"
        assert Agency.objects.count() == 2
        assert AuditEntry.objects.filter(verb="partnership.configuration_taken").count() == 1
        changed = set(SettingsChange.objects.values_list("field", flat=True))
        assert {"levels", "front_door", "idle_minutes"} <= changed


def test_agencies_that_stand_are_kept_and_given_what_they_lack(place: Place) -> None:
    """Issue 3: missing agencies and teams are made, none is removed, renamed or woken."""
    content = exported(place.partnership)
    with tenant_scope(place.partnership.pk):
        make_agency("Fernbank School")
        asleep = make_agency("Old Mill Trust")
        Agency.objects.filter(pk=asleep.pk).update(active=False)
    content["agencies"] = [
        {"name": "FERNBANK SCHOOL", "kind": "charity", "teams": ["Pastoral"]},
        {"name": "Old Mill Trust", "kind": "health", "teams": ["Night"]},
        {"name": "Kestrel Project", "kind": "charity", "teams": []},
    ]
    told = [(change.label, change.after) for change in take(place.partnership, content)]
    assert told == [("Teams of Fernbank School", "Pastoral"), ("Kestrel Project", "No teams")]
    with tenant_scope(place.partnership.pk):
        kinds = dict(Agency.objects.values_list("name", "kind"))
        assert kinds == {
            "Rutland Early Help": "early_help",
            "Fernbank School": "school",
            "Old Mill Trust": "school",
            "Kestrel Project": "charity",
        }
        assert not Agency.objects.get(name="Old Mill Trust").active
        assert set(Team.objects.values_list("name", flat=True)) == {"Early Help triage at the MASH", "Pastoral"}
    assert take(place.partnership, content) == []


def test_three_hundred_agencies_are_made(place: Place) -> None:
    """Issue 3, bad input: 300 agencies."""
    content = exported(place.partnership)
    content["agencies"] = [{"name": f"School {number:03}", "kind": "school", "teams": []} for number in range(300)]
    assert len(take(place.partnership, content)) == 300
    with tenant_scope(place.partnership.pk):
        assert Agency.objects.count() == 301


def test_a_changed_form_is_its_next_version(place: Place) -> None:
    """EHA-3: published, not rewritten; what began on the earlier one keeps it."""
    content = exported(place.partnership)
    content["forms"][0]["title"] = "Whole family assessment"
    (change,) = take(place.partnership, content)
    assert (change.area, change.label, change.before) == ("Forms", "Whole family assessment", "The version in use")
    with tenant_scope(place.partnership.pk):
        versions = FormDefinition.objects.filter(key=content["forms"][0]["key"]).order_by("version")
        assert list(versions.values_list("version", flat=True)) == [1, 2]
    assert exported(place.partnership) == content


def test_who_takes_a_confirmed_value_over_confirms_it(place: Place) -> None:
    """§11: another partnership's administrator cannot have confirmed anything here."""
    other = make_place(slug="marrowdale", name="Marrowdale")
    with tenant_scope(other.partnership.pk):
        confirm_default(by=other.actor, version=1)
    raw = json.dumps(exported(other.partnership)).encode()
    with tenant_scope(place.partnership.pk):
        take_configuration(by=place.actor, raw=raw, revision=1, version=1)
        policy = queries.current_policy()
        assert policy.to_confirm == []
        assert policy.held["review"].confirmed_by == place.member.user_id
        assert policy.held["review"].confirmed_at is not None


def test_nobody_can_claim_the_guidance_says_what_it_does_not(place: Place) -> None:
    """§11: a value that is not the preset's own stands as the partnership's own, whatever the file says."""
    content = exported(place.partnership)
    content["pathway"]["settings"]["joint_visit"]["value"]["length"] = 99
    content["pathway"]["settings"]["review"]["standing"] = "source"
    content["pathway"]["settings"]["form_step_across"] = {"value": {"words": "ours"}, "standing": "source"}
    take(place.partnership, content)
    with tenant_scope(place.partnership.pk):
        held = queries.current_policy().held
        assert {
            key: held[key].standing.value for key in ("joint_visit", "review", "form_step_across", "lead_title")
        } == {
            "joint_visit": "own",
            "review": "own",
            "form_step_across": "own",
            "lead_title": "source",
        }


def test_a_file_without_a_policy_leaves_the_one_that_stands(place: Place) -> None:
    """§11: a file from a partnership that has chosen none yet."""
    content = exported(place.partnership) | {"pathway": None}
    assert take(place.partnership, content) == []
    with tenant_scope(place.partnership.pk):
        assert queries.current_policy().version == 1


def no_more_teams(execute: Any, sql: str, *rest: Any) -> Any:
    """A database that fails at the last thing that a file makes."""
    if sql.startswith('INSERT INTO "accounts_team"'):
        raise OperationalError("the disk is full")
    return execute(sql, *rest)


def test_what_fails_at_the_very_end_takes_all_of_it_back(place: Place) -> None:
    """Issue 3: never half a state: the last team cannot be written, and words, policy and agencies are gone as well."""
    content = exported(make_place("tower-hamlets", slug="marrowdale", name="Marrowdale").partnership)
    before = state_of(place.partnership)
    with pytest.raises(OperationalError), connection.execute_wrapper(no_more_teams):
        take(place.partnership, content)
    assert state_of(place.partnership) == before
    assert take(place.partnership, content)


def test_what_was_changed_after_the_look_is_a_clash(place: Place) -> None:
    """Issue 3: two administrators at once: words or policy changed meanwhile, and nothing of the file is taken over."""
    content = exported(make_place("devon", slug="marrowdale", name="Marrowdale").partnership)
    with tenant_scope(place.partnership.pk):
        change_settings(by=place.actor, revision=1, changes={"lead_title": "Family Lead"})
        confirm_default(by=place.actor, version=1, key="review")
    before = state_of(place.partnership)
    for seen in ({"revision": 1, "version": 2}, {"revision": 2, "version": 1}, {"revision": -1, "version": 2}):
        with pytest.raises(Clash, match="Nothing of the file was taken over"):
            take(place.partnership, content, **seen)
    assert state_of(place.partnership) == before
    assert take(place.partnership, content, revision=2, version=2)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_files_at_the_same_moment_one_is_taken_over() -> None:
    """Trust 7: one wins whole, the other is told."""
    place = make_place()
    files = [
        exported(make_place(preset, slug=preset, name="Marrowdale").partnership)
        for preset in ("devon", "derby", "derbyshire")
    ]
    given = at_once(*[lambda file=file: take(place.partnership, file, revision=1, version=1) for file in files])
    assert sum(isinstance(answer, list) for answer in given) == 1
    assert sum(isinstance(answer, Clash) for answer in given) == 2
    won = files[next(number for number, answer in enumerate(given) if isinstance(answer, list))]
    stands = exported(place.partnership)
    assert {key: stands[key] for key in ("words", "colour", "levels", "pathway")} == {
        key: won[key] for key in ("words", "colour", "levels", "pathway")
    }


def test_only_an_administrator_takes_a_file_over(place: Place) -> None:
    """Practice model §2."""
    raw = json.dumps(exported(place.partnership)).encode()
    with tenant_scope(place.partnership.pk):
        screener = actor_of(make_member(role=Role.SCREENER))
        with pytest.raises(NotAllowed, match="administrator"):
            take_configuration(by=screener, raw=raw, revision=1, version=1)


def test_words_are_tidied_as_the_pages_tidy_them() -> None:
    """FAM-1: spaces single, characters composed, line breaks of one kind."""
    content = configuration.read(
        json.dumps(
            exported(make_place().partnership)
            | {"agencies": [{"name": "  Cafe\u0301   Club ", "kind": "charity", "teams": [" North  "]}]}
        ).encode("utf-8-sig")
    )
    assert content["agencies"] == [{"name": "Café Club", "kind": "charity", "teams": ["North"]}]
