"""The tables. Money is the decimal text that was sent; ``place`` -1 is the session itself."""

SCHEMA = """
CREATE TABLE sessions (
    session_id INTEGER PRIMARY KEY AUTOINCREMENT,
    integration_id TEXT NOT NULL UNIQUE,
    profile_id TEXT,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    referral TEXT,
    store TEXT,
    experiments TEXT
);
CREATE TABLE profiles (profile_id TEXT PRIMARY KEY, first_session INTEGER NOT NULL);
CREATE TABLE items (
    session_id INTEGER NOT NULL REFERENCES sessions, place INTEGER NOT NULL,
    name TEXT, sku TEXT NOT NULL, quantity INTEGER NOT NULL, price TEXT NOT NULL, category TEXT,
    weight TEXT, height TEXT, width TEXT, length TEXT, product TEXT,
    came_back INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, place)
) WITHOUT ROWID;
CREATE TABLE costs (
    session_id INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, price TEXT NOT NULL,
    PRIMARY KEY (session_id, place, name)
) WITHOUT ROWID;
CREATE TABLE attributes (
    session_id INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (session_id, place, name)
) WITHOUT ROWID;
CREATE TABLE codes (
    session_id INTEGER NOT NULL, kind TEXT NOT NULL, ordinal INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (session_id, kind, ordinal)
) WITHOUT ROWID;
CREATE TABLE redemptions (
    redemption_id INTEGER PRIMARY KEY, code_id INTEGER NOT NULL, session_id INTEGER NOT NULL,
    campaign TEXT NOT NULL, profile_id TEXT NOT NULL, discount TEXT NOT NULL,
    UNIQUE (code_id, session_id)
);
CREATE INDEX redemptions_of_campaigns ON redemptions (campaign);
CREATE TABLE redeemed_identifiers (
    redemption_id INTEGER NOT NULL REFERENCES redemptions, identifier TEXT NOT NULL
);
CREATE INDEX redemptions_of_identifiers ON redeemed_identifiers (identifier);
CREATE TABLE effects (
    session_id INTEGER NOT NULL, ordinal INTEGER NOT NULL, effect TEXT NOT NULL,
    PRIMARY KEY (session_id, ordinal)
) WITHOUT ROWID;
CREATE TABLE returns (
    return_id INTEGER PRIMARY KEY, session_id INTEGER NOT NULL, place INTEGER NOT NULL,
    quantity INTEGER NOT NULL, moment INTEGER NOT NULL
);
CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL, moment INTEGER NOT NULL
);
"""
