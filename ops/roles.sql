-- The two roles of the portal, in the database that they are for. Safe to run again.
--
-- shipby_owner owns every table and runs the migrations; shipby_app is what the web and the jobs sign in as: it
-- reads and writes rows and can do nothing else: no TRUNCATE, no ALTER, no switching off of a trigger that
-- guards the history. Passwords are set by whoever runs this file.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_owner') THEN
        CREATE ROLE shipby_owner LOGIN NOSUPERUSER;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        CREATE ROLE shipby_app LOGIN NOSUPERUSER;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO shipby_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO shipby_app', current_database());
END
$$;

-- What the server writes into its own log about these roles: that something failed, not with which names, streets or
-- rows. Statements carry their values, so they are not logged either, whatever the server logs of others.
DO $$
DECLARE
    portal_role text;
BEGIN
    FOREACH portal_role IN ARRAY ARRAY['shipby_owner', 'shipby_app'] LOOP
        EXECUTE format('ALTER ROLE %I SET log_min_error_statement = panic', portal_role);
        EXECUTE format('ALTER ROLE %I SET log_error_verbosity = terse', portal_role);
        EXECUTE format('ALTER ROLE %I SET log_statement = none', portal_role);
        EXECUTE format('ALTER ROLE %I SET log_min_duration_statement = -1', portal_role);
        EXECUTE format('ALTER ROLE %I SET log_min_duration_sample = -1', portal_role);
        EXECUTE format('ALTER ROLE %I SET log_duration = off', portal_role);
        EXECUTE format('ALTER ROLE %I SET log_transaction_sample_rate = 0', portal_role);
        -- The portal's own log finds the parts of a message by their English names.
        EXECUTE format('ALTER ROLE %I SET lc_messages = %L', portal_role, 'C');
    END LOOP;
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO shipby_app;
GRANT ALL ON SCHEMA public TO shipby_owner;

ALTER DEFAULT PRIVILEGES FOR ROLE shipby_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shipby_app;
ALTER DEFAULT PRIVILEGES FOR ROLE shipby_owner
    GRANT USAGE, SELECT ON SEQUENCES TO shipby_app;

-- Indexes for searching inside words.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
