-- What deserves attention is counted in one pass over this index, without a look at the tokens themselves.
CREATE INDEX authorizations_for_attention
    ON authorizations (org_id, kind, expires_at, last_used_at, created_at, status, ended_at, user_id, breadth, id);

-- Whether one token reaches a thing is answered by the index alone.
DROP INDEX grants_by_authorization;
CREATE INDEX grants_by_authorization ON grants (authorization_id, resource_type, resource_id, org_id, action);

-- Where several indexes serve equally well, SQLite takes the youngest. To look into every token of an organization this
-- one is the best, for it follows the table's own order.
DROP INDEX authorizations_by_org;
CREATE INDEX authorizations_by_org ON authorizations (org_id, kind, id);
