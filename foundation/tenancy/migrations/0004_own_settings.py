"""A partnership's row is read by everyone, and changed only inside its own scope."""

from django.db import migrations

OWN = "id = NULLIF(current_setting('earlyhelp.partnership', true), '')::uuid"
MAKE = f"""
ALTER TABLE tenancy_partnership ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_partnership FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON tenancy_partnership FOR SELECT USING (true);
CREATE POLICY operator_founds ON tenancy_partnership FOR INSERT WITH CHECK (true);
CREATE POLICY own_settings ON tenancy_partnership FOR UPDATE USING ({OWN}) WITH CHECK ({OWN});
"""
UNMAKE = """
DROP POLICY own_settings ON tenancy_partnership;
DROP POLICY operator_founds ON tenancy_partnership;
DROP POLICY everyone_reads ON tenancy_partnership;
ALTER TABLE tenancy_partnership NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenancy_partnership DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_settings")]

    operations = [migrations.RunSQL(MAKE, UNMAKE)]
