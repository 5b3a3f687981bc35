-- The authorization whose token created this one; NULL where a session did. When that one is deleted, its own creator
-- takes its place, so that deleting a token in the middle hides nothing of what descends from the first.
ALTER TABLE authorizations ADD COLUMN created_with_id BIGINT;
CREATE INDEX authorizations_by_created_with ON authorizations (created_with_id);

-- When the token was reported as leaked. It stays inactive from then on.
ALTER TABLE authorizations ADD COLUMN leaked_at BIGINT;
CREATE INDEX authorizations_by_leak ON authorizations (org_id, kind, id) WHERE leaked_at IS NOT NULL;

-- The audit log knows both for what was there before. An entry of the creation has the time of the creation; the entry
-- of a rotation about the old token has not.
UPDATE authorizations SET created_with_id = (
    SELECT MIN(audit_log.actor_authorization_id) FROM audit_log
    WHERE audit_log.subject_type = 'authorizations' AND audit_log.subject_id = authorizations.id
    AND audit_log.at = authorizations.created_at
    AND audit_log.action IN
        ('authorization created', 'authorization cloned', 'authorization rotated', '1.x credential created')
);
-- A 1.x credential belongs to the token that set its password last.
UPDATE authorizations SET created_with_id = COALESCE((
    SELECT audit_log.actor_authorization_id FROM audit_log
    WHERE audit_log.subject_type = 'authorizations' AND audit_log.subject_id = authorizations.id
    AND audit_log.action = '1.x password set' AND audit_log.actor_authorization_id IS NOT NULL
    ORDER BY audit_log.seq DESC LIMIT 1
), created_with_id) WHERE kind = 'v1';
-- Where the creator was deleted, the nearest of its own creators that is still there takes its place.
UPDATE authorizations SET created_with_id = COALESCE((
    WITH RECURSIVE creators (id, step) AS (
        SELECT authorizations.created_with_id, 0
        UNION ALL
        SELECT audit_log.actor_authorization_id, creators.step + 1 FROM audit_log
        JOIN creators ON audit_log.subject_id = creators.id
        WHERE audit_log.subject_type = 'authorizations' AND audit_log.actor_authorization_id IS NOT NULL
        AND (audit_log.action IN ('authorization created', 'authorization cloned')
            OR (audit_log.action = 'authorization rotated' AND audit_log.detail LIKE '%"replaces":%'))
        AND creators.step < 1000
    )
    SELECT creators.id FROM creators JOIN authorizations AS alive ON alive.id = creators.id
    ORDER BY creators.step LIMIT 1
), created_with_id)
WHERE created_with_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM authorizations AS creator WHERE creator.id = authorizations.created_with_id);
UPDATE authorizations SET leaked_at = (
    SELECT MAX(audit_log.at) FROM audit_log
    WHERE audit_log.subject_type = 'authorizations' AND audit_log.subject_id = authorizations.id
    AND audit_log.action = 'authorization leaked'
) WHERE status = 'inactive';

-- Where several indexes serve equally well, SQLite takes the youngest; see step 6.
DROP INDEX authorizations_by_org;
CREATE INDEX authorizations_by_org ON authorizations (org_id, kind, id);
