"""Put this app's tables behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        ("outbox", "0003_uuid7"),
    ]

    operations = [
        SecureTenantTable("Mailing"),
        SecureTenantTable("Message"),
        SecureTenantTable("Choice"),
    ]
