-- The browsers that are told of what comes while nobody is connected, by Web Push. Each belongs to the log-in that has
-- subscribed it, and ends with it. A browser is there once for each role that is logged in to in it.
CREATE TABLE web_subscription (
    token      BYTEA PRIMARY KEY NOT NULL REFERENCES token (hash) ON DELETE CASCADE,
    uid        TEXT NOT NULL REFERENCES account (uid),
    role       TEXT NOT NULL,
    endpoint   TEXT NOT NULL,
    p256dh     BYTEA NOT NULL,
    auth       BYTEA NOT NULL,
    language   TEXT NOT NULL,
    words      BOOLEAN NOT NULL,
    updatetime BIGINT NOT NULL
);
CREATE UNIQUE INDEX web_subscription_endpoint ON web_subscription (endpoint, role);
CREATE INDEX web_subscription_uid ON web_subscription (uid, updatetime);

-- What is sent to these browsers, until their push services have taken it. `topic` is what withdraws it, as that of an
-- alert; `seq` the newest push in it; `authors` who is told that they were notified of, each with their newest message.
-- `silent` is what is sent where the newest message was withdrawn, if that is not `alone` in it.
CREATE TABLE web_push (
    pushid     TEXT PRIMARY KEY NOT NULL,
    token      BYTEA NOT NULL,
    uid        TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    topic      TEXT,
    topicseq   BIGINT,
    payload    TEXT NOT NULL,
    silent     TEXT NOT NULL,
    alone      BOOLEAN NOT NULL,
    authors    TEXT NOT NULL,
    createtime BIGINT NOT NULL,
    due        BIGINT NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX web_push_due ON web_push (kind, due);
CREATE INDEX web_push_topic ON web_push (topic) WHERE topic IS NOT NULL;
CREATE INDEX web_push_createtime ON web_push (createtime);

-- Whether the browsers have been told; the phones may still have to be.
ALTER TABLE alert ADD COLUMN webpushed BOOLEAN NOT NULL DEFAULT FALSE;
