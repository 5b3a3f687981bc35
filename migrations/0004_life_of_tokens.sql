-- How often a token was used on a day, and how often it was refused. `day`: days since 1970, UTC.
CREATE TABLE token_uses (
    authorization_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (authorization_id, day)
);

-- What an organization demands of tokens from now on. Lives are in seconds; NULL is no limit, no default. Truth values
-- are 0 and 1. No row: no rules.
CREATE TABLE org_rules (
    org_id BIGINT PRIMARY KEY,
    longest_life BIGINT,
    default_life BIGINT,
    expiry_required BIGINT NOT NULL,
    description_required BIGINT NOT NULL,
    -- Who may create tokens that reach other organizations: 'operators' alone, or whoever holds the permissions ('anyone').
    operator_tokens TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- A token has one successor at most, whoever asks at the same time.
CREATE UNIQUE INDEX authorizations_by_replaced ON authorizations (replaces_id);
CREATE INDEX authorizations_by_expiry ON authorizations (org_id, kind, expires_at);
CREATE INDEX authorizations_by_last_use ON authorizations (org_id, kind, last_used_at);
