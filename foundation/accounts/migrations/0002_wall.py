"""Put this app's tables, and their histories, behind the partnership's wall."""

from django.db import migrations

from foundation.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    # The packages' migrations come before our other rooms': each of their changes puts every related model together
    # again, and with all rooms standing that took half of a first start.
    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("axes", "0010_accessattemptexpiration"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        SecureTenantTable("Agency"),
        SecureTenantTable("Team"),
        SecureTenantTable("Membership"),
        SecureTenantTable("AgencyEvent", app="SELECT, INSERT"),
        SecureTenantTable("TeamEvent", app="SELECT, INSERT"),
        SecureTenantTable("MembershipEvent", app="SELECT, INSERT"),
    ]
