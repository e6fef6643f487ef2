-- Two accounts with a note each. Every test finds these, and nothing of what other tests did.
INSERT INTO app.account (account_id, name) VALUES
    ('00000000-0000-0000-0000-00000000000a', 'Ada'),
    ('00000000-0000-0000-0000-00000000000b', 'Bob');
INSERT INTO app.note (account_id, body) VALUES
    ('00000000-0000-0000-0000-00000000000a', 'of Ada'),
    ('00000000-0000-0000-0000-00000000000b', 'of Bob');
