-- A doctor has asked another to be friends. The room of the two is there, closed, and is the lock.
CREATE TABLE friend_request (
    roomid     TEXT PRIMARY KEY NOT NULL REFERENCES room (roomid),
    fromuid    TEXT NOT NULL REFERENCES account (uid),
    touid      TEXT NOT NULL REFERENCES account (uid),
    createtime BIGINT NOT NULL
) WITHOUT ROWID;
