-- The browsers that are told of what comes while nobody is connected, by Web Push. Each belongs to the log-in that has
-- subscribed it, and ends with it. A browser is there once for each role that is logged in to in it.
CREATE TABLE web_subscription (
    token      BLOB PRIMARY KEY NOT NULL REFERENCES token (hash) ON DELETE CASCADE,
    uid        TEXT NOT NULL REFERENCES account (uid),
    role       TEXT NOT NULL,
    endpoint   TEXT NOT NULL,
    p256dh     BLOB NOT NULL,
    auth       BLOB NOT NULL,
    language   TEXT NOT NULL,
    words      BOOLEAN NOT NULL,
    updatetime BIGINT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX web_subscription_endpoint ON web_subscription (endpoint, role);
CREATE INDEX web_subscription_uid ON web_subscription (uid, updatetime);

-- What is sent to these browsers, until their push services have taken it. `tag` is what it is about, by which it is
-- withdrawn or replaced; `items` what it tells of (`store::web_push::Item`, as JSON), the newest last. Where a call may
-- ring a second row tells that it rings no more: without `due` until it is so, then with `ended`, how it came to that.
CREATE TABLE web_push (
    pushid     TEXT PRIMARY KEY NOT NULL,
    token      BLOB NOT NULL,
    uid        TEXT NOT NULL,
    kind       TEXT NOT NULL,
    tag        TEXT NOT NULL,
    place      TEXT,
    items      TEXT NOT NULL,
    expires    BIGINT NOT NULL,
    due        BIGINT,
    tries      INTEGER NOT NULL,
    ended      TEXT
) WITHOUT ROWID;
CREATE INDEX web_push_due ON web_push (kind, due);
CREATE INDEX web_push_tag ON web_push (tag);
CREATE INDEX web_push_expires ON web_push (expires);

-- Whether the browsers have been told; the phones may still have to be.
ALTER TABLE alert ADD COLUMN webpushed BOOLEAN NOT NULL DEFAULT FALSE;
