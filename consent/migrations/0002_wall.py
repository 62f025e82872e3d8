"""Put this app's tables, and their histories, behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_initial"),
        ("cases", "0002_wall"),
        ("accounts", "0002_wall"),
    ]

    operations = [
        SecureTenantTable("Consent"),
        SecureTenantTable("ConsentAgency"),
        SecureTenantTable("ConsentPerson"),
        SecureTenantTable("ConsentEvent", app="SELECT, INSERT"),
        SecureTenantTable("ConsentAgencyEvent", app="SELECT, INSERT"),
        SecureTenantTable("ConsentPersonEvent", app="SELECT, INSERT"),
    ]
