-- How far the permissions of an authorization reach: 'operator', 'all-access' or 'custom'. The service writes it, and at
-- its start also for what was there before.
ALTER TABLE authorizations ADD COLUMN breadth TEXT;
CREATE INDEX authorizations_without_breadth ON authorizations (id) WHERE breadth IS NULL;
CREATE INDEX authorizations_by_breadth ON authorizations (org_id, kind, breadth, id);
CREATE INDEX authorizations_by_owner ON authorizations (org_id, kind, user_id, id);
CREATE INDEX authorizations_by_creator ON authorizations (org_id, kind, created_by, id);

-- Equal keys are ordered by ascending ids whichever way the list is turned.
CREATE INDEX authorizations_by_description_down ON authorizations (org_id, kind, description_key DESC, id);
CREATE INDEX authorizations_by_status_down ON authorizations (org_id, kind, status DESC, id);

-- Which tokens reach a thing is answered by the index alone.
DROP INDEX grants_by_resource;
CREATE INDEX grants_by_resource ON grants (resource_type, resource_id, action, org_id, authorization_id);
