"""A partnership from a preset: founded whole or not at all, by the operator or by one command (§11)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from foundation.accounts.models import Agency, Team
from foundation.audit.models import AuditEntry
from foundation.common.errors import Invalid, NotAllowed
from foundation.formdefs.models import FormDefinition
from foundation.formdefs.services import LIBRARY
from foundation.partnership import presets, queries
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.services import found_partnership
from foundation.partnership.services.founding import early_help_name
from foundation.tenancy.models import RESERVED_SLUGS, Partnership
from foundation.tenancy.scope import ScopeError, tenant_scope
from tests.factories import make_partnership, make_user
from tests.partnership.founding import make_place

pytestmark = pytest.mark.django_db


def found(**given: str | None) -> Partnership:
    words = {"preset": "devon", "slug": "rutland", "name": "Rutland Partnership"} | given
    return found_partnership(by_user=None, **words)  # type: ignore[arg-type]


@pytest.mark.parametrize("preset", presets.names())
def test_a_partnership_stands_with_all_that_its_preset_says(preset: str) -> None:
    """§11: words, first policy, forms, the council's early help and its hub, from any of the five."""
    partnership = found(preset=preset, slug=f"new-{preset}")
    start = presets.load(preset)
    for field, value in start.words.items():
        assert getattr(partnership, field) == value
    assert partnership.second_factor
    with tenant_scope(partnership.pk):
        policy = queries.current_policy()
        assert (policy.version, policy.preset) == (1, preset)
        assert {key: held.value for key, held in policy.held.items()} == {
            key: value.value for key, value in start.values.items()
        }
        agency = Agency.objects.get()
        assert (agency.name, agency.kind) == ("Rutland Early Help", "early_help")
        assert Team.objects.get().name == partnership.front_door
        assert FormDefinition.objects.count() == len(list(LIBRARY.glob("*.json")))


def test_the_trail_of_the_new_partnership_begins_with_the_operator() -> None:
    """ACC-3: who founded it stands in its own trail; what the product does by itself is the product's."""
    operator = make_user("Odalys Brandreth", is_operator=True)
    partnership = found_partnership(by_user=operator, preset="derby", slug="rutland", name="Rutland")
    with tenant_scope(partnership.pk):
        first, second, *rest = AuditEntry.objects.order_by("at", "pk")
        assert (first.verb, first.user_id, first.subject_id) == ("partnership.founded", operator.pk, partnership.pk)
        assert first.detail == {"preset": "derby", "slug": "rutland"}
        assert (second.verb, second.user_id) == ("pathway.adopted", operator.pk)
        assert {entry.user_id for entry in rest} == {None}
        made = PathwayPolicy.objects.get()
        assert made.made_by == operator


@pytest.mark.parametrize("fields", [{}, {"is_operator": True, "is_active": False}])
def test_only_an_operator_may_found(fields: dict[str, bool]) -> None:
    """Practice model §2: setting a partnership up inside is its administrator's; founding one is the operator's."""
    with pytest.raises(NotAllowed, match="operator"):
        found_partnership(by_user=make_user(**fields), preset="derby", slug="rutland", name="Rutland")
    assert not Partnership.objects.exists()


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("", "Enter the address"),
        ("Rutland", "lower-case"),
        ("rut land", "lower-case"),
        ("rut_land", "lower-case"),
        ("rutländ", "lower-case"),
        ("-rutland", "lower-case"),
        ("rutland-", "lower-case"),
        ("rut--land", "lower-case"),
        ("rutland/", "lower-case"),
        ("r" * 41, "40 characters or fewer"),
        ("taken", "already"),
        *((slug, "lower-case" if "." in slug else "kept for the product") for slug in sorted(RESERVED_SLUGS)),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_a_sentence(slug: str, sentence: str) -> None:
    """§11: letters, digits and hyphens; not reserved; not taken."""
    make_partnership("taken")
    with pytest.raises(Invalid, match=sentence) as refused:
        found(slug=slug)
    assert set(refused.value.fields) == {"slug"}


@pytest.mark.parametrize("slug", ["a", "3-rivers", "north-east-fernshire", "r" * 40])
def test_an_address_that_can_be_is_taken(slug: str) -> None:
    """§11: short, long, with digits and hyphens."""
    assert found(slug=slug).slug == slug


def test_all_that_is_wrong_is_said_at_once() -> None:
    """§11: one sentence for each field, and nothing is made."""
    with pytest.raises(Invalid) as refused:
        found(preset="atlantis", slug="Set Up", name="  ")
    assert set(refused.value.fields) == {"preset", "slug", "name"}
    assert not Partnership.objects.exists()


@pytest.mark.parametrize(
    ("name", "sentence"), [("x" * 121, "120"), ("Rut\nland", "line break"), ("Rut\u202eland", "turns")]
)
def test_a_name_that_cannot_be_kept_is_refused(name: str, sentence: str) -> None:
    """§11: the name stands on every page, so it is one plain line."""
    with pytest.raises(Invalid, match=sentence) as refused:
        found(name=name)
    assert set(refused.value.fields) == {"name"}


def test_a_script_in_a_name_stays_words(client) -> None:
    """Trust 17: a name is text on every page."""
    place = make_place(name="<script>alert(1)</script>")
    page = place.browser().get(place.url("pathway/")).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_founding_stands_outside_every_scope() -> None:
    """Architecture §4: scopes are never nested; and what fails leaves nothing."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk), pytest.raises(ScopeError):
        found()


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("Rutland", "Rutland Early Help"),
        ("Rutland Partnership", "Rutland Early Help"),
        ("Rutland Early Help Partnership", "Rutland Early Help"),
        ("Rutland Early Help", "Rutland Early Help"),
        ("Rutland Safeguarding Children Partnership", "Rutland Early Help"),
        ("Partnership", "Partnership Early Help"),
    ],
)
def test_the_first_agency_is_named_after_the_area(name: str, agency: str) -> None:
    """Practice model §1: the council's early help, not the partnership, works with families."""
    assert early_help_name(name) == agency


def run(*args: str) -> str:
    out = StringIO()
    call_command("load_preset", *args, stdout=out)
    return out.getvalue()


def test_the_command_founds_and_says_where() -> None:
    """Issue 3: `manage.py load_preset NAME` is one command."""
    said = run("devon")
    assert said.splitlines() == ["Devon Early Help Partnership stands at /devon/. Defaults to confirm: 14."]
    assert Partnership.objects.get().name == "Devon Early Help Partnership"
    assert "/rutland/" in run("devon", "--slug", "rutland", "--name", "Rutland Partnership")
    assert Partnership.objects.get(slug="rutland").name == "Rutland Partnership"


def test_the_command_run_twice_gives_one_clear_line() -> None:
    """Issue 3: a sentence and exit code 1, not a traceback; nothing is doubled."""
    run("devon")
    with pytest.raises(CommandError) as refused:
        run("devon")
    assert str(refused.value) == "Another partnership has this address already. Choose another."
    assert Partnership.objects.count() == 1


def test_the_command_refuses_what_is_no_preset_or_no_address() -> None:
    """§11: one line that names the presets there are."""
    with pytest.raises(CommandError, match="Choose from derby, derbyshire, devon, rotherham, tower-hamlets"):
        run("atlantis")
    with pytest.raises(CommandError, match="kept for the product"):
        run("devon", "--slug", "set-up")


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of several acts in threads gives, or the error that it raises."""

    def one(act: Callable[[], object]) -> object:
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result() for future in [threads.submit(one, act) for act in acts]]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_address_is_founded_once() -> None:
    """Trust 7: two operators at the same moment: one founds, the other is told."""
    given = at_once(*[found] * 3)
    refused = [answer for answer in given if isinstance(answer, Invalid)]
    assert len(refused) == 2
    assert {tuple(answer.fields) for answer in refused} == {("slug",)}
    assert Partnership.objects.count() == 1
