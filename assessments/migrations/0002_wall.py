"""Put this app's tables, and their histories, behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0001_initial"),
        ("cases", "0002_wall"),
        ("formdefs", "0002_wall"),
    ]

    operations = [
        SecureTenantTable("Assessment"),
        SecureTenantTable("Section"),
        SecureTenantTable("ReturnComment"),
        SecureTenantTable("AssessmentEvent", app="SELECT, INSERT"),
        SecureTenantTable("SectionEvent", app="SELECT, INSERT"),
        SecureTenantTable("ReturnCommentEvent", app="SELECT, INSERT"),
    ]
