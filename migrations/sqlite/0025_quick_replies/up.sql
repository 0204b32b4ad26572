-- Words that are written again and again, of one person (`uid`) or of all doctors of a team (`stid`), in their order.
CREATE TABLE quick_reply (
    replyid TEXT PRIMARY KEY NOT NULL,
    uid     TEXT REFERENCES account (uid),
    stid    TEXT REFERENCES team (stid),
    place   INTEGER NOT NULL,
    content TEXT NOT NULL,
    CHECK ((uid IS NULL) <> (stid IS NULL))
) WITHOUT ROWID;
CREATE INDEX quick_reply_uid ON quick_reply (uid, place);
CREATE INDEX quick_reply_stid ON quick_reply (stid, place);
