-- The newest acknowledged push whose author has been told. What was acknowledged before is old news.
ALTER TABLE mailbox ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
UPDATE mailbox SET told = acked;

-- How far a room has come with a member: the newest message taken in by a device, and the newest
-- of which a notice was accepted by the vendor.
CREATE TABLE room_delivery (
    roomid    TEXT NOT NULL REFERENCES room (roomid),
    uid       TEXT NOT NULL REFERENCES account (uid),
    delivered BIGINT NOT NULL DEFAULT 0,
    notified  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (roomid, uid)
) WITHOUT ROWID;

-- The login that a device registered with, and whether its app acknowledges what it takes in.
ALTER TABLE device ADD COLUMN token BLOB;
ALTER TABLE device ADD COLUMN acks BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX device_token ON device (token) WHERE token IS NOT NULL;

-- Whose notices shall reach a device (`uid`), and whose may as far as the vendor was told (`told`).
-- While the vendor is yet to be told, `due` is when.
CREATE TABLE device_alias (
    deviceid TEXT PRIMARY KEY NOT NULL,
    uid      TEXT REFERENCES account (uid),
    told     TEXT REFERENCES account (uid),
    due      BIGINT,
    tries    INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX device_alias_uid ON device_alias (uid);
CREATE INDEX device_alias_told ON device_alias (told);
CREATE INDEX device_alias_due ON device_alias (due) WHERE due IS NOT NULL;

-- What becomes a notice unless it arrives by itself: written with the push `seq` of `uid`, judged
-- when `due`. `topic` is what reading, or the end of a call, withdraws it by: a room or a call.
CREATE TABLE alert (
    alertid    INTEGER PRIMARY KEY,
    uid        TEXT NOT NULL REFERENCES account (uid),
    seq        BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    title      TEXT NOT NULL,
    content    TEXT NOT NULL,
    extras     TEXT NOT NULL,
    topic      TEXT,
    topicseq   BIGINT,
    author     TEXT,
    createtime BIGINT NOT NULL,
    due        BIGINT NOT NULL,
    noticeid   TEXT
);
CREATE INDEX alert_due ON alert (kind, due) WHERE noticeid IS NULL;
CREATE INDEX alert_fresh ON alert (kind, createtime) WHERE noticeid IS NULL;
CREATE INDEX alert_uid ON alert (uid);
CREATE INDEX alert_topic ON alert (topic) WHERE topic IS NOT NULL;
CREATE INDEX alert_noticeid ON alert (noticeid) WHERE noticeid IS NOT NULL;

-- What is sent to the vendor, to the recipients of the alerts that name it: waiting for it, or sent
-- and kept for as long as it can be withdrawn. `cid` makes sending it again safe. `due` is when to
-- send or withdraw it; null when there is nothing to do.
CREATE TABLE notice (
    noticeid   TEXT PRIMARY KEY NOT NULL,
    kind       TEXT NOT NULL,
    title      TEXT NOT NULL,
    content    TEXT NOT NULL,
    extras     TEXT NOT NULL,
    uid        TEXT,
    topic      TEXT,
    topicseq   BIGINT,
    cid        TEXT,
    msgid      BIGINT,
    withdrawn  BOOLEAN NOT NULL DEFAULT FALSE,
    createtime BIGINT NOT NULL,
    due        BIGINT,
    tries      INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX notice_due ON notice (kind, due) WHERE due IS NOT NULL;
CREATE INDEX notice_topic ON notice (topic) WHERE topic IS NOT NULL;
CREATE INDEX notice_createtime ON notice (createtime);
