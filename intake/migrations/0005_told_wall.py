"""Put what is kept of telling senders behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0004_told"),
        ("notifications", "0002_wall"),
        ("accounts", "0002_wall"),
    ]

    operations = [
        SecureTenantTable("Told"),
        SecureTenantTable("ToldEvent", app="SELECT, INSERT"),
    ]
