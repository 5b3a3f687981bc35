-- What deserves attention depends first on whether a token works. The index begins with what decides that, so that each
-- state is a part of it that is found, and not looked for.
DROP INDEX authorizations_for_attention;
CREATE INDEX authorizations_for_attention
    ON authorizations (org_id, kind, status, ended_at, user_id, expires_at, last_used_at, created_at, breadth, id);

-- Where several indexes serve equally well, SQLite takes the youngest; see step 6.
DROP INDEX authorizations_by_org;
CREATE INDEX authorizations_by_org ON authorizations (org_id, kind, id);
