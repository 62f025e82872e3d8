"""Before a partnership is chosen, a person may read their own memberships, and nothing else (ACC-2)."""

from django.db import migrations

# Only while no partnership's scope is open: inside one, a person's memberships elsewhere must not join the lists.
MAKE = """
CREATE POLICY own_memberships ON accounts_membership FOR SELECT USING (
    NULLIF(current_setting('earlyhelp.partnership', true), '') IS NULL
    AND user_id = NULLIF(current_setting('earlyhelp.user', true), '')::bigint
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_wall"),
    ]

    operations = [
        migrations.RunSQL(MAKE, "DROP POLICY own_memberships ON accounts_membership"),
    ]
