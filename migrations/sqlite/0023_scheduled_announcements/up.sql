-- Announcements that wait for their time. When it has come, the row gives way to one of `platform_topic`, in one
-- transaction: so nobody sends it twice, and its audience is who has an account then.
CREATE TABLE scheduled_announcement (
    scheduleid  TEXT PRIMARY KEY NOT NULL,
    author      TEXT NOT NULL REFERENCES account (uid),
    clientid    TEXT,
    tag         TEXT NOT NULL,
    title       TEXT NOT NULL,
    content     TEXT NOT NULL,
    data        TEXT NOT NULL,
    audience    TEXT NOT NULL,
    communityid TEXT REFERENCES community (communityid),
    sendtime    BIGINT NOT NULL,
    createtime  BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX scheduled_announcement_sendtime ON scheduled_announcement (sendtime, scheduleid);
CREATE UNIQUE INDEX scheduled_announcement_clientid ON scheduled_announcement (author, clientid) WHERE clientid IS NOT NULL;
