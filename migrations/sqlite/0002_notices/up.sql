-- What is told apart from rooms, kept once however many hear it. `audience`, `communityid` and `stid`
-- say who they are; `progress` is the last of them, in the order of their ids, who has been told.
CREATE TABLE platform_topic (
    topicid     TEXT PRIMARY KEY NOT NULL,
    tag         TEXT NOT NULL,
    author      TEXT NOT NULL REFERENCES account (uid),
    clientid    TEXT,
    title       TEXT NOT NULL,
    content     TEXT NOT NULL,
    data        TEXT NOT NULL,
    audience    TEXT,
    communityid TEXT REFERENCES community (communityid),
    stid        TEXT REFERENCES team (stid),
    createtime  BIGINT NOT NULL,
    progress    TEXT NOT NULL DEFAULT '',
    sent        BIGINT NOT NULL DEFAULT 0,
    finished    BOOLEAN NOT NULL
) WITHOUT ROWID;
CREATE INDEX platform_topic_author ON platform_topic (author, tag, topicid);
CREATE INDEX platform_topic_unfinished ON platform_topic (topicid) WHERE NOT finished;
-- A notice sent twice under one number is one notice.
CREATE UNIQUE INDEX platform_topic_clientid ON platform_topic (author, clientid) WHERE clientid IS NOT NULL;

-- A person's line for each tag: the newest notice, how many there were, how many have been read.
CREATE TABLE social_message (
    uid        TEXT NOT NULL REFERENCES account (uid),
    tag        TEXT NOT NULL,
    messageid  TEXT NOT NULL UNIQUE,
    topicid    TEXT NOT NULL REFERENCES platform_topic (topicid),
    total      BIGINT NOT NULL,
    read_total BIGINT NOT NULL DEFAULT 0,
    updatetime BIGINT NOT NULL,
    PRIMARY KEY (uid, tag)
) WITHOUT ROWID;

-- Who has been told of what: under which number of their pushes, as which of their line's notices.
CREATE TABLE topic_recipient (
    uid     TEXT NOT NULL REFERENCES account (uid),
    topicid TEXT NOT NULL REFERENCES platform_topic (topicid),
    seq     BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    PRIMARY KEY (topicid, uid)
) WITHOUT ROWID;
CREATE INDEX topic_recipient_uid ON topic_recipient (uid, topicid);

-- The newest push that went out to a device, or that its client passed over.
ALTER TABLE mailbox ADD COLUMN sent BIGINT NOT NULL DEFAULT 0;

-- An audience is read in the order of the ids.
DROP INDEX account_community;
CREATE INDEX account_community ON account (communityid, uid);

-- A resident's request for an appointment with a doctor.
CREATE TABLE reservation (
    reservationid TEXT PRIMARY KEY NOT NULL,
    uid           TEXT NOT NULL REFERENCES account (uid),
    doctoruid     TEXT NOT NULL REFERENCES account (uid),
    time          BIGINT NOT NULL,
    reason        TEXT NOT NULL,
    status        TEXT NOT NULL,
    reply         TEXT,
    createtime    BIGINT NOT NULL,
    updatetime    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX reservation_uid ON reservation (uid, reservationid);
CREATE INDEX reservation_doctor ON reservation (doctoruid, reservationid);
