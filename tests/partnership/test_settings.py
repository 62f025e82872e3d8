"""Changing a partnership's words, colour and limits: the one write path (practice model §11, INT-10, ACC-1, ACC-4)."""

from __future__ import annotations

import itertools

import pytest
from django.db import ProgrammingError, connection, transaction

from foundation.audit.models import AuditEntry
from foundation.common.actors import Actor, system
from foundation.common.errors import Invalid, NotAllowed
from foundation.partnership.models import SettingsChange
from foundation.partnership.services.settings import SettingsClash, change_settings
from foundation.tenancy.models import Partnership
from foundation.ui import colours
from tests.factories import make_partnership
from tests.partnership.office import Office, office

__all__ = ["office"]


def change(office: Office, who: str = "carol", *, revision: int = 1, **changes: object) -> Partnership:
    with office.scope():
        return change_settings(by=office.actor(who), revision=revision, changes=changes)


def refused(office: Office, **changes: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        change(office, **changes)
    return dict(refusal.value.fields)


def test_a_change_is_kept_as_it_was_and_as_it_became(office: Office) -> None:
    """§11, INT-10: each field that changed has a row of its own; the trail names fields, never words."""
    change(office, front_door="Starting Point", lead_title="lead practitioner", name="Fernshire")
    kept = office.fresh()
    assert (kept.front_door, kept.lead_title, kept.revision) == ("Starting Point", "lead practitioner", 2)
    with office.scope():
        rows = SettingsChange.objects.order_by("field").values_list("field", "before", "after", "revision")
        assert list(rows) == [
            ("front_door", "Early Help Hub", "Starting Point", 2),
            ("lead_title", "lead professional", "lead practitioner", 2),
        ]
        assert set(SettingsChange.objects.values_list("changed_by_id", flat=True)) == {office.actor().user_id}
        entry = AuditEntry.objects.get(verb="partnership.changed")
    assert entry.detail == {"revision": 2, "fields": ["front_door", "lead_title"]}
    assert (entry.subject_id, entry.roles) == (kept.pk, ["administrator"])


def test_what_stays_the_same_is_no_change(office: Office) -> None:
    """§11: saving a page as it stands leaves no trace, so that the trail tells of changes alone."""
    before = office.fresh()
    saved = change(office, name=f"  {before.name} ", colour=before.colour.upper(), levels=before.levels)
    assert saved.revision == 1
    with office.scope():
        assert not SettingsChange.objects.exists()
        assert not AuditEntry.objects.filter(verb="partnership.changed").exists()


def test_the_second_of_two_administrators_is_told_and_changes_nothing(office: Office) -> None:
    """§11, bad input "two administrators": whoever saw an older revision is refused with both versions in hand."""
    change(office, front_door="Starting Point")
    with pytest.raises(SettingsClash) as clash:
        change(office, "dafydd", front_door="The Lighthouse", lead_title="key worker")
    assert clash.value.theirs.front_door == "Starting Point"
    assert clash.value.theirs.revision == 2
    assert clash.value.yours == {"front_door": "The Lighthouse", "lead_title": "key worker"}
    assert office.fresh().lead_title == "lead professional"
    assert change(office, "dafydd", revision=2, front_door="The Lighthouse").revision == 3


@pytest.mark.parametrize("revision", [-1, 0, 2, 999_999_999])
def test_a_revision_that_never_was_is_a_clash(office: Office, revision: int) -> None:
    """§11: a made-up revision does not get by."""
    with pytest.raises(SettingsClash):
        change(office, revision=revision, name="Elsewhere")


def test_only_an_administrator_or_the_product_changes_settings(office: Office) -> None:
    """Practice model §2: other roles are refused, with whom to ask; a preset's load may."""
    with pytest.raises(NotAllowed, match="administrator"):
        change(office, "nell", name="Elsewhere")
    with office.scope():
        change_settings(by=system(office.partnership.pk), revision=1, changes={"name": "Fernshire and the Isles"})
    assert office.fresh().name == "Fernshire and the Isles"


def test_another_partnerships_settings_cannot_be_reached(office: Office) -> None:
    """The wall: with an actor of another partnership nothing is found to change, and raw SQL changes no row."""
    other = make_partnership("marrowdale")
    stranger = Actor(other.pk, office.members["carol"].user_id, roles=frozenset({"administrator"}))
    with office.scope(), pytest.raises(Partnership.DoesNotExist):
        change_settings(by=stranger, revision=1, changes={"name": "Taken"})
    with office.scope(), connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_partnership SET name = 'Taken' WHERE id = %s", [str(other.pk)])
        assert cursor.rowcount == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE partnership_settingschange SET field='x'", "DELETE FROM partnership_settingschange"]
)
def test_what_was_changed_cannot_be_rewritten(office: Office, statement: str) -> None:
    """§11: rows of changes are only added."""
    change(office, front_door="Starting Point")
    with office.scope(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Enter the partnership’s name."),
        ("name", "x" * 121, "must be 120 characters or fewer"),
        ("name", "Fern\nshire", "line break or a hidden character"),
        ("name", "Fern\x00shire", "hidden character"),
        ("name", "Fern\u202eshire", "turns text around"),
        ("name", 7, "Enter the partnership’s name."),
        ("front_door", " \u200b ", "Enter the name of the front door."),
        ("lead_title", "t" * 61, "must be 60 characters or fewer"),
        ("emergency_wording", "", "Enter the emergency wording."),
        ("emergency_wording", "a" * 401, "must be 400 characters or fewer"),
        ("emergency_wording", "Call\x07 999", "hidden character"),
        ("adult_door", "d" * 201, "must be 200 characters or fewer"),
        ("privacy_notice", "", "Enter the version of the privacy notice."),
        ("out_of_hours_phone", "ring the MASH", "Enter one phone number"),
        ("out_of_hours_phone", "javascript:alert(1)", "Enter one phone number"),
        ("out_of_hours_phone", "01632 960 001 or 01632 960 002", "Enter one phone number"),
        ("out_of_hours_phone", "()-", "Enter one phone number"),
        ("out_of_hours_phone", "٠١٦٣٢٩٦٠", "Enter one phone number"),
        ("colour", "red", "# and six"),
        ("colour", "#12345", "# and six"),
        ("colour", "#1d70b8;}", "The colour must be 7 characters or fewer"),
        ("colour", "#１d70b8"[:7], "# and six"),
        ("second_factor", "no", "Choose whether"),
        ("idle_minutes", 4, "from 5 to 120"),
        ("idle_minutes", 121, "from 5 to 120"),
        ("idle_minutes", True, "from 5 to 120"),
        ("idle_minutes", "30", "from 5 to 120"),
        ("session_hours", 0, "from 1 to 24"),
        ("session_hours", 25, "from 1 to 24"),
        ("levels", [], "for each level of need"),
        ("levels", "levels", "for each level of need"),
        ("levels", [{"code": "9", "words": "Other"}], "for each level of need"),
        ("slug", "elsewhere", "not a setting"),
        ("id", "0", "not a setting"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(office: Office, field: str, value: object, sentence: str) -> None:
    """§11: nothing half-right is kept; read-only and unknown fields are none of the page's (trust 5)."""
    assert sentence in refused(office, **{field: value})[field]
    assert office.fresh().revision == 1


def test_all_that_is_wrong_is_said_at_once(office: Office) -> None:
    """§11: one sentence for each field, and what is right is not kept by itself."""
    wrong = refused(office, name="", session_hours=99, front_door="Starting Point")
    assert sorted(wrong) == ["name", "session_hours"]
    assert office.fresh().front_door == "Early Help Hub"


def test_each_level_of_need_has_its_own_word(office: Office) -> None:
    """§11 level words: the words change, which levels there are does not."""
    levels = [{"code": level["code"], "words": f"Step {level['code']}"} for level in office.partnership.levels]
    assert change(office, levels=levels).level_words("1+") == "Step 1+"
    levels[1] = {"code": "1+", "words": " "}
    assert refused(office, revision=2, levels=levels)["levels"] == "Enter the word for level 1+."
    levels[1] = {"code": "1+", "words": "w" * 81}
    assert "must be 80 characters" in refused(office, revision=2, levels=levels)["levels"]


def test_out_of_hours_number_and_adult_door_may_be_empty(office: Office) -> None:
    """INT-10: a partnership without one says nothing of it."""
    change(office, out_of_hours_phone="+44 (0)1632 960-001", adult_door="Adult Contact Team, 01632 960 210")
    assert change(office, revision=2, out_of_hours_phone="", adult_door="").out_of_hours_phone == ""


def test_a_pale_colour_is_refused_with_its_contrast_and_a_shade_that_would_do(office: Office) -> None:
    """§11 brand colour: the sentence gives the measured ratio; the shade it names is taken."""
    sentence = refused(office, colour="#FFDD00")["colour"]
    assert "1.3 to 1" in sentence
    shade = sentence.rpartition(" ")[2].rstrip(".")
    assert change(office, colour=shade).colour == shade


@pytest.mark.parametrize("pale", ["#ffffff", "#fffffe", "#ffff00", "#00ff00", "#aaaaaa", "#ff99cc"])
def test_the_shade_that_is_named_is_the_lightest_that_can_be_seen(pale: str) -> None:
    """§11 brand colour: as near to what was wanted as 3 to 1 against white allows."""
    shade = colours.nearest_seen(pale)
    assert 3 <= colours.contrast(shade, "#ffffff") < 3.3
    assert not colours.can_be_seen(pale)


def test_text_can_be_read_on_every_colour_there_is() -> None:
    """§11 brand colour: white or black has 4.5 to 1 on each of 4,913 colours, so only paleness needs a refusal."""
    steps = [f"{round(step * 255 / 16):02x}" for step in range(17)]
    for parts in itertools.product(steps, repeat=3):
        made = colours.brand("#" + "".join(parts))
        assert colours.contrast(made.colour, made.text) >= colours.TEXT_CONTRAST


def test_the_second_step_stays_outside_a_demonstration(office: Office, settings) -> None:
    """ACC-1: only a demonstration may switch the second factor off; switching it on is always allowed."""
    settings.DEMO = False
    change(office, second_factor=True)
    assert "Only a demonstration" in refused(office, revision=2, second_factor=False)["second_factor"]
    settings.DEMO = True
    assert change(office, revision=2, second_factor=False).second_factor is False


def test_limits_of_a_session_are_the_partnerships(office: Office) -> None:
    """ACC-4: whole numbers within the product's own bounds, both ends included."""
    change(office, idle_minutes=5, session_hours=24)
    assert change(office, revision=2, idle_minutes=120, session_hours=1).idle_minutes == 120
