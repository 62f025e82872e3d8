"""Put this app's tables, and their histories, behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        SecureTenantTable("Agency"),
        SecureTenantTable("Team"),
        SecureTenantTable("Membership"),
        SecureTenantTable("AgencyEvent", app="SELECT, INSERT"),
        SecureTenantTable("TeamEvent", app="SELECT, INSERT"),
        SecureTenantTable("MembershipEvent", app="SELECT, INSERT"),
    ]
