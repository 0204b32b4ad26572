-- Every video call. Its message in the room is `roomseq`; `expires` is when it stops ringing.
CREATE TABLE video_call (
    callid     TEXT PRIMARY KEY NOT NULL,
    roomid     TEXT NOT NULL REFERENCES room (roomid),
    roomseq    BIGINT NOT NULL,
    caller     TEXT NOT NULL REFERENCES account (uid),
    callee     TEXT NOT NULL REFERENCES account (uid),
    status     TEXT NOT NULL,
    reason     TEXT,
    endedby    TEXT,
    createtime BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    accepttime BIGINT,
    endtime    BIGINT
);
-- A room is in one call at most.
CREATE UNIQUE INDEX video_call_open ON video_call (roomid) WHERE status IN ('ringing', 'active');

-- A person is in one call at most: who is in a call that has not ended.
CREATE TABLE video_call_party (
    uid    TEXT PRIMARY KEY NOT NULL REFERENCES account (uid),
    callid TEXT NOT NULL REFERENCES video_call (callid)
);
CREATE INDEX video_call_party_call ON video_call_party (callid);
