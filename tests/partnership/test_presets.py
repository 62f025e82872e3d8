"""The five presets: every row of practice model §11, each value traced to its guidance or marked as a default."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from foundation.common.errors import Invalid
from foundation.partnership import checks, pathway, presets
from foundation.partnership.enums import ClockKind, Standing
from foundation.tenancy.models import Partnership
from foundation.ui import colours
from tests.partnership.traces import TRACES

ALL = ["derby", "derbyshire", "devon", "rotherham", "tower-hamlets"]
PRACTICE = Path(__file__).resolve().parents[3] / "shared" / "practice"

# Practice model §11, row by row, in the words of the policy page; (d): the model's italics, the product's default.
AREAS = ("rotherham", "derby", "derbyshire", "devon", "tower-hamlets")
ROWS: dict[str, tuple[str, str, str, str, str]] = {
    "front_door": (
        "Early Help triage at the MASH",
        "Single Point of Access",
        "Starting Point",
        "Front Door",
        "Early Help Hub",
    ),
    "front_door_ways": (
        "None",
        "The clerk of the family’s locality / The Lighthouse, for a disabled child / "
        "The consultation line for professionals, for advice",
        "None",
        "Locality teams, to find a lead practitioner",
        "None",
    ),
    "social_care_door": ("MASH", "Initial Response Team", "Starting Point", "Front Door", "MASH"),
    "lead_title": (
        "Lead Professional",
        "Lead Practitioner",
        "Lead Practitioner",
        "Lead Practitioner",
        "Lead Professional",
    ),
    "adviser_title": (
        "Integrated Working Lead",
        "Early Help Advisor",
        "Early Help Team",
        "locality team",
        "Early Help Coordinator",
    ),
    "levels": (
        "1: Universal / 2: Vulnerable / 3: Complex / 4: Acute",
        "1: Universal / 2: Emerging / 3: Complex / 4: Serious (d)",
        "1: Universal / 2: Emerging / 3: Complex / 4: Serious (d)",
        "1: Level 1 / 2: Level 2: early help / 3: Level 3 / 4: Level 4 (d)",
        "1: Universal / 1+: Universal Plus / 2: Targeted / 3: Child in Need / 4: Child Protection",
    ),
    "panel": (
        "Step down / step up panel, every week",
        "Vulnerable Children’s Meeting, every week, for completed EHAs",
        "Locality Vulnerable Children’s Meeting",
        "None",
        "Allocation meeting, every week (d)",
    ),
    "screening_decision": (
        "1 working day from receiving the enquiry (d)",
        "1 working day from receiving the enquiry (d)",
        "24 hours from receiving the enquiry",
        "1 working day from receiving the enquiry (d)",
        "1 working day from receiving the enquiry (d)",
    ),
    "referrer_told": ("No limit", "No limit", "24 hours from receiving the enquiry", "No limit", "No limit"),
    "first_contact": (
        "72 hours from receiving the enquiry",
        "72 hours from receiving the enquiry (d)",
        "72 hours from receiving the enquiry (d)",
        "72 hours from receiving the enquiry (d)",
        "In week 1 from opening the case",
    ),
    "family_engaged": (
        "3 working days from receiving the enquiry, counted in the figures only",
        "No limit",
        "No limit",
        "No limit",
        "No limit",
    ),
    "assessment_started": (
        "10 calendar days from receiving the enquiry",
        "No limit",
        "No limit",
        "No limit",
        "In week 2 from opening the case",
    ),
    "assessment_completed": (
        "45 calendar days from starting the assessment, counted in the figures only",
        "10 working days from starting the assessment",
        "10 working days from starting the assessment",
        "10 working days from starting the assessment (d)",
        "After about 3 meetings, in week 3 from opening the case",
    ),
    "review": (
        "6 weeks from the TAF meeting (d)",
        "6 weeks from the TAF meeting, more or less by need",
        "6 weeks from the TAF meeting, more or less by need",
        "6 weeks from the TAF meeting (d)",
        "6 weeks from the TAF meeting, then every 6 to 12 weeks, and by the manager every 3 months",
    ),
    "joint_visit": (
        "10 working days from the panel",
        "10 working days from the panel (d)",
        "10 working days from the panel (d)",
        "10 working days from the panel (d)",
        "10 working days from the panel (d)",
    ),
    "eha_age": (
        "6 months from completing the assessment (d)",
        "6 months from completing the assessment (d)",
        "6 months from completing the assessment (d)",
        "6 months from completing the assessment (d)",
        "6 months from completing the assessment",
    ),
    "disagreement": (
        "Practice Resolution Protocol",
        "Dispute Resolution and Escalation Policy",
        "Dispute Resolution and Escalation Policy",
        "Practice Resolution Protocol (d)",
        "Escalation of Professional Concerns",
    ),
    "form_enquiry": ("Request for support", "Used (d)", "Online referral", "Used (d)", "Early Help Enquiry Form"),
    "form_eha": ("EHA, after signs of safety", "EHA", "EHA", "EHA", "EHA with eligibility strands"),
    "form_review": (
        "Used",
        "TAF action plan and review",
        "TAF action plan and review",
        "Used (d)",
        "EHA review with scores",
    ),
    "form_exit_survey": ("Short and anonymous", "Used (d)", "Used (d)", "Used (d)", "Not used"),
    "form_pre_assessment": ("Not used", "With a single-agency plan", "Not used", "Not used", "Not used"),
    "form_initial_contact": ("Not used", "Not used", "Used", "Not used", "Not used"),
    "form_step_across": ("Not used", "Not used", "Not used", "Step across checklist", "Not used"),
    "ages_from": ("Birth", "Before birth", "Before birth", "Birth (d)", "Before birth"),
    "ages_to": (
        "19 years",
        "19 years (d)",
        "19 years (d)",
        "19 years (d)",
        "19 years, 24 with a learning difficulty or disability",
    ),
}


def policy_from(name: str) -> pathway.Policy:
    return pathway.policy_of(version=1, preset=name, body=presets.load(name).body)


def test_the_five_presets_ship_and_each_is_whole() -> None:
    """§11: five areas as data, each holding every setting of a pathway."""
    assert presets.names() == ALL
    for name in ALL:
        preset = presets.load(name)
        assert preset.key == name
        assert list(preset.values) == [setting.key for setting in pathway.SETTINGS]


@pytest.mark.parametrize("area", AREAS)
def test_every_row_says_what_the_practice_model_says(area: str) -> None:
    """§11: each cell of the table, in words that people read, with the italics marked as the product's default."""
    policy, column = policy_from(area), AREAS.index(area)
    for key, row in ROWS.items():
        held = policy.held[key]
        mark = " (d)" if held.standing is Standing.DEFAULT else ""
        assert held.in_words.replace("\n", " / ") + mark == row[column], key


def test_only_the_emergency_words_and_the_colour_stand_outside_the_table() -> None:
    """§11, INT-10: besides its rows a preset gives the emergency wording, two numbers and a colour."""
    rest = {setting.key for setting in pathway.SETTINGS} - set(ROWS)
    assert rest == {"colour", "emergency_wording", "out_of_hours_phone", "adult_door"}


@pytest.mark.parametrize("name", ALL)
def test_every_value_from_the_guidance_has_its_line_in_the_table(name: str) -> None:
    """Issue 3: every preset value is traced, and no trace stands without its value."""
    told = {
        (key, source.file, source.line) for key, value in presets.load(name).values.items() for source in value.sources
    }
    traced = {(key, file, line) for preset, key, file, line, _ in TRACES if preset == name}
    assert told == traced
    from_guidance = {key for key, value in presets.load(name).values.items() if value.standing is Standing.SOURCE}
    assert from_guidance == {key for key, _, _ in told}


def test_the_table_of_traces_quotes_a_few_words_only() -> None:
    """Issue 3: at most eight words of a line, and each trace once."""
    assert len(set(TRACES)) == len(TRACES)
    assert {preset for preset, *_ in TRACES} == set(ALL)
    for *_, words in TRACES:
        assert 1 <= len(words.split()) <= 8, words


@pytest.mark.skipif(not PRACTICE.is_dir(), reason="the practice guidance is not beside this checkout")
@pytest.mark.parametrize(("preset", "key", "file", "line", "words"), TRACES)
def test_the_words_stand_on_that_line_of_the_guidance(preset: str, key: str, file: str, line: int, words: str) -> None:
    """Issue 3: every preset value is traced to its source's line."""
    text = (PRACTICE / file).read_text(encoding="utf-8").split("\n")[line - 1]
    assert words in " ".join(text.split())


@pytest.mark.parametrize("name", ALL)
def test_a_preset_fits_the_partnerships_own_fields(name: str, db: None) -> None:
    """§11: a partnership made from it is valid, and its colour can be seen and carries text."""
    preset = presets.load(name)
    partnership = Partnership(slug=name, name=preset.name, **preset.words)
    partnership.full_clean()
    brand = colours.brand(partnership.colour)
    assert colours.contrast(brand.colour, brand.text) >= 4.5
    assert colours.contrast(brand.colour, colours.LIGHT) >= 4.5


@pytest.mark.parametrize("name", ALL)
def test_every_preset_names_999_and_its_social_care_door(name: str) -> None:
    """INT-10: every page tells what to do when a child is in danger."""
    words = presets.load(name).words
    assert "999" in words["emergency_wording"]
    assert words["social_care_door"] in words["emergency_wording"]


def test_clocks_are_read_by_kind() -> None:
    """CLK-1: by kind, with unit and start event; None where an area sets no limit."""
    rotherham = policy_from("rotherham")
    visit = rotherham.clock(ClockKind.JOINT_VISIT)
    assert visit is not None
    assert (visit.length.count, visit.length.unit, visit.start) == (10, "working_days", "panel_held")
    engaged = rotherham.clock(ClockKind.FAMILY_ENGAGED)
    assert engaged is not None
    assert engaged.for_figures
    assert policy_from("devon").clock(ClockKind.ASSESSMENT_STARTED) is None
    assert rotherham.clock(ClockKind.CLOSURE_CHECK_IN) is None
    with pytest.raises(ValueError, match="coffee"):
        rotherham.clock("coffee")  # type: ignore[arg-type]


def test_a_review_keeps_its_rhythm() -> None:
    """TAF-4: Tower Hamlets' first review, the ones after it, and the manager's; Derby's by need."""
    review = policy_from("tower-hamlets").clock(ClockKind.REVIEW)
    assert review is not None
    assert review.again is not None
    assert [length.count for length in review.again] == [6, 12]
    assert review.manager == pathway.Length(3, review.manager.unit)
    assert review.manager.unit == "months"
    by_need = policy_from("derby").clock(ClockKind.REVIEW)
    assert by_need is not None
    assert by_need.by_need


@pytest.mark.parametrize(
    ("name", "unborn", "to", "with_difficulty"),
    [
        ("rotherham", False, 19, None),
        ("derby", True, 19, None),
        ("devon", False, 19, None),
        ("tower-hamlets", True, 19, 24),
    ],
)
def test_ages_are_read_from_the_policy(name: str, unborn: bool, to: int, with_difficulty: int | None) -> None:
    """EHA-1: the limits are policy."""
    assert policy_from(name).ages == pathway.Ages(unborn, to, with_difficulty)


def test_months_panel_and_forms_are_read_from_the_policy() -> None:
    """INT-6, INT-11, EHA-3: six months everywhere; a panel or none; the forms that an area works with."""
    assert {policy_from(name).reuse_months for name in ALL} == {6}
    panel = policy_from("derby").panel
    assert panel is not None
    assert panel.takes == "completed EHAs"
    assert policy_from("devon").panel is None
    assert policy_from("derby").uses_form("pre_assessment")
    assert not policy_from("rotherham").uses_form("pre_assessment")
    assert not policy_from("rotherham").uses_form("nonsense")


def test_how_the_guidance_puts_it_is_kept_beside_the_structure() -> None:
    """§11: "week 1" and its like keep both structure and words."""
    said = {key: value.said for key, value in presets.load("tower-hamlets").values.items() if value.said}
    assert said == {
        "first_contact": "week 1",
        "assessment_started": "week 2",
        "assessment_completed": "after about 3 meetings, week 3",
        "review": "first at 6 weeks, then every 6–12; manager quarterly",
    }


def test_lines_of_one_guidance_are_told_together() -> None:
    """§11: where a value comes from, short enough to read."""
    values = presets.load("derby").values
    assert presets.in_words(values["front_door_ways"].sources) == [
        "Derby and Derbyshire’s Providing Early Help, lines 126 and 118"
    ]
    assert presets.in_words(presets.load("rotherham").values["front_door"].sources) == [
        "Rotherham’s council report and strategy, line 8768",
        "Rotherham’s integrated working guidance, line 120",
    ]
    assert presets.in_words(()) == []


def test_an_unknown_preset_is_refused_with_those_there_are() -> None:
    """§11: a sentence that helps, and no path leads out of the folder."""
    for name in ("atlantis", "", "../schema/preset.schema", "Rotherham"):
        with pytest.raises(Invalid, match="derby, derbyshire, devon, rotherham, tower-hamlets"):
            presets.load(name)


@pytest.mark.parametrize("name", ["pathway-policy", "preset", "configuration"])
def test_the_schemas_are_schemas(name: str) -> None:
    """EHA-3: each published schema is itself valid."""
    jsonschema.Draft202012Validator.check_schema(dict(checks._validator(name).schema))


def test_the_schema_of_a_policy_knows_every_setting_and_every_clock() -> None:
    """CLK-1: the schema, the list of settings and the kinds of clock are one."""
    settings = checks._validator("pathway-policy").schema["properties"]["settings"]
    assert set(settings["required"]) == {setting.key for setting in pathway.SETTINGS}
    body = presets.load("devon").body
    for kind in ClockKind:
        more = {kind.value: {"value": {"length": 3, "unit": "months", "from": "case_closed"}, "standing": "own"}}
        checks.check_policy({"settings": body["settings"] | more})
        policy = pathway.policy_of(version=1, preset="devon", body={"settings": body["settings"] | more})
        clock = policy.clock(kind)
        assert clock is not None
        assert clock.in_words == "3 months from closing the case"
