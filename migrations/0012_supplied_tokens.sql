-- Who may supply the value or the hash of a token that they create: 'nobody', 'operators', or 'anyone' who may create it.
ALTER TABLE org_rules ADD COLUMN supplied_tokens TEXT NOT NULL DEFAULT 'operators';
