-- The last use of tokens through gates, for each action on each bucket. Rows are deleted with their token.
CREATE TABLE gate_uses (
    authorization_id BIGINT NOT NULL,
    gate TEXT COLLATE "binary" NOT NULL,
    bucket_id BIGINT NOT NULL,
    action TEXT COLLATE "binary" NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (authorization_id, gate, bucket_id, action)
);

-- The tokens that are used through a gate, the last one first.
CREATE INDEX gate_uses_by_gate ON gate_uses (gate, used_at, authorization_id);
