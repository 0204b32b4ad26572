CREATE TABLE community (
    communityid TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    disabled    BOOLEAN NOT NULL DEFAULT FALSE,
    createtime  BIGINT NOT NULL
);

CREATE TABLE account (
    uid         TEXT PRIMARY KEY NOT NULL,
    role        TEXT NOT NULL,
    login       TEXT NOT NULL,
    password    TEXT NOT NULL,
    name        TEXT NOT NULL,
    communityid TEXT REFERENCES community (communityid),
    title       TEXT,
    disabled    BOOLEAN NOT NULL DEFAULT FALSE,
    createtime  BIGINT NOT NULL,
    UNIQUE (role, login)
);
CREATE INDEX account_community ON account (communityid, role);

-- Where somebody has logged in before: guessing from elsewhere never locks them out there.
CREATE TABLE known_address (
    uid     TEXT NOT NULL REFERENCES account (uid),
    address TEXT NOT NULL,
    PRIMARY KEY (uid, address)
) WITHOUT ROWID;

CREATE TABLE token (
    hash       BLOB PRIMARY KEY NOT NULL,
    uid        TEXT NOT NULL REFERENCES account (uid),
    expires    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX token_uid ON token (uid);

CREATE TABLE login_record (
    uid        TEXT NOT NULL REFERENCES account (uid),
    createtime BIGINT NOT NULL,
    recordid   TEXT NOT NULL,
    deviceid   TEXT NOT NULL,
    platform   TEXT,
    address    TEXT NOT NULL,
    PRIMARY KEY (uid, recordid)
) WITHOUT ROWID;

-- A device belongs to the account that registered from it last.
CREATE TABLE device (
    deviceid   TEXT PRIMARY KEY NOT NULL,
    uid        TEXT NOT NULL REFERENCES account (uid),
    platform   TEXT,
    updatetime BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX device_uid ON device (uid);

-- How far each person's pushes have come: the newest, the newest acknowledged, the newest thrown away.
CREATE TABLE mailbox (
    uid    TEXT PRIMARY KEY NOT NULL REFERENCES account (uid),
    seq    BIGINT NOT NULL DEFAULT 0,
    acked  BIGINT NOT NULL DEFAULT 0,
    pruned BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What several people hear is kept once.
CREATE TABLE push_body (
    bodyid TEXT PRIMARY KEY NOT NULL,
    shared TEXT NOT NULL
) WITHOUT ROWID;

-- Every durable push, under its recipient's own dense number. `shared` or `bodyid` is set, never both.
CREATE TABLE push_log (
    uid        TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    name       TEXT NOT NULL,
    own        TEXT,
    shared     TEXT,
    bodyid     TEXT,
    createtime BIGINT NOT NULL,
    PRIMARY KEY (uid, seq)
) WITHOUT ROWID;

CREATE TABLE team (
    stid        TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    communityid TEXT NOT NULL REFERENCES community (communityid),
    leader      TEXT NOT NULL REFERENCES account (uid),
    disabled    BOOLEAN NOT NULL DEFAULT FALSE,
    createtime  BIGINT NOT NULL
);
CREATE INDEX team_community ON team (communityid);

CREATE TABLE team_doctor (
    stid TEXT NOT NULL REFERENCES team (stid),
    uid  TEXT NOT NULL REFERENCES account (uid),
    PRIMARY KEY (stid, uid)
) WITHOUT ROWID;
CREATE INDEX team_doctor_uid ON team_doctor (uid);

CREATE TABLE social_signed (
    sid        TEXT PRIMARY KEY NOT NULL,
    uid        TEXT NOT NULL REFERENCES account (uid),
    doctoruid  TEXT NOT NULL REFERENCES account (uid),
    stid       TEXT NOT NULL REFERENCES team (stid),
    status     TEXT NOT NULL,
    reason     TEXT,
    source     TEXT,
    createtime BIGINT NOT NULL,
    updatetime BIGINT NOT NULL
);
-- At most one contract applied for or in force, whoever asks at the same time.
CREATE UNIQUE INDEX social_signed_open ON social_signed (uid) WHERE status IN ('applied', 'signed');
CREATE INDEX social_signed_uid ON social_signed (uid, sid);
CREATE INDEX social_signed_team ON social_signed (stid, status);

-- `pair` names the one room of two people, or of a team. `seq` is the newest message's number.
CREATE TABLE room (
    roomid     TEXT PRIMARY KEY NOT NULL,
    kind       TEXT NOT NULL,
    pair       TEXT UNIQUE,
    name       TEXT,
    owner      TEXT,
    open       BOOLEAN NOT NULL,
    seq        BIGINT NOT NULL DEFAULT 0,
    updatetime BIGINT NOT NULL,
    createtime BIGINT NOT NULL
);

-- A member sees the messages after `joined_seq` up to `left_seq`. `written` counts their own
-- messages, `written_read` those of them up to `read_seq`.
CREATE TABLE room_member (
    roomid       TEXT NOT NULL REFERENCES room (roomid),
    uid          TEXT NOT NULL REFERENCES account (uid),
    messageid    TEXT NOT NULL UNIQUE,
    joined_seq   BIGINT NOT NULL,
    left_seq     BIGINT,
    read_seq     BIGINT NOT NULL,
    written      BIGINT NOT NULL DEFAULT 0,
    written_read BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (roomid, uid)
) WITHOUT ROWID;
CREATE INDEX room_member_uid ON room_member (uid);

CREATE TABLE social_dialog (
    roomid     TEXT NOT NULL,
    roomseq    BIGINT NOT NULL,
    dialogid   TEXT NOT NULL UNIQUE,
    fromuid    TEXT NOT NULL REFERENCES account (uid),
    onbehalfof TEXT,
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL,
    clientid   TEXT,
    createtime BIGINT NOT NULL,
    recalled   BOOLEAN NOT NULL DEFAULT FALSE,
    dutyuid    TEXT,
    process    INTEGER,
    PRIMARY KEY (roomid, roomseq)
) WITHOUT ROWID;
-- A message sent twice under one number is one message.
CREATE UNIQUE INDEX social_dialog_clientid ON social_dialog (fromuid, clientid) WHERE clientid IS NOT NULL;

-- Who is on duty when; without an end until further notice.
CREATE TABLE duty_roster (
    rosterid TEXT PRIMARY KEY NOT NULL,
    uid      TEXT NOT NULL REFERENCES account (uid),
    begins   BIGINT NOT NULL,
    ends     BIGINT
);
CREATE INDEX duty_roster_uid ON duty_roster (uid);

-- For throwing away what is old.
CREATE INDEX push_log_createtime ON push_log (createtime);
CREATE INDEX push_log_bodyid ON push_log (bodyid) WHERE bodyid IS NOT NULL;
