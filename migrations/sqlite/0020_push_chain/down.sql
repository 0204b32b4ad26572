CREATE TABLE push_by_mailbox (
    uid        TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    name       TEXT NOT NULL,
    own        TEXT,
    shared     TEXT,
    bodyid     TEXT,
    createtime BIGINT NOT NULL,
    dialogid   TEXT,
    PRIMARY KEY (uid, seq)
) WITHOUT ROWID;
INSERT INTO push_by_mailbox SELECT uid, seq, name, own, shared, bodyid, createtime, dialogid FROM push_log ORDER BY uid, seq;
DROP TABLE push_mark;
DROP TABLE push_log;
ALTER TABLE push_by_mailbox RENAME TO push_log;
CREATE INDEX push_log_bodyid ON push_log (bodyid) WHERE bodyid IS NOT NULL;
CREATE INDEX push_log_dialogid ON push_log (dialogid) WHERE dialogid IS NOT NULL;
ALTER TABLE mailbox DROP COLUMN pushid;
ALTER TABLE mailbox DROP COLUMN previous;
