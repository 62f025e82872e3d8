"""Background tasks inside their partnership, the two commands that work as the owner, and a partnership's words."""

from __future__ import annotations

from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from celery import Celery
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import get_resolver

from foundation.accounts.models import User
from foundation.formdefs.models import FormDefinition
from foundation.tenancy.management.commands.migrate import Command as Migrate
from foundation.tenancy.models import RESERVED_SLUGS, Partnership, TenantModel, default_levels
from foundation.tenancy.scope import ScopeError, current_partnership_id_or_none, tenant_scope
from foundation.tenancy.tasks import TenantTask
from tests.factories import make_agency, make_partnership

background = Celery("probes", set_as_current=False)
background.conf.task_always_eager = True
background.conf.task_eager_propagates = True


@background.task(base=TenantTask, name="probe.write", shared=False)
def write(partnership_id: str, title: str, fail: bool = False) -> tuple[UUID | None, list[str]]:
    FormDefinition.objects.create(key=title, version=1, title=title, body={})
    seen = sorted(FormDefinition._base_manager.values_list("title", flat=True))
    if fail:
        raise LookupError("in the middle")
    return current_partnership_id_or_none(), seen


def forms_of(partnership: Partnership) -> list[str]:
    with tenant_scope(partnership.pk):
        return sorted(FormDefinition.objects.values_list("title", flat=True))


@pytest.fixture
def two(db: None) -> tuple[Partnership, Partnership]:
    return make_partnership(), make_partnership()


class TestTask:
    def test_it_works_inside_its_partnership_and_leaves_it(self, two: tuple[Partnership, Partnership]) -> None:
        """Trust 4: the first argument names the partnership; one worker serves another right after."""
        for partnership in two:
            scope, seen = write.apply(args=[str(partnership.pk), partnership.slug]).get()
            assert (scope, seen) == (partnership.pk, [partnership.slug])
            assert current_partnership_id_or_none() is None
        assert [forms_of(partnership) for partnership in two] == [[two[0].slug], [two[1].slug]]

    def test_one_that_fails_leaves_nothing(self, two: tuple[Partnership, Partnership]) -> None:
        """Trust 4: neither half of its work nor its scope."""
        with pytest.raises(LookupError):
            write.apply(args=[str(two[0].pk), "half"], kwargs={"fail": True}).get()
        assert current_partnership_id_or_none() is None
        assert forms_of(two[0]) == []

    def test_it_is_never_run_inside_another_scope(self, two: tuple[Partnership, Partnership]) -> None:
        """Libraries, tenancy: a task called in the middle of a request would work in two partnerships at once."""
        with tenant_scope(two[0].pk):
            with pytest.raises(ScopeError, match="never nested"):
                write(str(two[1].pk), "nested")
            assert current_partnership_id_or_none() == two[0].pk
        assert forms_of(two[1]) == []

    @pytest.mark.parametrize("name", ["", "fernshire", "None"])
    def test_what_names_no_partnership_does_nothing(self, db: None, name: str) -> None:
        """A damaged message fails before it reads or writes."""
        with pytest.raises(ValueError, match="badly formed"):
            write(name, "nowhere")


class TestFlush:
    @pytest.mark.django_db(transaction=True)
    def test_it_empties_all_that_people_wrote_and_keeps_what_migrations_did(self) -> None:
        """The app's role may not TRUNCATE: the command works as the owner, history and chain included."""
        partnership = make_partnership()
        with tenant_scope(partnership.pk):
            make_agency()
        kept = (ContentType.objects.count(), Permission.objects.count())
        call_command("flush", interactive=False, verbosity=0)
        assert not Partnership.objects.exists()
        assert not User.objects.exists()
        assert (ContentType.objects.count(), Permission.objects.count()) == kept
        again = Partnership.objects.create(pk=partnership.pk, slug=partnership.slug, name="Again")
        with tenant_scope(again.pk):
            left = {
                model._meta.label: model._base_manager.count()
                for model in apps.get_models()
                if issubclass(model, TenantModel)
            }
        assert {label: count for label, count in left.items() if count} == {}
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
            assert cursor.fetchone()[0] > 20

    def test_a_no_empties_nothing(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever does not write "yes" keeps the database."""
        make_partnership()
        for answer in ("no", "", "Yes", "y"):
            monkeypatch.setattr("builtins.input", lambda prompt, answer=answer: answer)
            with pytest.raises(CommandError, match=r"Nothing was emptied\."):
                call_command("flush")
        assert Partnership.objects.exists()

    def test_the_other_ways_in_lead_to_the_same_database(self, db: None) -> None:
        """Once is enough: asked for owner or maintenance it does nothing."""
        make_partnership()
        for alias in ("owner", "maintenance"):
            call_command("flush", interactive=False, database=alias)
        assert Partnership.objects.exists()


class TestMigrate:
    def test_it_works_as_the_owner_unless_told_otherwise(self) -> None:
        """Architecture §4: the app's role makes no tables."""
        parser = Migrate().create_parser("manage.py", "migrate")
        assert parser.parse_args([]).database == "owner"
        assert parser.parse_args(["--database", "default"]).database == "default"

    @pytest.mark.django_db(databases=["default", "owner"])
    def test_nothing_is_left_to_migrate(self) -> None:
        """The tests' database is what the migrations make."""
        said = StringIO()
        call_command("migrate", plan=True, stdout=said)
        assert "No planned migration operations" in said.getvalue()


class TestPartnership:
    def test_each_says_levels_in_its_own_words(self) -> None:
        """Practice model §1: a level that the partnership does not know is told by its code."""
        own = Partnership(name="Fernshire", levels=[{"code": "2", "words": "Vulnerable"}])
        assert (own.level_words("2"), own.level_words("1+"), str(own)) == ("Vulnerable", "1+", "Fernshire")
        assert Partnership().level_words("2") == "Targeted early help"

    def test_no_two_share_one_list_of_levels(self) -> None:
        """One partnership's change of words is not another's."""
        first = default_levels()
        first[0]["words"] = "Changed"
        assert default_levels()[0]["words"] == "Universal"
        assert [level["code"] for level in default_levels()] == ["1", "1+", "2", "3", "4"]

    @pytest.mark.parametrize("colour", ["red", "#1D70B8", "#12345", "#1234567", "#1d70b8;x", "#1d70b8\n", ""])
    def test_a_colour_is_six_digits(self, db: None, colour: str) -> None:
        """Trust 17: the colour stands in a style sheet, so nothing else may."""
        with pytest.raises(ValidationError) as refused:
            Partnership(slug="fernshire", name="Fernshire", colour=colour).full_clean()
        assert "colour" in refused.value.message_dict

    def test_a_colour_of_six_digits_is_taken(self, db: None) -> None:
        Partnership(slug="fernshire", name="Fernshire", colour="#0b0c0c").full_clean()

    def test_every_address_that_is_not_a_partnership_s_is_reserved(self) -> None:
        """Architecture §4: no partnership can ever be called what another page is called."""
        first_parts = set()
        for pattern in get_resolver().url_patterns:
            for route in _routes(pattern):
                first_parts.add(route.split("/")[0])
        fixed = {part for part in first_parts if part and "<" not in part}
        assert {"accounts", "hats", "healthz"} <= fixed
        assert fixed <= RESERVED_SLUGS

    def test_reserved_words_are_in_small_letters(self) -> None:
        """A slug is compared as it stands; a partnership's never has a capital or a space."""
        assert all(slug == slug.lower().strip() for slug in RESERVED_SLUGS)


def _routes(pattern: Any, before: str = "") -> list[str]:
    route = before + str(pattern.pattern)
    inner = getattr(pattern, "url_patterns", None)
    return [route] if inner is None else [found for each in inner for found in _routes(each, route)]
