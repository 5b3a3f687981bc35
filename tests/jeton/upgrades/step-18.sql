INSERT INTO users (id, name, name_key, status, password_hash, created_at, updated_at, last_sign_in_at) VALUES
(-7946630072133582848, 'alice', 'alice', 'active', '$argon2id$v=19$m=19456,t=2,p=1$NC6rxbEv0mKVXht6vxTXcA$WFqLPo3A5D5gFhUSgQq9417B3RYDW5MoXz1oRx3S2FA', 1796095005107951, 1796095005107951, NULL),
(-7946630072074862592, 'bob', 'bob', 'active', NULL, 1796095005122638, 1796095005122638, NULL);
INSERT INTO organizations (id, name, name_trimmed, name_key, description, created_at, updated_at) VALUES
(-4602347334575937988, 'my-org', 'my-org', 'my-org', '', 1796095005107951, 1796095005107951);
INSERT INTO memberships (resource_type, resource_id, user_id, role, created_at) VALUES
('instance', -9223372036854775807, -7946630072133582848, 'owner', 1796095005107951),
('orgs', -4602347334575937988, -7946630072133582848, 'owner', 1796095005107951),
('orgs', -4602347334575937988, -7946630072074862592, 'member', 1796095005125215),
('telegrafs', -7946630071839981568, -7946630072133582848, 'owner', 1796095005177673);
INSERT INTO buckets (id, org_id, kind, name, name_key, description, retention_policy, retention_seconds, shard_group_seconds, created_at, updated_at) VALUES
(-7462595016062825293, -4602347334575937988, 'user', 'iot', 'iot', '', '', 0, 604800, 1796095005118760, 1796095005118760),
(-5940791104643543322, -4602347334575937988, 'system', '_tasks', '_tasks', 'System bucket for task logs', '', 259200, 86400, 1796095005107951, 1796095005107951),
(8091991344815548554, -4602347334575937988, 'system', '_monitoring', '_monitoring', 'System bucket for monitoring logs', '', 604800, 86400, 1796095005107951, 1796095005107951),
(8323054003484749399, -4602347334575937988, 'user', 'telemetry', 'telemetry', '', '', 0, 604800, 1796095005107951, 1796095005107951);
INSERT INTO telegrafs (id, org_id, name, name_key, description, config, metadata, created_at, updated_at, output_bucket) VALUES
(-7946630071839981568, -4602347334575937988, 'roof', 'roof', '', '[[outputs.influxdb_v2]]
  bucket = "iot"
', NULL, 1796095005177673, 1796095005177673, 'iot');
INSERT INTO dbrps (id, org_id, bucket_id, database_name, retention_policy, is_default) VALUES
(-7946630071806427136, -4602347334575937988, 8323054003484749399, 'telemetry', 'autogen', 1);
INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, description_key, search_text, permissions, token_hash, token_prefix, username, password_hash, created_at, updated_at, expires_at, ended_at, last_used_at, last_used_from, last_used_agent, allowed_networks, replaces_id, breadth, created_with_id, leaked_at, cut_short) VALUES
(-7946630072129388544, -4602347334575937988, -7946630072133582848, -7946630072133582848, 'v2', 'active', 'alice''s Token', 'alice''s token', 'alice''s token 11b7e60d6d4a8000 jtn_e99z active operator read:authorizations read authorizations write:authorizations write authorizations read:buckets read buckets write:buckets write buckets read:dashboards read dashboards write:dashboards write dashboards read:orgs read organizations write:orgs write organizations read:sources read sources write:sources write sources read:tasks read tasks write:tasks write tasks read:telegrafs read telegraf configurations write:telegrafs write telegraf configurations read:users read users write:users write users read:variables read variables write:variables write variables read:scrapers read scrapers write:scrapers write scrapers read:secrets read secrets write:secrets write secrets read:labels read labels write:labels write labels read:views read views write:views write views read:documents read documents write:documents write documents read:notificationrules read notification rules write:notificationrules write notification rules read:notificationendpoints read notification endpoints write:notificationendpoints write notification endpoints read:checks read checks write:checks write checks read:dbrp read dbrp mappings write:dbrp write dbrp mappings read:notebooks read notebooks write:notebooks write notebooks read:annotations read annotations write:annotations write annotations read:remotes read remotes write:remotes write remotes read:replications read replications write:replications write replications ', '[{"action":"read","resource":{"type":"authorizations"}},{"action":"write","resource":{"type":"authorizations"}},{"action":"read","resource":{"type":"buckets"}},{"action":"write","resource":{"type":"buckets"}},{"action":"read","resource":{"type":"dashboards"}},{"action":"write","resource":{"type":"dashboards"}},{"action":"read","resource":{"type":"orgs"}},{"action":"write","resource":{"type":"orgs"}},{"action":"read","resource":{"type":"sources"}},{"action":"write","resource":{"type":"sources"}},{"action":"read","resource":{"type":"tasks"}},{"action":"write","resource":{"type":"tasks"}},{"action":"read","resource":{"type":"telegrafs"}},{"action":"write","resource":{"type":"telegrafs"}},{"action":"read","resource":{"type":"users"}},{"action":"write","resource":{"type":"users"}},{"action":"read","resource":{"type":"variables"}},{"action":"write","resource":{"type":"variables"}},{"action":"read","resource":{"type":"scrapers"}},{"action":"write","resource":{"type":"scrapers"}},{"action":"read","resource":{"type":"secrets"}},{"action":"write","resource":{"type":"secrets"}},{"action":"read","resource":{"type":"labels"}},{"action":"write","resource":{"type":"labels"}},{"action":"read","resource":{"type":"views"}},{"action":"write","resource":{"type":"views"}},{"action":"read","resource":{"type":"documents"}},{"action":"write","resource":{"type":"documents"}},{"action":"read","resource":{"type":"notificationRules"}},{"action":"write","resource":{"type":"notificationRules"}},{"action":"read","resource":{"type":"notificationEndpoints"}},{"action":"write","resource":{"type":"notificationEndpoints"}},{"action":"read","resource":{"type":"checks"}},{"action":"write","resource":{"type":"checks"}},{"action":"read","resource":{"type":"dbrp"}},{"action":"write","resource":{"type":"dbrp"}},{"action":"read","resource":{"type":"notebooks"}},{"action":"write","resource":{"type":"notebooks"}},{"action":"read","resource":{"type":"annotations"}},{"action":"write","resource":{"type":"annotations"}},{"action":"read","resource":{"type":"remotes"}},{"action":"write","resource":{"type":"remotes"}},{"action":"read","resource":{"type":"replications"}},{"action":"write","resource":{"type":"replications"}}]', '$influxdb2-sha256$2bpGby8UwOgMnlHe8836fKi3it6wnDlRUp5G5bwXUxM=', 'jtn_E99z', NULL, NULL, 1796095005107951, 1796095005107951, NULL, NULL, 1796095005209294, '127.0.0.1', 'Python-urllib/3.11', NULL, NULL, 'operator', NULL, NULL, 0),
(-7946630072049696768, -4602347334575937988, -7946630072133582848, -7946630072133582848, 'v2', 'active', 'telegraf on the roof', 'telegraf on the roof', 'telegraf on the roof 11b7e60d720a8000 jtn_5oue active write:orgs/40212d7bc5a2a63c/buckets/186f895f14f98cb3 write buckets ', '[{"action":"write","resource":{"type":"buckets","id":"186f895f14f98cb3","orgID":"40212d7bc5a2a63c"}}]', '$influxdb2-sha256$vKO48xyRCkX1a4S11EZ1H4t2etAA8IlGAW4Z7qc-Sdg=', 'jtn_5Oue', NULL, NULL, 1796095005128361, 1796095005157092, 1796181405157092, NULL, 1796095005153699, '127.0.0.1', 'Python-urllib/3.11', NULL, NULL, 'custom', -7946630072129388544, NULL, 1),
(-7946630072032919552, -4602347334575937988, -7946630072133582848, -7946630072133582848, 'v2', 'active', 'renamed', 'renamed', 'renamed 11b7e60d730a8000 jtn_5ugt active read:orgs/40212d7bc5a2a63c/buckets read buckets ', '[{"action":"read","resource":{"type":"buckets","orgID":"40212d7bc5a2a63c"}}]', '$influxdb2-sha256$9UxJJw40eN-tePoHubo5CEK8dOEzJBhEgmNZHrZQZoA=', 'jtn_5UgT', NULL, NULL, 1796095005132177, 1796095005141083, NULL, NULL, 1796095005155377, '127.0.0.1', 'Python-urllib/3.11', NULL, NULL, 'custom', -7946630072129388544, NULL, 0),
(-7946630072020336640, -4602347334575937988, -7946630072074862592, -7946630072133582848, 'v2', 'active', 'grafana', 'grafana', 'grafana 11b7e60d73ca8000 jtn_2sos active read:orgs/40212d7bc5a2a63c/buckets/f3816d84cc19ee57 read buckets ', '[{"action":"read","resource":{"type":"buckets","id":"f3816d84cc19ee57","orgID":"40212d7bc5a2a63c"}}]', '$influxdb2-sha256$y1JKzn7hDbGT-Ox_6Gqw6QkQntG6te8lceLiYFqHbj4=', 'jtn_2sOs', NULL, NULL, 1796095005135065, 1796095005135065, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'custom', -7946630072129388544, NULL, 0),
(-7946630071923867648, -4602347334575937988, -7946630072133582848, -7946630072133582848, 'v2', 'active', 'telegraf on the roof', 'telegraf on the roof', 'telegraf on the roof 11b7e60d798a8000 jtn_dbbn active write:orgs/40212d7bc5a2a63c/buckets/186f895f14f98cb3 write buckets ', '[{"action":"write","resource":{"type":"buckets","id":"186f895f14f98cb3","orgID":"40212d7bc5a2a63c"}}]', '$influxdb2-sha256$CfQgR-IjyjFTIsfcPANseGIR3UVSVHcoaVGUWkFYyao=', 'jtn_dBbn', NULL, NULL, 1796095005157092, 1796095005157092, NULL, NULL, NULL, NULL, NULL, NULL, -7946630072049696768, 'custom', -7946630072129388544, NULL, 0),
(-7946630071856758784, -4602347334575937988, -7946630072133582848, -7946630072133582848, 'v1', 'active', '', '', ' 11b7e60d7d8a8000  active read:orgs/40212d7bc5a2a63c/buckets/f3816d84cc19ee57 read buckets ', '[{"action":"read","resource":{"type":"buckets","id":"f3816d84cc19ee57","orgID":"40212d7bc5a2a63c"}}]', NULL, NULL, 'grafana', NULL, 1796095005173715, 1796095005173715, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'custom', -7946630072129388544, NULL, 0);
INSERT INTO grants (authorization_id, action, resource_type, resource_id, org_id) VALUES
(-7946630072129388544, 'read', 'annotations', NULL, NULL),
(-7946630072129388544, 'read', 'authorizations', NULL, NULL),
(-7946630072129388544, 'read', 'buckets', NULL, NULL),
(-7946630072129388544, 'read', 'checks', NULL, NULL),
(-7946630072129388544, 'read', 'dashboards', NULL, NULL),
(-7946630072129388544, 'read', 'dbrp', NULL, NULL),
(-7946630072129388544, 'read', 'documents', NULL, NULL),
(-7946630072129388544, 'read', 'labels', NULL, NULL),
(-7946630072129388544, 'read', 'notebooks', NULL, NULL),
(-7946630072129388544, 'read', 'notificationEndpoints', NULL, NULL),
(-7946630072129388544, 'read', 'notificationRules', NULL, NULL),
(-7946630072129388544, 'read', 'orgs', NULL, NULL),
(-7946630072129388544, 'read', 'remotes', NULL, NULL),
(-7946630072129388544, 'read', 'replications', NULL, NULL),
(-7946630072129388544, 'read', 'scrapers', NULL, NULL),
(-7946630072129388544, 'read', 'secrets', NULL, NULL),
(-7946630072129388544, 'read', 'sources', NULL, NULL),
(-7946630072129388544, 'read', 'tasks', NULL, NULL),
(-7946630072129388544, 'read', 'telegrafs', NULL, NULL),
(-7946630072129388544, 'read', 'users', NULL, NULL),
(-7946630072129388544, 'read', 'variables', NULL, NULL),
(-7946630072129388544, 'read', 'views', NULL, NULL),
(-7946630072129388544, 'write', 'annotations', NULL, NULL),
(-7946630072129388544, 'write', 'authorizations', NULL, NULL),
(-7946630072129388544, 'write', 'buckets', NULL, NULL),
(-7946630072129388544, 'write', 'checks', NULL, NULL),
(-7946630072129388544, 'write', 'dashboards', NULL, NULL),
(-7946630072129388544, 'write', 'dbrp', NULL, NULL),
(-7946630072129388544, 'write', 'documents', NULL, NULL),
(-7946630072129388544, 'write', 'labels', NULL, NULL),
(-7946630072129388544, 'write', 'notebooks', NULL, NULL),
(-7946630072129388544, 'write', 'notificationEndpoints', NULL, NULL),
(-7946630072129388544, 'write', 'notificationRules', NULL, NULL),
(-7946630072129388544, 'write', 'orgs', NULL, NULL),
(-7946630072129388544, 'write', 'remotes', NULL, NULL),
(-7946630072129388544, 'write', 'replications', NULL, NULL),
(-7946630072129388544, 'write', 'scrapers', NULL, NULL),
(-7946630072129388544, 'write', 'secrets', NULL, NULL),
(-7946630072129388544, 'write', 'sources', NULL, NULL),
(-7946630072129388544, 'write', 'tasks', NULL, NULL),
(-7946630072129388544, 'write', 'telegrafs', NULL, NULL),
(-7946630072129388544, 'write', 'users', NULL, NULL),
(-7946630072129388544, 'write', 'variables', NULL, NULL),
(-7946630072129388544, 'write', 'views', NULL, NULL),
(-7946630072049696768, 'write', 'buckets', -7462595016062825293, -4602347334575937988),
(-7946630072032919552, 'read', 'buckets', NULL, -4602347334575937988),
(-7946630072020336640, 'read', 'buckets', 8323054003484749399, -4602347334575937988),
(-7946630071923867648, 'write', 'buckets', -7462595016062825293, -4602347334575937988),
(-7946630071856758784, 'read', 'buckets', 8323054003484749399, -4602347334575937988);
INSERT INTO audit_log (seq, at, action, actor_user_id, actor_authorization_id, address, org_id, subject_type, subject_id, detail, prev, hash, actor_session) VALUES
(1, 1796095005107951, 'set up', -7946630072133582848, NULL, '127.0.0.1', -4602347334575937988, 'orgs', -4602347334575937988, '{"bucket":"telemetry","organization":"my-org","user":"alice"}', '', 'ef967c9a750fbc1e1d28f24bc8d99f0b8d2884a3417e8c7149ed6d07007a9302', NULL),
(2, 1796095005107951, 'authorization created', -7946630072133582848, NULL, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072129388544, '{"description":"alice''s Token","permissions":44,"prefix":"jtn_E99z"}', 'ef967c9a750fbc1e1d28f24bc8d99f0b8d2884a3417e8c7149ed6d07007a9302', 'b4cfb1ccba41513addf8739adccbc4787ee6fdc5738d9a08489d6807803507c7', NULL),
(3, 1796095005118760, 'bucket created', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'buckets', -7462595016062825293, '{"description":"","name":"iot","retentionPolicy":"","retentionSeconds":0,"shardGroupSeconds":604800}', 'b4cfb1ccba41513addf8739adccbc4787ee6fdc5738d9a08489d6807803507c7', 'd95b4178b275ff86f0719a06ccaa6dad95d5c3593ad422302a74eafa8f6f52b7', NULL),
(4, 1796095005122638, 'user created', -7946630072133582848, -7946630072129388544, '127.0.0.1', NULL, 'users', -7946630072074862592, '{"name":"bob","status":"active"}', 'd95b4178b275ff86f0719a06ccaa6dad95d5c3593ad422302a74eafa8f6f52b7', 'a155db0590a456097679bbaacf3e7cd27d2e58f03d866cee959de66d9fc3ca09', NULL),
(5, 1796095005125215, 'member added', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'orgs', -4602347334575937988, '{"name":"bob","role":"member","user":"11b7e60d708a8000"}', 'a155db0590a456097679bbaacf3e7cd27d2e58f03d866cee959de66d9fc3ca09', '8e17a14e20472e06b77c36a2b67cc199947697d05ae94c56d3d9c3514795ed80', NULL),
(6, 1796095005128361, 'authorization created', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072049696768, '{"allowedNetworks":[],"description":"telegraf on the roof","expiresAt":null,"owner":"11b7e60d6d0a8000","permissions":["write:orgs/40212d7bc5a2a63c/buckets/186f895f14f98cb3"],"prefix":"jtn_5Oue","status":"active"}', '8e17a14e20472e06b77c36a2b67cc199947697d05ae94c56d3d9c3514795ed80', 'bafc27cf75675a2551033f9b84d6815998390896d77d7e6324f50076f4c92a09', NULL),
(7, 1796095005132177, 'authorization created', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072032919552, '{"allowedNetworks":[],"description":"","expiresAt":null,"owner":"11b7e60d6d0a8000","permissions":["read:orgs/40212d7bc5a2a63c/buckets"],"prefix":"jtn_5UgT","status":"active"}', 'bafc27cf75675a2551033f9b84d6815998390896d77d7e6324f50076f4c92a09', '4ffe8173574502ab6f0cb66cb286668d803a53eb7499b2478282a467ea0cbf50', NULL),
(8, 1796095005135065, 'authorization created', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072020336640, '{"allowedNetworks":[],"description":"grafana","expiresAt":null,"owner":"11b7e60d708a8000","permissions":["read:orgs/40212d7bc5a2a63c/buckets/f3816d84cc19ee57"],"prefix":"jtn_2sOs","status":"active"}', '4ffe8173574502ab6f0cb66cb286668d803a53eb7499b2478282a467ea0cbf50', '1e93404c9a9affc8c2e7c560328f91df004c82ec3d20c31bb5f0d4b06f3f6353', NULL),
(9, 1796095005138072, 'authorization created', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072007753728, '{"allowedNetworks":[],"description":"leaves soon","expiresAt":null,"owner":"11b7e60d6d0a8000","permissions":["read:orgs/40212d7bc5a2a63c/buckets/f3816d84cc19ee57"],"prefix":"jtn_77ID","status":"inactive"}', '1e93404c9a9affc8c2e7c560328f91df004c82ec3d20c31bb5f0d4b06f3f6353', 'cba0a194117661443710366a864ff0c7874b7d4cddb0d51d55989189dc710b94', NULL),
(10, 1796095005141083, 'authorization updated', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072032919552, '{"after":{"description":"renamed","status":"active"},"before":{"description":"","status":"active"}}', 'cba0a194117661443710366a864ff0c7874b7d4cddb0d51d55989189dc710b94', '8aa4935197d8e5266ed803d91f574d613892a0ce5c55ca3bab009d5ad06f94b9', NULL),
(11, 1796095005145504, 'authorization deleted', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072007753728, '{"description":"leaves soon","owner":"11b7e60d6d0a8000","prefix":"jtn_77ID"}', '8aa4935197d8e5266ed803d91f574d613892a0ce5c55ca3bab009d5ad06f94b9', 'b1b50caf4a05b958000346619efdf08ac0a0e5aeab732a6680a7c227644bf863', NULL),
(12, 1796095005157092, 'authorization rotated', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630071923867648, '{"allowedNetworks":[],"description":"telegraf on the roof","expiresAt":null,"owner":"11b7e60d6d0a8000","permissions":["write:orgs/40212d7bc5a2a63c/buckets/186f895f14f98cb3"],"prefix":"jtn_dBbn","replaces":"11b7e60d720a8000","status":"active"}', 'b1b50caf4a05b958000346619efdf08ac0a0e5aeab732a6680a7c227644bf863', 'af22549e31fb7cd3fad7b3f14c23c93010cee63f7dbc4c78e1a61b64c0bba302', NULL),
(13, 1796095005157092, 'authorization rotated', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072049696768, '{"after":{"expiresAt":"2026-12-02T03:16:45.157092Z"},"before":{"expiresAt":null},"replacedBy":"11b7e60d798a8000"}', 'af22549e31fb7cd3fad7b3f14c23c93010cee63f7dbc4c78e1a61b64c0bba302', 'ca8302d405f4af9f4d600705089b9a8d48af24a34f8ce7c49bc731963ee7f1c2', NULL),
(14, 1796095005173715, '1.x credential created', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630071856758784, '{"allowedNetworks":[],"description":"","expiresAt":null,"owner":"11b7e60d6d0a8000","permissions":["read:orgs/40212d7bc5a2a63c/buckets/f3816d84cc19ee57"],"status":"active","username":"grafana"}', 'ca8302d405f4af9f4d600705089b9a8d48af24a34f8ce7c49bc731963ee7f1c2', '35efe69abd9f8e7bca9e162dbe0f99576756460fca577097a74339611ab427d1', NULL),
(15, 1796095005177673, 'telegraf configuration created', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'telegrafs', -7946630071839981568, '{"bytes":41,"description":"","name":"roof","textDigest":"67700e5c3993ea05"}', '35efe69abd9f8e7bca9e162dbe0f99576756460fca577097a74339611ab427d1', '985e2cee767c4740dd653dd8b05184d1c652125751aab651a33973a70d4826b3', NULL),
(16, 1796095005186577, 'DBRP mapping created', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'dbrp', -7946630071806427136, '{"bucket":"f3816d84cc19ee57","database":"telemetry","default":true,"retentionPolicy":"autogen"}', '985e2cee767c4740dd653dd8b05184d1c652125751aab651a33973a70d4826b3', '1aeeb44f6fe26cd8cbbd7c31bd8339acfc37366096581a132ba55d5db94c67cf', NULL),
(17, 1796095005190797, 'bucket bound', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'buckets', -7462595016062825293, '{"database":"iot","existingData":"unknown","gate":"edge","name":"iot","upstream":"http://127.0.0.1:18428"}', '1aeeb44f6fe26cd8cbbd7c31bd8339acfc37366096581a132ba55d5db94c67cf', '632e82b71f588baa0a230c5c7cdefc5f1cdd053579af1c394d20f678e0d74f4d', NULL),
(18, 1796095005195213, 'bucket bound', -7946630072133582848, -7946630072129388544, '127.0.0.1', -4602347334575937988, 'buckets', 8323054003484749399, '{"database":"telemetry","existingData":"unknown","gate":"edge","name":"telemetry","upstream":"http://127.0.0.1:18428"}', '632e82b71f588baa0a230c5c7cdefc5f1cdd053579af1c394d20f678e0d74f4d', '96d47246c48bec09dc64aed130b947512e95421c26abac6feed0dc9fe12cb0d1', NULL),
(19, 1796095005153820, 'authorization refused', -7946630072133582848, -7946630072049696768, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072049696768, '{"description":"telegraf on the roof","permission":"read:users/11b7e60d6d0a8000","prefix":"jtn_5Oue","reason":"permission"}', '96d47246c48bec09dc64aed130b947512e95421c26abac6feed0dc9fe12cb0d1', 'aee01cd97fc24601af9d543ceba22aed565eacae052bf7428c3a028cf5f4dbc6', NULL),
(20, 1796095005155480, 'authorization refused', -7946630072133582848, -7946630072032919552, '127.0.0.1', -4602347334575937988, 'authorizations', -7946630072032919552, '{"description":"renamed","permission":"read:users/11b7e60d6d0a8000","prefix":"jtn_5UgT","reason":"permission"}', 'aee01cd97fc24601af9d543ceba22aed565eacae052bf7428c3a028cf5f4dbc6', '8f7277f7e6617d7a6e5cc88bccc86614cda2ffa5209ab82578788942b010ac17', NULL);
DELETE FROM audit_head;
INSERT INTO audit_head (id, seq, hash, key_check) VALUES
(1, 20, '8f7277f7e6617d7a6e5cc88bccc86614cda2ffa5209ab82578788942b010ac17', 'a3548dd3f8e238ef4b0235c1cef137770bba3a7fe39d37d2a847beedfa89c61c');
INSERT INTO token_uses (authorization_id, day, uses, refused) VALUES
(-7946630072129388544, 20788, 18, 0),
(-7946630072049696768, 20788, 1, 1),
(-7946630072032919552, 20788, 1, 1);
INSERT INTO tombstones (subject_type, subject_id) VALUES
('authorizations', -7946630072007753728);
INSERT INTO token_counts (scope, id, tokens, permissions) VALUES
('org', -4602347334575937988, 6, 49),
('user', -7946630072133582848, 5, 48),
('user', -7946630072074862592, 1, 1);
INSERT INTO gate_bindings (gate, bucket_id, upstream, database_name, policy, suspended_at, created_at, updated_at, seen_at) VALUES
('edge', -7462595016062825293, 'http://127.0.0.1:18428', 'iot', '', NULL, 1796095005190797, 1796095005190797, NULL),
('edge', 8323054003484749399, 'http://127.0.0.1:18428', 'telemetry', '', NULL, 1796095005195213, 1796095005195213, NULL);
INSERT INTO gate_uses (authorization_id, gate, bucket_id, action, used_at) VALUES
(-7946630072129388544, 'edge', -7462595016062825293, 'write', 1796095005198727);
