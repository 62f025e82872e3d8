"""`manage.py demo`: what it makes, prints and refuses."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Assessment
from earlyhelp.demo import build, walk
from earlyhelp.demo.places import PASSWORD
from earlyhelp.demo.roles import EVERYONE, OPERATOR_EMAIL, SLUGS, TWO_HATS_EMAIL
from foundation.accounts.models import User
from foundation.common.errors import NotThere
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from intake.models import Enquiry
from tests.factories import make_partnership, make_user

NEEDED = {"practitioner", "screener", "hubmanager", "manager", "socialworker", "auditor", "analyst", "admin",
          "pastoral", "healthvisitor", "safeguarding"}  # fmt: skip


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> None:
    settings.DEMO = True


def run(*arguments: str, **options: Any) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("demo", *arguments, stdout=out, **options)
    return out.getvalue()


def refusal(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as refused:
        call_command("demo", *arguments, stdout=StringIO())
    assert "\n" not in str(refused.value)
    assert refused.value.returncode == 1
    return refused.value


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_whole_demonstration_is_made_by_the_services() -> None:
    """Demo: the trail is whole after it, and a second run changes nothing."""
    printed = run()
    assert PASSWORD in printed
    found = StringIO()
    call_command("verify_audit", stdout=found)
    assert "The trail is whole." in found.getvalue()
    assert found.getvalue().count(" 0 found") == 5
    counted = {}
    for partnership in Partnership.objects.all():
        with tenant_scope(partnership.pk):
            counted[partnership.slug] = (Enquiry.objects.count(), Assessment.objects.count())
    few, more = (12, 9), (20, 13)
    assert counted == {slug: more if slug in {"rotherham", "tower-hamlets"} else few for slug in SLUGS}
    people = User.objects.count()
    assert run() == "The demonstration is there already.\n"
    assert User.objects.count() == people == len(build.addresses())


@pytest.mark.django_db(transaction=True)
def test_one_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Demo: all or nothing, so that the next start makes it whole."""
    monkeypatch.setattr(walk, "VISITS", (("nowhere",),) * 4)
    with pytest.raises(NotThere):
        run("--families", "5")
    assert not Partnership.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [(), ("--sign-ins",)])
def test_refuses_without_its_flag(settings: Any, arguments: tuple[str, ...]) -> None:
    """Demo: a password that everyone knows must never stand by accident; DEBUG does not allow it."""
    settings.DEMO, settings.DEBUG = False, True
    assert "EARLYHELP_DEMO=1" in str(refusal(*arguments))
    assert not Partnership.objects.exists()


@pytest.mark.django_db
def test_refuses_a_database_with_another_partnership() -> None:
    """Demo: also beside its own."""
    make_partnership("fernshire")
    assert "something else" in str(refusal())
    for slug in SLUGS[1:]:
        make_partnership(slug)
    assert "something else" in str(refusal())
    assert not User.objects.exists()


@pytest.mark.django_db
def test_refuses_a_database_with_somebody_in_it() -> None:
    """Demo: a person alone is enough."""
    make_user()
    assert "something else" in str(refusal())
    assert not Partnership.objects.exists()


@pytest.mark.django_db
def test_refuses_half_of_itself() -> None:
    """Demo: one of its five partnerships is not the demonstration."""
    make_partnership("rotherham")
    assert "something else" in str(refusal())


@pytest.mark.django_db
@pytest.mark.parametrize("families", ["0", "-3", "201"])
def test_refuses_too_few_or_too_many_families(families: str) -> None:
    """Demo: bulk is another command's."""
    assert "from 1 to 200" in str(refusal("--families", families))


@pytest.mark.django_db
def test_sign_ins_alone_touch_nothing(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    """Demo: printed at every later start, with the address that serves."""
    monkeypatch.setenv("EARLYHELP_PORT", "8123")
    with django_assert_num_queries(0):
        printed = run("--sign-ins")
    assert "http://127.0.0.1:8123/" in printed
    assert not Partnership.objects.exists()


@pytest.mark.django_db
def test_the_sign_ins_are_a_pattern_that_one_can_read_at_a_glance() -> None:
    """Demo: every role and every partnership once, an example, and no line wider than a hundred characters."""
    lines = run("--sign-ins").splitlines()
    assert len(lines) < 30
    assert max(len(line) for line in lines) <= 100
    assert "ROLE@PARTNERSHIP.example" in lines[1]
    first = [line.split()[0] for line in lines if line.startswith("  ")]
    assert first == [*SLUGS, *(worker.key for worker in EVERYONE if worker.tries), TWO_HATS_EMAIL, OPERATOR_EMAIL]
    assert set(first) >= NEEDED
    assert set(build.addresses()) >= {f"{role}@{slug}.example" for role in NEEDED for slug in SLUGS}
    assert lines[2].split()[0] in build.addresses()


@pytest.mark.django_db(transaction=True)
def test_can_be_made_without_a_word() -> None:
    """Demo: where another command prints the sign-ins itself."""
    assert run("--families", "1", verbosity=0) == ""
    assert Partnership.objects.count() == 5
