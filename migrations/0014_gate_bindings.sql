-- The databases behind gates that hold the data of buckets. Rows are deleted with their bucket.
CREATE TABLE gate_bindings (
    gate TEXT COLLATE "binary" NOT NULL,
    bucket_id BIGINT NOT NULL,
    -- Scheme, host and port of the upstream: a database is bound by one gate, however many lead to it.
    upstream TEXT COLLATE "binary" NOT NULL,
    database_name TEXT COLLATE "binary" NOT NULL,
    -- The retention policy; empty for all of those that have no binding of their own.
    policy TEXT COLLATE "binary" NOT NULL,
    suspended_at BIGINT,
    created_at BIGINT NOT NULL,
    -- The last time that a person bound or confirmed it.
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (gate, bucket_id),
    UNIQUE (gate, database_name, policy)
);
CREATE INDEX gate_bindings_by_bucket ON gate_bindings (bucket_id);
CREATE INDEX gate_bindings_by_upstream ON gate_bindings (upstream, database_name);

-- Suspended buckets of gates for InfluxDB 2, which has no bindings: its buckets have Jeton's ids.
CREATE TABLE gate_suspensions (
    gate TEXT COLLATE "binary" NOT NULL,
    bucket_id BIGINT NOT NULL,
    suspended_at BIGINT NOT NULL,
    PRIMARY KEY (gate, bucket_id)
);
CREATE INDEX gate_suspensions_by_bucket ON gate_suspensions (bucket_id);
