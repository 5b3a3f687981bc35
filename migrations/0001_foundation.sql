-- One text for SQLite and PostgreSQL. Ids are unsigned 64-bit numbers with the top bit flipped, so that they sort as
-- such; times are UTC microseconds since 1970; truth values are 0 and 1. Columns that end in _key hold text folded
-- by the service: the databases disagree about case and order, "binary" makes them agree about bytes.

CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    name_key TEXT COLLATE "binary" NOT NULL,
    status TEXT NOT NULL,
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_sign_in_at BIGINT
);

CREATE TABLE organizations (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Unique after trimming, stored as given.
    name_trimmed TEXT NOT NULL UNIQUE,
    name_key TEXT COLLATE "binary" NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    resource_type TEXT NOT NULL,
    resource_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (resource_type, resource_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE buckets (
    id BIGINT PRIMARY KEY,
    org_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT COLLATE "binary" NOT NULL,
    name_key TEXT COLLATE "binary" NOT NULL,
    description TEXT NOT NULL,
    retention_policy TEXT NOT NULL,
    retention_seconds BIGINT NOT NULL,
    shard_group_seconds BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, name)
);

CREATE TABLE telegrafs (
    id BIGINT PRIMARY KEY,
    org_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "binary" NOT NULL,
    description TEXT NOT NULL,
    config TEXT NOT NULL,
    metadata TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX telegrafs_by_org ON telegrafs (org_id, name_key);

CREATE TABLE dbrps (
    id BIGINT PRIMARY KEY,
    org_id BIGINT NOT NULL,
    bucket_id BIGINT NOT NULL,
    database_name TEXT NOT NULL,
    retention_policy TEXT NOT NULL,
    is_default BIGINT NOT NULL,
    UNIQUE (org_id, database_name, retention_policy)
);

-- No foreign keys to users or organizations: the record of a token outlives both.
CREATE TABLE authorizations (
    id BIGINT PRIMARY KEY,
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    description TEXT NOT NULL,
    description_key TEXT COLLATE "binary" NOT NULL,
    search_text TEXT NOT NULL,
    permissions TEXT NOT NULL,
    token_hash TEXT UNIQUE,
    token_prefix TEXT,
    username TEXT UNIQUE,
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    ended_at BIGINT,
    last_used_at BIGINT,
    last_used_from TEXT,
    last_used_agent TEXT,
    allowed_networks TEXT,
    replaces_id BIGINT
);
CREATE INDEX authorizations_by_description ON authorizations (org_id, kind, description_key, id);
CREATE INDEX authorizations_by_status ON authorizations (org_id, kind, status, id);
CREATE INDEX authorizations_by_org ON authorizations (org_id, kind, id);
CREATE INDEX authorizations_by_user ON authorizations (user_id, kind, id);

-- One row a permission, beside the JSON that keeps their order: answers which tokens reach a thing.
CREATE TABLE grants (
    authorization_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id BIGINT,
    org_id BIGINT
);
CREATE INDEX grants_by_authorization ON grants (authorization_id);
CREATE INDEX grants_by_resource ON grants (resource_type, resource_id, action);

CREATE TABLE sessions (
    key_hash TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Use renews a session, but never past this.
    ends_at BIGINT NOT NULL,
    address TEXT,
    agent TEXT
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A form's one-time id: a repetition is answered without doing the thing again.
CREATE TABLE form_ids (
    id TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX form_ids_by_creation ON form_ids (created_at);

CREATE TABLE audit_log (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor_user_id BIGINT,
    actor_authorization_id BIGINT,
    address TEXT,
    org_id BIGINT,
    subject_type TEXT NOT NULL,
    subject_id BIGINT,
    detail TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_log_by_subject ON audit_log (subject_type, subject_id, seq);

-- The end of the audit log's chain, and the one lock that every writing transaction takes first.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    -- Tells a node that was started with another key than the rest.
    key_check TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash, key_check) VALUES (1, 0, '', '');
