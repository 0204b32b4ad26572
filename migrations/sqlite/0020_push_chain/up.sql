-- Pushes are appended in the order in which they are committed, so that those of a room's 500 members are a few pages and not
-- 500. Each says how many before it the last push of the same person stands, 0 where there is none, and a mailbox where its
-- newest one does. Every 64th of a mailbox has a mark, so that who was away for long is found without walking all the way back.
CREATE TABLE push_chain (
    pushid     INTEGER PRIMARY KEY NOT NULL,
    back       BIGINT NOT NULL,
    uid        TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    name       TEXT NOT NULL,
    own        TEXT,
    shared     TEXT,
    bodyid     TEXT,
    createtime BIGINT NOT NULL,
    dialogid   TEXT
);
-- In the order in which they are: nothing is sorted, and the last one of the same person is the one before.
INSERT INTO push_chain (back, uid, seq, name, own, shared, bodyid, createtime, dialogid)
    SELECT 1, uid, seq, name, own, shared, bodyid, createtime, dialogid FROM push_log ORDER BY uid, seq;
DROP TABLE push_log;
ALTER TABLE push_chain RENAME TO push_log;
CREATE INDEX push_log_bodyid ON push_log (bodyid) WHERE bodyid IS NOT NULL;
CREATE INDEX push_log_dialogid ON push_log (dialogid) WHERE dialogid IS NOT NULL;

CREATE TABLE push_mark (
    uid    TEXT NOT NULL,
    seq    BIGINT NOT NULL,
    pushid BIGINT NOT NULL,
    PRIMARY KEY (uid, seq)
) WITHOUT ROWID;
INSERT INTO push_mark SELECT uid, push_log.seq, push_log.pushid FROM push_log CROSS JOIN mailbox USING (uid)
    WHERE push_log.seq % 64 = 0 OR push_log.seq = mailbox.seq ORDER BY push_log.pushid;

-- `previous` was the newest one until the newest ones were appended.
ALTER TABLE mailbox ADD COLUMN pushid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN previous BIGINT NOT NULL DEFAULT 0;
UPDATE mailbox SET pushid = push_mark.pushid FROM push_mark
    WHERE push_mark.uid = mailbox.uid AND push_mark.seq = mailbox.seq;
