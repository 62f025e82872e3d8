"""Invitations, last sign-ins and kept words stand behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_invitations")]

    operations = [
        SecureTenantTable("Invitation", app="SELECT, INSERT, UPDATE"),
        SecureTenantTable("InvitationEvent", app="SELECT, INSERT"),
        SecureTenantTable("LastSignIn", app="SELECT, INSERT, UPDATE"),
        SecureTenantTable("KeptWords"),
    ]
