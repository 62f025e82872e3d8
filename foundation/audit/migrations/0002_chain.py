"""The chain, made by the database at COMMIT, and the wall around all of it.

Two steps, both at COMMIT. The first writes the entry's digest and takes no lock. The second, which PostgreSQL runs
only after every other deferred check of the transaction, takes the partnership's turn and closes the link. Taken any
earlier, the turn would be held while a foreign key waits for another writer's row, who in turn waits for the turn.

`tenant_scope` has taken its setting back before COMMIT, and under forced row-level security even the tables' owner
sees nothing without it: each function sets it from the row and puts back what was there.
"""

from django.db import migrations

from foundation.audit.partitions import wall_of
from foundation.tenancy.operations import SecureTenantTable
from foundation.tenancy.sql import grants, wall

NOTE_ENTRY = """
CREATE FUNCTION audit_note_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    was text := current_setting('earlyhelp.partnership', true);
BEGIN
    PERFORM set_config('earlyhelp.partnership', NEW.partnership_id::text, true);
    INSERT INTO audit_chain (partnership_id, entry_kind, entry_id, entry_at, digest)
    VALUES (NEW.partnership_id, 'audit', NEW.id, NEW.at, sha256(convert_to(concat_ws('|',
        'audit', NEW.partnership_id, NEW.id, (extract(epoch FROM NEW.at) * 1000000)::bigint,
        coalesce(NEW.user_id::text, ''), coalesce(NEW.agency_id::text, ''), array_to_string(NEW.roles, ','),
        NEW.verb, NEW.subject_kind, NEW.subject_id, coalesce(NEW.case_id::text, ''),
        encode(sha256(convert_to(NEW.detail::text, 'UTF8')), 'hex')), 'UTF8')));
    PERFORM set_config('earlyhelp.partnership', coalesce(was, ''), true);
    RETURN NULL;
END $$;
"""

NOTE_ACCESS = """
CREATE FUNCTION audit_note_access() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    was text := current_setting('earlyhelp.partnership', true);
BEGIN
    PERFORM set_config('earlyhelp.partnership', NEW.partnership_id::text, true);
    INSERT INTO audit_chain (partnership_id, entry_kind, entry_id, entry_at, digest)
    VALUES (NEW.partnership_id, 'access', NEW.id, NEW.at, sha256(convert_to(concat_ws('|',
        'access', NEW.partnership_id, NEW.id, (extract(epoch FROM NEW.at) * 1000000)::bigint,
        coalesce(NEW.user_id::text, ''), coalesce(NEW.agency_id::text, ''),
        NEW.how, NEW.subject_kind, NEW.subject_id, coalesce(NEW.case_id::text, '')), 'UTF8')));
    PERFORM set_config('earlyhelp.partnership', coalesce(was, ''), true);
    RETURN NULL;
END $$;
"""

CLOSE_LINK = """
CREATE FUNCTION audit_close_link() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    was text := current_setting('earlyhelp.partnership', true);
    last_seq bigint;
    last_hash bytea;
BEGIN
    PERFORM set_config('earlyhelp.partnership', NEW.partnership_id::text, true);
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.partnership_id::text, 7215));
    SELECT seq, hash INTO last_seq, last_hash FROM audit_chain
    WHERE partnership_id = NEW.partnership_id AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1;
    last_seq := coalesce(last_seq, 0) + 1;
    UPDATE audit_chain
    SET seq = last_seq, hash = sha256(coalesce(last_hash, ''::bytea) || convert_to(concat_ws('|',
        NEW.partnership_id, last_seq, NEW.entry_kind, NEW.entry_id, encode(NEW.digest, 'hex')), 'UTF8'))
    WHERE partnership_id = NEW.partnership_id AND entry_id = NEW.entry_id;
    PERFORM set_config('earlyhelp.partnership', coalesce(was, ''), true);
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE CONSTRAINT TRIGGER audit_note_entry AFTER INSERT ON audit_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_note_entry();
CREATE CONSTRAINT TRIGGER audit_note_access AFTER INSERT ON audit_access
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_note_access();
CREATE CONSTRAINT TRIGGER audit_close_link AFTER INSERT ON audit_chain
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_close_link();
REVOKE ALL ON FUNCTION audit_note_entry(), audit_note_access(), audit_close_link() FROM PUBLIC;
"""

UNDO = """
DROP TRIGGER audit_note_entry ON audit_entry;
DROP TRIGGER audit_note_access ON audit_access;
DROP TRIGGER audit_close_link ON audit_chain;
DROP FUNCTION audit_note_entry(), audit_note_access(), audit_close_link();
"""


WALL = [*wall("audit_chain"), *grants("audit_chain", "SELECT")]
for log in ("audit_entry", "audit_access"):
    WALL += [*wall(log), *grants(log, "SELECT, INSERT"), *wall_of(f"{log}_rest")]


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        SecureTenantTable("Checkpoint", app="SELECT, INSERT"),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
        migrations.RunSQL(NOTE_ENTRY + NOTE_ACCESS + CLOSE_LINK + TRIGGERS, UNDO),
    ]
