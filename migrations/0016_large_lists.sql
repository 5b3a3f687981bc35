-- What deserves attention for its use is one range of an index that also tells whether the token works.
DROP INDEX authorizations_by_last_use;
CREATE INDEX authorizations_by_use
    ON authorizations (org_id, kind, status, ended_at, last_used_at, created_at, expires_at, user_id, id);

-- Tokens that live longer than a rule of their organization allows.
DROP INDEX authorizations_by_expiry;
CREATE INDEX authorizations_by_life
    ON authorizations (org_id, kind, (expires_at - created_at), status, ended_at, expires_at, user_id, id);

-- Tokens of a type that work.
DROP INDEX authorizations_by_breadth;
CREATE INDEX authorizations_by_breadth
    ON authorizations (org_id, kind, breadth, status, ended_at, user_id, expires_at, id);

-- Tokens that ended with their owner or organization.
CREATE INDEX authorizations_by_end ON authorizations (org_id, kind, ended_at) WHERE ended_at IS NOT NULL;

-- Where several indexes serve equally well, SQLite takes the youngest; see step 6.
DROP INDEX authorizations_by_org;
CREATE INDEX authorizations_by_org ON authorizations (org_id, kind, id);
