"""Both tables stand behind the partnership's wall, and are only added to."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("partnership", "0001_initial")]

    operations = [
        SecureTenantTable("PathwayPolicy", app="SELECT, INSERT"),
        SecureTenantTable("SettingsChange", app="SELECT, INSERT"),
    ]
