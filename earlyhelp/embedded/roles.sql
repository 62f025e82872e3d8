-- The three roles and their database; may be run again at any time (OPS-1).
-- psql variables: owner_password, app_password, maintenance_password.

SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['eh_owner', 'eh_app', 'eh_maintenance']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE eh_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE eh_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
ALTER ROLE eh_maintenance LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'maintenance_password';
GRANT pg_read_all_data, pg_write_all_data TO eh_maintenance;

-- Databases made later (the tests make their own) begin with the same rights.
\connect template1
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO eh_app, eh_maintenance;

SELECT 'CREATE DATABASE earlyhelp OWNER eh_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'earlyhelp') \gexec

ALTER DATABASE earlyhelp OWNER TO eh_owner;
\connect earlyhelp
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO eh_app, eh_maintenance;
