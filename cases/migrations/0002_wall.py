"""Put this app's tables, and their histories, behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("accounts", "0002_wall"),
    ]

    operations = [
        SecureTenantTable("Person"),
        SecureTenantTable("Family"),
        SecureTenantTable("FamilyMember"),
        SecureTenantTable("Case"),
        SecureTenantTable("CaseGrant"),
        SecureTenantTable("PersonEvent", app="SELECT, INSERT"),
        SecureTenantTable("FamilyEvent", app="SELECT, INSERT"),
        SecureTenantTable("FamilyMemberEvent", app="SELECT, INSERT"),
        SecureTenantTable("CaseEvent", app="SELECT, INSERT"),
    ]
