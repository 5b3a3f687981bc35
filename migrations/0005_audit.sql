-- The session that asked, by what names it among its user's sessions. It is part of what is signed, where it is there.
ALTER TABLE audit_log ADD COLUMN actor_session TEXT;

-- What the log is searched by, newest first.
CREATE INDEX audit_log_by_time ON audit_log (at, seq);
CREATE INDEX audit_log_by_user ON audit_log (actor_user_id, seq);
CREATE INDEX audit_log_by_authorization ON audit_log (actor_authorization_id, seq);
CREATE INDEX audit_log_by_org ON audit_log (org_id, seq);
CREATE INDEX audit_log_by_action ON audit_log (action, seq);

-- The last of the entries that were deleted for their age: where the chain begins since. No row: nothing was deleted.
CREATE TABLE audit_anchor (
    id BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- By the audit key: nobody else cuts the beginning off.
    signature TEXT NOT NULL
);
