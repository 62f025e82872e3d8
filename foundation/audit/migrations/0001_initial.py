"""The two logs, made by hand because they are partitioned by month, and the chain with its checkpoints."""

import django.contrib.postgres.fields
import django.db.models.deletion
import foundation.common.ids
import foundation.tenancy.scope
from django.conf import settings
from django.db import migrations, models

LOGS = """
CREATE TABLE audit_entry (
    id uuid NOT NULL,
    partnership_id uuid NOT NULL REFERENCES tenancy_partnership (id) DEFERRABLE INITIALLY DEFERRED,
    at timestamp with time zone NOT NULL,
    user_id bigint,
    agency_id uuid,
    roles varchar(20)[] NOT NULL,
    verb varchar(60) NOT NULL,
    subject_kind varchar(60) NOT NULL,
    subject_id uuid NOT NULL,
    case_id uuid,
    detail jsonb,
    detail_digest bytea,
    PRIMARY KEY (partnership_id, id, at),
    CONSTRAINT audit_detail_or_its_digest CHECK ((detail IS NULL) <> (detail_digest IS NULL))
) PARTITION BY RANGE (at);
CREATE INDEX audit_entry_by_subject ON audit_entry (partnership_id, subject_id, at);
CREATE INDEX audit_entry_by_case ON audit_entry (partnership_id, case_id, at) WHERE case_id IS NOT NULL;
CREATE TABLE audit_entry_rest PARTITION OF audit_entry DEFAULT;

CREATE TABLE audit_access (
    id uuid NOT NULL,
    partnership_id uuid NOT NULL REFERENCES tenancy_partnership (id) DEFERRABLE INITIALLY DEFERRED,
    at timestamp with time zone NOT NULL,
    user_id bigint,
    agency_id uuid,
    subject_kind varchar(60) NOT NULL,
    subject_id uuid NOT NULL,
    case_id uuid,
    how varchar(20) NOT NULL,
    PRIMARY KEY (partnership_id, id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_access_by_case ON audit_access (partnership_id, case_id, at) WHERE case_id IS NOT NULL;
CREATE TABLE audit_access_rest PARTITION OF audit_access DEFAULT;

CREATE TABLE audit_chain (
    entry_id uuid NOT NULL,
    partnership_id uuid NOT NULL,
    entry_kind varchar(6) NOT NULL,
    entry_at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    seq bigint,
    hash bytea,
    PRIMARY KEY (partnership_id, entry_id),
    CONSTRAINT audit_chain_in_order UNIQUE (partnership_id, seq)
);
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_wall'),
        ('tenancy', '0002_cache_entry'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(LOGS, "DROP TABLE audit_chain, audit_access, audit_entry"),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='AccessEntry',
                    fields=[
                        ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                        ('agency_id', models.UUIDField(null=True)),
                        ('subject_kind', models.CharField(max_length=60)),
                        ('subject_id', models.UUIDField()),
                        ('case_id', models.UUIDField(null=True)),
                        ('how', models.CharField(max_length=20)),
                        ('partnership', models.ForeignKey(db_index=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.partnership')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'audit_access',
                        'indexes': [models.Index(condition=models.Q(('case_id__isnull', False)), fields=['partnership', 'case_id', 'at'], name='audit_access_by_case')],
                    },
                ),
                migrations.CreateModel(
                    name='AuditEntry',
                    fields=[
                        ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                        ('agency_id', models.UUIDField(null=True)),
                        ('subject_kind', models.CharField(max_length=60)),
                        ('subject_id', models.UUIDField()),
                        ('case_id', models.UUIDField(null=True)),
                        ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                        ('verb', models.CharField(max_length=60)),
                        ('detail', models.JSONField(default=dict, null=True)),
                        ('detail_digest', models.BinaryField(null=True)),
                        ('partnership', models.ForeignKey(db_index=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.partnership')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'audit_entry',
                        'indexes': [models.Index(fields=['partnership', 'subject_id', 'at'], name='audit_entry_by_subject'), models.Index(condition=models.Q(('case_id__isnull', False)), fields=['partnership', 'case_id', 'at'], name='audit_entry_by_case')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('detail__isnull', False), ('detail_digest__isnull', True)), models.Q(('detail__isnull', True), ('detail_digest__isnull', False)), _connector='OR'), name='audit_detail_or_its_digest')],
                    },
                ),
                migrations.CreateModel(
                    name='ChainLink',
                    fields=[
                        ('entry_id', models.UUIDField(primary_key=True, serialize=False)),
                        ('entry_kind', models.CharField(choices=[('audit', 'Something done'), ('access', 'Something looked at')], max_length=6)),
                        ('entry_at', models.DateTimeField()),
                        ('digest', models.BinaryField()),
                        ('seq', models.BigIntegerField(null=True)),
                        ('hash', models.BinaryField(null=True)),
                        ('partnership', models.ForeignKey(db_constraint=False, db_index=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.partnership')),
                    ],
                    options={
                        'db_table': 'audit_chain',
                        'constraints': [models.UniqueConstraint(fields=('partnership', 'seq'), name='audit_chain_in_order')],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.UUIDField(default=foundation.common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('taken_at', models.DateTimeField()),
                ('seq', models.BigIntegerField()),
                ('hash', models.BinaryField()),
                ('partnership', models.ForeignKey(db_index=False, default=foundation.tenancy.scope.current_partnership_id_or_none, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.partnership')),
            ],
            options={
                'db_table': 'audit_checkpoint',
                'constraints': [models.UniqueConstraint(fields=('partnership', 'seq', 'taken_at'), name='audit_checkpoint_once')],
            },
        ),
    ]
