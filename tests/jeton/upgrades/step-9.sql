INSERT INTO users (id, name, name_key, status, password_hash, created_at, updated_at, last_sign_in_at) VALUES
(-7947107910044225536, 'alice', 'alice', 'active', '$argon2id$v=19$m=19456,t=2,p=1$+bpEkvYaVv50l9HxWyuW1Q$vFAWn1sdnivOADSdYCfuqicgKPptWgs+Lzv5l8KWtzc', 1795981079672117, 1795981079672117, 1795981081108860),
(-7947107908752379904, 'bob', 'bob', 'active', '$argon2id$v=19$m=19456,t=2,p=1$SdqMKYhrxU664OAZIf6rJg$HoeSwY+57a1GGLDYZ7RQ0ulvPHADPStG/Pnwwjn0txc', 1795981079975981, 1795981080120272, 1795981080369890);
INSERT INTO organizations (id, name, name_trimmed, name_key, description, created_at, updated_at) VALUES
(-7135626935502928138, 'acme', 'acme', 'acme', '', 1795981079672117, 1795981079672117);
INSERT INTO memberships (resource_type, resource_id, user_id, role, created_at) VALUES
('instance', -9223372036854775807, -7947107910044225536, 'owner', 1795981079672117),
('orgs', -7135626935502928138, -7947107910044225536, 'owner', 1795981079672117);
INSERT INTO buckets (id, org_id, kind, name, name_key, description, retention_policy, retention_seconds, shard_group_seconds, created_at, updated_at) VALUES
(-5482649664899661557, -7135626935502928138, 'system', '_monitoring', '_monitoring', 'System bucket for monitoring logs', '', 604800, 86400, 1795981079672117, 1795981079672117),
(-4017141463551745548, -7135626935502928138, 'system', '_tasks', '_tasks', 'System bucket for task logs', '', 259200, 86400, 1795981079672117, 1795981079672117),
(7668288945340277164, -7135626935502928138, 'user', 'telemetry', 'telemetry', '', '', 0, 604800, 1795981079672117, 1795981079672117);
INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, description_key, search_text, permissions, token_hash, token_prefix, username, password_hash, created_at, updated_at, expires_at, ended_at, last_used_at, last_used_from, last_used_agent, allowed_networks, replaces_id, breadth, created_with_id, leaked_at) VALUES
(-7947107910035836928, -7135626935502928138, -7947107910044225536, -7947107910044225536, 'v2', 'active', 'alice''s Token', 'alice''s token', 'alice''s token 11b633761e9df000 jtn_wf9e active operator read:authorizations read authorizations write:authorizations write authorizations read:buckets read buckets write:buckets write buckets read:dashboards read dashboards write:dashboards write dashboards read:orgs read organizations write:orgs write organizations read:sources read sources write:sources write sources read:tasks read tasks write:tasks write tasks read:telegrafs read telegraf configurations write:telegrafs write telegraf configurations read:users read users write:users write users read:variables read variables write:variables write variables read:scrapers read scrapers write:scrapers write scrapers read:secrets read secrets write:secrets write secrets read:labels read labels write:labels write labels read:views read views write:views write views read:documents read documents write:documents write documents read:notificationrules read notification rules write:notificationrules write notification rules read:notificationendpoints read notification endpoints write:notificationendpoints write notification endpoints read:checks read checks write:checks write checks read:dbrp read dbrp mappings write:dbrp write dbrp mappings read:notebooks read notebooks write:notebooks write notebooks read:annotations read annotations write:annotations write annotations read:remotes read remotes write:remotes write remotes read:replications read replications write:replications write replications ', '[{"action":"read","resource":{"type":"authorizations"}},{"action":"write","resource":{"type":"authorizations"}},{"action":"read","resource":{"type":"buckets"}},{"action":"write","resource":{"type":"buckets"}},{"action":"read","resource":{"type":"dashboards"}},{"action":"write","resource":{"type":"dashboards"}},{"action":"read","resource":{"type":"orgs"}},{"action":"write","resource":{"type":"orgs"}},{"action":"read","resource":{"type":"sources"}},{"action":"write","resource":{"type":"sources"}},{"action":"read","resource":{"type":"tasks"}},{"action":"write","resource":{"type":"tasks"}},{"action":"read","resource":{"type":"telegrafs"}},{"action":"write","resource":{"type":"telegrafs"}},{"action":"read","resource":{"type":"users"}},{"action":"write","resource":{"type":"users"}},{"action":"read","resource":{"type":"variables"}},{"action":"write","resource":{"type":"variables"}},{"action":"read","resource":{"type":"scrapers"}},{"action":"write","resource":{"type":"scrapers"}},{"action":"read","resource":{"type":"secrets"}},{"action":"write","resource":{"type":"secrets"}},{"action":"read","resource":{"type":"labels"}},{"action":"write","resource":{"type":"labels"}},{"action":"read","resource":{"type":"views"}},{"action":"write","resource":{"type":"views"}},{"action":"read","resource":{"type":"documents"}},{"action":"write","resource":{"type":"documents"}},{"action":"read","resource":{"type":"notificationRules"}},{"action":"write","resource":{"type":"notificationRules"}},{"action":"read","resource":{"type":"notificationEndpoints"}},{"action":"write","resource":{"type":"notificationEndpoints"}},{"action":"read","resource":{"type":"checks"}},{"action":"write","resource":{"type":"checks"}},{"action":"read","resource":{"type":"dbrp"}},{"action":"write","resource":{"type":"dbrp"}},{"action":"read","resource":{"type":"notebooks"}},{"action":"write","resource":{"type":"notebooks"}},{"action":"read","resource":{"type":"annotations"}},{"action":"write","resource":{"type":"annotations"}},{"action":"read","resource":{"type":"remotes"}},{"action":"write","resource":{"type":"remotes"}},{"action":"read","resource":{"type":"replications"}},{"action":"write","resource":{"type":"replications"}}]', '$influxdb2-sha256$Ui_ENd_5fGwQl0XDQqerIBZI6bYavh12vaBsQw55a8I=', 'jtn_wF9e', NULL, NULL, 1795981079672117, 1795981079672117, NULL, NULL, 1795981080002185, '127.0.0.1', 'node', NULL, NULL, 'operator', NULL, NULL),
(-7947107909675126784, -7135626935502928138, -7947107910044225536, -7947107910044225536, 'v2', 'active', 'CI minting', 'ci minting', 'ci minting 11b63376341df000 jtn_ygrp active read:orgs/1cf9291bbba386f6/authorizations read authorizations write:orgs/1cf9291bbba386f6/authorizations write authorizations read:orgs/1cf9291bbba386f6/buckets read buckets write:users/11b633761e1df000 write users read:users/11b633761e1df000 read users ', '[{"action":"read","resource":{"type":"authorizations","orgID":"1cf9291bbba386f6"}},{"action":"write","resource":{"type":"authorizations","orgID":"1cf9291bbba386f6"}},{"action":"read","resource":{"type":"buckets","orgID":"1cf9291bbba386f6"}},{"action":"write","resource":{"type":"users","id":"11b633761e1df000"}},{"action":"read","resource":{"type":"users","id":"11b633761e1df000"}}]', '$influxdb2-sha256$tEzcXNrts5uDL4d7uyX7fmA-68C3Gyd4AFLBdT4IHIU=', 'jtn_ygrP', NULL, NULL, 1795981079745707, 1795981079745707, NULL, NULL, 1795981079822464, '127.0.0.1', 'node', NULL, NULL, 'custom', -7947107910035836928, NULL),
(-7947107909486383104, -7135626935502928138, -7947107910044225536, -7947107910044225536, 'v2', 'active', 'Telegraf, hall 1', 'telegraf, hall 00011', 'telegraf, hall 1 11b633763f5df000 jtn_cd7v active read:orgs/1cf9291bbba386f6/buckets read buckets ', '[{"action":"read","resource":{"type":"buckets","orgID":"1cf9291bbba386f6"}}]', '$influxdb2-sha256$FNi-ZzxtDzBGYwTeJ7Bc0PZZ__v0hQjipRsofmTxYlM=', 'jtn_cD7v', NULL, NULL, 1795981079804260, 1795981079804260, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'custom', -7947107909675126784, NULL),
(-7947107909381525504, -7135626935502928138, -7947107910044225536, -7947107910044225536, 'v2', 'active', 'Telegraf, hall 2', 'telegraf, hall 00012', 'telegraf, hall 2 11b63376459df000 jtn_ugko active read:orgs/1cf9291bbba386f6/buckets read buckets ', '[{"action":"read","resource":{"type":"buckets","orgID":"1cf9291bbba386f6"}}]', '$influxdb2-sha256$GNbbgqJOKKJL-DE6u4Uesie10elHpm5jH_MKIB7uTpk=', 'jtn_uGkO', NULL, NULL, 1795981079829577, 1795981079829577, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'custom', -7947107909675126784, NULL),
(-7947107909201170432, -7135626935502928138, -7947107910044225536, -7947107910044225536, 'v2', 'active', 'User admin', 'user admin', 'user admin 11b63376505df000 jtn_ever active write:users write users read:users read users write:orgs write organizations ', '[{"action":"write","resource":{"type":"users"}},{"action":"read","resource":{"type":"users"}},{"action":"write","resource":{"type":"orgs"}}]', '$influxdb2-sha256$j-pb-3R8ih3hvLmsGT9jKAN5UxWB7ptGwzf--YZfJMQ=', 'jtn_EVEr', NULL, NULL, 1795981079868087, 1795981079868087, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'custom', -7947107910035836928, NULL),
(-7947107909016621056, -7135626935502928138, -7947107910044225536, -7947107910044225536, 'v2', 'inactive', 'Leaked one', 'leaked one', 'leaked one 11b633765b5df000 jtn_nqvh inactive read:orgs/1cf9291bbba386f6/buckets read buckets ', '[{"action":"read","resource":{"type":"buckets","orgID":"1cf9291bbba386f6"}}]', '$influxdb2-sha256$GgEabfrD-uQKUfX7qxTXzGWeYFMF5Jm9Q9mh_Z9pvmM=', 'jtn_nqvH', NULL, NULL, 1795981079912822, 1795981079952232, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'custom', -7947107910035836928, 1795981079952232);
INSERT INTO grants (authorization_id, action, resource_type, resource_id, org_id) VALUES
(-7947107910035836928, 'read', 'annotations', NULL, NULL),
(-7947107910035836928, 'read', 'authorizations', NULL, NULL),
(-7947107910035836928, 'read', 'buckets', NULL, NULL),
(-7947107910035836928, 'read', 'checks', NULL, NULL),
(-7947107910035836928, 'read', 'dashboards', NULL, NULL),
(-7947107910035836928, 'read', 'dbrp', NULL, NULL),
(-7947107910035836928, 'read', 'documents', NULL, NULL),
(-7947107910035836928, 'read', 'labels', NULL, NULL),
(-7947107910035836928, 'read', 'notebooks', NULL, NULL),
(-7947107910035836928, 'read', 'notificationEndpoints', NULL, NULL),
(-7947107910035836928, 'read', 'notificationRules', NULL, NULL),
(-7947107910035836928, 'read', 'orgs', NULL, NULL),
(-7947107910035836928, 'read', 'remotes', NULL, NULL),
(-7947107910035836928, 'read', 'replications', NULL, NULL),
(-7947107910035836928, 'read', 'scrapers', NULL, NULL),
(-7947107910035836928, 'read', 'secrets', NULL, NULL),
(-7947107910035836928, 'read', 'sources', NULL, NULL),
(-7947107910035836928, 'read', 'tasks', NULL, NULL),
(-7947107910035836928, 'read', 'telegrafs', NULL, NULL),
(-7947107910035836928, 'read', 'users', NULL, NULL),
(-7947107910035836928, 'read', 'variables', NULL, NULL),
(-7947107910035836928, 'read', 'views', NULL, NULL),
(-7947107910035836928, 'write', 'annotations', NULL, NULL),
(-7947107910035836928, 'write', 'authorizations', NULL, NULL),
(-7947107910035836928, 'write', 'buckets', NULL, NULL),
(-7947107910035836928, 'write', 'checks', NULL, NULL),
(-7947107910035836928, 'write', 'dashboards', NULL, NULL),
(-7947107910035836928, 'write', 'dbrp', NULL, NULL),
(-7947107910035836928, 'write', 'documents', NULL, NULL),
(-7947107910035836928, 'write', 'labels', NULL, NULL),
(-7947107910035836928, 'write', 'notebooks', NULL, NULL),
(-7947107910035836928, 'write', 'notificationEndpoints', NULL, NULL),
(-7947107910035836928, 'write', 'notificationRules', NULL, NULL),
(-7947107910035836928, 'write', 'orgs', NULL, NULL),
(-7947107910035836928, 'write', 'remotes', NULL, NULL),
(-7947107910035836928, 'write', 'replications', NULL, NULL),
(-7947107910035836928, 'write', 'scrapers', NULL, NULL),
(-7947107910035836928, 'write', 'secrets', NULL, NULL),
(-7947107910035836928, 'write', 'sources', NULL, NULL),
(-7947107910035836928, 'write', 'tasks', NULL, NULL),
(-7947107910035836928, 'write', 'telegrafs', NULL, NULL),
(-7947107910035836928, 'write', 'users', NULL, NULL),
(-7947107910035836928, 'write', 'variables', NULL, NULL),
(-7947107910035836928, 'write', 'views', NULL, NULL),
(-7947107909675126784, 'read', 'authorizations', NULL, -7135626935502928138),
(-7947107909675126784, 'read', 'buckets', NULL, -7135626935502928138),
(-7947107909675126784, 'read', 'users', -7947107910044225536, NULL),
(-7947107909675126784, 'write', 'authorizations', NULL, -7135626935502928138),
(-7947107909675126784, 'write', 'users', -7947107910044225536, NULL),
(-7947107909486383104, 'read', 'buckets', NULL, -7135626935502928138),
(-7947107909381525504, 'read', 'buckets', NULL, -7135626935502928138),
(-7947107909201170432, 'read', 'users', NULL, NULL),
(-7947107909201170432, 'write', 'orgs', NULL, NULL),
(-7947107909201170432, 'write', 'users', NULL, NULL),
(-7947107909016621056, 'read', 'buckets', NULL, -7135626935502928138);
INSERT INTO audit_log (seq, at, action, actor_user_id, actor_authorization_id, address, org_id, subject_type, subject_id, detail, prev, hash, actor_session) VALUES
(1, 1795981079672117, 'set up', -7947107910044225536, NULL, '127.0.0.1', -7135626935502928138, 'orgs', -7135626935502928138, '{"bucket":"telemetry","organization":"acme","user":"alice"}', '', 'd287b69000646c3671a7b4a65773b5173123cea32ad8502c0b69eebbdb9d6d37', NULL),
(2, 1795981079672117, 'authorization created', -7947107910044225536, NULL, '127.0.0.1', -7135626935502928138, 'authorizations', -7947107910035836928, '{"description":"alice''s Token","permissions":44,"prefix":"jtn_wF9e"}', 'd287b69000646c3671a7b4a65773b5173123cea32ad8502c0b69eebbdb9d6d37', '6040e4dc55b881d2058650092fabbc5f76a0d961fdd3f5e619f8be33fccd90f9', NULL),
(3, 1795981079745707, 'authorization created', -7947107910044225536, -7947107910035836928, '127.0.0.1', -7135626935502928138, 'authorizations', -7947107909675126784, '{"allowedNetworks":[],"description":"CI minting","expiresAt":null,"owner":"11b633761e1df000","permissions":["read:orgs/1cf9291bbba386f6/authorizations","write:orgs/1cf9291bbba386f6/authorizations","read:orgs/1cf9291bbba386f6/buckets","write:users/11b633761e1df000","read:users/11b633761e1df000"],"prefix":"jtn_ygrP","status":"active"}', '6040e4dc55b881d2058650092fabbc5f76a0d961fdd3f5e619f8be33fccd90f9', '29ed82474f14d8a85ab5d40781c4308eb3d57bff5e5ed670d2fc9131d22c8aec', NULL),
(4, 1795981079804260, 'authorization created', -7947107910044225536, -7947107909675126784, '127.0.0.1', -7135626935502928138, 'authorizations', -7947107909486383104, '{"allowedNetworks":[],"description":"Telegraf, hall 1","expiresAt":null,"owner":"11b633761e1df000","permissions":["read:orgs/1cf9291bbba386f6/buckets"],"prefix":"jtn_cD7v","status":"active"}', '29ed82474f14d8a85ab5d40781c4308eb3d57bff5e5ed670d2fc9131d22c8aec', '8dc99fbcaa6fbb271da7e46a9cb4804dbcdf46fdd6c8ba55575f7c255b09fbf4', NULL),
(5, 1795981079829577, 'authorization created', -7947107910044225536, -7947107909675126784, '127.0.0.1', -7135626935502928138, 'authorizations', -7947107909381525504, '{"allowedNetworks":[],"description":"Telegraf, hall 2","expiresAt":null,"owner":"11b633761e1df000","permissions":["read:orgs/1cf9291bbba386f6/buckets"],"prefix":"jtn_uGkO","status":"active"}', '8dc99fbcaa6fbb271da7e46a9cb4804dbcdf46fdd6c8ba55575f7c255b09fbf4', 'e72f4236f045e9b3c36a9c3628c8688b63198db9f05018a890a2f8ac55cd429b', NULL),
(6, 1795981079868087, 'authorization created', -7947107910044225536, -7947107910035836928, '127.0.0.1', -7135626935502928138, 'authorizations', -7947107909201170432, '{"allowedNetworks":[],"description":"User admin","expiresAt":null,"owner":"11b633761e1df000","permissions":["write:users","read:users","write:orgs"],"prefix":"jtn_EVEr","status":"active"}', 'e72f4236f045e9b3c36a9c3628c8688b63198db9f05018a890a2f8ac55cd429b', '01ce901bc0d7467ab9125bc39cbcd4682687137ba5c3a77a11eafcbf5b2ee81e', NULL),
(7, 1795981079912822, 'authorization created', -7947107910044225536, -7947107910035836928, '127.0.0.1', -7135626935502928138, 'authorizations', -7947107909016621056, '{"allowedNetworks":[],"description":"Leaked one","expiresAt":null,"owner":"11b633761e1df000","permissions":["read:orgs/1cf9291bbba386f6/buckets"],"prefix":"jtn_nqvH","status":"active"}', '01ce901bc0d7467ab9125bc39cbcd4682687137ba5c3a77a11eafcbf5b2ee81e', '8b174e3b73d05e2a202d63514323bdd1bdc9697579d8b40ac924d85dcb6967d6', NULL),
(8, 1795981079952232, 'authorization leaked', -7947107910044225536, -7947107910035836928, '127.0.0.1', -7135626935502928138, 'authorizations', -7947107909016621056, '{"after":{"status":"inactive"},"before":{"status":"active"},"description":"Leaked one","owner":"11b633761e1df000","prefix":"jtn_nqvH"}', '8b174e3b73d05e2a202d63514323bdd1bdc9697579d8b40ac924d85dcb6967d6', '26fb468cc42c44e945fe541c096e758a50cc23d9db164c51b6c1a61220cf3540', NULL),
(9, 1795981079975981, 'user created', -7947107910044225536, -7947107910035836928, '127.0.0.1', NULL, 'users', -7947107908752379904, '{"name":"bob","status":"active"}', '26fb468cc42c44e945fe541c096e758a50cc23d9db164c51b6c1a61220cf3540', 'aa63c12146e27f2d1f65ebbfdc4d56329cc1c20251d80967133fa3f29aa9703a', NULL),
(10, 1795981080120272, 'password set', -7947107910044225536, -7947107910035836928, '127.0.0.1', NULL, 'users', -7947107908752379904, '{}', 'aa63c12146e27f2d1f65ebbfdc4d56329cc1c20251d80967133fa3f29aa9703a', '26328fc725b36cf6eded9a8a926ae04b3046cd979725d9b9d07bda3f15564e4f', NULL),
(11, 1795981080246128, 'signed in', -7947107908752379904, NULL, '127.0.0.1', NULL, 'users', -7947107908752379904, '{}', '26328fc725b36cf6eded9a8a926ae04b3046cd979725d9b9d07bda3f15564e4f', 'cac590e98cb1710f6606ff054107af2b321876b004c3bd0ab46b335a4df8fc69', '08126b7a289451a6'),
(12, 1795981080369890, 'signed in', -7947107908752379904, NULL, '127.0.0.1', NULL, 'users', -7947107908752379904, '{}', 'cac590e98cb1710f6606ff054107af2b321876b004c3bd0ab46b335a4df8fc69', '7d42fb709ec80ee3730190ab7d9e898251c9b010db48adc3dd7da7fc834b23f1', '8c223ca924dba777'),
(13, 1795981081108860, 'signed in', -7947107910044225536, NULL, '127.0.0.1', NULL, 'users', -7947107910044225536, '{}', '7d42fb709ec80ee3730190ab7d9e898251c9b010db48adc3dd7da7fc834b23f1', '19f991ec56daea1736cc32e6b191f40dc861e2094f7fa2a5eb163855479297b2', '66293d1afa30282a');
DELETE FROM audit_head;
INSERT INTO audit_head (id, seq, hash, key_check) VALUES
(1, 13, '19f991ec56daea1736cc32e6b191f40dc861e2094f7fa2a5eb163855479297b2', 'e89818cb6195d5ed45d500ce031c99b20a2f0430418abad7b76d952478a17128');
INSERT INTO token_uses (authorization_id, day, uses, refused) VALUES
(-7947107910035836928, 20786, 6, 0),
(-7947107909675126784, 20786, 2, 0);
INSERT INTO token_counts (scope, id, tokens, permissions) VALUES
('org', -7135626935502928138, 6, 55),
('user', -7947107910044225536, 6, 55);
