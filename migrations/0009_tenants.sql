-- What was deleted. An import brings none of it back, however far the audit log was trimmed since. Rows are never deleted.
CREATE TABLE tombstones (
    subject_type TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    PRIMARY KEY (subject_type, subject_id)
);
INSERT INTO tombstones (subject_type, subject_id)
    SELECT DISTINCT subject_type, subject_id FROM audit_log
    WHERE subject_id IS NOT NULL AND action IN (
        'user deleted', 'organization deleted', 'bucket deleted', 'DBRP mapping deleted',
        'telegraf configuration deleted', 'authorization deleted', '1.x credential deleted'
    );

-- Users whose role in an organization, or in something of it, was taken away.
CREATE TABLE removed_members (
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id)
);

-- The same from before this step, as the audit log told it: the two databases read JSON differently, so an import does.
CREATE TABLE earlier_removals (
    org_id BIGINT NOT NULL,
    detail TEXT NOT NULL
);
INSERT INTO earlier_removals (org_id, detail)
    SELECT DISTINCT subject_id, detail FROM audit_log WHERE subject_id IS NOT NULL AND action = 'member removed';
CREATE INDEX earlier_removals_by_org ON earlier_removals (org_id);

-- How many tokens and 1.x credentials belong to each user ('user') and organization ('org'), and how many different
-- permissions they hold. Counted in the transaction that changes them, so that a quota costs one look.
CREATE TABLE token_counts (
    scope TEXT NOT NULL,
    id BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    permissions BIGINT NOT NULL,
    PRIMARY KEY (scope, id)
);
INSERT INTO token_counts (scope, id, tokens, permissions)
    SELECT 'org', authorizations.org_id, COUNT(*), CAST(COALESCE(SUM(held.permissions), 0) AS BIGINT)
    FROM authorizations LEFT JOIN (
        SELECT authorization_id, COUNT(*) AS permissions FROM (
            SELECT DISTINCT authorization_id, action, resource_type, resource_id, org_id FROM grants
        ) AS different GROUP BY authorization_id
    ) AS held ON held.authorization_id = authorizations.id
    GROUP BY authorizations.org_id;
INSERT INTO token_counts (scope, id, tokens, permissions)
    SELECT 'user', authorizations.user_id, COUNT(*), CAST(COALESCE(SUM(held.permissions), 0) AS BIGINT)
    FROM authorizations LEFT JOIN (
        SELECT authorization_id, COUNT(*) AS permissions FROM (
            SELECT DISTINCT authorization_id, action, resource_type, resource_id, org_id FROM grants
        ) AS different GROUP BY authorization_id
    ) AS held ON held.authorization_id = authorizations.id
    GROUP BY authorizations.user_id;

-- The bucket that a configuration's text writes to, empty for none, so that lists do without the text. The service
-- writes it, and at its start also for what was there before.
ALTER TABLE telegrafs ADD COLUMN output_bucket TEXT;
CREATE INDEX telegrafs_without_output_bucket ON telegrafs (id) WHERE output_bucket IS NULL;
CREATE INDEX telegrafs_of_org ON telegrafs (org_id, id);
