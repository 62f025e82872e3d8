"""Put this app's tables, and their histories, behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0001_initial"),
    ]

    operations = [
        SecureTenantTable("OutboxMessage"),
    ]
