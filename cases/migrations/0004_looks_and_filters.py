"""Unusual looks and how far they were looked for, and people's filters of the list of cases."""

import django.db.models.deletion
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import cases.workflow
import foundation.common.ids
import foundation.tenancy.fields
import foundation.tenancy.scope
from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_invitations_wall"),
        ("cases", "0003_doors_by_date"),
        ("tenancy", "0004_own_settings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UnusualLook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("own_name", "Has the same family name as somebody in the family"),
                            ("same_address", "Lives at the family’s address"),
                            (
                                "after_hours",
                                "Looked in the evening, at night or at a weekend, from outside the lead’s team",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("common_name", models.BooleanField(default=False)),
                ("entry_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("found", "To look into"), ("looked_into", "Looked into")],
                        default="found",
                        max_length=50,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("looked_into_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    foundation.tenancy.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "case",
                    foundation.tenancy.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unusual_looks",
                        to="cases.case",
                    ),
                ),
                (
                    "looked_into_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        db_index=False,
                        default=foundation.tenancy.scope.current_partnership_id_or_none,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.partnership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            bases=(cases.workflow.UnusualLookWorkflow, models.Model),
        ),
        migrations.CreateModel(
            name="UnusualLookEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.UUIDField(default=foundation.common.ids.new_id, editable=False, serialize=False)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("own_name", "Has the same family name as somebody in the family"),
                            ("same_address", "Lives at the family’s address"),
                            (
                                "after_hours",
                                "Looked in the evening, at night or at a weekend, from outside the lead’s team",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("common_name", models.BooleanField(default=False)),
                ("entry_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("found", "To look into"), ("looked_into", "Looked into")],
                        default="found",
                        max_length=50,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("looked_into_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    foundation.tenancy.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "case",
                    foundation.tenancy.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "looked_into_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        db_constraint=False,
                        default=foundation.tenancy.scope.current_partnership_id_or_none,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenancy.partnership",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="cases.unusuallook",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LooksRead",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField(default=0)),
                (
                    "partnership",
                    models.ForeignKey(
                        db_index=False,
                        default=foundation.tenancy.scope.current_partnership_id_or_none,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.partnership",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("partnership",), name="looks_read_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("query", models.JSONField(default=dict)),
                ("is_default", models.BooleanField(default=False)),
                (
                    "agency",
                    foundation.tenancy.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        db_index=False,
                        default=foundation.tenancy.scope.current_partnership_id_or_none,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.partnership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("partnership"),
                        models.F("user"),
                        models.F("agency"),
                        django.db.models.functions.text.Lower("name"),
                        name="saved_filter_name_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("partnership", "user", "agency"),
                        name="one_default_filter",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="unusuallook",
            index=models.Index(fields=["partnership", "state", "-last_at", "-id"], name="unusual_look_newest_first"),
        ),
        migrations.AddConstraint(
            model_name="unusuallook",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "found")),
                fields=("partnership", "case", "user", "reason"),
                name="unusual_look_waits_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="unusuallook",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "looked_into"), _negated=True),
                    models.Q(
                        ("looked_into_at__isnull", False),
                        ("looked_into_by__isnull", False),
                        models.Q(("note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="looked_into_says_who_when_and_what",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="unusuallook",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_unusuallookevent" ("agency_id", "at", "case_id", "common_name", "entry_id", "id", "last_at", "looked_into_at", "looked_into_by_id", "note", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "times", "user_id") VALUES (NEW."agency_id", NEW."at", NEW."case_id", NEW."common_name", NEW."entry_id", NEW."id", NEW."last_at", NEW."looked_into_at", NEW."looked_into_by_id", NEW."note", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."state", NEW."times", NEW."user_id"); RETURN NULL;',
                    hash="64d45be83c831354eddefdf0df76ba2772263919",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2bfbc",
                    table="cases_unusuallook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="unusuallook",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_unusuallookevent" ("agency_id", "at", "case_id", "common_name", "entry_id", "id", "last_at", "looked_into_at", "looked_into_by_id", "note", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "times", "user_id") VALUES (NEW."agency_id", NEW."at", NEW."case_id", NEW."common_name", NEW."entry_id", NEW."id", NEW."last_at", NEW."looked_into_at", NEW."looked_into_by_id", NEW."note", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."state", NEW."times", NEW."user_id"); RETURN NULL;',
                    hash="c7cfc6f535ba04d8b1cf2ca7f41ce84c261a246c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f9aa3",
                    table="cases_unusuallook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="unusuallook",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_unusuallookevent" ("agency_id", "at", "case_id", "common_name", "entry_id", "id", "last_at", "looked_into_at", "looked_into_by_id", "note", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "times", "user_id") VALUES (OLD."agency_id", OLD."at", OLD."case_id", OLD."common_name", OLD."entry_id", OLD."id", OLD."last_at", OLD."looked_into_at", OLD."looked_into_by_id", OLD."note", OLD."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."state", OLD."times", OLD."user_id"); RETURN NULL;',
                    hash="c950dbb77eb999964c0134a83ac4758c622982e2",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e6ae8",
                    table="cases_unusuallook",
                    when="AFTER",
                ),
            ),
        ),
        SecureTenantTable("UnusualLook"),
        SecureTenantTable("UnusualLookEvent", app="SELECT, INSERT"),
        SecureTenantTable("LooksRead"),
        SecureTenantTable("SavedFilter"),
    ]
