"""Put this app's tables, and their histories, behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("consent", "0002_wall"),
        ("cases", "0002_wall"),
        ("accounts", "0002_wall"),
    ]

    operations = [
        SecureTenantTable("EnquiryDraft"),
        SecureTenantTable("Enquiry"),
        SecureTenantTable("EnquiryPerson"),
        SecureTenantTable("EnquiryEvent", app="SELECT, INSERT"),
        SecureTenantTable("EnquiryPersonEvent", app="SELECT, INSERT"),
    ]
