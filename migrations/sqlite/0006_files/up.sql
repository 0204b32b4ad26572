-- What people have uploaded; the bytes are in a folder. `sent` once a message has named it.
CREATE TABLE file (
    fileid     TEXT PRIMARY KEY NOT NULL,
    uid        TEXT NOT NULL REFERENCES account (uid),
    kind       TEXT NOT NULL,
    mime       TEXT NOT NULL,
    name       TEXT,
    size       BIGINT NOT NULL,
    sent       BOOLEAN NOT NULL DEFAULT FALSE,
    createtime BIGINT NOT NULL
);
CREATE INDEX file_unsent ON file (uid, createtime) WHERE NOT sent;

-- Which messages have named it: who may read one of them may read the file.
CREATE TABLE file_sent (
    fileid  TEXT NOT NULL REFERENCES file (fileid),
    roomid  TEXT NOT NULL,
    roomseq BIGINT NOT NULL,
    PRIMARY KEY (fileid, roomid, roomseq)
) WITHOUT ROWID;
