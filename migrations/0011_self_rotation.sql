-- Whether an organization's tokens may rotate themselves without further permission.
ALTER TABLE org_rules ADD COLUMN self_rotation BIGINT NOT NULL DEFAULT 0;

-- Whether a token is meant to end, so that it does not renew itself: its expiry was set to an earlier time, by a change or
-- by its rotation, or it was created with a credential that expires.
ALTER TABLE authorizations ADD COLUMN cut_short BIGINT NOT NULL DEFAULT 0;
UPDATE authorizations SET cut_short = 1
    WHERE id IN (SELECT successor.replaces_id FROM authorizations AS successor WHERE successor.replaces_id IS NOT NULL)
    OR created_with_id IN (SELECT maker.id FROM authorizations AS maker WHERE maker.expires_at IS NOT NULL);
