"""Keys of version 7 made by the database, for rows that one statement makes by the thousand (decision 001).

PostgreSQL 18 could, 17 cannot. A random UUID whose first 48 bits become the time in milliseconds, and whose version
is set from 4 to 7.
"""

from django.conf import settings
from django.db import migrations

MAKE = """
CREATE FUNCTION earlyhelp_uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(set_bit(set_bit(overlay(
        pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
        PLACING substring(pg_catalog.int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
REVOKE ALL ON FUNCTION earlyhelp_uuid7() FROM PUBLIC;
"""


def grants() -> str:
    roles = {settings.APP_DATABASE_ROLE, settings.MAINTENANCE_DATABASE_ROLE}
    return "".join(f'GRANT EXECUTE ON FUNCTION earlyhelp_uuid7() TO "{role}";' for role in sorted(roles))


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_wall"),
    ]

    operations = [
        migrations.RunSQL(MAKE + grants(), "DROP FUNCTION earlyhelp_uuid7()"),
    ]
