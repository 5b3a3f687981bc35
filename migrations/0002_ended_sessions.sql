-- A session whose user was deleted still tells who asked, until it would have expired; nothing revives it, not even the
-- same user id created again.
ALTER TABLE sessions ADD COLUMN ended_at BIGINT;
