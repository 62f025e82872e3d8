import assessments.workflow
import django.db.models.deletion
import foundation.common.ids
import pghistory.utils
from django.conf import settings
from django.db import migrations, models
import foundation.tenancy.fields
import foundation.tenancy.scope
import pgtrigger.compiler
import pgtrigger.migrations


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('cases', '0001_initial'),
        ('formdefs', '0001_initial'),
        ('tenancy', '0002_cache_entry'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssessmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, serialize=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('state', models.CharField(choices=[('draft', 'Not started'), ('in_progress', 'In progress'), ('agreed', 'Agreed with the family'), ('submitted', 'Waiting for approval'), ('returned', 'Returned with comments'), ('approved', 'Approved')], default='draft', max_length=50)),
                ('created_at', models.DateTimeField()),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('agreed_by', models.CharField(blank=True, max_length=160)),
                ('family_views', models.TextField(blank=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('approval_comment', models.TextField(blank=True)),
                ('frozen', models.JSONField(blank=True, null=True)),
                ('frozen_sha256', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReturnComment',
            fields=[
                ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('section_key', models.SlugField(blank=True, max_length=40)),
                ('text', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReturnCommentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, serialize=False)),
                ('section_key', models.SlugField(blank=True, db_index=False, max_length=40)),
                ('text', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=40)),
                ('answers', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('not_started', 'Not started yet'), ('in_progress', 'In progress'), ('done', 'Completed')], default='not_started', max_length=12)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SectionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, serialize=False)),
                ('key', models.SlugField(db_index=False, max_length=40)),
                ('answers', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('not_started', 'Not started yet'), ('in_progress', 'In progress'), ('done', 'Completed')], default='not_started', max_length=12)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('state', models.CharField(choices=[('draft', 'Not started'), ('in_progress', 'In progress'), ('agreed', 'Agreed with the family'), ('submitted', 'Waiting for approval'), ('returned', 'Returned with comments'), ('approved', 'Approved')], default='draft', max_length=50)),
                ('created_at', models.DateTimeField()),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('agreed_by', models.CharField(blank=True, max_length=160)),
                ('family_views', models.TextField(blank=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('approval_comment', models.TextField(blank=True)),
                ('frozen', models.JSONField(blank=True, null=True)),
                ('frozen_sha256', models.CharField(blank=True, max_length=64)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            bases=(assessments.workflow.AssessmentWorkflow, models.Model),
        ),
        migrations.AddField(
            model_name='assessment',
            name='case',
            field=foundation.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='cases.case'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessment',
            name='definition',
            field=foundation.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='formdefs.formdefinition'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='partnership',
            field=models.ForeignKey(db_index=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.partnership'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='submitted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessmentevent',
            name='author',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessmentevent',
            name='case',
            field=foundation.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.case'),
        ),
        migrations.AddField(
            model_name='assessmentevent',
            name='decided_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessmentevent',
            name='definition',
            field=foundation.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='formdefs.formdefinition'),
        ),
        migrations.AddField(
            model_name='assessmentevent',
            name='partnership',
            field=models.ForeignKey(db_constraint=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tenancy.partnership'),
        ),
        migrations.AddField(
            model_name='assessmentevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='assessmentevent',
            name='submitted_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='returncomment',
            name='assessment',
            field=foundation.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='returncomment',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='returncomment',
            name='partnership',
            field=models.ForeignKey(db_index=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.partnership'),
        ),
        migrations.AddField(
            model_name='returncommentevent',
            name='assessment',
            field=foundation.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='returncommentevent',
            name='made_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='returncommentevent',
            name='partnership',
            field=models.ForeignKey(db_constraint=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tenancy.partnership'),
        ),
        migrations.AddField(
            model_name='returncommentevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='assessments.returncomment'),
        ),
        migrations.AddField(
            model_name='section',
            name='assessment',
            field=foundation.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='section',
            name='partnership',
            field=models.ForeignKey(db_index=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.partnership'),
        ),
        migrations.AddField(
            model_name='section',
            name='saved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sectionevent',
            name='assessment',
            field=foundation.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='sectionevent',
            name='partnership',
            field=models.ForeignKey(db_constraint=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='tenancy.partnership'),
        ),
        migrations.AddField(
            model_name='sectionevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='assessments.section'),
        ),
        migrations.AddField(
            model_name='sectionevent',
            name='saved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='assessment',
            index=models.Index(fields=['partnership', 'state', 'submitted_at', 'id'], name='assessment_to_approve'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.UniqueConstraint(fields=('partnership', 'case', 'version'), name='assessment_version_once'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['submitted', 'approved']), _negated=True), models.Q(('submitted_by__isnull', False), ('submitted_at__isnull', False), models.Q(('agreed_by', ''), _negated=True)), _connector='OR'), name='submitted_assessment_says_who'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by__isnull', False), ('decided_at__isnull', False), ('frozen__isnull', False), models.Q(('frozen_sha256', ''), _negated=True)), _connector='OR'), name='approved_assessment_is_frozen'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(models.Q(('decided_by', models.F('author')), _negated=True), models.Q(('decided_by', models.F('submitted_by')), _negated=True)), _connector='OR'), name='nobody_approves_their_own'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_assessmentevent" ("agreed_at", "agreed_by", "approval_comment", "author_id", "case_id", "created_at", "decided_at", "decided_by_id", "definition_id", "family_views", "frozen", "frozen_sha256", "id", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "submitted_at", "submitted_by_id", "version") VALUES (NEW."agreed_at", NEW."agreed_by", NEW."approval_comment", NEW."author_id", NEW."case_id", NEW."created_at", NEW."decided_at", NEW."decided_by_id", NEW."definition_id", NEW."family_views", NEW."frozen", NEW."frozen_sha256", NEW."id", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."state", NEW."submitted_at", NEW."submitted_by_id", NEW."version"); RETURN NULL;', hash='ebf27a9ad44e70ce5e4287f2df9d32732c83f642', operation='INSERT', pgid='pgtrigger_insert_insert_3ca2a', table='assessments_assessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assessments_assessmentevent" ("agreed_at", "agreed_by", "approval_comment", "author_id", "case_id", "created_at", "decided_at", "decided_by_id", "definition_id", "family_views", "frozen", "frozen_sha256", "id", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "submitted_at", "submitted_by_id", "version") VALUES (NEW."agreed_at", NEW."agreed_by", NEW."approval_comment", NEW."author_id", NEW."case_id", NEW."created_at", NEW."decided_at", NEW."decided_by_id", NEW."definition_id", NEW."family_views", NEW."frozen", NEW."frozen_sha256", NEW."id", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."state", NEW."submitted_at", NEW."submitted_by_id", NEW."version"); RETURN NULL;', hash='303a3ff76f83fbd81f8b68f3b0c98a202404f96d', operation='UPDATE', pgid='pgtrigger_update_update_d96c6', table='assessments_assessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='assessment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_assessmentevent" ("agreed_at", "agreed_by", "approval_comment", "author_id", "case_id", "created_at", "decided_at", "decided_by_id", "definition_id", "family_views", "frozen", "frozen_sha256", "id", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "submitted_at", "submitted_by_id", "version") VALUES (OLD."agreed_at", OLD."agreed_by", OLD."approval_comment", OLD."author_id", OLD."case_id", OLD."created_at", OLD."decided_at", OLD."decided_by_id", OLD."definition_id", OLD."family_views", OLD."frozen", OLD."frozen_sha256", OLD."id", OLD."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."state", OLD."submitted_at", OLD."submitted_by_id", OLD."version"); RETURN NULL;', hash='2109c444f5a293953b56f13a95f7b0e9489dec04', operation='DELETE', pgid='pgtrigger_delete_delete_28394', table='assessments_assessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returncomment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_returncommentevent" ("assessment_id", "id", "made_at", "made_by_id", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "section_key", "text") VALUES (NEW."assessment_id", NEW."id", NEW."made_at", NEW."made_by_id", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."section_key", NEW."text"); RETURN NULL;', hash='0744cff8450168b3ec8cc8af9fbc16c487167932', operation='INSERT', pgid='pgtrigger_insert_insert_e867e', table='assessments_returncomment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returncomment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assessments_returncommentevent" ("assessment_id", "id", "made_at", "made_by_id", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "section_key", "text") VALUES (NEW."assessment_id", NEW."id", NEW."made_at", NEW."made_by_id", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."section_key", NEW."text"); RETURN NULL;', hash='29e84b4820aa9f283be513e73c3ea0f22c5451e8', operation='UPDATE', pgid='pgtrigger_update_update_de16b', table='assessments_returncomment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='returncomment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_returncommentevent" ("assessment_id", "id", "made_at", "made_by_id", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "section_key", "text") VALUES (OLD."assessment_id", OLD."id", OLD."made_at", OLD."made_by_id", OLD."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."section_key", OLD."text"); RETURN NULL;', hash='b5d6e59487000f247f2d04d95811325dcd316c1f', operation='DELETE', pgid='pgtrigger_delete_delete_e37d4', table='assessments_returncomment', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.UniqueConstraint(fields=('partnership', 'assessment', 'key'), name='assessment_section_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='section',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_sectionevent" ("answers", "assessment_id", "id", "key", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "saved_at", "saved_by_id", "state") VALUES (NEW."answers", NEW."assessment_id", NEW."id", NEW."key", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."revision", NEW."saved_at", NEW."saved_by_id", NEW."state"); RETURN NULL;', hash='2d2c39db9764e3bf375f2ecd329ae3e5a1ddc105', operation='INSERT', pgid='pgtrigger_insert_insert_dbcc2', table='assessments_section', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='section',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assessments_sectionevent" ("answers", "assessment_id", "id", "key", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "saved_at", "saved_by_id", "state") VALUES (NEW."answers", NEW."assessment_id", NEW."id", NEW."key", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."revision", NEW."saved_at", NEW."saved_by_id", NEW."state"); RETURN NULL;', hash='6dd43b6618bd6410c97a0a9d65e851f16121cb5b', operation='UPDATE', pgid='pgtrigger_update_update_3932c', table='assessments_section', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='section',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assessments_sectionevent" ("answers", "assessment_id", "id", "key", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "saved_at", "saved_by_id", "state") VALUES (OLD."answers", OLD."assessment_id", OLD."id", OLD."key", OLD."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."revision", OLD."saved_at", OLD."saved_by_id", OLD."state"); RETURN NULL;', hash='d29d470e2b188e6d93ba6ca964b4e7e238902eeb', operation='DELETE', pgid='pgtrigger_delete_delete_6045b', table='assessments_section', when='AFTER')),
        ),
    ]
