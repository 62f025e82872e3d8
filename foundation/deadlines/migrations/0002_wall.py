"""Put this app's tables, and their histories, behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial"), ("accounts", "0002_wall")]

    operations = [
        SecureTenantTable("Deadline", app="SELECT, INSERT, UPDATE"),
        SecureTenantTable("DeadlineEvent", app="SELECT, INSERT"),
        SecureTenantTable("Extension", app="SELECT, INSERT, UPDATE"),
        SecureTenantTable("ExtensionEvent", app="SELECT, INSERT"),
        SecureTenantTable("Pause", app="SELECT, INSERT, UPDATE"),
        SecureTenantTable("PauseEvent", app="SELECT, INSERT"),
        SecureTenantTable("Reminder"),
    ]
