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
UPDATE authorizations SET leaked_at = (
    SELECT MAX(audit_log.at) FROM audit_log
    WHERE audit_log.subject_type = 'authorizations' AND audit_log.subject_id = authorizations.id
    AND audit_log.action = 'authorization leaked'
) WHERE status = 'inactive';

-- Where several indexes serve equally well, SQLite takes the youngest; see step 6.
DROP INDEX authorizations_by_org;
CREATE INDEX authorizations_by_org ON authorizations (org_id, kind, id);
