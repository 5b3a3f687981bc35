-- Since when the database of a binding is known to exist upstream: only one that did exist vanishes. Empty for one that
-- nobody has seen since the bucket was bound or last confirmed.
ALTER TABLE gate_bindings ADD COLUMN seen_at BIGINT;
